//! What arrived, in order and in batches: a burst of edits is one batch, a request ends one. That is all there is of
//! debouncing, coalescing and ordering.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use lsp_server::{Connection, Message, RequestId};
use lsp_types::notification::{Cancel, Exit, Notification as _};
use lsp_types::{CancelParams, NumberOrString};

/// How long nothing must arrive for a burst of edits to be over. What arrives while something is worked on forms the next
/// batch, so a server that is slow waits by itself, and one that is fast should not wait at all.
const PAUSE: Duration = Duration::ZERO;

/// How long a request waits for its cancellation; editors that type ahead send both at once.
const AFTER_REQUEST: Duration = Duration::from_millis(1);

/// How long a batch may grow.
const LONGEST: Duration = Duration::from_millis(150);

/// How many messages a batch may hold.
const MOST: usize = 512;

/// Messages that belong together.
#[derive(Default)]
pub(super) struct Batch {
    /// Them, in the order in which they arrived; without cancellations.
    pub(super) messages: Vec<Message>,
    /// The requests that the client no longer wants answered.
    pub(super) cancelled: BTreeSet<RequestId>,
}

/// The messages that wait.
pub(super) struct Inbox {
    connection: Rc<Connection>,
    /// A message that was looked at, but not taken yet.
    next: Option<Message>,
}

impl Inbox {
    /// The messages that come over `connection`.
    pub(super) fn new(connection: Rc<Connection>) -> Self {
        Self { connection, next: None }
    }

    /// Waits for messages, and gives them with all that follow without a pause; nothing when no more will come.
    pub(super) fn next_batch(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let mut pause = batch.push(self.wait_for_one()?);
        let deadline = Instant::now() + LONGEST;
        while batch.messages.len() < MOST {
            let Some(longest) = pause else { break };
            let wait = longest.min(deadline.saturating_duration_since(Instant::now()));
            let Ok(message) = self.connection.receiver.recv_timeout(wait) else { break };
            // Once a request waits for its answer, only what is there already is taken.
            pause = batch.push(message).map(|pause| pause.min(longest));
        }
        Some(batch)
    }

    /// Whether a message is waiting.
    pub(super) fn has_news(&mut self) -> bool {
        if self.next.is_none() {
            self.next = self.connection.receiver.try_recv().ok();
        }
        self.next.is_some()
    }

    fn wait_for_one(&mut self) -> Option<Message> {
        self.next.take().or_else(|| self.connection.receiver.recv().ok())
    }
}

impl Batch {
    /// Adds a message, and says how long to wait for another one; nothing when none may be taken.
    fn push(&mut self, message: Message) -> Option<Duration> {
        let pause = match &message {
            Message::Request(_) => Some(AFTER_REQUEST),
            Message::Notification(notification) if notification.method == Exit::METHOD => None,
            Message::Notification(notification) if notification.method == Cancel::METHOD => {
                self.cancelled.extend(cancelled(&notification.params));
                return Some(AFTER_REQUEST);
            }
            Message::Notification(_) | Message::Response(_) => Some(PAUSE),
        };
        self.messages.push(message);
        pause
    }
}

fn cancelled(params: &serde_json::Value) -> Option<RequestId> {
    let params: CancelParams = serde_json::from_value(params.clone()).ok()?;
    Some(match params.id {
        NumberOrString::Number(id) => id.into(),
        NumberOrString::String(id) => id.into(),
    })
}
