//! Changes that are offered without anything being wrong. Each is tried out first: one with which something would be wrong
//! that is not now, or with which the pipelines would do something else although it says nothing of the kind, is not
//! offered.

mod extract;
mod fields;

use std::collections::BTreeMap;

use compiler::diagnostic::fix::{self, Checked};
use compiler::source::Loader;
use compiler::span::Span;
use compiler::syntax::ast::Item;
use serde_json::Value;

use super::planned::pipelines;
use super::rename::Changes;
use super::tree;
use super::trial::{Changed, edited, errors};
use crate::analysis::{Analysis, analyse};
use crate::features::line_edits::line_edits;

/// What a change is, for who asks for some only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something gets a name of its own.
    Extract,
    /// Something is written in another way.
    Rewrite,
}

/// A change of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refactoring {
    /// What it does, as an order.
    pub(crate) title: String,
    pub(crate) kind: Kind,
    /// Apart from each other.
    pub(crate) edits: BTreeMap<Span, String>,
    /// Whether the pipelines do what they did.
    pub(crate) keeps_plan: bool,
}

/// The changes that can be made where `span` is selected; where it is empty, where the cursor stands.
pub(crate) fn refactorings(analysis: &Analysis, span: Span, loader: &dyn Loader) -> Vec<Refactoring> {
    let mut all = candidates(analysis, span);
    all.retain(|change| holds(analysis, change, loader));
    all
}

/// The changes that look as if they could be made.
pub(super) fn candidates(analysis: &Analysis, span: Span) -> Vec<Refactoring> {
    let around = tree::around(tree::items(analysis), span.start);
    let Some(item) = around.last() else { return Vec::new() };
    let fields = [fields::fill_in(analysis, item), fields::sort(analysis, item)];
    fields.into_iter().flatten().chain(extract::value(analysis, &around, span)).collect()
}

/// The line on which a new declaration goes in front of an item, and its indentation; none where something else stands on
/// that line.
fn before(text: &str, item: &Item) -> Option<(u32, String)> {
    let start = item.doc().map_or(item.span().start, |doc| doc.span.start.min(item.span().start));
    let head = text.get(..start as usize)?;
    let line = head.rfind('\n').map_or(0, |at| at + 1);
    let indent = head[line..].trim_end_matches("private ");
    indent.trim().is_empty().then(|| Some((u32::try_from(line).ok()?, indent.to_owned())))?
}

/// Whether a change is right.
pub(super) fn holds(analysis: &Analysis, change: &Refactoring, loader: &dyn Loader) -> bool {
    let name = &analysis.sources.get(analysis.source).name;
    let texts = BTreeMap::from([(name.clone(), edited(analysis.text(), &change.edits))]);
    let after = analyse(name, &Changed { texts: &texts, loader });
    let right = errors(&after).count() <= errors(analysis).count();
    right && (!change.keeps_plan || plans(analysis) == plans(&after))
}

/// What the pipelines do, wherever it is written.
fn plans(analysis: &Analysis) -> Vec<Value> {
    let plans = pipelines(analysis).iter().map(|l| serde_json::to_value(&l.plan).unwrap_or_default());
    plans.map(without_places).collect()
}

fn without_places(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept =
                fields.into_iter().filter(|(key, value)| key != "source" || value.get("line").is_none());
            Value::Object(kept.map(|(key, value)| (key, without_places(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_places).collect()),
        value => value,
    }
}

/// Everything that is surely right to mend, in all files that it takes; nothing when nothing is.
pub(crate) fn fix_all(analysis: &Analysis, loader: &dyn Loader) -> Changes {
    let name = &analysis.sources.get(analysis.source).name;
    let mended = fix::mend(false, |texts| {
        let found = analyse(name, &Changed { texts, loader });
        Checked { sources: found.sources, diagnostics: found.diagnostics }
    });
    let changed = mended.files.into_iter().filter_map(|(file, applied)| {
        let old = &analysis.sources.get(analysis.sources.by_name(&file)?).text;
        let edits = line_edits(old, &applied.text);
        Some((file, edits.into_iter().map(|edit| (edit.span, edit.text)).collect()))
    });
    changed.collect()
}
