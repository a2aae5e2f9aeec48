//! The state folder: what is in it, and what happens when it cannot be used.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::json;

use super::{Project, assert_succeeded, exists, is_root, plan};
use crate::codes;

fn simple() -> compiler::plan::Plan {
    plan(&[
        json!({ "id": "s.a", "script": "echo hello; export V=1; echo 1 >f", "variables": ["V"], "outputs": [{ "name": "o", "files": ["f"] }] }),
    ])
}

#[test]
fn it_holds_history_and_logs_and_is_hidden_from_git() {
    let project = Project::new();
    let summary = project.run(&simple());
    assert_succeeded(&summary);
    assert_eq!(project.read(".standpipe/.gitignore"), "*\n");
    let mode = std::fs::metadata(project.path(".standpipe")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let log = project.read(&format!(".standpipe/runs/{}/logs/s.a.log", summary.run));
    assert!(log.ends_with("Z out hello\n"), "{log}");
    assert!(!exists(&project.path(&format!(".standpipe/runs/{}/work", summary.run))));
    let history = project.history();
    let one = |query: &str| history.query_row(query, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(one("select status from runs"), "succeeded");
    assert_eq!(
        one(
            "select group_concat(state, ' ') from (select state from transitions where subject = 's.a' order by seq)"
        ),
        "running ran"
    );
    assert_eq!(one("select name || '=' || value from variables"), "V=1");
    assert_eq!(one("select length(tree) || '' from artifacts"), "64");
    assert_eq!(one("pragma journal_mode"), "wal");
    assert!(serde_json::from_str::<compiler::plan::Plan>(&one("select plan from runs")).is_ok());
    assert_eq!(history.query_row("pragma user_version", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

#[test]
fn a_tree_that_was_cut_off_is_written_again() {
    let project = Project::new();
    let make = json!({ "id": "s.a", "script": "echo 1 >f", "outputs": [{ "name": "o", "files": ["f"] }] });
    let take = json!({ "id": "t.b", "script": "cat f", "uses": ["s.a"] });
    let plan = plan(&[make, take]);
    assert_succeeded(&project.run(&plan));
    let tree = std::fs::read_dir(project.path(".standpipe/store/trees")).unwrap().next().unwrap().unwrap();
    std::fs::remove_file(tree.path()).unwrap();
    std::fs::write(tree.path(), "standpipe.t").unwrap();
    assert_succeeded(&project.run(&plan));
}

#[test]
fn what_was_kept_stays() {
    let mut project = Project::new();
    project.options.keep = true;
    let kept = project.run(&simple());
    project.options.keep = false;
    assert_succeeded(&project.run(&simple()));
    let workspace = project.path(&format!(".standpipe/runs/{}", kept.run)).join("work").join("s.a~1");
    assert_eq!(std::fs::read_to_string(workspace.join("f")).unwrap(), "1\n");
    let killed = "select count(*) from runs where status = 'killed'";
    assert_eq!(project.history().query_row(killed, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn runs_side_by_side_share_it() {
    let project = Project::new();
    let summaries: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| project.run(&simple()))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    summaries.iter().for_each(assert_succeeded);
    let count: i64 = project
        .history()
        .query_row("select count(*) from runs where status = 'succeeded'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 4);
}

#[test]
fn one_that_cannot_be_written_is_an_error_of_the_environment() {
    let mut project = Project::new();
    project.options.state = project.write("file", "1").join("state");
    let error = project.try_run(&simple()).unwrap_err();
    assert_eq!((error.code(), error.exit_code()), (codes::STATE_UNWRITABLE, 3));
    assert!(error.help().unwrap().contains(".standpipe"));
    if is_root() {
        eprintln!("NOT TESTED: a folder without write permission (root may write everywhere)");
        return;
    }
    let folder = project.path("locked");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o500)).unwrap();
    project.options.state = folder.join("state");
    assert_eq!(project.try_run(&simple()).unwrap_err().code(), codes::STATE_UNWRITABLE);
}

#[test]
fn a_history_that_cannot_be_read_is_an_error_of_the_environment() {
    let project = Project::new();
    project.write(
        ".standpipe/state.db",
        "this is no database, but long enough to look like one to a hasty reader",
    );
    let error = project.try_run(&simple()).unwrap_err();
    assert_eq!((error.code(), error.exit_code()), (codes::JOURNAL_UNUSABLE, 3));
    let project = Project::new();
    assert_succeeded(&project.run(&simple()));
    project.history().pragma_update(None, "user_version", 99).unwrap();
    let error = project.try_run(&simple()).unwrap_err();
    assert!(error.to_string().contains("newer version"));
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_done() {
    let mut project = Project::new();
    let mount = project.path("small");
    std::fs::create_dir(&mount).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(&mount).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("NOT TESTED: a full disk (mounting a small file system needs root)");
        return;
    }
    project.options.state = mount.join(".standpipe");
    // The workspace fits, the store does not.
    let script = "head -c 1700000 /dev/urandom >f";
    let large =
        plan(&[json!({ "id": "s.a", "script": script, "outputs": [{ "name": "o", "files": ["f"] }] })]);
    let error = project.try_run(&large);
    let later = project.try_run(&simple());
    let left = std::fs::read_dir(mount.join(".standpipe/store/tmp")).map(Iterator::count);
    // An endless log.
    let noise = plan(&[
        json!({ "id": "s.a", "script": "while :; do head -c 100000 /dev/zero | tr '\\0' 'x'; echo; done" }),
    ]);
    let noisy = project.try_run(&noise);
    let unmounted = Command::new("umount").arg("-l").arg(&mount).status();
    assert!(unmounted.is_ok_and(|status| status.success()));
    for error in [error.unwrap_err(), noisy.unwrap_err()] {
        assert_eq!((error.code(), error.exit_code()), (codes::DISK_FULL, 3), "{error}");
        assert!(error.help().unwrap().contains("free some space"));
    }
    assert_succeeded(&later.unwrap());
    assert_eq!(left.unwrap_or(0), 0);
}
