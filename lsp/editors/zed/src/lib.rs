//! Tells Zed how the language server of Standpipe is started.

use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Pipe;

impl zed::Extension for Pipe {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let command = worktree
            .which("standpipe")
            .ok_or("`standpipe` is not in the `PATH`; `cargo install --path .` in its repository puts it there")?;
        Ok(Command { command, args: vec!["lsp".to_owned()], env: worktree.shell_env() })
    }
}

zed::register_extension!(Pipe);
