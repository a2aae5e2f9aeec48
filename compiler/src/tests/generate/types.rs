//! What a generated program knows about its own names.

use std::collections::BTreeSet;

/// The type of a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Text,
    Int,
    Bool,
    Duration,
    Texts,
    Map,
    /// A declared union or record, by its declaration.
    Declared(usize),
}

/// A field of a record, a parameter of a function or a template.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) ty: SlotTy,
    /// Whether it may be left out.
    pub(super) optional: bool,
}

/// What a slot takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SlotTy {
    Constant(Ty),
    Artifact,
    Secret,
    /// Text that may be known only at run.
    RunText,
}

/// What is declared.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Let(Ty),
    Function(Vec<Slot>, Ty),
    Union(Vec<&'static str>),
    Record(Vec<Slot>),
    ActionTemplate(Vec<Slot>),
    /// With the paths of its artifacts, from the stage on.
    StageTemplate(Vec<Slot>, Vec<String>),
    Callee,
}

/// A declaration of a file.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) file: usize,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) private: bool,
}

/// A part of a file that can be taken away as a whole.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) text: String,
    /// What it declares; a program in which something uses it does not compile without it.
    pub(super) declares: Option<Key>,
}

/// What is declared somewhere, for keeping book of uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// By number.
    Declaration(usize),
    /// The `use` of a file in a file, and which.
    Use(usize, usize),
    /// A name inside the pipeline.
    Inner(String),
}

/// A generated file.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) crlf: bool,
}

impl File {
    /// Its text, without the piece at `but`.
    pub(super) fn text_without(&self, but: Option<usize>) -> String {
        let kept = self.pieces.iter().enumerate().filter(|(at, _)| Some(*at) != but);
        let text: String = kept.map(|(_, piece)| piece.text.as_str()).collect();
        if self.crlf { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text }
    }

    pub(super) fn text(&self) -> String {
        self.text_without(None)
    }
}

/// A generated program; the first file is the main one.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) files: Vec<File>,
    pub(super) declarations: Vec<Declaration>,
    pub(super) used: BTreeSet<Key>,
    /// For each file, how it sees declarations: the path and the declaration.
    pub(super) scopes: Vec<Vec<(String, usize)>>,
    /// For each file, the names that it gives to others as a whole, and which.
    pub(super) aliases: Vec<Vec<(String, usize)>>,
}
