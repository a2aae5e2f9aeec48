//! Formatting: the compiler's one layout, as edits that touch only the lines that change.

use compiler::format::{Unformattable, format};

use super::line_edits::{LineEdit, line_edits};
use crate::analysis::Analysis;

/// The edits that format the file; none when it is formatted already, or when it cannot be read as a pipeline.
///
/// # Errors
/// When the formatter refuses to, because it would damage the file.
pub(crate) fn formatting(analysis: &Analysis) -> Result<Vec<LineEdit>, Unformattable> {
    let Some(compilation) = &analysis.compilation else { return Ok(Vec::new()) };
    let text = analysis.text();
    match format(&compilation.parsed, text) {
        Ok(formatted) => Ok(line_edits(text, &with_line_ends_of(text, formatted))),
        // Half-written files are the normal case, and an editor that formats on save need not hear of each.
        Err(Unformattable::Errors) => Ok(Vec::new()),
        Err(Unformattable::Internal) => Err(Unformattable::Internal),
    }
}

/// How lines end is the editor's business: a file with `\r\n` keeps it.
fn with_line_ends_of(text: &str, formatted: String) -> String {
    if text.lines().next().is_none_or(|first| !text[first.len()..].starts_with("\r\n")) {
        return formatted;
    }
    formatted.replace("\r\n", "\n").replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_stay_what_they_are() {
        assert_eq!(with_line_ends_of("a\nb\r\n", "a\nb\n".to_owned()), "a\nb\n");
        assert_eq!(with_line_ends_of("a\r\nb\n", "a\nb\r\n".to_owned()), "a\r\nb\r\n");
        assert_eq!(with_line_ends_of("", "\n".to_owned()), "\n");
    }
}
