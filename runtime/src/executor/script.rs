//! Runs a script in a fresh workspace that holds the action's inputs, and takes its artifacts and variables.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use compiler::plan::{Action, Local as LocalPlan, Plan};
use compiler::value::{ArtifactRef, Value};
use indexmap::IndexMap;
use tokio::sync::watch;

use super::local::{Local, Shell, shell_of};
use crate::blocking::blocking_until;
use crate::capture;
use crate::codes;
use crate::error::{Error, Failure, Trouble};
use crate::job::Job;
use crate::log::Log;
use crate::outcome::{Mode, Product};
use crate::outputs;
use crate::process::{self, Exit, Spec};
use crate::signal::Stop;
use crate::store::{Store, TreeId};
use crate::workspace::Workspace;

/// Runs the script of a `run`, or the one in `local`. `None` when it was stopped.
pub(crate) async fn run(
    local: &Local,
    job: &Job,
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Option<Product>, Trouble> {
    let action = job.action();
    let (script, extra) = match &action.local {
        Some(LocalPlan::Script { script, env }) => (script.as_str(), Some(env)),
        _ => (action.config.get("script").and_then(Value::as_str).unwrap_or_default(), None),
    };
    if extra.is_none() && action.config.get("script").is_none() {
        return Err(Failure::new(codes::LEFT_OUT, "it has no `script`").lasting().into());
    }
    if extra.is_none() {
        host_only(local, job, log)?;
    }
    run_text(local, job, script, extra, stop, log).await
}

/// Runs a script with the inputs of an action, or of a gate. `extra` is the environment of `local`, whose scripts see the
/// user's folder.
pub(crate) async fn run_text(
    local: &Local,
    job: &Job,
    script: &str,
    extra: Option<&IndexMap<String, Value>>,
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Option<Product>, Trouble> {
    let action = job.action();
    let workspace = if action.inputs.is_empty() && !local.keep {
        local.folder.empty_workspace(&action.id, job.attempt)?
    } else {
        local.folder.workspace(&action.id, job.attempt)?
    };
    let result = attempt(local, job, &workspace, script, extra, stop, log).await;
    if !local.keep {
        local.folder.release(workspace, &local.cleaner);
    }
    result
}

/// An image cannot be honoured yet: the user must have said that this machine will do.
fn host_only(local: &Local, job: &Job, log: &mut Log) -> Result<(), Trouble> {
    let Some(image) = job.text("image")? else { return Ok(()) };
    if !local.no_container {
        let message = format!("it asks for the image `{image}`, and local runs do not start containers yet");
        let help = "pass `--no-container` to run it on this machine, with the tools installed here";
        return Err(Failure::new(codes::NEEDS_CONTAINER, message).help(help).lasting().into());
    }
    log.note(&format!("warning: runs on this machine, not in the image `{image}`"))?;
    Ok(())
}

async fn attempt(
    local: &Local,
    job: &Job,
    workspace: &Workspace,
    script: &str,
    extra: Option<&IndexMap<String, Value>>,
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Option<Product>, Trouble> {
    let action = job.action();
    let shell = local.shells.get(shell_of(action)).ok_or_else(|| {
        Failure::new(codes::SHELL_MISSING, format!("`{}` is not installed", shell_of(action))).lasting()
    })?;
    let places = place_inputs(&local.store, job, workspace, stop).await?;
    let directory = places.first().map_or_else(|| workspace.root(), PathBuf::as_path);
    let exports = workspace.beside("exports");
    let mark = format!("PIPE_ATTEMPT={}/{}/{}", local.folder.id, action.id, job.attempt);
    let env = environment(local, job, workspace, &places, extra, &mark)?;
    let args = arguments(local, action, shell, workspace, script, &exports)?;
    let spec = Spec { program: &shell.program, args, directory, env: &env, mark: &mark };
    match process::run(spec, log, stop).await? {
        Exit::Stopped => return Ok(None),
        Exit::Code(0) => {}
        Exit::Code(code) => return Err(ended_with(code).into()),
        Exit::Signal(signal) => {
            let message = format!("the script was ended by signal {signal}");
            return Err(Failure::new(codes::SCRIPT_FAILED, message).into());
        }
    }
    let variables = variables(action, workspace, &exports)?;
    let artifacts = take_outputs(&local.store, action, directory, stop).await?;
    Ok(Some(Product { mode: Mode::Ran, variables, artifacts, note: None }))
}

/// The failure of a script by its status. Shells have two of their own, which say little by themselves.
fn ended_with(code: i32) -> Failure {
    let failure = Failure::new(codes::SCRIPT_FAILED, format!("the script ended with status {code}"));
    match code {
        126 => failure.help("126 is a command that may not be executed: `chmod +x` lets a script run"),
        127 => failure.help(
            "127 is a command that was not found: it must be installed and in `PATH`, or be a file of the action's \
             inputs",
        ),
        _ => failure,
    }
}

/// Makes the inputs' files, and returns where they are.
async fn place_inputs(
    store: &Store,
    job: &Job,
    workspace: &Workspace,
    stop: &mut watch::Receiver<Stop>,
) -> Result<Vec<PathBuf>, Trouble> {
    let mut places = Vec::new();
    let mut work = Vec::new();
    for (index, input) in job.action().inputs.iter().enumerate() {
        let Some(tree) = job.artifact(&input.artifact) else {
            let message = format!("the artifact of `{}` does not exist in this run", input.artifact.action);
            return Err(Failure::new(codes::UNKNOWN_VALUE, message).lasting().into());
        };
        let place = workspace.input(index, &input.name);
        work.push((tree, place.clone()));
        places.push(place);
    }
    if !work.is_empty() {
        let store = store.clone();
        blocking_until(stop, move |give_up| {
            work.iter().try_for_each(|(tree, place)| store.materialize(*tree, place, give_up))
        })
        .await?;
    }
    Ok(places)
}

fn environment(
    local: &Local,
    job: &Job,
    workspace: &Workspace,
    places: &[PathBuf],
    extra: Option<&IndexMap<String, Value>>,
    mark: &str,
) -> Result<Vec<(OsString, OsString)>, Failure> {
    let action = job.action();
    let mut env = local.env.clone();
    let mut add = |name: String, value: &Path| env.push((name.into(), value.into()));
    for (index, (input, place)) in action.inputs.iter().zip(places).enumerate() {
        add(format!("PIPE_INPUT_{}", input.name), place);
        if index == 0 {
            add("CODEBUILD_SRC_DIR".to_owned(), place);
        } else if let Some(name) = exported_name(&job.plan, &input.artifact)
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            add(format!("CODEBUILD_SRC_DIR_{name}"), place);
        }
    }
    if places.is_empty() {
        add("CODEBUILD_SRC_DIR".to_owned(), workspace.root());
    }
    add("PIPE_VARIABLES".to_owned(), &workspace.beside("variables"));
    if extra.is_some() {
        add("PIPE_WORKSPACE".to_owned(), &local.root);
    }
    for fields in std::iter::once(&action.env).chain(extra) {
        env.extend(job.env(fields)?.into_iter().map(|(name, value)| (name.into(), value.into())));
    }
    if let Some((name, value)) = mark.split_once('=') {
        env.push((name.into(), value.into()));
    }
    Ok(env)
}

fn exported_name<'a>(plan: &'a Plan, artifact: &ArtifactRef) -> Option<&'a str> {
    let producer = plan.actions.iter().find(|action| action.id == artifact.action)?;
    producer.outputs.iter().find(|output| output.id == artifact.output).map(|output| output.name.as_str())
}

