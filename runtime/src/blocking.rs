//! Work that would hold up the loop, on threads of its own.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::codes;
use crate::error::{Error, Trouble};
use crate::signal::{Stop, reached};

/// Whether work shall be given up. A thread cannot be ended from outside, and a run waits for its threads.
#[derive(Clone, Debug, Default)]
pub(crate) struct GiveUp(Arc<AtomicBool>);

impl GiveUp {
    /// To be called between two files.
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        if self.0.load(Ordering::Relaxed) { Err(Trouble::Stopped) } else { Ok(()) }
    }

    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Gives up when nobody waits for the work any more.
struct Waiting(GiveUp);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Runs file work beside the loop.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::environment(codes::IO, format!("BUG: {error}"), "please report this"))
}

/// The same, given up when `stop` is reached. It has ended when this returns: nothing is written behind a cleaned folder.
pub(crate) async fn blocking_until<T: Send + 'static>(
    stop: &mut watch::Receiver<Stop>,
    work: impl FnOnce(&GiveUp) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let waiting = Waiting(GiveUp::default());
    let give_up = waiting.0.clone();
    let mut work = pin!(blocking(move || work(&give_up)));
    tokio::select! {
        biased;
        done = &mut work => return done?,
        () = reached(stop, Stop::End) => waiting.0.set(),
    }
    work.await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_ends_when_it_shall_stop() {
        let (sender, mut stop) = watch::channel(Stop::No);
        let (started, begun) = tokio::sync::oneshot::channel();
        let work = blocking_until(&mut stop, |give_up| -> Result<(), Trouble> {
            let _ = started.send(());
            loop {
                give_up.check()?;
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        let ask = async {
            begun.await.unwrap();
            crate::signal::raise(&sender, Stop::End);
        };
        assert_eq!(tokio::join!(work, ask).0, Err(Trouble::Stopped));
    }
}
