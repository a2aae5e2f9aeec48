//! The language server as a process, and in a real editor.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{outcome, root, standpipe};

/// A headless Neovim starts the server, sees a diagnostic, mends the text, sees it vanish, formats.
#[test]
fn neovim_shows_diagnostics_and_formats() {
    let mut session = Command::new(root().join("tests/nvim/run"));
    session.env("STANDPIPE", env!("CARGO_BIN_EXE_standpipe")).env("STANDPIPE_TEST_FORMAT", "1");
    outcome(&mut session).exits(0);
}

/// A server whose editor died ends, though its pipes are still open.
#[test]
fn it_ends_with_its_editor() {
    let mut editor = Command::new("sleep").arg("600").spawn().expect("it starts");
    let mut server = standpipe();
    let mut server =
        server.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"processId":{},"capabilities":{{}}}}}}"#,
        editor.id()
    );
    let input = server.stdin.as_mut().expect("its input");
    write!(input, "Content-Length: {}\r\n\r\n{body}", body.len())
        .and_then(|()| input.flush())
        .expect("it listens");
    // Once it has answered it knows its editor.
    server.stdout.as_mut().expect("its output").read_exact(&mut [0]).expect("it answers");
    assert!(server.try_wait().expect("it can be asked").is_none(), "it lives as long as its editor");
    editor.kill().and_then(|()| editor.wait()).expect("the editor dies");
    let begun = Instant::now();
    while server.try_wait().expect("it can be asked").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is still there");
        std::thread::sleep(Duration::from_millis(50));
    }
}