/// Scripts up to this size are handed to a shell as an argument, which spares a file.
const SHORT: usize = 8 * 1024;

/// The shell's own arguments and what it shall run: the script, or where variables are wanted what asks for them afterwards.
fn arguments(
    local: &Local,
    action: &Action,
    shell: &Shell,
    workspace: &Workspace,
    script: &str,
    exports: &Path,
) -> Result<Vec<OsString>, Error> {
    let mut args: Vec<OsString> = shell.args.iter().map(OsString::from).collect();
    match (shell.flavor, &local.env_program) {
        (Some(flavor), Some(env)) if !action.variables.is_empty() => {
            let script = workspace.write("sh", script)?;
            args.push(workspace.write("capture", &capture::wrapper(flavor, &script, env, exports))?.into());
        }
        // The last one is `$0`, the name in the shell's messages. A text that begins like an option would be taken for one.
        (Some(_), _)
            if script.len() <= SHORT && !script.contains('\0') && !script.starts_with(['-', '+']) =>
        {
            args.extend([OsString::from("-c"), script.into(), (&*action.id).into()]);
        }
        _ => args.push(workspace.write("sh", script)?.into()),
    }
    Ok(args)
}

fn variables(
    action: &Action,
    workspace: &Workspace,
    exports: &Path,
) -> Result<IndexMap<String, String>, Trouble> {
    if action.variables.is_empty() {
        return Ok(IndexMap::new());
    }
    let exported = std::fs::read(exports);
    // It holds the whole environment with its secrets, and the user may keep the workspace.
    let _ = std::fs::remove_file(exports);
    let exported = match exported {
        Ok(bytes) => capture::exported(&bytes, &action.variables)?,
        Err(_) => HashMap::new(),
    };
    let mut text = Vec::new();
    if let Ok(file) = std::fs::File::open(workspace.beside("variables")) {
        let read = file.take(capture::LARGEST + 1).read_to_end(&mut text);
        if read.is_err() || text.len() as u64 > capture::LARGEST {
            let message = "`$PIPE_VARIABLES` cannot be read, or holds more than 1 MiB";
            return Err(Failure::new(codes::BAD_VARIABLES_FILE, message).into());
        }
    }
    Ok(capture::declared(&action.variables, exported, capture::written(&text)?)?)
}

async fn take_outputs(
    store: &Store,
    action: &Action,
    directory: &Path,
    stop: &mut watch::Receiver<Stop>,
) -> Result<Vec<(ArtifactRef, TreeId)>, Trouble> {
    if action.outputs.is_empty() {
        return Ok(Vec::new());
    }
    let (store, directory) = (store.clone(), directory.to_path_buf());
    let (producer, wanted) = (action.id.clone(), action.outputs.clone());
    blocking_until(stop, move |give_up| {
        let files = outputs::files(&directory, &[])?;
        let mut taken = Vec::new();
        for output in wanted {
            let name = output.id.as_deref().unwrap_or(&output.name);
            // A `local` script stands in for a service that decides itself what its artifact holds.
            let everything = ["**".to_owned()];
            let globs = if output.files.is_empty() { &everything[..] } else { &output.files };
            let paths = outputs::matching(name, globs, &files)?;
            let (tree, _) = store.ingest(&directory, &paths, give_up)?;
            taken.push((ArtifactRef { action: producer.clone(), output: output.id }, tree));
        }
        Ok(taken)
    })
    .await
}
