//! Finds the secrets that a run uses before anything of it starts: in the environment, in `.env`, or from a command.
//! What is found is kept in memory only. Unaware of what scripts do with it.

mod dotenv;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use compiler::plan::{LocalSecret, Plan, Secret};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::codes;
use crate::error::{Error, Problem};
use crate::executor::git::is_ignored;
use crate::mask::SHORTEST;
use crate::process::find_program;
use crate::process::tree::Tree;
use crate::report::{listed, span};
use crate::signal::{Stop, reached};

/// The file beside the pipeline file.
const FILE: &str = ".env";
/// How long a command may take.
const TIME: Duration = Duration::from_secs(60);
/// How often, and between which pauses, is looked whether what was killed has vanished.
const LOOKS: u32 = 100;
const LOOK: Duration = Duration::from_millis(20);
/// The most that a command may print: what an environment variable can hold.
const LARGEST: u64 = 128 * 1024;

/// The values of secrets, by id. Never shown, not even when debugged.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<HashMap<String, String>>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys().collect::<BTreeSet<_>>()).finish()
    }
}

impl Secrets {
    /// The value of a secret that this run uses.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// All values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// What was found, and what a user should know about it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) secrets: Secrets,
    pub(crate) warnings: Vec<String>,
}

/// Finds the wanted secrets. Nothing is looked for twice, and nothing that is not wanted.
///
/// # Errors
/// One problem for each secret that is not found; or the run was ended while a command ran.
pub(crate) async fn find(
    plan: &Plan,
    wanted: &BTreeSet<&str>,
    root: &Path,
    stop: &mut watch::Receiver<Stop>,
) -> Result<Found, Error> {
    let mut values = HashMap::new();
    let mut problems = Vec::new();
    let mut file = None;
    for secret in plan.secrets.iter().filter(|secret| wanted.contains(secret.id.as_str())) {
        let value = match &secret.local {
            None => Err(without_local(secret)),
            Some(LocalSecret::Env(name)) => from_environment(secret, name),
            Some(LocalSecret::Dotenv(name)) => {
                from_file(secret, name, file.get_or_insert_with(|| read_file(root)), root)
            }
            Some(LocalSecret::Command(command)) => from_command(secret, command, root, stop).await?,
        };
        match value.and_then(|value| usable(secret, value)) {
            Ok(value) => drop(values.insert(secret.id.clone(), value)),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Secrets(problems));
    }
    let mut found = Found { secrets: Secrets(Arc::new(values)), warnings: Vec::new() };
    if matches!(file, Some(Ok(_))) && is_ignored(root, FILE).await == Some(false) {
        found.warnings.push(format!(
            "git does not ignore `{}`, which holds secrets: add `{FILE}` to `.gitignore`",
            root.join(FILE).display()
        ));
    }
    let short = |secret: &&Secret| found.secrets.get(&secret.id).is_some_and(|value| value.len() < SHORTEST);
    let short: Vec<String> = plan.secrets.iter().filter(short).map(|secret| secret.id.clone()).collect();
    if !short.is_empty() {
        found.warnings.push(format!(
            "{} cannot be hidden in output: a secret of fewer than {SHORTEST} characters occurs everywhere",
            listed(&short, 8)
        ));
    }
    Ok(found)
}

fn problem(code: &'static str, message: String, help: impl Into<String>) -> Problem {
    Problem { code, message, help: Some(help.into()) }
}

fn without_local(secret: &Secret) -> Problem {
    let message =
        format!("the secret `{}` has no `local`: a local run does not know where to find it", secret.id);
    let help = format!(
        "add where it is found here, for example `secret {0} {{ local: env(\"{1}\") }}`",
        secret.id,
        secret.id.to_ascii_uppercase().replace('-', "_")
    );
    problem(codes::SECRET_WITHOUT_LOCAL, message, help)
}

fn from_environment(secret: &Secret, name: &str) -> Result<String, Problem> {
    // A name that the system cannot look up would end the program.
    let is_name = !name.is_empty() && !name.contains(['=', '\0']);
    let value = is_name.then(|| std::env::var_os(name)).flatten();
    let value = value.ok_or_else(|| {
        let message =
            format!("the secret `{}` is not there: the environment has no variable `{name}`", secret.id);
        problem(codes::SECRET_MISSING, message, format!("set it: `export {name}=…`, and run again"))
    })?;
    value.into_string().map_err(|_| not_text(secret, &format!("the environment variable `{name}`")))
}

