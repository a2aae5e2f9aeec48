//! Diagnostics for programs: one JSON document, stable, positions in bytes and in lines and columns from 1.

use serde::Serialize;

use super::{Diagnostic, Place, Severity};
use crate::lines::Lines;
use crate::source::Sources;

#[derive(Serialize)]
struct Document<'d> {
    format: &'static str,
    diagnostics: Vec<Entry<'d>>,
}

#[derive(Serialize)]
struct Entry<'d> {
    code: &'static str,
    severity: &'static str,
    message: &'d str,
    #[serde(flatten)]
    place: Range<'d>,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'d str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'d>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    help: &'d [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixEntry<'d>>,
}

#[derive(Serialize)]
struct Related<'d> {
    message: &'d str,
    #[serde(flatten)]
    place: Range<'d>,
}

#[derive(Serialize)]
struct FixEntry<'d> {
    title: &'d str,
    edits: Vec<EditEntry<'d>>,
}

#[derive(Serialize)]
struct EditEntry<'d> {
    #[serde(flatten)]
    place: Range<'d>,
    text: &'d str,
}

#[derive(Serialize)]
struct Range<'d> {
    file: &'d str,
    start: Position,
    end: Position,
}

/// Offset in bytes from 0, line and column (in characters) from 1.
#[derive(Serialize)]
struct Position {
    offset: u32,
    line: u32,
    column: u32,
}

/// The diagnostics as a document of the form `standpipe.diagnostics/1`.
#[must_use]
pub fn to_json(diagnostics: &[&Diagnostic], sources: &Sources) -> String {
    let lines: Vec<Lines> = sources.iter().map(|(_, source)| Lines::new(&source.text)).collect();
    let range = |place: Place| {
        let source = sources.get(place.source);
        let position = |offset: u32| {
            let (line, column) = lines[place.source.0 as usize].line_column(offset, &source.text);
            Position { offset, line, column }
        };
        Range { file: &source.name, start: position(place.span.start), end: position(place.span.end) }
    };
    let entries = diagnostics.iter().map(|d| Entry {
        code: d.code.id,
        severity: match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        },
        message: &d.message,
        place: range(d.place),
        label: &d.label,
        related: d.labels.iter().map(|l| Related { message: &l.text, place: range(l.place) }).collect(),
        help: &d.help,
        fix: d.fix.as_ref().map(|fix| FixEntry {
            title: &fix.title,
            edits: fix.edits.iter().map(|e| EditEntry { place: range(e.place), text: &e.text }).collect(),
        }),
    });
    let document = Document { format: "standpipe.diagnostics/1", diagnostics: entries.collect() };
    // Only maps with other keys than texts can fail to be written.
    let mut json = serde_json::to_string_pretty(&document).unwrap_or_default();
    json.push('\n');
    json
}
