//! The server: one thread, one loop. It takes what arrived (`inbox`), answers it in order (`routes`), and when nothing
//! more is waiting it publishes the diagnostics of what changed (`publish`).

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Instant;

use compiler::source::Loader;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::Notification as _;
use lsp_types::{LogMessageParams, MessageType, notification};
use serde_json::Value;

use crate::analysis::{Analysis, analyse};
use crate::documents::Documents;
use crate::features::completion::{Exported, exported};
use crate::loader::Overlay;
use crate::project::Project;

mod client;
mod convert;
mod inbox;
mod parent;
mod publish;
mod routes;
mod shown;
mod sync;
mod uris;

use client::Client;
use inbox::Inbox;
use shown::Shown;

/// Why the server ended other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What came from the editor is not the protocol, or the streams failed.
    #[error(transparent)]
    Transport(#[from] std::io::Error),
    /// The editor sent `exit` without `shutdown`, for which the protocol demands a failure.
    #[error("the editor ended the server without shutting it down first")]
    ExitWithoutShutdown,
}

/// Serves an editor over standard input and output, until it says `exit` or closes the input.
///
/// # Errors
/// When the connection breaks, or the editor leaves without `shutdown`.
pub fn run_stdio() -> Result<(), Error> {
    let (connection, threads) = Connection::stdio();
    if serve_until(connection, analyse, parent::end_with)? == End::ClientGone {
        // Its reader may still wait for input that never comes.
        return Ok(());
    }
    Ok(threads.join()?)
}

/// Serves the other end of a connection until it says `exit` or goes away.
///
/// # Errors
/// When `exit` comes without `shutdown`.
pub fn serve(connection: Connection) -> Result<(), Error> {
    serve_until(connection, analyse, |_| ()).map(drop)
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// By `exit`, or with the end of the input.
    Told,
    /// Nobody takes the messages any more.
    ClientGone,
}

/// How files are analysed; tests put in something that fails.
type Analyse = fn(&str, &dyn Loader) -> Analysis;

fn serve_until(connection: Connection, analyse: Analyse, parent: fn(i32)) -> Result<End, Error> {
    let connection = Rc::new(connection);
    let mut inbox = Inbox::new(Rc::clone(&connection));
    let mut server = Server {
        connection,
        phase: Phase::Uninitialized,
        client: Client::default(),
        documents: Documents::default(),
        project: Project::default(),
        told: routes::tokens::Told::default(),
        shown: Shown::default(),
        complaints: BTreeSet::new(),
        analyse,
        parent,
    };
    match server.run(&mut inbox) {
        Ok(()) => Ok(End::Told),
        Err(Stop::Exit) if server.phase == Phase::ShutDown => Ok(End::Told),
        Err(Stop::Exit) => Err(Error::ExitWithoutShutdown),
        Err(Stop::ClientGone) => Ok(End::ClientGone),
    }
}

/// How far the session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Uninitialized,
    Running,
    ShutDown,
}

/// Why the loop ends early.
enum Stop {
    Exit,
    ClientGone,
}

/// The state of a session.
struct Server {
    connection: Rc<Connection>,
    phase: Phase,
    client: Client,
    documents: Documents,
    project: Project,
    /// The meanings of names that the editor has.
    told: routes::tokens::Told,
    shown: Shown<lsp_types::Diagnostic>,
    /// Failures that were reported already.
    complaints: BTreeSet<String>,
    analyse: Analyse,
    /// Called with the id of the editor's process.
    parent: fn(i32),
}

impl Server {
    /// The loop. Diagnostics wait until nothing more has arrived, so that those of a text that is outdated already are
    /// never sent; but not for ever, or they would never appear while someone types without a pause.
    fn run(&mut self, inbox: &mut Inbox) -> Result<(), Stop> {
        let mut waiting_since = None;
        while let Some(batch) = inbox.next_batch() {
            for message in batch.messages {
                match message {
                    Message::Request(request) => {
                        let cancelled = batch.cancelled.contains(&request.id);
                        self.request(request, cancelled)?;
                    }
                    Message::Notification(notification) => self.notification(notification)?,
                    // The server asks nothing of the client.
                    Message::Response(_) => {}
                }
            }
            if self.phase != Phase::Running || self.documents.unpublished().is_empty() {
                waiting_since = None;
                continue;
            }
            let patient = waiting_since.get_or_insert_with(Instant::now).elapsed() < publish::PATIENCE;
            if patient && inbox.has_news() {
                continue;
            }
            for uri in self.documents.unpublished() {
                self.guarded(notification::PublishDiagnostics::METHOD, |server| server.analysis(&uri));
            }
            if patient && inbox.has_news() {
                continue;
            }
            self.publish()?;
            waiting_since = None;
        }
        Ok(())
    }

