//! An editor for tests. It reads every message that the server sends, or fails.

use std::collections::VecDeque;
use std::thread::JoinHandle;
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request, Response};
use serde_json::{Value, json};

use super::super::{Analyse, End, Error, serve_until};
use crate::analysis::analyse;

/// How long an answer may take; only a failing test waits that long.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What an editor that can do everything says about itself.
pub(super) fn all_capabilities(encodings: &[&str]) -> Value {
    json!({
        "general": { "positionEncodings": encodings },
        "workspace": { "workspaceEdit": { "documentChanges": true } },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true, "tagSupport": { "valueSet": [1, 2] } },
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } } },
        },
    })
}

/// The editor's side of a session.
pub(super) struct Editor {
    connection: Option<Connection>,
    server: Option<JoinHandle<Result<End, Error>>>,
    next_id: i32,
    /// Messages that came while another one was waited for.
    unread: VecDeque<Message>,
}

/// What was published for a document.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) uri: String,
    pub(super) version: Option<i64>,
    pub(super) diagnostics: Vec<Value>,
}

impl Editor {
    /// An editor whose server was just started.
    pub(super) fn uninitialized() -> Self {
        Self::with_analysis(analyse)
    }

    fn with_analysis(analyse: Analyse) -> Self {
        let (ours, theirs) = Connection::memory();
        let server = std::thread::spawn(move || serve_until(theirs, analyse, |_| ()));
        Self { connection: Some(ours), server: Some(server), next_id: 1, unread: VecDeque::new() }
    }

    /// An editor that can do everything, and speaks these encodings.
    pub(super) fn new(encodings: &[&str]) -> Self {
        Self::uninitialized().initialized(&all_capabilities(encodings))
    }

    /// An editor whose server has a bug.
    pub(super) fn with_bug(analyse: Analyse) -> Self {
        Self::with_analysis(analyse).initialized(&all_capabilities(&[]))
    }

    /// After the handshake.
    pub(super) fn initialized(mut self, capabilities: &Value) -> Self {
        let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities });
        self.request("initialize", params).expect("the server initializes");
        self.notify("initialized", json!({}));
        self
    }

    pub(super) fn send(&self, message: impl Into<Message>) {
        let connection = self.connection.as_ref().expect("the session goes on");
        connection.sender.send(message.into()).expect("the server listens");
    }

    pub(super) fn notify(&self, method: &str, params: Value) {
        self.send(Notification::new(method.to_owned(), params));
    }

    /// Sends a request without waiting for its answer; gives its id.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> i32 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(Request::new(id.into(), method.to_owned(), params));
        id
    }

    /// The answer to a request: its result, or code and message of its error.
    pub(super) fn request(&mut self, method: &str, params: Value) -> Result<Value, (i32, String)> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    pub(super) fn answer(&mut self, id: i32) -> Result<Value, (i32, String)> {
        let response = self.take("an answer", |message| match message {
            Message::Response(response) if response.id == id.into() => Some(response.clone()),
            _ => None,
        });
        let Response { response_result, .. } = response;
        response_result.map_err(|error| (error.code, error.message))
    }

    /// The next notification of this method.
    pub(super) fn notified(&mut self, method: &str) -> Value {
        self.take(method, |message| match message {
            Message::Notification(notification) if notification.method == method => {
                Some(notification.params.clone())
            }
            _ => None,
        })
    }

    /// The next diagnostics.
    pub(super) fn published(&mut self) -> Published {
        let params = self.notified("textDocument/publishDiagnostics");
        Published {
            uri: params["uri"].as_str().expect("a URI").to_owned(),
            version: params["version"].as_i64(),
            diagnostics: params["diagnostics"].as_array().expect("a list").clone(),
        }
    }

    /// Reads all diagnostics that have come and may come still, where a test is about something else.
    pub(super) fn drain_published(&mut self) {
        assert_eq!(self.request("$/done", Value::Null).map_err(|(code, _)| code), Err(-32601));
        self.unread.retain(|message| {
            !matches!(message, Message::Notification(n) if n.method == "textDocument/publishDiagnostics")
        });
    }

    fn take<T>(&mut self, what: &str, wanted: impl Fn(&Message) -> Option<T>) -> T {
        if let Some((i, found)) = self.unread.iter().enumerate().find_map(|(i, m)| Some((i, wanted(m)?))) {
            self.unread.remove(i);
            return found;
        }
        loop {
            let connection = self.connection.as_ref().expect("the session goes on");
            let message = connection.receiver.recv_timeout(TIMEOUT);
            let message =
                message.unwrap_or_else(|error| panic!("no {what}: {error}; unread: {:?}", self.unread));
            match wanted(&message) {
                Some(found) => return found,
                None => self.unread.push_back(message),
            }
        }
    }

    pub(super) fn open(&self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "languageId": "pipe", "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the whole text.
    pub(super) fn replace(&self, uri: &str, version: i32, text: &str) {
        self.change(uri, version, &json!([{ "text": text }]));
    }

    pub(super) fn change(&self, uri: &str, version: i32, changes: &Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    pub(super) fn close(&self, uri: &str) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// Goes away without a word; gives how the server ended.
    pub(super) fn vanish(mut self) -> Result<(), Error> {
        self.end()
    }

    /// Sends `exit`; gives how the server ended.
    pub(super) fn exit(mut self) -> Result<(), Error> {
        self.notify("exit", Value::Null);
        self.end()
    }

    /// Waits for the server to end, and reads what it still had to say.
    fn end(&mut self) -> Result<(), Error> {
        let Connection { sender, receiver } = self.connection.take().expect("the session goes on");
        drop(sender);
        let server = self.server.take().expect("the server runs");
        let result = server.join().expect("the server does not panic");
        self.unread.extend(receiver.try_iter());
        assert!(self.unread.is_empty(), "messages that nobody read: {:#?}", self.unread);
        result.map(drop)
    }
}

/// A session ends as it should, and nothing that the server sent was left unread.
impl Drop for Editor {
    fn drop(&mut self) {
        if std::thread::panicking() || self.connection.is_none() {
            return;
        }
        assert_eq!(self.request("shutdown", Value::Null), Ok(Value::Null));
        self.notify("exit", Value::Null);
        self.end().expect("the server ends well");
    }
}
