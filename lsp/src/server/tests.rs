//! The server as an editor meets it: whole sessions over a connection in memory.

mod diagnostics;
mod harness;
mod lifecycle;
mod names;
mod requests;
mod shown;
mod sync;