    fn request(&mut self, request: Request, cancelled: bool) -> Result<(), Stop> {
        let Request { id, method, params } = request;
        let result = match (self.phase, method.as_str()) {
            (Phase::Uninitialized, "initialize") => {
                self.client = Client::new(&params);
                self.project = Project::new(client::roots(&params));
                if let Some(id) = params["processId"].as_i64().and_then(|id| i32::try_from(id).ok()) {
                    (self.parent)(id);
                }
                self.phase = Phase::Running;
                Ok(self.client.initialize_result())
            }
            (Phase::Uninitialized, _) => {
                Err(Failure::new(ErrorCode::ServerNotInitialized, "the first request must be `initialize`"))
            }
            (Phase::Running, "initialize") => {
                Err(Failure::new(ErrorCode::InvalidRequest, "the server is initialized already"))
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (Phase::Running, _) if cancelled => {
                Err(Failure::new(ErrorCode::RequestCanceled, "cancelled by the client"))
            }
            (Phase::Running, _) => self
                .guarded(&method, |server| routes::request(server, &method, params))
                .unwrap_or_else(|| {
                    Err(Failure::new(ErrorCode::InternalError, format!("`{method}` failed: this is a bug")))
                }),
            (Phase::ShutDown, _) => Err(Failure::new(ErrorCode::InvalidRequest, "the server is shut down")),
        };
        self.respond(id, result)
    }

    fn respond(&self, id: RequestId, result: Result<Value, Failure>) -> Result<(), Stop> {
        let response = match result {
            Ok(value) => Response::new_ok(id, value),
            Err(failure) => Response::new_err(id, failure.code as i32, failure.message),
        };
        self.send(response.into())
    }

    fn notification(&mut self, notification: Notification) -> Result<(), Stop> {
        let Notification { method, params } = notification;
        if method == notification::Exit::METHOD {
            return Err(Stop::Exit);
        }
        // Before `initialize` and after `shutdown` the protocol has notifications dropped.
        if self.phase != Phase::Running {
            return Ok(());
        }
        let result = self.guarded(&method, |server| routes::notification(server, &method, params));
        match result {
            Some(Err(failure)) => self.complain(format!("{method}: {}", failure.message)),
            Some(Ok(())) | None => Ok(()),
        }
    }

    /// What is known about an open document; computed when it is first asked for.
    fn analysis(&mut self, uri: &str) -> Option<Rc<Analysis>> {
        if let Some(analysis) = self.documents.analysis(uri) {
            return Some(analysis);
        }
        let name = &self.documents.get(uri)?.name;
        let analysis = Rc::new((self.analyse)(name, &Overlay(&self.documents)));
        self.documents.remember(uri, Rc::clone(&analysis));
        Some(analysis)
    }

    /// What is known about all files of the workspace, open or not, by name.
    fn project(&mut self) -> Vec<Rc<Analysis>> {
        let files = self.project.files();
        let closed = files.iter().filter(|name| self.documents.by_name(name).is_none());
        let closed: Vec<String> = closed.cloned().collect();
        let mut all = Vec::new();
        for uri in self.documents.uris() {
            all.extend(self.analysis(&uri));
        }
        for name in closed {
            let known = self.project.closed(&name);
            let analysis = known.unwrap_or_else(|| Rc::new((self.analyse)(&name, &Overlay(&self.documents))));
            self.project.remember(&name, Rc::clone(&analysis));
            all.push(analysis);
        }
        all
    }

    /// What the files of the workspace offer to each other. Nothing is analysed for it: each file is read by itself, once.
    fn exports(&mut self) -> Vec<Exported> {
        let files = self.project.files();
        let open =
            self.documents.uris().into_iter().filter_map(|uri| Some(self.documents.get(&uri)?.name.clone()));
        let mut names: Vec<String> = open.filter(|name| name.ends_with(".pipe")).collect();
        names.extend(files.iter().cloned());
        names.sort();
        names.dedup();
        let find = |name: &str| {
            let bytes = Overlay(&self.documents).load(name).unwrap_or_default();
            exported(name, &String::from_utf8(bytes).unwrap_or_default())
        };
        names.iter().map(|name| self.project.exports(name, || find(name))).collect()
    }

    /// Does something that may hit a bug: a panic ends what is being done for `method`, but not the server.
    fn guarded<T>(&mut self, method: &str, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        // Whatever a panic leaves behind are texts and what was known about them; both are replaced whole.
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(value) => Some(value),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text =
                    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
                // If the client is gone, the next message to it will say so.
                let _ = self.complain(format!("BUG: {method} failed: {text}"));
                None
            }
        }
    }

    /// Tells the user about something that should not happen; the same thing once.
    fn complain(&mut self, message: String) -> Result<(), Stop> {
        if !self.complaints.insert(message.clone()) {
            return Ok(());
        }
        self.notify::<notification::LogMessage>(LogMessageParams { typ: MessageType::ERROR, message })
    }

    fn notify<N: notification::Notification>(&self, params: N::Params) -> Result<(), Stop> {
        self.send(Notification::new(N::METHOD.to_owned(), params).into())
    }

    fn send(&self, message: Message) -> Result<(), Stop> {
        self.connection.sender.send(message).map_err(|_| Stop::ClientGone)
    }
}

/// Why a request gets an error for an answer.
struct Failure {
    code: ErrorCode,
    message: String,
}

impl Failure {
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

#[cfg(test)]
mod tests;
