//! The server as an editor meets it: whole sessions over a connection in memory.

mod completion;
mod diagnostics;
mod harness;
mod lifecycle;
mod names;
mod requests;
mod shown;
mod structure;
mod sync;
mod typing;
