//! Signature help: what a function takes, and which field of a record is being written.

use compiler::span::Span;
use compiler::syntax::ast::Item;
use compiler::syntax::token::{Kind, Token};
use compiler::vocabulary;

use super::cursor::cursor;
use super::files::{Files, doc_of};
use super::head::Head;
use super::slots;
use crate::analysis::Analysis;

/// What is called, and which of its parts is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) label: String,
    pub(crate) doc: String,
    /// The parts: where each stands in the label, and what it means.
    pub(crate) parts: Vec<(Span, String)>,
    pub(crate) active: usize,
}

impl Signature {
    /// `before(part, part)after`
    fn new(before: &str, parts: impl IntoIterator<Item = (String, String)>, after: &str) -> Self {
        let mut label = before.to_owned();
        let mut places = Vec::new();
        for (at, (part, doc)) in parts.into_iter().enumerate() {
            if at > 0 {
                label.push_str(", ");
            }
            let start = label.len();
            label.push_str(&part);
            places.push((Span::from(start..label.len()), doc));
        }
        label.push_str(after);
        Self { label, doc: String::new(), parts: places, active: 0 }
    }
}

/// What is being called at an offset.
pub(crate) fn signature(analysis: &Analysis, offset: u32) -> Option<Signature> {
    let cursor = cursor(analysis, offset)?;
    let files = Files::new(analysis);
    for (at, frame) in cursor.frames.iter().enumerate() {
        match &frame.head {
            Head::Arguments(path) => {
                let active = commas(&cursor.before[frame.open + 1..]);
                return function(&files, path).map(|signature| Signature { active, ..signature });
            }
            Head::Call(_, path) => {
                let item = if at == 0 { cursor.item.as_slice() } else { &cursor.frames[at - 1].item };
                let [key, (Kind::Colon, _), ..] = item else { return None };
                return record(path, &slots::slots(&files, &cursor, at), cursor.of(*key));
            }
            // Lists and records of a call's field belong to it.
            Head::Key(_) | Head::Other => {}
            _ => return None,
        }
    }
    None
}

fn function(files: &Files<'_>, path: &str) -> Option<Signature> {
    let declared = |item: &Item| matches!(item, Item::Function(_));
    if let Some((source, item)) = files.resolve(files.own(), path, declared) {
        let params = slots::params(files, source, item).into_iter();
        let parts = params.map(|slot| (format!("{}: {}", slot.name, slot.detail), slot.doc));
        let result = match item {
            Item::Function(function) => function.result.as_ref().map(|ty| files.text(source, ty.span)),
            _ => None,
        };
        let after = result.map_or_else(|| ")".to_owned(), |result| format!("): {result}"));
        return Some(Signature { doc: doc_of(item), ..Signature::new(&format!("{path}("), parts, &after) });
    }
    let (name, usage) = vocabulary::functions().find(|(name, _)| *name == path)?;
    let inside = usage.strip_prefix(name)?.trim_matches(['(', ')']);
    let parts = inside.split(", ").map(|part| (part.to_owned(), String::new()));
    Some(Signature::new(&format!("{name}("), parts, ")"))
}

fn record(path: &str, slots: &[slots::Slot], key: &str) -> Option<Signature> {
    let active = slots.iter().position(|slot| slot.name == key)?;
    let doc = |slot: &slots::Slot| match (slot.detail.as_str(), slot.doc.as_str()) {
        (detail, "") => detail.to_owned(),
        (detail, doc) => format!("{detail}: {doc}"),
    };
    let parts = slots
        .iter()
        .map(|slot| (if slot.required { slot.name.clone() } else { format!("{}?", slot.name) }, doc(slot)));
    Some(Signature { active, ..Signature::new(&format!("{path} {{ "), parts, " }") })
}

/// How many commas separate arguments in tokens behind an open bracket.
pub(crate) fn commas(tokens: &[Token]) -> usize {
    let (mut depth, mut count) = (0_usize, 0);
    for (kind, _) in tokens {
        match kind {
            Kind::LeftParen | Kind::LeftBrace | Kind::LeftBracket | Kind::InterpolationOpen => depth += 1,
            Kind::RightParen | Kind::RightBrace | Kind::RightBracket | Kind::InterpolationClose => {
                depth = depth.saturating_sub(1);
            }
            Kind::Comma if depth == 0 => count += 1,
            _ => {}
        }
    }
    count
}
