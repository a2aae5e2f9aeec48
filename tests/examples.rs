//! Every example is laid out, right, and does what its page says.

use std::path::PathBuf;

use crate::support::{Project, outcome, root, standpipe, text};

fn pipelines() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root().join("examples")).expect("the examples are there").flatten();
    let mut found: Vec<PathBuf> =
        folders.map(|e| e.path().join("pipeline.pipe")).filter(|path| path.exists()).collect();
    found.sort();
    assert!(found.len() >= 6, "{found:?}");
    found
}

#[test]
fn all_are_laid_out_and_right() {
    for path in pipelines() {
        let checked = outcome(standpipe().args(["check", text(&path)])).exits(0);
        assert_eq!(checked.stderr, "1 file is right\n", "{}", path.display());
        outcome(standpipe().args(["fmt", "--check", text(&path)])).exits(0);
        assert!(path.with_file_name("README.md").exists(), "{} has no page", path.display());
    }
}

/// A repository with a copy of an example at its place, so that a run leaves nothing in this one.
fn copy(name: &str) -> Project {
    let project = Project::new();
    let from = root().join("examples").join(name);
    let listed = outcome(
        std::process::Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(&from),
    );
    for file in listed.exits(0).stdout.lines() {
        let target = project.write(&format!("examples/{name}/{file}"), "");
        std::fs::copy(from.join(file), target).expect("an example's file can be copied");
    }
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "example"]);
    project
}

#[test]
fn hello_runs() {
    let run = copy("hello").standpipe(&["run", "examples/hello/pipeline.pipe"]).exits(0);
    run.says("Hello, ada!").says("3 greetings from commit");
}

#[test]
fn the_website_runs() {
    copy("website").standpipe(&["run", "examples/website/pipeline.pipe", "--yes"]).exits(0);
}

#[test]
fn the_rust_crate_runs() {
    let project = copy("rust-crate");
    // This test runs under cargo, whose variables would reach the example's.
    let mut run = project.command(&["run", "examples/rust-crate/pipeline.pipe", "--yes"]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO") && name != "CARGO_HOME" {
            run.env_remove(name);
        }
    }
    outcome(&mut run).exits(0);
}
