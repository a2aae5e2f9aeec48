//! The Pipe language server.
