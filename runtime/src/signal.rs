//! How a run is asked to end: by Ctrl-C and the signals that mean the same, or by a failure under `--fail-fast`.
//! Unaware of what is running.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How urgently something shall end. Only ever grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// Go on.
    #[default]
    No,
    /// Ask to end, and force it after a while.
    End,
    /// Force it now.
    Kill,
}

/// Raises `stop` to at least `level`.
pub(crate) fn raise(stop: &watch::Sender<Stop>, level: Stop) {
    stop.send_if_modified(|now| {
        let grows = level > *now;
        *now = level.max(*now);
        grows
    });
}

/// Listens for Ctrl-C, `TERM` and `HUP`: the first asks to end, the second forces it.
pub(crate) fn listen(stop: watch::Sender<Stop>) -> std::io::Result<tokio::task::JoinHandle<()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = interrupt.recv() => {}
                Some(()) = terminate.recv() => {}
                Some(()) = hang_up.recv() => {}
                else => return,
            }
            let next = if *stop.borrow() == Stop::No { Stop::End } else { Stop::Kill };
            raise(&stop, next);
        }
    }))
}

/// Waits until `stop` is at least `level`; for ever when it never will be.
pub(crate) async fn reached(stop: &mut watch::Receiver<Stop>, level: Stop) {
    if stop.wait_for(|now| *now >= level).await.is_err() {
        std::future::pending::<()>().await;
    }
}
