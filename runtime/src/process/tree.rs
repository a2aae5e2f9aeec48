//! A process with all its descendants, also those that left its group (`setsid`) or lost their parent.
//!
//! This process is made the reaper of orphans, so every escaped chain still ends at one of its children; which of those
//! belong to a tree is told by their group or by a mark in the environment that they were started with.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::{
    Pid, Signal, WaitOptions, getpid, kill_process, kill_process_group, test_kill_process_group, waitpid,
};

/// The leaders that run now: not orphans, and reaped by those who started them.
static LEADERS: Mutex<Option<HashSet<i32>>> = Mutex::new(None);

fn with_leaders<T>(f: impl FnOnce(&mut HashSet<i32>) -> T) -> T {
    f(LEADERS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// The children that were there before the first run of this process: of the shell that it replaced, or of the program
/// that it is a part of. They are nobody's orphans.
static FOREIGN: OnceLock<HashSet<i32>> = OnceLock::new();

fn is_foreign(id: i32) -> bool {
    FOREIGN.get().is_some_and(|foreign| foreign.contains(&id))
}

/// Makes this process the parent of descendants that lose theirs.
pub(crate) fn adopt_orphans() {
    FOREIGN.get_or_init(|| {
        let own = getpid().as_raw_nonzero().get();
        snapshot().into_iter().filter(|process| process.parent == own).map(|process| process.id).collect()
    });
    #[cfg(target_os = "linux")]
    {
        // Without it (an old kernel) only process groups are ended, as on other systems.
        let _ = rustix::process::set_child_subreaper(Some(getpid()));
    }
}

/// One process tree.
#[derive(Debug)]
pub(crate) struct Tree {
    leader: Option<Pid>,
    mark: Vec<u8>,
}

impl Tree {
    /// The tree of a process that was started as the leader of its own group, with the mark in its environment.
    pub(crate) fn new(leader: Option<u32>, mark: &str) -> Self {
        let leader = leader.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(leader) = leader {
            with_leaders(|leaders| leaders.insert(leader.as_raw_nonzero().get()));
        }
        Self { leader, mark: mark.as_bytes().to_vec() }
    }

    /// The leader has ended and was waited for.
    pub(crate) fn leader_ended(&mut self) {
        if let Some(leader) = self.leader {
            with_leaders(|leaders| leaders.remove(&leader.as_raw_nonzero().get()));
        }
    }

    /// How many processes are left after the leader. Cheap when there are none, which is the usual case.
    pub(crate) fn leftovers(&self) -> usize {
        let Some(leader) = self.leader else { return 0 };
        let group_is_empty = test_kill_process_group(leader).is_err();
        if group_is_empty && adopted().is_some_and(|all| all.is_empty()) {
            return 0;
        }
        self.members().len()
    }

    /// Asks every process of the tree to end.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
        // A stopped process would not see it.
        self.signal(Signal::CONT);
    }

    /// Ends every process of the tree.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// True when no process of the tree is left.
    pub(crate) fn is_gone(&self) -> bool {
        self.leftovers() == 0
    }

    /// Waits for orphans that have ended, so that they do not stay as zombies.
    pub(crate) fn reap(&self) {
        if adopted().is_none_or(|all| !all.is_empty()) {
            self.members();
        }
    }

    fn signal(&self, signal: Signal) {
        let members = self.members();
        if let Some(leader) = self.leader {
            let _ = kill_process_group(leader, signal);
        }
        for member in members {
            let _ = kill_process(member, signal);
        }
    }

    fn members(&self) -> Vec<Pid> {
        let group = self.leader.map_or(-1, |leader| leader.as_raw_nonzero().get());
        members(|process| process.group == group || has_mark(process.id, |entry| entry == self.mark), group)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.leader_ended();
    }
}

/// Ends what is left of a run: processes that carry its mark, and orphans that dropped both their mark and their session.
pub(crate) fn sweep(mark_prefix: &str) -> usize {
    // Without it no orphan has come to us.
    if FOREIGN.get().is_none() {
        return 0;
    }
    let own_session = own_session();
    // The first process of a container gets every orphan of it, also of what other programs have started there.
    let gets_all_orphans = getpid().is_init();
    let mut ended = 0;
    // A process may be born while its parent is killed; a few rounds find all.
    for _ in 0..50 {
        let left = members(
            |process| {
                has_mark(process.id, |entry| entry.starts_with(mark_prefix.as_bytes()))
                    || (!gets_all_orphans
                        && process.session != own_session
                        && !has_mark(process.id, |e| e.starts_with(b"PIPE_ATTEMPT=")))
            },
            -1,
        );
        if left.is_empty() {
            break;
        }
        ended = ended.max(left.len());
        for process in left {
            let _ = kill_process(process, Signal::KILL);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    ended
}

/// Ends what a killed run left running. Its processes have other parents by now, so all processes are looked at.
pub(crate) fn end_abandoned(mark_prefix: &str) {
    for _ in 0..50 {
        let is_left = |process: &Process| {
            !process.is_zombie && has_mark(process.id, |entry| entry.starts_with(mark_prefix.as_bytes()))
        };
        let left: Vec<Process> = snapshot().into_iter().filter(is_left).collect();
        if left.is_empty() {
            return;
        }
        for process in left {
            if let Some(id) = Pid::from_raw(process.id) {
                let _ = kill_process(id, Signal::KILL);
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// What `/proc/<pid>/stat` says of a process.
#[derive(Clone, Copy, Debug)]
struct Process {
    id: i32,
    parent: i32,
    group: i32,
    session: i32,
    is_zombie: bool,
}

/// The living processes below those of our children that `is_root` picks. Zombies among our orphans are waited for.
fn members(is_root: impl Fn(&Process) -> bool, group: i32) -> Vec<Pid> {
    let own = getpid().as_raw_nonzero().get();
    let own_session = own_session();
    let all = snapshot();
    let mut children: HashMap<i32, Vec<usize>> = HashMap::new();
    for (index, process) in all.iter().enumerate() {
        children.entry(process.parent).or_default().push(index);
    }
    let leaders = with_leaders(|leaders| leaders.clone());
    let mut left: Vec<usize> = Vec::new();
    for (index, process) in all.iter().enumerate() {
        let is_ours = process.parent == own && !is_foreign(process.id);
        if is_ours && process.is_zombie && !leaders.contains(&process.id) {
            // Only orphans: any other child is waited for by those who started it.
            if (process.group == group || process.session != own_session)
                && let Some(id) = Pid::from_raw(process.id)
            {
                let _ = waitpid(Some(id), WaitOptions::NOHANG);
            }
        } else if process.group == group || is_ours && is_root(process) {
            left.push(index);
        }
    }
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    while let Some(index) = left.pop() {
        let process = all[index];
        if seen.insert(process.id) {
            left.extend(children.get(&process.id).into_iter().flatten());
            if !process.is_zombie {
                found.extend(Pid::from_raw(process.id));
            }
        }
    }
    found
}

/// The orphans that this process has adopted; `None` where the system does not tell.
///
/// The kernel keeps a list of children for each thread, and gives orphans to the first thread, which lives as long as the process.
fn adopted() -> Option<Vec<i32>> {
    let id = getpid().as_raw_nonzero();
    let text = fs::read_to_string(format!("/proc/self/task/{id}/children")).ok()?;
    let mut found: Vec<i32> = text.split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect();
    if !found.is_empty() {
        with_leaders(|leaders| found.retain(|id| !leaders.contains(id) && !is_foreign(*id)));
    }
    Some(found)
}

/// The session of this process. Not by `getsid`: as the first process of a namespace it is in a session from outside, whose
/// id is 0 there, and rustix has no such id.
fn own_session() -> i32 {
    process(getpid().as_raw_nonzero().get()).map_or(-1, |process| process.session)
}

/// All processes; none where `/proc` is that of another namespace, in which our ids mean other processes.
fn snapshot() -> Vec<Process> {
    let own = getpid().as_raw_nonzero().to_string();
    if !fs::read_link("/proc/self").is_ok_and(|id| id.as_os_str() == &*own) {
        return Vec::new();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(process)
        .collect()
}

fn process(id: i32) -> Option<Process> {
    let stat = fs::read(format!("/proc/{id}/stat")).ok()?;
    // The name stands in parentheses and may hold anything, also parentheses.
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = String::from_utf8_lossy(&stat[end + 1..]);
    let mut fields = rest.split_ascii_whitespace();
    let is_zombie = matches!(fields.next()?, "Z" | "X");
    let mut number = || fields.next()?.parse().ok();
    Some(Process { id, parent: number()?, group: number()?, session: number()?, is_zombie })
}

fn has_mark(id: i32, matches: impl Fn(&[u8]) -> bool) -> bool {
    fs::read(format!("/proc/{id}/environ")).is_ok_and(|env| env.split(|byte| *byte == 0).any(matches))
}
