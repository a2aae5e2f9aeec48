//! Texts of a plan made fit to be shown: nothing in them may steer a terminal or break a document.

use std::time::Duration;

pub(super) use crate::diagnostic::words::counted as count;

/// A text on one line, without characters that steer: line ends become spaces, controls and marks that turn the writing
/// direction become `\u{fffd}`.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if c.is_control() || steers(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Direction marks, and what XML does not allow.
fn steers(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// A text for XML, in content and in attributes.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        for c in clean(line).chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
    }
    out
}

/// How many cells of a fixed-width font a character takes at most. Scripts outside of Latin, Greek and Cyrillic may come
/// from another font, whose characters may be wide.
fn cells(c: char) -> usize {
    if (c as u32) < 0x0530 || matches!(c, '…' | '→' | '←' | '×' | '–') { 1 } else { 2 }
}

/// How many cells a text takes at most.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

/// The start of a text that fits into so many cells, with `…` where something is missing.
pub(super) fn fit(text: &str, room: usize) -> String {
    let text = clean(text);
    if width(&text) <= room {
        return text;
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += cells(c);
        if used > room {
            break;
        }
        out.push(c);
    }
    if room > 0 {
        out.push('…');
    }
    out
}

/// A duration as people say it: `850ms`, `12.5s`, `3m 20s`, `2h 5m`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{}ms", duration.as_millis()),
        1..60 => format!("{}.{}s", seconds, duration.subsec_millis() / 100),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        _ => format!("{}h {}m", seconds / 3600, seconds / 60 % 60),
    }
}