fn not_text(secret: &Secret, place: &str) -> Problem {
    let message = format!("the secret `{}` cannot be used: {place} is not UTF-8 or holds NUL", secret.id);
    problem(
        codes::SECRET_UNUSABLE,
        message,
        "secrets reach scripts as environment variables: encode it as text",
    )
}

fn usable(secret: &Secret, value: String) -> Result<String, Problem> {
    if value.contains('\0') { Err(not_text(secret, "its value")) } else { Ok(value) }
}

/// The entries of `.env`, or why there are none.
fn read_file(root: &Path) -> Result<HashMap<String, String>, String> {
    let path = root.join(FILE);
    let shown = path.display();
    match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(format!("the file `{shown}` does not exist"))
        }
        Err(error) => Err(format!("`{shown}` cannot be read: {error}")),
        Ok(text) => dotenv::read(&text).map_err(|why| format!("`{shown}` cannot be understood: {why}")),
    }
}

fn from_file(
    secret: &Secret,
    name: &str,
    file: &Result<HashMap<String, String>, String>,
    root: &Path,
) -> Result<String, Problem> {
    let path = root.join(FILE);
    let why = match file {
        Ok(entries) => match entries.get(name) {
            Some(value) => return Ok(value.clone()),
            None => format!("`{}` has no `{name}`", path.display()),
        },
        Err(why) => why.clone(),
    };
    let message = format!("the secret `{}` is not there: {why}", secret.id);
    let help = format!("write the line `{name}=…` into `{}`, and keep that file out of git", path.display());
    Err(problem(codes::SECRET_MISSING, message, help))
}

/// What a command prints. Its output is a secret also when it fails, and so is never shown.
async fn from_command(
    secret: &Secret,
    command: &str,
    root: &Path,
    stop: &mut watch::Receiver<Stop>,
) -> Result<Result<String, Problem>, Error> {
    let failed = |why: String| {
        let message = format!("the secret `{}` is not there: its command {why}", secret.id);
        let help = format!("its output is not shown, as it may hold secrets; try it yourself: `{command}`");
        Ok(Err(problem(codes::SECRET_COMMAND, message, help)))
    };
    let Some(shell) = find_program("sh") else {
        return failed("needs `sh`, which is not installed".to_owned());
    };
    let mark = format!("PIPE_ATTEMPT=secret/{}/{}", std::process::id(), secret.id);
    let mut process = Command::new(shell);
    process.args(["-c", command]).current_dir(root).process_group(0).kill_on_drop(true);
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some((name, value)) = mark.split_once('=') {
        process.env(name, value);
    }
    let mut child = match process.spawn() {
        Ok(child) => child,
        Err(error) => return failed(format!("cannot be started: {error}")),
    };
    let mut tree = Tree::new(child.id(), &mark);
    let mut output = Vec::new();
    let stdout = child.stdout.take();
    let work = async {
        if let Some(stdout) = stdout {
            stdout.take(LARGEST + 1).read_to_end(&mut output).await?;
        }
        child.wait().await
    };
    let ended = tokio::select! {
        ended = timeout(TIME, work) => Some(ended),
        () = reached(stop, Stop::End) => None,
    };
    // What a command leaves behind when it succeeds stays: an agent that was asked for a password keeps it for the next time.
    if !matches!(&ended, Some(Ok(Ok(_)))) {
        tree.kill();
        let _ = child.wait().await;
        // A process may have been born while its parent was killed.
        for _ in 0..LOOKS {
            if tree.is_gone() {
                break;
            }
            tree.kill();
            sleep(LOOK).await;
        }
    }
    tree.leader_ended();
    let Some(ended) = ended else { return Err(Error::Interrupted { run: String::new() }) };
    match ended {
        Err(_) => failed(format!("took longer than {}", span(TIME.as_secs()))),
        Ok(Err(error)) => failed(format!("cannot be read: {error}")),
        // Its pipe was closed then, so that it has hardly ended well.
        Ok(Ok(_)) if output.len() as u64 > LARGEST => {
            failed(format!("prints more than {} KiB", LARGEST >> 10))
        }
        Ok(Ok(status)) if !status.success() => failed(match status.code() {
            Some(code) => format!("ended with status {code}"),
            None => "was ended by a signal".to_owned(),
        }),
        Ok(Ok(_)) => {
            let Ok(mut text) = String::from_utf8(output) else {
                return Ok(Err(not_text(secret, "what its command prints")));
            };
            if text.ends_with('\n') {
                text.pop();
                if text.ends_with('\r') {
                    text.pop();
                }
            }
            if text.is_empty() { failed("printed nothing".to_owned()) } else { Ok(Ok(text)) }
        }
    }
}
