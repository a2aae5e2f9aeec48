//! Suggestions, and the snippets that they insert.

use compiler::span::Span;

use super::scope::{Named, Sort};
use super::slots::{Expect, Slot};

/// What a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Keyword,
    Snippet,
    Field,
    Text,
    Callee,
    Type,
    Constant,
    Variable,
    Value,
    Function,
    Module,
    Stage,
    File,
    Folder,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) label: String,
    pub(crate) shape: Shape,
    pub(crate) detail: String,
    pub(crate) doc: String,
    /// What is inserted.
    pub(crate) insert: String,
    /// What is inserted by editors that know snippets.
    pub(crate) snippet: Option<String>,
    /// What is changed elsewhere in the file.
    pub(crate) also: Option<(Span, String)>,
}

impl Candidate {
    pub(crate) fn plain(label: &str, shape: Shape, detail: String) -> Self {
        let (doc, snippet, also) = (String::new(), None, None);
        Self { label: label.to_owned(), shape, detail, doc, insert: label.to_owned(), snippet, also }
    }

    pub(crate) fn documented(self, doc: String) -> Self {
        Self { doc, ..self }
    }

    pub(crate) fn also(self, also: Option<(Span, String)>) -> Self {
        Self { also, ..self }
    }

    pub(crate) fn inserting(self, insert: String, snippet: Option<String>) -> Self {
        Self { insert, snippet, ..self }
    }
}

/// A text of an enumeration.
pub(super) fn text(text: &str, quoted: bool) -> Candidate {
    let written = if quoted { text.to_owned() } else { format!("\"{text}\"") };
    Candidate::plain(&written, Shape::Text, String::new())
}

/// Where a secret is found.
pub(super) fn source(name: &str) -> Candidate {
    let found = Candidate::plain(name, Shape::Function, "where the secret is found".to_owned());
    match name {
        "masked" => found,
        "aws.cfn" => found.inserting("aws.cfn(".to_owned(), Some("aws.cfn($1)".to_owned())),
        _ => found.inserting(format!("{name}("), Some(format!("{name}(\"$1\")"))),
    }
}

/// A field, with what follows it unless that is there.
pub(super) fn field(slot: &Slot, bare: bool) -> Candidate {
    let detail = if slot.required { format!("{}, required", slot.detail) } else { slot.detail.clone() };
    let found = Candidate::plain(&slot.name, Shape::Field, detail).documented(slot.doc.clone());
    if bare {
        return found;
    }
    found.inserting(format!("{}: ", slot.name), Some(format!("{}: {}", slot.name, value_of(slot, 1))))
}

/// What a value of a field looks like, with the place for it.
fn value_of(slot: &Slot, number: usize) -> String {
    match (&slot.expect, slot.detail.split([' ', ',', '<', '?']).next().unwrap_or_default()) {
        (Expect::Texts(_) | Expect::Bool, _) => format!("${number}"),
        (_, "string" | "globs") => format!("\"${number}\""),
        (_, "list") => format!("[${number}]"),
        (_, "map" | "record") => format!("{{ ${number} }}"),
        (_, "script") => format!("\"\"\"\n  ${number}\n  \"\"\""),
        _ => format!("${number}"),
    }
}

/// What is called, with its required fields unless its body is there.
pub(super) fn call(name: &str, detail: String, doc: String, slots: &[Slot], bare: bool) -> Candidate {
    let found = Candidate::plain(name, Shape::Callee, detail).documented(doc);
    if bare {
        return found;
    }
    let required = slots.iter().filter(|slot| slot.required).enumerate();
    let lines = required.map(|(at, slot)| {
        let value = value_of(slot, at + 1).replace('\n', "\n  ");
        format!("  {}: {value}\n", slot.name)
    });
    let lines: String = lines.collect();
    found.inserting(name.to_owned(), Some(format!("{name} {{\n{lines}  $0\n}}")))
}

/// `if … then … else …`
pub(super) fn conditional() -> Candidate {
    let found = Candidate::plain("if", Shape::Keyword, "one of two values".to_owned());
    found.inserting("if".to_owned(), Some("if ${1:condition} then $2 else $0".to_owned()))
}

/// A name of a value.
pub(super) fn value(named: &Named, bare: bool) -> Candidate {
    let shape = match named.sort {
        Sort::Function => Shape::Function,
        Sort::Module => Shape::Module,
        Sort::Stage => Shape::Stage,
        Sort::Let => Shape::Constant,
        Sort::Variable | Sort::Binding | Sort::Param => Shape::Variable,
        Sort::Artifact | Sort::Output | Sort::Action | Sort::Secret => Shape::Value,
    };
    let found = Candidate::plain(&named.name, shape, named.detail.clone()).documented(named.doc.clone());
    if named.sort != Sort::Function || bare {
        return found;
    }
    let call = if named.name == "file" { "file(\"$1\")".to_owned() } else { format!("{}($1)", named.name) };
    found.inserting(named.name.clone(), Some(call))
}
