//! The formatter: one layout for every file. It walks the tree, puts comments and blank lines back by their position,
//! and at the end compares its result with what it was given, so that no mistake in it can lose or change anything.

use std::fmt;

use crate::diagnostic::Severity;
use crate::syntax::Parsed;

mod decl;
mod doc;
mod expr;
mod item;
mod verify;
mod writer;

/// Why a file stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unformattable {
    /// It has syntax errors. Their diagnostics say which.
    Errors,
    /// The formatter would have changed more than the layout: a mistake in it, not in the file.
    Internal,
}

impl fmt::Display for Unformattable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Errors => "the file has syntax errors",
            Self::Internal => {
                "BUG: the formatter would have changed more than the layout; the file is left as it is"
            }
        })
    }
}

impl std::error::Error for Unformattable {}

/// The text in the one layout. `text` is what `parsed` was read from.
///
/// # Errors
/// A file with syntax errors is not formatted. Neither is one that the formatter would damage, which it checks itself.
pub fn format(parsed: &Parsed, text: &str) -> Result<String, Unformattable> {
    if parsed.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(Unformattable::Errors);
    }
    let formatted = item::file(parsed, text).ok_or(Unformattable::Internal)?;
    if verify::same(parsed, text, &formatted) { Ok(formatted) } else { Err(Unformattable::Internal) }
}

#[cfg(test)]
mod tests;
