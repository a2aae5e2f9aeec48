//! What can stand behind `=` of a declaration, types, and the names that are taken from a file.

use compiler::catalog;
use compiler::source::SourceId;
use compiler::span::Span;
use compiler::syntax::ast::Item;
use compiler::syntax::token::Kind;
use compiler::vocabulary;

use super::exports::{self, Export};
use super::files::{Files, doc_of, name_of, params_of};
use super::items::{self, Candidate, Shape};
use super::{Site, slots};

impl Site<'_, '_> {
    pub(super) fn types(&mut self, of_callee: bool) {
        if self.cursor.quoted {
            return;
        }
        if let Some((_, start)) = self.cursor.path() {
            self.span = Span::new(start, self.cursor.word.end);
        } else {
            if of_callee {
                self.words(&["any", "commands", "globs", "script"], "type of a callee's field");
            }
            let names: Vec<&str> = vocabulary::type_names().collect();
            self.words(&names, "type");
        }
        for (name, (source, item)) in self.files.nameable(self.files.own()) {
            if let Item::Type(declared) = item {
                let detail = self.files.text(source, declared.ty.span).to_owned();
                self.found.push(Candidate::plain(&name, Shape::Type, detail).documented(doc_of(item)));
            }
        }
        self.imports(|export| *export == Export::Type);
    }

    /// What can stand behind `=`.
    pub(super) fn callees(&mut self, kind: Kind, with_body: bool) {
        if self.cursor.quoted {
            return;
        }
        if let Some((_, start)) = self.cursor.path() {
            self.span = Span::new(start, self.cursor.word.end);
        }
        let bare = !with_body || self.cursor.next_char() == Some('{');
        let mut all: Vec<(String, String, String)> = Vec::new();
        let mut own = self.files.nameable(self.files.own());
        own.retain(|(_, (_, item))| is_callable(kind, item));
        for (name, (source, item)) in &own {
            let detail = params_of(item).map(|params| self.files.text(*source, params.span).to_owned());
            all.push((name.clone(), detail.unwrap_or_default(), doc_of(item)));
        }
        let catalog: Vec<&catalog::Callee> = match kind {
            Kind::Action => catalog::action_names().filter_map(catalog::find).collect(),
            Kind::Gate => catalog::rule_names().filter_map(catalog::find_rule).collect(),
            _ => Vec::new(),
        };
        all.extend(catalog.iter().map(|callee| {
            let old = if callee.deprecated.is_some() { ", deprecated" } else { "" };
            (callee.name.clone(), format!("{}{old}", callee.kind()), callee.doc.clone())
        }));
        for (name, detail, doc) in all {
            let slots =
                if bare { Vec::new() } else { slots::called(self.files, self.files.own(), kind, &name, 0) };
            self.found.push(items::call(&name, detail, doc, &slots, bare));
        }
        self.imports(move |export| match export {
            Export::Template(template) => *template == kind,
            Export::Callee => kind == Kind::Action,
            Export::Rule => kind == Kind::Gate,
            _ => false,
        });
    }

    /// The names that can be taken from a file.
    pub(super) fn selection(&mut self, path: &str) {
        let Some(file) = self.files.file(self.files.own(), path) else { return };
        let open = self.cursor.frames.first().map_or(0, |frame| frame.open + 1);
        let around = self.cursor.before[open..]
            .iter()
            .chain(self.cursor.after.iter().take_while(|(kind, _)| *kind != Kind::RightBrace));
        let taken: Vec<&str> =
            around.filter(|(kind, _)| kind.is_name()).map(|token| self.cursor.of(*token)).collect();
        if self.cursor.item.last().is_some_and(|(kind, _)| kind.is_name()) {
            return;
        }
        for item in self.files.exports(file) {
            let Some(name) = name_of(item).filter(|name| !taken.contains(&name.text.as_str())) else {
                continue;
            };
            let shape = exports::of_item(item).map_or(Shape::Value, Export::shape);
            self.found.push(
                Candidate::plain(&name.text, shape, first_line(self.files, file, item))
                    .documented(doc_of(item)),
            );
        }
    }
}

fn first_line(files: &Files<'_>, source: SourceId, item: &Item) -> String {
    let text = files.text(source, item.span());
    let lines = text.lines().find(|line| !line.trim_start().starts_with("///"));
    lines.unwrap_or_default().trim_end_matches(['{', ' ']).to_owned()
}

/// Whether an item can stand behind the `=` of a declaration.
fn is_callable(kind: Kind, item: &Item) -> bool {
    match (kind, exports::of_item(item)) {
        (kind, Some(Export::Template(template))) => kind == template,
        (Kind::Action, Some(Export::Callee)) | (Kind::Gate, Some(Export::Rule)) => true,
        _ => false,
    }
}
