//! Renaming: in all files, in templates, families and through `#{…}`; and never into something that means something else.

use std::collections::BTreeMap;

use compiler::diagnostic::Place;
use compiler::index::{EntityKind, Occurrence};
use compiler::source::{Loader, SourceId};
use compiler::span::Span;
use compiler::syntax::ast::{Item, Use};

use super::names::{Entity, at, bare, occurrences, text};
use super::navigation::name_of;
use super::trial::{self, Changed, errors};
use crate::analysis::{Analysis, analyse};

/// What renaming changes: in files by name, spans and what stands there instead, in order and apart from each other.
pub(crate) type Changes = BTreeMap<String, BTreeMap<Span, String>>;

/// The name at an offset that can be renamed, and its text.
///
/// # Errors
/// Why it cannot.
pub(crate) fn prepare(analysis: &Analysis, offset: u32) -> Result<Option<(Span, String)>, String> {
    let Some(occurrence) = target(analysis, offset)? else { return Ok(None) };
    let span = bare(analysis, occurrence.place);
    let mut name = text(analysis, analysis.source, span).to_owned();
    if occurrence.kind == EntityKind::Module && is_path(analysis, occurrence.place) {
        name = stem(&name).to_owned();
    }
    Ok(Some((span, name)))
}

fn target(analysis: &Analysis, offset: u32) -> Result<Option<Occurrence>, String> {
    let Some(first) = at(analysis, offset).first().copied() else { return Ok(None) };
    let of_catalog = matches!(first.kind, EntityKind::Callee | EntityKind::Rule)
        && first.place == first.definition
        && super::navigation::definition(analysis, offset).is_none();
    if of_catalog {
        return Err(format!("`{}` is a name of the catalog", name_of(analysis, first.place)));
    }
    Ok(Some(first))
}

/// Whether the name of a file that is used is its path, and not a name behind `as`.
fn is_path(analysis: &Analysis, place: Place) -> bool {
    text(analysis, place.source, place.span).starts_with('"')
}

fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".pipe").unwrap_or(file)
}

/// Renames what is named at an offset, in all that the analyses have seen.
///
/// # Errors
/// Why it cannot.
pub(crate) fn rename(
    analysis: &Analysis,
    offset: u32,
    new: &str,
    all: &[std::rc::Rc<Analysis>],
    loader: &dyn Loader,
) -> Result<Changes, String> {
    let Some(occurrence) = target(analysis, offset)? else {
        return Err("there is no name to change here".to_owned());
    };
    if !is_name(new) {
        return Err(format!(
            "`{new}` cannot be a name: letters, digits, `_` and `-`, a letter or `_` first, and no reserved word"
        ));
    }
    let entity = Entity::of(analysis, &occurrence);
    let old = if entity.kind == EntityKind::Module && is_path(analysis, occurrence.definition) {
        stem(name_of(analysis, occurrence.definition)).to_owned()
    } else {
        name_of(analysis, occurrence.definition).to_owned()
    };
    let here = if occurrence.place == occurrence.definition {
        old.as_str()
    } else {
        name_of(analysis, occurrence.place)
    };
    let mut changes = Changes::new();
    if here == old {
        for seen in all {
            change(seen, &entity, &old, new, &mut changes);
        }
    } else {
        change(analysis, &entity, here, new, &mut changes);
        alias(analysis, here, new, &mut changes);
        let file = &analysis.sources.get(analysis.source).name;
        changes.retain(|name, _| name == file);
    }
    check(all, &changes, loader)?;
    Ok(changes)
}

/// Whether a text can be a name.
pub(super) fn is_name(text: &str) -> bool {
    let tokens = compiler::syntax::lexer::lex(SourceId(0), text).tokens;
    matches!(tokens.as_slice(), [(kind, span)] if kind.is_name() && span.range() == (0..text.len()))
}

/// Adds the places where the entity is called `old`; elsewhere it has another name, by `as`.
fn change(analysis: &Analysis, entity: &Entity, old: &str, new: &str, changes: &mut Changes) {
    for occurrence in occurrences(analysis, entity) {
        let place = occurrence.place;
        let span = bare(analysis, place);
        let (span, text) = if occurrence.kind == EntityKind::Module && is_path(analysis, place) {
            (Span::new(place.span.end, place.span.end), format!(" as {new}"))
        } else if text(analysis, place.source, span) == old {
            (span, new.to_owned())
        } else {
            continue;
        };
        let file = analysis.sources.get(place.source).name.clone();
        changes.entry(file).or_default().insert(span, text);
    }
}

/// Adds the name that a file gives to something of another file.
fn alias(analysis: &Analysis, old: &str, new: &str, changes: &mut Changes) {
    let uses = analysis.compilation.iter().flat_map(|c| &c.parsed.file.items).filter_map(|item| match item {
        Item::Use(Use { selected: Some(selected), .. }) => Some(selected),
        _ => None,
    });
    let aliases = uses.flat_map(|selected| &selected.names).filter_map(|selected| selected.alias.as_ref());
    let file = analysis.sources.get(analysis.source).name.clone();
    for alias in aliases.filter(|alias| alias.text == old) {
        changes.entry(file.clone()).or_default().insert(alias.span, new.to_owned());
    }
}

/// Refuses a name with which something would be wrong that is not now.
fn check(all: &[std::rc::Rc<Analysis>], changes: &Changes, loader: &dyn Loader) -> Result<(), String> {
    let mut texts = BTreeMap::new();
    for (name, edits) in changes {
        let find = |seen: &std::rc::Rc<Analysis>| {
            let id = seen.sources.by_name(name)?;
            Some(seen.sources.get(id).text.to_string())
        };
        let Some(text) = all.iter().find_map(find) else { continue };
        texts.insert(name.clone(), trial::edited(&text, edits));
    }
    let renamed = Changed { texts: &texts, loader };
    for before in all.iter().filter(|seen| seen.reads.iter().any(|read| changes.contains_key(read))) {
        let name = &before.sources.get(before.source).name;
        let after = analyse(name, &renamed);
        let count = |analysis: &Analysis| errors(analysis).count();
        if count(&after) > count(before) {
            let old: Vec<&str> = errors(before).map(|d| d.message.as_str()).collect();
            let new = errors(&after).find(|d| !old.contains(&d.message.as_str()));
            let why = new.map_or("it would be wrong then", |d| d.message.as_str());
            return Err(format!("that name cannot be: {why}"));
        }
    }
    Ok(())
}
