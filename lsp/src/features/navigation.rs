//! Where names are declared and used.

use compiler::diagnostic::Place;
use compiler::index::EntityKind;
use compiler::span::Span;

use super::names::{self, Entity, at, bare, in_file, occurrences};
use crate::analysis::Analysis;

/// Where what is named at an offset is declared: from the declaration itself, the same place. A file that is used leads to
/// its beginning.
pub(crate) fn definition(analysis: &Analysis, offset: u32) -> Option<(Span, Vec<Place>)> {
    let found = at(analysis, offset);
    let first = found.first()?;
    // What the catalog declares stands in no file of the user's.
    let own = |kind| !matches!(kind, EntityKind::Callee | EntityKind::Rule);
    let same = found.iter().filter(|o| o.place == first.place);
    let mut places: Vec<Place> = same
        .filter(|o| o.place != o.definition || own(o.kind) || is_declared(analysis, o.place))
        .map(|o| Place { source: o.definition.source, span: bare(analysis, o.definition) })
        .collect();
    places.dedup();
    (!places.is_empty()).then(|| (bare(analysis, first.place), places))
}

/// Whether a callee or rule is declared at a place, and not used there.
pub(super) fn is_declared(analysis: &Analysis, place: Place) -> bool {
    let text = &analysis.sources.get(place.source).text[..place.span.start as usize];
    let before = text.trim_end();
    before.ends_with("callee") || before.ends_with("rule")
}

/// What is named at an offset.
pub(crate) fn entity(analysis: &Analysis, offset: u32) -> Option<Entity> {
    at(analysis, offset).first().map(|occurrence| Entity::of(analysis, occurrence))
}

/// All places of an entity in what an analysis has seen, as names without what surrounds them.
pub(crate) fn references(analysis: &Analysis, entity: &Entity, with_declaration: bool) -> Vec<Place> {
    let mut places: Vec<Place> = occurrences(analysis, entity)
        .filter(|o| with_declaration || o.place != o.definition)
        .map(|o| Place { source: o.place.source, span: bare(analysis, o.place) })
        .collect();
    places.dedup();
    places
}

/// The places in the file of what is named at an offset, and whether each declares it.
pub(crate) fn highlights(analysis: &Analysis, offset: u32) -> Vec<(Span, bool)> {
    let (Some(entity), Some(compilation)) = (entity(analysis, offset), &analysis.compilation) else {
        return Vec::new();
    };
    let own = in_file(compilation.index.occurrences(), analysis.source);
    let meant = own.iter().filter(|o| Entity::of(analysis, o) == entity);
    let mut found: Vec<(Span, bool)> =
        meant.map(|o| (bare(analysis, o.place), o.place == o.definition)).collect();
    found.dedup();
    found
}

/// The text of a name.
pub(crate) fn name_of(analysis: &Analysis, place: Place) -> &str {
    names::text(analysis, place.source, bare(analysis, place))
}
