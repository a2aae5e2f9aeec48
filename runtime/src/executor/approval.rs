//! Asks a person on the terminal. One question at a time; the answer is one line.

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{QueueSelector, tcflush};
use tokio::sync::{oneshot, watch};

use super::local::Local;
use crate::codes;
use crate::error::{Failure, Trouble};
use crate::event::Event;
use crate::job::Job;
use crate::outcome::{Mode, Product};
use crate::signal::{Stop, reached};

/// A person's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// The terminal went away.
    Gone,
}

/// Whether there is someone to ask.
pub(crate) fn has_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Asks for an approval; `None` when the run ends, or the time is up, before there is an answer.
pub(crate) async fn ask(
    local: &Local,
    job: &Job,
    stop: &mut watch::Receiver<Stop>,
) -> Result<Option<Product>, Trouble> {
    let id = &job.action().id;
    let mut message = job.text("message")?.unwrap_or_default();
    if let Some(url) = job.text("url")? {
        message = format!("{message} {url}").trim().to_owned();
    }
    message = local.events.masker().text(&message);
    if local.yes {
        // What is approved unread is shown all the same.
        local.events.emit(&Event::Asking { action: id, message: &message });
        local.events.emit(&Event::Decided { action: id, approved: true, by: "--yes" });
        return Ok(Some(Product::only(Mode::Ran)));
    }
    if !local.has_terminal {
        let failure =
            Failure::new(codes::NOBODY_TO_ASK, "it needs an approval, and there is no terminal to ask on");
        return Err(failure.help("pass `--yes` to approve in an unattended run").lasting().into());
    }
    let answer = tokio::select! {
        answer = prompt(local, id, &message) => answer,
        () = reached(stop, Stop::End) => return Ok(None),
    };
    // A terminal that goes away has decided nothing.
    if answer != Answer::Gone {
        let approved = answer == Answer::Yes;
        local.events.emit(&Event::Decided { action: id, approved, by: "terminal" });
    }
    match answer {
        Answer::Yes => Ok(Some(Product::only(Mode::Ran))),
        Answer::No => Err(Failure::new(codes::REJECTED, "it was rejected on the terminal").lasting().into()),
        Answer::Gone => Err(Failure::new(codes::NOBODY_TO_ASK, "the terminal was closed before an answer")
            .lasting()
            .into()),
    }
}

/// Asks until the answer is clear. When nobody waits for it any more, the reading thread ends, so that it does not take the
/// line that answers the next question.
async fn prompt(local: &Local, id: &str, message: &str) -> Answer {
    struct GiveUp(Arc<AtomicBool>);
    impl Drop for GiveUp {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let _terminal = local.terminal.lock().await;
    local.events.emit(&Event::Asking { action: id, message });
    let given_up = GiveUp(Arc::new(AtomicBool::new(false)));
    let (sender, answer) = oneshot::channel();
    let flag = Arc::clone(&given_up.0);
    let question = crate::report::question(id);
    std::thread::spawn(move || {
        let _ = sender.send(read_answer(&question, &flag).unwrap_or(Answer::Gone));
    });
    answer.await.unwrap_or(Answer::Gone)
}

fn read_answer(question: &str, given_up: &AtomicBool) -> io::Result<Answer> {
    // A descriptor of its own: the buffer of `io::stdin` could hold a line that `poll` then never announces.
    let mut input = io::BufReader::new(File::from(io::stdin().as_fd().try_clone_to_owned()?));
    loop {
        // A line that was typed before the question was seen is no answer to it. Fails where there is no terminal.
        let _ = tcflush(input.get_ref(), QueueSelector::IFlush);
        // Not `eprint!`, which panics when the terminal was closed.
        let _ = io::stderr().write_all(question.as_bytes());
        loop {
            let mut descriptors = [PollFd::new(input.get_ref(), PollFlags::IN)];
            let pause = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
            let ready = poll(&mut descriptors, Some(&pause)).unwrap_or(0);
            if given_up.load(Ordering::Relaxed) {
                return Ok(Answer::Gone);
            }
            if ready > 0 {
                break;
            }
        }
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(Answer::Gone);
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" | "approve" => return Ok(Answer::Yes),
            "n" | "no" | "reject" => return Ok(Answer::No),
            _ => {}
        }
    }
}
