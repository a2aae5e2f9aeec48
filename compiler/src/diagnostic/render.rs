//! Diagnostics for a person at a terminal, by ariadne.

use std::collections::HashMap;
use std::fmt::Write as _;

use ariadne::{CharSet, Config, IndexType, Label, Report, ReportKind, Source as AriadneSource};

use super::{Diagnostic, Place, Severity};
use crate::lines::Lines;
use crate::source::{SourceId, Sources};
use crate::span::Span;

/// How to draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// How many diagnostics are drawn. Nobody reads more, and the first ones mended, others are gone as well.
const MAX_DRAWN: usize = 100;
/// The longest line, in bytes, that is shown: no terminal has room for more, and a mistake is not seen in it.
const MAX_LINE: usize = 500;

/// Draws the diagnostics, in order, with a blank line behind each. Of very many only some are drawn, errors before others.
#[must_use]
pub fn render(diagnostics: &[&Diagnostic], sources: &Sources, style: Style) -> String {
    let mut cache = Cache { sources, ready: HashMap::new() };
    let mut lines: HashMap<SourceId, Lines> = HashMap::new();
    let mut out = String::new();
    for diagnostic in drawn(diagnostics) {
        let text = &sources.get(diagnostic.place.source).text;
        if text.is_empty() {
            // A file that could not be read, or a plan, has no line to show.
            plain(diagnostic, None, &mut out);
            continue;
        }
        let mut places = std::iter::once(diagnostic.place).chain(diagnostic.labels.iter().map(|l| l.place));
        if places.any(|place| has_long_line(&sources.get(place.source).text, place.span)) {
            let Place { source, span } = diagnostic.place;
            let lines = lines.entry(source).or_insert_with(|| Lines::new(text));
            let (line, column) = lines.line_column(span.start, text);
            let at = format!("{}:{line}:{column}", sources.get(source).name);
            plain(diagnostic, Some(&at), &mut out);
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
    if diagnostics.len() > MAX_DRAWN {
        let _ = writeln!(out, "… and {} more\n", diagnostics.len() - MAX_DRAWN);
    }
    out
}

/// Those that are drawn, in order.
fn drawn<'d>(diagnostics: &[&'d Diagnostic]) -> Vec<&'d Diagnostic> {
    let mut chosen: Vec<usize> = (0..diagnostics.len()).collect();
    if chosen.len() > MAX_DRAWN {
        chosen.sort_by_key(|i| diagnostics[*i].severity);
        chosen.truncate(MAX_DRAWN);
        chosen.sort_unstable();
    }
    chosen.into_iter().map(|i| diagnostics[i]).collect()
}

/// Whether a range begins or ends in a line that is too long to be shown.
fn has_long_line(text: &str, span: Span) -> bool {
    [span.start, span.end].into_iter().any(|offset| {
        let (before, behind) = text.as_bytes().split_at((offset as usize).min(text.len()));
        let not_end = |byte: &&u8| **byte != b'\n';
        let before = before.iter().rev().take_while(not_end).take(MAX_LINE + 1).count();
        before + behind.iter().take_while(not_end).take(MAX_LINE + 1).count() > MAX_LINE
    })
}

/// Without the text that it is about.
fn plain(diagnostic: &Diagnostic, at: Option<&str>, out: &mut String) {
    let kind = match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Hint => "Advice",
    };
    let _ = writeln!(out, "[{}] {kind}: {}", diagnostic.code.id, diagnostic.message);
    if let Some(at) = at {
        let _ = writeln!(out, "  --> {at}");
    }
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
    let range = |place: Place| {
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
