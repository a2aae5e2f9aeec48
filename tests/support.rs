//! A project in a temporary folder, and the binary run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The binary under test.
pub(crate) fn standpipe() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_standpipe"));
    command.env_remove("CI").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
    command
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Fails unless the exit code is this one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless standard error holds the text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not in:\n{}", self.stderr);
        self
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs a command to its end.
#[track_caller]
pub(crate) fn outcome(command: &mut Command) -> Outcome {
    command.output().unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}")).into()
}

/// A folder with files of its own.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// A project with this `pipeline.pipe`.
    pub(crate) fn with(pipeline: &str) -> Self {
        let project = Self::new();
        project.write("pipeline.pipe", pipeline);
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        std::fs::write(&path, content).expect("files can be written");
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The binary, in this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = standpipe();
        command.args(arguments).current_dir(self.path());
        command
    }

    /// Runs the binary in this folder.
    #[track_caller]
    pub(crate) fn standpipe(&self, arguments: &[&str]) -> Outcome {
        outcome(&mut self.command(arguments))
    }

    /// Runs git in this folder, as somebody.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.current_dir(self.path())
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
            .args(arguments);
        outcome(&mut git).exits(0);
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the path is UTF-8")
}

/// Runs one of `tests/oracles/*.py` in a folder, with the packages that `tests/setup` installed.
#[track_caller]
pub(crate) fn oracle(script: &str, folder: &Path, arguments: &[&str]) -> Outcome {
    let python = root().join(".venv/bin/python");
    assert!(root().join(".venv/.oracles").exists(), "the validators are missing: run `tests/setup` first");
    let mut command = Command::new(python);
    command.arg(root().join("tests/oracles").join(script)).args(arguments).current_dir(folder);
    outcome(&mut command)
}

/// A file of the repository.
#[track_caller]
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Tests run under cargo, whose variables would reach what they start.
pub(crate) fn without_cargo(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO") && name != "CARGO_HOME" {
            command.env_remove(name);
        }
    }
    command
}
