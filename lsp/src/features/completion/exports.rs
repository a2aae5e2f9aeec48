//! What files offer to others, and the `use` that takes it from them.

use std::collections::HashSet;
use std::rc::Rc;

use compiler::source::SourceId;
use compiler::span::Span;
use compiler::syntax::ast::{Item, Use};
use compiler::syntax::token::Kind;

use super::files::{doc_of, name_of, params_of};
use super::items::{Candidate, Shape};
use super::{Files, Site};

/// What a file offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    Let,
    Function,
    Type,
    Callee,
    Rule,
    /// A template, by the word that it begins with.
    Template(Kind),
}

/// A file, and what it offers: names with their documentation.
#[derive(Clone, Debug)]
pub(crate) struct Exported {
    pub(crate) file: String,
    pub(crate) all: Rc<[(String, Export, String)]>,
    /// The files that it uses.
    uses: Rc<[String]>,
}

impl Export {
    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Let => Shape::Constant,
            Self::Function => Shape::Function,
            Self::Type => Shape::Type,
            Self::Callee | Self::Rule | Self::Template(_) => Shape::Callee,
        }
    }
}

/// What others can do with an item.
pub(crate) fn of_item(item: &Item) -> Option<Export> {
    match item {
        Item::Let(_) => Some(Export::Let),
        Item::Function(_) => Some(Export::Function),
        Item::Type(_) => Some(Export::Type),
        Item::Callee(callee) => Some(if callee.is_rule { Export::Rule } else { Export::Callee }),
        Item::Action(_) => Some(Export::Template(Kind::Action)),
        Item::Stage(_) if params_of(item).is_some() => Some(Export::Template(Kind::Stage)),
        Item::Pipeline(_) if params_of(item).is_some() => Some(Export::Template(Kind::Pipeline)),
        _ => None,
    }
}

/// What a text offers.
pub(crate) fn exported(file: &str, text: &str) -> Exported {
    let parsed = compiler::syntax::parse(SourceId::default(), text);
    let of = |item: &Item| Some((name_of(item)?.text.to_string(), of_item(item)?, doc_of(item)));
    let all: Vec<_> = parsed.file.items.iter().filter_map(of).filter(|(name, ..)| !name.is_empty()).collect();
    let uses = parsed.file.items.iter().filter_map(|item| match item {
        Item::Use(used) => Some(compiler::join(file, &used.path.text)),
        _ => None,
    });
    Exported { file: file.to_owned(), all: all.into(), uses: uses.collect() }
}

impl Site<'_, '_> {
    /// The other files that this one can use: those that do not use it themselves, however far around.
    pub(super) fn usable(&self) -> Vec<&Exported> {
        let others = self.world.others;
        let mut users: HashSet<&str> = HashSet::from([self.name]);
        loop {
            let uses = |other: &&Exported| other.uses.iter().any(|used| users.contains(used.as_str()));
            let more: Vec<&str> =
                others.iter().filter(uses).map(|o| o.file.as_str()).filter(|f| !users.contains(f)).collect();
            if more.is_empty() {
                break;
            }
            users.extend(more);
        }
        others.iter().filter(|other| !users.contains(other.file.as_str())).collect()
    }

    /// Offers names of files that are not used yet, or of which others are taken, with what takes them.
    pub(super) fn imports(&mut self, wanted: impl Fn(&Export) -> bool) {
        if self.cursor.quoted || self.cursor.path().is_some() {
            return;
        }
        let own = self.files.own();
        let folder = self.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut found = Vec::new();
        for other in self.usable() {
            let path = relative(folder, &other.file);
            let used = self
                .files
                .uses(own)
                .find(|(used, _)| compiler::join(self.name, &used.path.text) == other.file);
            let used = used.map(|(used, _)| used);
            // What is used as a whole is offered with its name in front.
            if used.is_some_and(|used| used.selected.is_none()) {
                continue;
            }
            let taken = |name: &str| {
                let names = used.and_then(|used| used.selected.as_ref()).map(|selection| &selection.names);
                names.is_some_and(|names| names.iter().any(|selected| selected.name.text == name))
            };
            for (name, export, doc) in
                other.all.iter().filter(|(name, export, _)| wanted(export) && !taken(name))
            {
                let edit = match used {
                    Some(used) => extended(used, name),
                    None => added(self.files, &path, name),
                };
                let candidate = Candidate::plain(name, export.shape(), format!("from \"{path}\""));
                found.push(candidate.documented(doc.clone()).also(edit));
            }
        }
        self.found.append(&mut found);
    }
}

/// The path of a file from a folder, as `use` writes it.
pub(super) fn relative(folder: &str, file: &str) -> String {
    let path = compiler::relative(folder, file);
    if path.starts_with(['.', '/']) { path } else { format!("./{path}") }
}

/// What takes another name from a file.
fn extended(used: &Use, name: &str) -> Option<(Span, String)> {
    let selection = used.selected.as_ref()?;
    if let Some(next) = selection.names.iter().find(|selected| selected.name.text.as_str() > name) {
        return Some((Span::at(next.span.start), format!("{name}, ")));
    }
    match selection.names.last() {
        Some(last) => Some((Span::at(last.span.end), format!(", {name}"))),
        None => Some((Span::at(selection.span.start + 1), format!(" {name} "))),
    }
}

/// What uses a file that was not: a line among the others, by their paths.
fn added(files: &Files<'_>, path: &str, name: &str) -> Option<(Span, String)> {
    let own = files.own();
    let line = format!("use \"{path}\" {{ {name} }}");
    let uses: Vec<&Use> = files.uses(own).map(|(used, _)| used).collect();
    if let Some(next) = uses.iter().find(|used| used.path.text.as_str() > path) {
        return Some((Span::at(next.span.start), format!("{line}\n")));
    }
    if let Some(last) = uses.last() {
        return Some((Span::at(last.span.end), format!("\n{line}")));
    }
    let mut items = files.items(own).map(|(item, _)| item);
    let first = items.next()?;
    if let Item::Edition(edition) = first {
        return Some((Span::at(edition.span.end), format!("\n\n{line}")));
    }
    let start = first.doc().map_or(first.span().start, |doc| doc.span.start.min(first.span().start));
    // What hides a declaration stands before it.
    let text = files.text(own, Span::new(0, start));
    let start = text.strip_suffix("private ").map_or(text.len(), str::len);
    Some((Span::at(u32::try_from(start).ok()?), format!("{line}\n\n")))
}
