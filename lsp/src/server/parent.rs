//! The editor's process: a server whose editor died without closing the pipes must not stay.

use std::time::Duration;

use rustix::process::{Pid, test_kill_process};

/// How often the editor is looked for.
const PAUSE: Duration = Duration::from_secs(2);

/// Ends this process soon after the process with this id has ended. One that cannot be seen from here, as an editor outside
/// of this container, is not watched.
pub(super) fn end_with(parent: i32) {
    let Some(parent) = Pid::from_raw(parent) else { return };
    if !is_alive(parent) {
        return;
    }
    std::thread::spawn(move || {
        while is_alive(parent) {
            std::thread::sleep(PAUSE);
        }
        // Nobody is there to be told.
        std::process::exit(1);
    });
}

fn is_alive(process: Pid) -> bool {
    !matches!(test_kill_process(process), Err(rustix::io::Errno::SRCH))
}
