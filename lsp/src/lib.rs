//! The Pipe language server: the compiler's front end, asked by an editor.
//!
//! ```text
//!  editor ──> inbox ──> routes ──> features (plain functions on an Analysis)
//!    ^                    │              │
//!    └──── publish <── convert <─────────┘
//! ```
//!
//! `server` and what is below it are the only place that knows the protocol: its types, positions and URIs. Features take
//! an `Analysis` and byte offsets, and give plain data. There is one thread, so edits never overtake each
//! other, and one front end, the compiler's, so that editor and command line never disagree.

mod analysis;
pub mod disk;
mod documents;
mod features;
mod loader;
mod project;
mod server;

pub use server::{Error, run_stdio, serve};
