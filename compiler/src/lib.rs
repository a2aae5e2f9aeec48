//! The Pipe compiler: pure, text in and values out.
//!
//! ```text
//! load -> lex -> parse -> check -> lower -> Plan -> targets
//! ```
//!
//! No phase knows the environment, the clock or the disk; files come through [`source::Loader`]. No phase returns a
//! `Result` for a user's mistake: it returns its value, with error nodes in it, and diagnostics.

pub mod places;
pub mod plan;
pub mod source;
pub mod span;
pub mod value;
pub mod catalog;
pub mod diagnostic;
pub mod lines;
pub mod target;
