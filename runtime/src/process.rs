//! One process with all that it starts: spawned in a group of its own, its output read, ended as a whole tree.
//! Unaware of actions, scripts and workspaces.

pub(crate) mod tree;

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::blocking::blocking;
use crate::codes;
use crate::error::{Error, Failure, Trouble};
use crate::event::Stream;
use crate::log::Log;
use crate::signal::{Stop, reached};
use tree::Tree;

/// What to start.
#[derive(Debug)]
pub(crate) struct Spec<'a> {
    /// An absolute path: with a bare name the standard library would have to search `PATH` after a slow `fork`.
    pub(crate) program: &'a Path,
    pub(crate) args: Vec<OsString>,
    pub(crate) directory: &'a Path,
    /// The whole environment.
    pub(crate) env: &'a [(OsString, OsString)],
    /// The entry of `env`, as `NAME=value`, that no process of another tree has.
    pub(crate) mark: &'a str,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// By itself.
    Code(i32),
    /// By a signal that we did not send.
    Signal(i32),
    /// Because it was asked to.
    Stopped,
}

/// Between the request to end and force.
const GRACE: Duration = Duration::from_secs(10);
/// The same, for what a process left behind when it ended by itself.
const LEFTOVER_GRACE: Duration = Duration::from_secs(2);
/// How long output is still read when every process of the tree has ended.
const DRAIN: Duration = Duration::from_secs(1);
/// How long killed processes may take to vanish.
const VANISH: Duration = Duration::from_secs(5);
/// Between two looks at a tree that ends.
const LOOK: Duration = Duration::from_millis(20);
/// Between two looks for ended orphans of a process that works.
const REAP: Duration = Duration::from_secs(5);
/// How long a line may be kept back in case it is the first of a secret.
const PAUSE: Duration = Duration::from_millis(200);
/// After how many bytes of output others get their turn: these may be tens of thousands of lines.
const YIELD: usize = 64 * 1024;

/// Where the end of a process tree stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// The process works.
    Works,
    /// The tree was asked to end, and is forced at this time.
    Ends(Instant),
    /// The tree was killed; at this time we no longer wait for it.
    Killed(Instant),
    /// No process is left; output is read until this time.
    Drains(Instant),
}

/// Runs a process until no process of its tree is left.
pub(crate) async fn run(
    spec: Spec<'_>,
    log: &mut Log,
    stop: &mut watch::Receiver<Stop>,
) -> Result<Exit, Trouble> {
    let mut command = command(&spec);
    // The kernel stops the thread that starts a process until the new program is loaded. On the loop's own thread that would
    // keep every other action waiting: 1.1 to 1.35 times the floor of `benches/run.rs` became 1.5 to 1.6.
    let mut child = blocking(move || command.spawn()).await?.map_err(|e| spawn_failed(spec.program, &e))?;
    let mut tree = Tree::new(child.id(), spec.mark);
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let mut buffers = (Vec::with_capacity(4096), Vec::with_capacity(1024));
    let mut status: Option<ExitStatus> = None;
    let mut phase = Phase::Works;
    let mut asked = Stop::No;
    let mut log_trouble: Option<Error> = None;
    let mut look = Instant::now() + REAP;
    let mut unyielded = 0;
    loop {
        if let Some(status) = status
            && matches!(phase, Phase::Drains(_))
            && (stdout.is_none() && stderr.is_none()
                || matches!(phase, Phase::Drains(end) if Instant::now() >= end))
        {
            return conclude(log, log_trouble, asked, status);
        }
        tokio::select! {
            // The wish to end and the clock come first: a process that writes without pause always has something to read.
            biased;
            () = reached(stop, if asked == Stop::No { Stop::End } else { Stop::Kill }), if asked != Stop::Kill => {
                let grace = if asked == Stop::No { GRACE } else { Duration::ZERO };
                asked = if asked == Stop::No { Stop::End } else { Stop::Kill };
                if matches!(phase, Phase::Works | Phase::Ends(_)) {
                    tree.terminate();
                    phase = Phase::Ends(Instant::now() + grace);
                    look = Instant::now() + LOOK.min(grace);
                }
            }
            () = sleep_until(look) => {
                phase = advance(phase, &mut tree, status.is_some());
                look = Instant::now() + if phase == Phase::Works { REAP } else { LOOK };
            }
            ended = child.wait(), if status.is_none() => {
                let ended = ended.map_err(|e| Error::io("wait for", spec.program, &e))?;
                status = Some(ended);
                tree.leader_ended();
                if phase == Phase::Works {
                    let left = tree.leftovers();
                    phase = if left == 0 {
                        Phase::Drains(Instant::now() + DRAIN)
                    } else {
                        log.note(&format!("{} left behind, ended now", crate::report::count(left, "process")))?;
                        tree.terminate();
                        Phase::Ends(Instant::now() + LEFTOVER_GRACE)
                    };
                }
                look = Instant::now();
            }
            read = read(&mut stdout, &mut buffers.0), if stdout.is_some() => {
                keep(log, Stream::Out, &mut stdout, &mut buffers.0, &read, &mut log_trouble);
                unyielded += read.unwrap_or(0);
            }
            read = read(&mut stderr, &mut buffers.1), if stderr.is_some() => {
                keep(log, Stream::Err, &mut stderr, &mut buffers.1, &read, &mut log_trouble);
                unyielded += read.unwrap_or(0);
            }
            () = async { sleep(PAUSE).await }, if log.holds_line() => {
                if let Err(error) = log.pause() {
                    log_trouble.get_or_insert(error);
                }
            }
        }
        if unyielded >= YIELD {
            // Timers and signals are only looked at between two turns of this task.
            unyielded = 0;
            tokio::task::yield_now().await;
        }
        if log_trouble.is_some() && phase == Phase::Works {
            tree.terminate();
            phase = Phase::Ends(Instant::now() + LEFTOVER_GRACE);
            look = Instant::now() + LOOK;
        }
    }
}

