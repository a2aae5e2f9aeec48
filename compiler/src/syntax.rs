//! From text to tree: tokens, comments, the tree and its parser. Parsing never fails: it gives a tree with error nodes.

pub mod ast;
mod error;
mod layout;
pub mod lexer;
mod parser;
pub mod token;
pub mod trivia;

pub(crate) use parser::duration;
pub use parser::{Parsed, parse};
