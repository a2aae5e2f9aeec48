//! The executor of a run on this machine: what its actions share, and the choice of how each is done.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use compiler::plan::Action;
use compiler::value::Value;
use tokio::sync::watch;

use super::{Execute, Execution, Kind, approval, cloud, gate, git, script};
use crate::capture::{Flavor, flavor};
use crate::codes;
use crate::error::{Error, Trouble};
use crate::event::Events;
use crate::graph::ActionIndex;
use crate::job::Job;
use crate::log::Log;
use crate::options::Options;
use crate::outcome::{Outcome, Product};
use crate::process::find_program;
use crate::signal::Stop;
use crate::store::Store;
use crate::workspace::{Cleaner, RunFolder};

/// What runs a script's file.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    /// How to ask it for variables, if there is a way.
    pub(crate) flavor: Option<Flavor>,
}

/// What all actions of a run share.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) root: PathBuf,
    pub(crate) store: Store,
    pub(crate) folder: Arc<RunFolder>,
    pub(crate) events: Events,
    pub(crate) cleaner: Cleaner,
    /// What scripts inherit from this process.
    pub(crate) env: Vec<(OsString, OsString)>,
    /// By the text of `shell`.
    pub(crate) shells: HashMap<String, Shell>,
    /// The program that prints the environment.
    pub(crate) env_program: Option<PathBuf>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) sources: HashMap<ActionIndex, PathBuf>,
    pub(crate) gates: gate::Settings,
    pub(crate) yes: bool,
    pub(crate) keep: bool,
    pub(crate) no_container: bool,
    pub(crate) has_terminal: bool,
    /// Held by the approval that is being asked for.
    pub(crate) terminal: tokio::sync::Mutex<()>,
}

/// The default of `shell`.
pub(crate) const SHELL: &str = "sh -eu";

/// What scripts inherit: who and where the user is, how to show text, how to reach the network, and where tools keep
/// themselves. Nothing that changes what a build does, and nothing that is a secret.
const INHERITED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TERM",
    "TZ",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "XDG_RUNTIME_DIR",
    "DOCKER_HOST",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "JAVA_HOME",
    "GOROOT",
    "GOPATH",
    "NVM_DIR",
    "PYENV_ROOT",
    "ANDROID_HOME",
];

impl Local {
    pub(crate) fn new(
        options: &Options,
        shells: HashMap<String, Shell>,
        sources: HashMap<ActionIndex, PathBuf>,
        kinds: Vec<Kind>,
        folder: Arc<RunFolder>,
        store: Store,
        events: Events,
    ) -> Result<Self, Error> {
        Ok(Self {
            root: options.root.canonicalize().map_err(|e| Error::io("find", &options.root, &e))?,
            store,
            folder,
            events,
            cleaner: Cleaner::new().map_err(|e| {
                Error::environment(
                    codes::SPAWN,
                    format!("cannot start: {e}"),
                    "raise the limits of this user",
                )
            })?,
            env: inherited(&options.state),
            shells,
            env_program: find_program("env"),
            kinds,
            sources,
            gates: gate::Settings {
                alarms: options.alarms.clone(),
                fixed: options.gates.clone(),
                clock: options.clock,
            },
            yes: options.yes,
            keep: options.keep,
            no_container: options.no_container,
            has_terminal: approval::has_terminal(),
            terminal: tokio::sync::Mutex::new(()),
        })
    }

    async fn perform(
        &self,
        job: &Job,
        stop: &mut watch::Receiver<Stop>,
        log: &mut Log,
    ) -> Result<Option<Product>, Trouble> {
        if let Some(gate) = job.gate() {
            return gate::decide(self, job, gate, stop, log).await;
        }
        let kind = job.index().map_or(Kind::Cloud, |index| self.kinds[index.0]);
        match kind {
            Kind::Source => git::take(self, job, stop, log).await,
            Kind::Run | Kind::Script => script::run(self, job, stop, log).await,
            Kind::Approval => approval::ask(self, job, stop).await,
            Kind::Cloud => cloud::check(&self.store, job).map(Some),
        }
    }
}

impl Execute for Local {
    async fn execute(&self, job: Job, mut stop: watch::Receiver<Stop>) -> Execution {
        let mut log = Log::new(&job.title(), self.folder.log(&job.action().id), self.events.clone());
        let mut outcome = match self.perform(&job, &mut stop, &mut log).await {
            Ok(None) | Err(Trouble::Stopped) => Outcome::Stopped { tail: log.tail() },
            Ok(Some(product)) => Outcome::Done(product),
            Err(trouble) => Outcome::from(Err(trouble)),
        };
        if let Outcome::Failed(failure) = &mut outcome {
            failure.tail = log.tail();
        }
        Execution { outcome, log: log.path().map(Into::into) }
    }
}

fn inherited(state: &Path) -> Vec<(OsString, OsString)> {
    let is_wanted = |name: &str| INHERITED.contains(&name) || name.starts_with("LC_");
    let mut env: Vec<_> =
        std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_wanted)).collect();
    // Workspaces lie below the user's repository, which is no input of anybody: git must not find it.
    let ceiling = state.canonicalize().unwrap_or_else(|_| state.to_path_buf());
    env.push(("GIT_CEILING_DIRECTORIES".into(), ceiling.into()));
    env
}

/// The text of `shell` for an action that runs a script.
pub(crate) fn shell_of(action: &Action) -> &str {
    match (&action.local, action.config.get("shell").and_then(Value::as_str)) {
        (Some(_), _) | (None, None) => SHELL,
        (None, Some(shell)) => shell,
    }
}

/// Finds every shell before anything runs: a missing one should not come up in the middle.
pub(crate) fn shells<'a>(scripts: impl Iterator<Item = &'a Action>) -> Result<HashMap<String, Shell>, Error> {
    let mut found = HashMap::new();
    for action in scripts {
        let text = shell_of(action);
        if found.contains_key(text) {
            continue;
        }
        let mut words = text.split_whitespace().map(str::to_owned);
        let name = words.next().unwrap_or_default();
        let program = find_program(&name).ok_or_else(|| {
            let message = format!("`{}` needs `{}`, which is not installed", action.id, name.escape_debug());
            let help =
                "install it, or correct `shell`; a name is searched in `PATH`, a path must be absolute";
            Error::environment(codes::SHELL_MISSING, message, help)
        })?;
        let flavor = flavor(&program);
        found.insert(text.to_owned(), Shell { program, args: words.collect(), flavor });
    }
    Ok(found)
}
