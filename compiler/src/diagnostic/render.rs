//! Diagnostics for a person at a terminal, by ariadne.

use std::collections::HashMap;
use std::fmt::Write as _;

use ariadne::{CharSet, Config, IndexType, Label, Report, ReportKind, Source as AriadneSource};

use super::{Diagnostic, Severity};
use crate::source::{SourceId, Sources};

/// How to draw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// With box-drawing characters instead of ASCII.
    pub unicode: bool,
}

/// The sources as ariadne reads them, each prepared once.
struct Cache<'s> {
    sources: &'s Sources,
    ready: HashMap<SourceId, AriadneSource<String>>,
}

impl ariadne::Cache<SourceId> for Cache<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &SourceId) -> Result<&AriadneSource<String>, impl std::fmt::Debug> {
        let text = || AriadneSource::from(self.sources.get(*id).text.to_string());
        Ok::<_, String>(self.ready.entry(*id).or_insert_with(text))
    }

    fn display<'a>(&self, id: &'a SourceId) -> Option<impl std::fmt::Display + 'a> {
        Some(self.sources.get(*id).name.clone())
    }
}

/// Draws the diagnostics, in order, with a blank line behind each.
#[must_use]
pub fn render(diagnostics: &[&Diagnostic], sources: &Sources, style: Style) -> String {
    let mut cache = Cache { sources, ready: HashMap::new() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        if sources.get(diagnostic.place.source).text.is_empty() {
            // A file that could not be read, or a plan, has no line to show.
            without_source(diagnostic, &mut out);
            continue;
        }
        let mut drawn = Vec::new();
        // Writing into memory does not fail.
        let _ = report(diagnostic, sources, style).write(&mut cache, &mut drawn);
        for line in String::from_utf8_lossy(&drawn).lines() {
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out.push('\n');
    }
    out
}

fn without_source(diagnostic: &Diagnostic, out: &mut String) {
    let kind = match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Hint => "Advice",
    };
    let _ = writeln!(out, "[{}] {kind}: {}", diagnostic.code.id, diagnostic.message);
    for help in &diagnostic.help {
        let _ = writeln!(out, "  Help: {help}");
    }
    out.push('\n');
}

type Range = (SourceId, std::ops::Range<usize>);

fn report<'d>(diagnostic: &'d Diagnostic, sources: &Sources, style: Style) -> Report<'d, Range> {
    let kind = match diagnostic.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
        Severity::Hint => ReportKind::Advice,
    };
    let range = |place: super::Place| {
        // An offset inside a character (or behind the end) would be no place at all.
        let text = &sources.get(place.source).text;
        let clamp = |offset: u32| {
            let mut offset = (offset as usize).min(text.len());
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        (place.source, clamp(place.span.start)..clamp(place.span.end))
    };
    let config = Config::default()
        .with_index_type(IndexType::Byte)
        .with_color(style.color)
        .with_char_set(if style.unicode { CharSet::Unicode } else { CharSet::Ascii });
    let color = match diagnostic.severity {
        Severity::Error => ariadne::Color::Red,
        Severity::Warning => ariadne::Color::Yellow,
        Severity::Hint => ariadne::Color::Cyan,
    };
    let mut report = Report::build(kind, range(diagnostic.place))
        .with_config(config)
        .with_code(diagnostic.code.id)
        .with_message(&diagnostic.message);
    // A label without a message would not be drawn at all.
    let own = if diagnostic.label.is_empty() { "here" } else { &diagnostic.label };
    let others = diagnostic.labels.iter().map(|l| (l.place, l.text.as_str(), ariadne::Color::Blue));
    let mut labels: Vec<_> = [(diagnostic.place, own, color)].into_iter().chain(others).collect();
    // In the order of the text, or lines would be shown out of it; the file of the mistake first.
    labels.sort_by_key(|(place, ..)| (place.source != diagnostic.place.source, *place));
    for (place, text, color) in labels {
        report = report.with_label(Label::new(range(place)).with_message(text).with_color(color));
    }
    for help in &diagnostic.help {
        report = report.with_help(help);
    }
    report.finish()
}
