//! The files that an analysis has seen, and what a name of theirs is.

use std::sync::Arc;

use compiler::source::SourceId;
use compiler::span::Span;
use compiler::syntax::Parsed;
use compiler::syntax::ast::{Block, Item, Name, Params, Use};

use crate::analysis::Analysis;

/// The files of an analysis.
pub(crate) struct Files<'a> {
    analysis: &'a Analysis,
    parsed: Vec<Arc<Parsed>>,
}

/// An item, and the file that it is in.
pub(crate) type Found<'f> = (SourceId, &'f Item);

impl<'a> Files<'a> {
    pub(crate) fn new(analysis: &'a Analysis) -> Self {
        let parsed = analysis.sources.iter().map(|(id, _)| analysis.sources.parsed(id)).collect();
        Self { analysis, parsed }
    }

    /// The file that the cursor is in.
    pub(crate) fn own(&self) -> SourceId {
        self.analysis.source
    }

    /// The text of a place.
    pub(crate) fn text(&self, source: SourceId, span: Span) -> &'a str {
        self.analysis.sources.get(source).text.get(span.range()).unwrap_or_default()
    }

    fn raw(&self, source: SourceId) -> &[Item] {
        self.parsed.get(source.0 as usize).map_or(&[][..], |parsed| &parsed.file.items)
    }

    /// The declarations of a file, and whether each is private.
    pub(crate) fn items(&self, source: SourceId) -> impl Iterator<Item = (&Item, bool)> {
        self.raw(source).iter().map(|item| match item {
            Item::Private(private) => (&*private.item, true),
            item => (item, false),
        })
    }

    /// What others see of a file.
    pub(crate) fn exports(&self, source: SourceId) -> impl Iterator<Item = &Item> {
        self.items(source).filter(|(_, private)| !private).map(|(item, _)| item)
    }

    /// The `use` declarations of a file, each with the file that it names.
    pub(crate) fn uses(&self, source: SourceId) -> impl Iterator<Item = (&Use, Option<SourceId>)> {
        self.raw(source).iter().filter_map(move |item| match item {
            Item::Use(used) => Some((used, self.file(source, &used.path.text))),
            _ => None,
        })
    }

    /// The file that a path in another one names.
    pub(crate) fn file(&self, from: SourceId, path: &str) -> Option<SourceId> {
        let name = compiler::join(&self.analysis.sources.get(from).name, path);
        self.analysis.sources.by_name(&name)
    }

    /// The file that a name stands for.
    pub(crate) fn module(&self, from: SourceId, name: &str) -> Option<SourceId> {
        self.uses(from).find(|(used, _)| module_name(used) == Some(name))?.1
    }

    /// What a dotted name of a file stands for, if it is as wanted.
    pub(crate) fn resolve(
        &self,
        from: SourceId,
        path: &str,
        wanted: impl Fn(&Item) -> bool,
    ) -> Option<Found<'_>> {
        let is = |item: &Item, name: &str| wanted(item) && name_of(item).is_some_and(|n| n.text == name);
        if let Some((head, name)) = path.split_once('.') {
            let file = self.module(from, head)?;
            return self.exports(file).find(|item| is(item, name)).map(|item| (file, item));
        }
        if let Some((item, _)) = self.items(from).find(|(item, _)| is(item, path)) {
            return Some((from, item));
        }
        self.selected(from).find(|(name, (_, item))| *name == path && wanted(item)).map(|(_, found)| found)
    }

    /// What a file takes from others by name: what it is called here, and what it is.
    pub(crate) fn selected(&self, from: SourceId) -> impl Iterator<Item = (&str, Found<'_>)> {
        self.uses(from).flat_map(move |(used, file)| {
            let names = used.selected.iter().flat_map(|selection| &selection.names);
            names.filter_map(move |selected| {
                let here = selected.alias.as_ref().unwrap_or(&selected.name);
                let file = file?;
                let mut exports = self.exports(file);
                let item =
                    exports.find(|item| name_of(item).is_some_and(|n| n.text == selected.name.text))?;
                Some((here.text.as_str(), (file, item)))
            })
        })
    }

    /// All that a file can name with its words: its own declarations, those that it takes from others, and those of the
    /// files that it uses under a name.
    pub(crate) fn nameable(&self, from: SourceId) -> Vec<(String, Found<'_>)> {
        let named = |item: &Item| name_of(item).map(|name| name.text.to_string());
        let mut all: Vec<(String, Found<'_>)> =
            self.items(from).filter_map(|(item, _)| Some((named(item)?, (from, item)))).collect();
        all.extend(self.selected(from).map(|(name, found)| (name.to_owned(), found)));
        for (used, file) in self.uses(from) {
            let (Some(name), Some(file)) = (module_name(used), file) else { continue };
            let exports = self.exports(file);
            all.extend(exports.filter_map(|i| Some((format!("{name}.{}", named(i)?), (file, i)))));
        }
        all.retain(|(name, _)| !name.is_empty());
        all
    }
}

/// What a file is called that is used as a whole.
pub(crate) fn module_name(used: &Use) -> Option<&str> {
    if used.selected.is_some() {
        return None;
    }
    match &used.alias {
        Some(alias) => Some(&alias.text),
        None => Some(used.path.text.rsplit('/').next()?.trim_end_matches(".pipe")),
    }
}

/// The name of what a file declares.
pub(crate) fn name_of(item: &Item) -> Option<&Name> {
    match item {
        Item::Let(x) => Some(&x.name),
        Item::Pipeline(x) | Item::Stage(x) => Some(&x.name),
        Item::Action(x) => Some(&x.name),
        Item::Type(x) => Some(&x.name),
        Item::Function(x) => Some(&x.name),
        Item::Callee(x) => Some(&x.name),
        Item::PipelineInstance(x) | Item::StageInstance(x) => Some(&x.name),
        Item::Variable(x) => Some(&x.name),
        Item::Secret(x) => Some(&x.name),
        _ => None,
    }
}

/// The parameters of a template or function.
pub(crate) fn params_of(item: &Item) -> Option<&Params> {
    match item {
        Item::Pipeline(Block { params, .. }) | Item::Stage(Block { params, .. }) => params.as_ref(),
        Item::Action(action) => action.params.as_ref(),
        Item::Function(function) => Some(&function.params),
        _ => None,
    }
}

/// The documentation of a declaration.
pub(crate) fn doc_of(item: &Item) -> String {
    item.doc().map(|doc| doc.text.clone()).unwrap_or_default()
}
