//! Diagnostics as workflow commands of GitHub Actions, which shows them at their lines in a pull request.
//!
//! The form and its escapes: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write as _;

use super::region::{Columns, Regions};
use super::{Diagnostic, Severity};
use crate::source::Sources;

/// The diagnostics in order, a line each.
#[must_use]
pub fn to_github(diagnostics: &[&Diagnostic], sources: &Sources) -> String {
    let regions = Regions::new(sources, Columns::Characters);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        let name = &sources.get(diagnostic.place.source).name;
        let _ = write!(out, "::{command} file={}", property(name));
        if let Some(region) = regions.of(diagnostic.place) {
            let _ = write!(out, ",line={},endLine={}", region.start_line, region.end_line);
            // The service takes no columns for a range of several lines.
            if region.start_line == region.end_line {
                let _ = write!(out, ",col={},endColumn={}", region.start_column, region.end_column);
            }
        }
        let help = diagnostic.help.iter().flat_map(|help| ["\n", help.as_str()]);
        let text: String = std::iter::once(diagnostic.message.as_str()).chain(help).collect();
        let _ = writeln!(out, ",title={}::{}", property(diagnostic.code.id), data(&text));
    }
    out
}

/// A text behind `::`, where a line end would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, where `:` and `,` would end it as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
