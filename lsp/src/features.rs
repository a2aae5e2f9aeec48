//! What the server can do, each a plain function on an analysis: byte offsets in, plain data out. Nothing here knows the
//! protocol.

pub(crate) mod completion;
pub(crate) mod fixes;
pub(crate) mod formatting;
pub(crate) mod hints;
pub(crate) mod hover;
pub(crate) mod lenses;
pub(crate) mod line_edits;
pub(crate) mod names;
pub(crate) mod navigation;
mod planned;
pub(crate) mod refactor;
pub(crate) mod rename;
pub(crate) mod stages;
pub(crate) mod structure;
pub(crate) mod symbols;
#[cfg(test)]
mod tests;
pub(crate) mod tokens;
mod tree;
mod trial;
