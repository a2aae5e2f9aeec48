//! Applying the fixes that diagnostics bring along, as often as there are new ones.

use std::collections::{BTreeMap, BTreeSet};

use super::{Diagnostic, Edit, Fix, Severity, codes};
use crate::source::{SourceId, Sources};
use crate::span::Span;

/// How often what was mended is checked again. Fixes seldom uncover another one; those that would go on for ever end here.
pub const MAX_ROUNDS: usize = 10;
/// How many fixes of a round are tried one by one, when all together make matters worse.
const MAX_SINGLE: usize = 100;

/// New texts of files by their names, as [`crate::source::Source::name`] has them.
pub type Texts = BTreeMap<String, String>;

/// A file with fixes in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The text, without a byte order mark.
    pub text: String,
    /// How many fixes changed it.
    pub count: usize,
}

/// A check of all files: its sources and what it found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The files.
    pub sources: Sources,
    /// What is wrong in them.
    pub diagnostics: Vec<Diagnostic>,
}

/// What came out of [`mend`].
#[derive(Clone, Debug, Default)]
pub struct Mended {
    /// The files that changed, by name.
    pub files: BTreeMap<String, Applied>,
    /// What the last check found: what is left.
    pub left: Checked,
}

/// Applies fixes, in order, to the texts of `sources`. A fix is applied whole or not at all: not when an edit meets one
/// that was taken already, or lies outside its text. Only files that changed are in the result.
#[must_use]
pub fn apply<'f>(fixes: impl IntoIterator<Item = &'f Fix>, sources: &Sources) -> BTreeMap<SourceId, Applied> {
    let mut taken: BTreeMap<SourceId, BTreeMap<Span, &str>> = BTreeMap::new();
    let mut counts: BTreeMap<SourceId, usize> = BTreeMap::new();
    for fix in fixes {
        let mut own: BTreeMap<SourceId, BTreeMap<Span, &str>> = BTreeMap::new();
        let fits = !fix.edits.is_empty()
            && fix.edits.iter().all(|edit| {
                let source = first_of_its_name(edit.place.source, sources);
                let span = edit.place.span;
                let free = |edits: Option<&BTreeMap<Span, &str>>| {
                    edits.is_none_or(|edits| edits.keys().all(|other| !meet(*other, span)))
                };
                let fits = is_inside(edit, sources) && free(taken.get(&source)) && free(own.get(&source));
                own.entry(source).or_default().insert(span, &edit.text);
                fits
            });
        if fits {
            for (source, edits) in own {
                taken.entry(source).or_default().extend(edits);
                *counts.entry(source).or_default() += 1;
            }
        }
    }
    let changed = |(source, edits): (SourceId, BTreeMap<Span, &str>)| {
        let old = &*sources.get(source).text;
        let text = edited(old, &edits);
        let count = counts.get(&source).copied().unwrap_or_default();
        (text != old).then_some((source, Applied { text, count }))
    };
    taken.into_iter().filter_map(changed).collect()
}

/// Checks, applies fixes and checks again, until there is nothing more to mend. `check` checks all files, with the given
/// texts in place of what else it would read. Fixes of hints are left alone unless `hints`. Never are there more errors
/// afterwards: a fix that would uncover others is left to the user.
pub fn mend(hints: bool, mut check: impl FnMut(&Texts) -> Checked) -> Mended {
    let mut files: BTreeMap<String, Applied> = BTreeMap::new();
    let mut texts = Texts::new();
    let mut now = check(&texts);
    for _ in 0..MAX_ROUNDS {
        // Where a text does not end, what stands behind may be text that reads like mistakes.
        let errors_in = |id| {
            now.diagnostics.iter().filter(move |d| d.place.source == id && d.severity == Severity::Error)
        };
        let is_torn = |id| {
            errors_in(id).any(|d| d.code == &codes::UNTERMINATED_STRING) && errors_in(id).nth(1).is_some()
        };
        let sources: BTreeSet<SourceId> = now.diagnostics.iter().map(|d| d.place.source).collect();
        let torn: BTreeSet<SourceId> = sources.into_iter().filter(|id| is_torn(*id)).collect();
        let is_sure = |d: &Diagnostic| !torn.contains(&d.place.source);
        let is_wanted = |d: &&Diagnostic| (hints || d.severity != Severity::Hint) && is_sure(d);
        let fixes: Vec<&Fix> =
            now.diagnostics.iter().filter(is_wanted).filter_map(|d| d.fix.as_ref()).collect();
        let Some((changed, next)) = round(&fixes, &now, &texts, &mut check) else { break };
        for (source, applied) in changed {
            let name = &now.sources.get(source).name;
            texts.insert(name.clone(), applied.text.clone());
            let file = files.entry(name.clone()).or_default();
            *file = Applied { text: applied.text, count: file.count + applied.count };
        }
        now = next;
    }
    Mended { files, left: now }
}

/// All fixes at once, or, where that makes more errors, those that do not; and the check of it. None when none is left.
fn round(
    fixes: &[&Fix],
    now: &Checked,
    texts: &Texts,
    check: &mut impl FnMut(&Texts) -> Checked,
) -> Option<(BTreeMap<SourceId, Applied>, Checked)> {
    let mut attempt = |fixes: &[&Fix], limit: usize| {
        let changed = apply(fixes.iter().copied(), &now.sources);
        if changed.is_empty() {
            return None;
        }
        let mut texts = texts.clone();
        for (source, applied) in &changed {
            texts.insert(now.sources.get(*source).name.clone(), applied.text.clone());
        }
        let next = check(&texts);
        (errors(&next) <= limit).then_some((changed, next))
    };
    let limit = errors(now);
    if let Some(done) = attempt(fixes, limit) {
        return Some(done);
    }
    let (mut good, mut best, mut limit): (Vec<&Fix>, _, _) = (Vec::new(), None, limit);
    for fix in fixes.iter().take(MAX_SINGLE) {
        good.push(fix);
        match attempt(&good, limit) {
            Some((changed, next)) => {
                limit = errors(&next);
                best = Some((changed, next));
            }
            None => drop(good.pop()),
        }
    }
    best
}

fn errors(checked: &Checked) -> usize {
    checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
}

/// A file that was named twice is changed once.
fn first_of_its_name(source: SourceId, sources: &Sources) -> SourceId {
    let name = &sources.get(source).name;
    sources.iter().find(|(_, other)| other.name == *name).map_or(source, |(id, _)| id)
}

/// Whether two ranges overlap or touch: of two insertions at one place nobody knows which comes first.
fn meet(a: Span, b: Span) -> bool {
    a.start <= b.end && b.start <= a.end
}

fn is_inside(edit: &Edit, sources: &Sources) -> bool {
    sources.get(edit.place.source).text.get(edit.place.span.range()).is_some()
}

/// The text with edits that do not meet, in the line ends that it has.
fn edited(text: &str, edits: &BTreeMap<Span, &str>) -> String {
    let is_crlf = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    let mut out = text.to_owned();
    for (span, new) in edits.iter().rev() {
        let new = new.replace("\r\n", "\n");
        out.replace_range(span.range(), &if is_crlf { new.replace('\n', "\r\n") } else { new });
    }
    out
}
