//! What ends a run without a verdict (`Error`), and what makes one action fail (`Failure`).
//! Unaware of how either is shown.

use std::io;
use std::path::Path;

use crate::codes;

/// A problem with a stable code and, where something can be done, a sentence that says what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// The code, as in [`crate::CODES`].
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Why there is no summary, or none that counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The run was asked for something that does not fit the plan; nothing was started.
    #[error(transparent)]
    Usage(Problem),
    /// What is to be run is wrong itself: a plan that nobody could run; nothing was started.
    #[error(transparent)]
    Plan(Problem),
    /// The machine failed: disk, permissions, a missing tool.
    #[error(transparent)]
    Environment(Problem),
    /// Secrets that were not found, one problem for each; nothing was started.
    #[error("{}", several(.0))]
    Secrets(Vec<Problem>),
    /// A signal ended the run; no process of it is left.
    #[error("{}", interrupted(.run))]
    Interrupted {
        /// The run's id; empty when the run had not begun.
        run: String,
    },
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.problems().first().map_or(codes::INTERRUPTED, |problem| problem.code)
    }

    /// The sentence that says what to do.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.problems().first().and_then(|problem| problem.help.as_deref())
    }

    /// Every problem, each to be shown as an error of its own; none when the run was interrupted.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Usage(problem) | Self::Plan(problem) | Self::Environment(problem) => {
                std::slice::from_ref(problem)
            }
            Self::Secrets(problems) => problems,
            Self::Interrupted { .. } => &[],
        }
    }

    /// The exit code of the command line: 1 the pipeline is wrong, 2 wrong usage, 3 the environment failed, 130 interrupted.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Plan(_) => 1,
            // The declaration must be mended; no environment could give the secret.
            Self::Secrets(problems) if problems.iter().any(|p| p.code == codes::SECRET_WITHOUT_LOCAL) => 1,
            Self::Usage(_) => 2,
            Self::Environment(_) | Self::Secrets(_) => 3,
            Self::Interrupted { .. } => 130,
        }
    }

    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::Usage(Problem { code, message: message.into(), help: None })
    }

    pub(crate) fn plan(code: &'static str, message: impl Into<String>) -> Self {
        Self::Plan(Problem { code, message: message.into(), help: None })
    }

    pub(crate) fn environment(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::Environment(Problem { code, message: message.into(), help: Some(help.into()) })
    }

    #[must_use]
    pub(crate) fn with_help(self, text: impl Into<String>) -> Self {
        let help = Some(text.into());
        match self {
            Self::Usage(problem) => Self::Usage(Problem { help, ..problem }),
            Self::Plan(problem) => Self::Plan(Problem { help, ..problem }),
            Self::Environment(problem) => Self::Environment(Problem { help, ..problem }),
            other @ (Self::Secrets(_) | Self::Interrupted { .. }) => other,
        }
    }

    /// The error of an operation on one of our own files: `doing` completes "cannot …".
    pub(crate) fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        let message = format!("cannot {doing} `{}`: {error}", path.display());
        if is_full(error) {
            return Self::environment(
                codes::DISK_FULL,
                message,
                "the disk is full: free some space (`.standpipe/store` and old folders of `.standpipe/runs` may be \
                 removed) and run again",
            );
        }
        match error.kind() {
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists => Self::environment(
                codes::STATE_UNWRITABLE,
                message,
                "the run keeps its state in the folder `.standpipe`: make it a folder that this user can write, or \
                 run a copy of the project elsewhere",
            ),
            _ => Self::environment(codes::IO, message, "correct what the message names and run again"),
        }
    }
}

fn interrupted(run: &str) -> String {
    match run {
        "" => "interrupted before anything was started".to_owned(),
        run => format!("interrupted; run `{run}` was ended with all its processes"),
    }
}

fn several(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// True when there was no space or no quota left.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Why an action failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code, as in [`crate::CODES`].
    pub code: &'static str,
    /// What went wrong.
    pub message: String,
    /// What to do, where there is something.
    pub help: Option<String>,
    /// The last lines that the action wrote.
    pub tail: Vec<String>,
    /// False where trying again cannot help.
    pub retryable: bool,
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, tail: Vec::new(), retryable: true }
    }

    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Marks a failure that another attempt would only repeat.
    #[must_use]
    pub(crate) fn lasting(mut self) -> Self {
        self.retryable = false;
        self
    }
}

/// What stops an executor: the action failed, or the machine did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Only this action is concerned.
    Action(Failure),
    /// The whole run ends.
    Run(Error),
    /// It was asked to end.
    Stopped,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Action(failure)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}