fn command(spec: &Spec<'_>) -> tokio::process::Command {
    let mut command = std::process::Command::new(spec.program);
    command
        .args(&spec.args)
        .env_clear()
        .envs(spec.env.iter().map(|(name, value)| (name, value)))
        .current_dir(spec.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    command
}

/// What time alone changes.
fn advance(phase: Phase, tree: &mut Tree, leader_ended: bool) -> Phase {
    let now = Instant::now();
    match phase {
        Phase::Works => {
            tree.reap();
            phase
        }
        Phase::Ends(_) | Phase::Killed(_) if leader_ended && tree.is_gone() => Phase::Drains(now + DRAIN),
        Phase::Ends(end) if now >= end => {
            tree.kill();
            Phase::Killed(now + VANISH)
        }
        // A process may have been born while its parent was killed.
        Phase::Killed(end) if now < end || !leader_ended => {
            tree.kill();
            phase
        }
        Phase::Killed(_) => Phase::Drains(now),
        Phase::Ends(_) | Phase::Drains(_) => phase,
    }
}

fn conclude(log: &mut Log, trouble: Option<Error>, asked: Stop, status: ExitStatus) -> Result<Exit, Trouble> {
    if let Some(error) = trouble {
        return Err(error.into());
    }
    log.finish()?;
    if asked != Stop::No {
        return Ok(Exit::Stopped);
    }
    Ok(match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    })
}

async fn read(pipe: &mut Option<impl AsyncRead + Unpin>, buffer: &mut Vec<u8>) -> io::Result<usize> {
    match pipe {
        Some(pipe) => pipe.read_buf(buffer).await,
        None => Ok(0),
    }
}

/// Logs what was read; at the end of the stream, or when it cannot be read, the pipe is closed.
fn keep<P>(
    log: &mut Log,
    stream: Stream,
    pipe: &mut Option<P>,
    buffer: &mut Vec<u8>,
    read: &io::Result<usize>,
    trouble: &mut Option<Error>,
) {
    match read {
        Ok(0) | Err(_) => *pipe = None,
        Ok(_) => {
            // When the log cannot be written, output is still read: a full pipe would keep the process from ending.
            if trouble.is_none()
                && let Err(error) = log.write(stream, buffer)
            {
                *trouble = Some(error);
            }
            let was_full = buffer.len() == buffer.capacity();
            buffer.clear();
            if was_full {
                buffer.reserve(64 * 1024);
            }
        }
    }
}

fn spawn_failed(program: &Path, error: &io::Error) -> Trouble {
    let message = format!("cannot start `{}`: {error}", program.display());
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory => {
            let help = "the machine has no room for another process: lower `--jobs` or raise its limits";
            Error::environment(codes::SPAWN, message, help).into()
        }
        _ => Failure::new(codes::SPAWN, message).lasting().into(),
    }
}

/// Finds a program as a shell would: a path is taken as it is, a name is searched in `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let is_program =
        |path: &Path| rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file();
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_absolute() && is_program(path));
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|candidate| is_program(candidate))
}
