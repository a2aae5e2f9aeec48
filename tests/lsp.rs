//! The language server in a real editor.

use std::process::Command;

use crate::support::{outcome, root};

/// A headless Neovim starts the server, sees a diagnostic, mends the text, sees it vanish, formats.
#[test]
fn neovim_shows_diagnostics_and_formats() {
    let mut session = Command::new(root().join("tests/nvim/run"));
    session.env("STANDPIPE", env!("CARGO_BIN_EXE_standpipe")).env("STANDPIPE_TEST_FORMAT", "1");
    outcome(&mut session).exits(0);
}
