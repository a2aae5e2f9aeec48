//! Names: what stands at an offset, what it means, and where else it stands.

use compiler::diagnostic::Place;
use compiler::index::{EntityKind, Occurrence};
use compiler::source::{SourceId, Sources};
use compiler::span::Span;

use crate::analysis::Analysis;

/// What a name means, in the words of all analyses: where it is declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entity {
    /// The file.
    pub(crate) file: String,
    /// The name in its declaration.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) kind: EntityKind,
}

impl Entity {
    /// What an occurrence means.
    pub(crate) fn of(analysis: &Analysis, occurrence: &Occurrence) -> Self {
        let Place { source, span } = occurrence.definition;
        Self { file: analysis.sources.get(source).name.clone(), span, kind: occurrence.kind }
    }

    /// Whether an occurrence means this. A name that stands for several things has an occurrence for each.
    fn is_meant(&self, sources: &Sources, occurrence: &Occurrence) -> bool {
        let Place { source, span } = occurrence.definition;
        span == self.span && sources.get(source).name == self.file
    }
}

/// The names that touch an offset of the file, the shortest first: in `lib.url` that is the part that was pointed at.
pub(crate) fn at(analysis: &Analysis, offset: u32) -> Vec<Occurrence> {
    let Some(compilation) = &analysis.compilation else { return Vec::new() };
    let own = in_file(compilation.index.occurrences(), analysis.source);
    let end = own.partition_point(|occurrence| occurrence.place.span.start <= offset);
    let mut found: Vec<Occurrence> =
        own[..end].iter().filter(|occurrence| offset <= occurrence.place.span.end).copied().collect();
    // What begins here is meant rather than what ends here.
    found.sort_by_key(|o| {
        let bare = bare(analysis, o.place);
        (!(bare.start <= offset && offset <= bare.end), bare.end == offset, bare.end - bare.start)
    });
    found
}

/// The occurrences in a file. All are in order of their places.
pub(crate) fn in_file(occurrences: &[Occurrence], source: SourceId) -> &[Occurrence] {
    let start = occurrences.partition_point(|occurrence| occurrence.place.source < source);
    let end = occurrences.partition_point(|occurrence| occurrence.place.source <= source);
    &occurrences[start..end]
}

/// Where an entity stands in what an analysis has seen, its declaration included.
pub(crate) fn occurrences<'a>(
    analysis: &'a Analysis,
    entity: &'a Entity,
) -> impl Iterator<Item = Occurrence> + 'a {
    let all = analysis.compilation.iter().flat_map(|compilation| compilation.index.occurrences());
    all.filter(|occurrence| entity.is_meant(&analysis.sources, occurrence)).copied()
}

/// The name itself in what stands for it: without quotes, and the last part of a path.
pub(crate) fn bare(analysis: &Analysis, place: Place) -> Span {
    let text = analysis.sources.get(place.source).text.get(place.span.range()).unwrap_or_default();
    let span = place.span;
    if let Some(inner) = text.strip_prefix('"') {
        let end = if inner.ends_with('"') { span.end - 1 } else { span.end };
        return Span::new(span.start + 1, end.max(span.start + 1));
    }
    match text.rfind('.') {
        Some(dot) => Span::new(span.start + u32::try_from(dot + 1).unwrap_or(0), span.end),
        None => span,
    }
}

/// A text of a file.
pub(crate) fn text(analysis: &Analysis, source: SourceId, span: Span) -> &str {
    analysis.sources.get(source).text.get(span.range()).unwrap_or_default()
}
