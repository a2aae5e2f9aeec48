//! The `git` source with real repositories.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Project, assert_succeeded, failure_of, output_of, plan};
use crate::codes;

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn source() -> Value {
    json!({ "id": "source.app", "callee": "git", "repository": "acme/shop", "outputs": [{ "name": "source_app" }],
        "variables": ["commit", "commit_message", "branch", "author_date", "repository"] })
}

/// Lists what arrived, and writes the variables.
fn look(project: &Project) -> Value {
    let script = format!(
        "find . -type f -o -type l | sort >'{}'; printf '%s|%s|%s|%s|%s' \"$C\" \"$M\" \"$B\" \"$D\" \"$R\" >'{}'",
        project.path(".standpipe/files").display(),
        project.path(".standpipe/variables").display()
    );
    let of = |name: &str| output_of("source.app", name);
    let env = json!({ "C": of("commit"), "M": of("commit_message"), "B": of("branch"), "D": of("author_date"), "R": of("repository") });
    json!({ "id": "build.look", "script": script, "env": env, "uses": ["source.app"] })
}

fn files(project: &Project) -> Vec<String> {
    project.read(".standpipe/files").lines().map(str::to_owned).collect()
}

#[test]
fn the_working_tree_is_taken_as_it_is() {
    let project = Project::new();
    let root = project.folder.path();
    git(root, &["init", "-q"]);
    for (name, text) in [
        ("kept", "1"),
        ("changed", "old"),
        ("deleted", "1"),
        (".gitignore", "ignored\n/build\n"),
        ("forced.log", "1"),
    ] {
        project.write(name, text);
    }
    project.write("sub/ü name", "1");
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", "First\n\nWith a body"]);
    project.write("changed", "new");
    project.write("untracked", "1");
    project.write("ignored", "1");
    project.write("build/out", "1");
    project.write("nested/.git/config", "1");
    std::fs::remove_file(project.path("deleted")).unwrap();
    std::os::unix::fs::symlink("kept", project.path("link")).unwrap();
    let summary = project.run(&plan(&[source(), look(&project)]));
    assert_succeeded(&summary);
    assert_eq!(
        files(&project),
        ["./.gitignore", "./changed", "./forced.log", "./kept", "./link", "./sub/ü name", "./untracked"]
    );
    let commit = git(root, &["rev-parse", "HEAD"]);
    let date = git(root, &["log", "-1", "--format=%aI"]);
    assert_eq!(
        project.read(".standpipe/variables"),
        format!("{commit}|First\n\nWith a body|main|{date}|acme/shop")
    );
    let log = std::fs::read_to_string(summary.action("source.app").unwrap().log.as_ref().unwrap()).unwrap();
    assert!(log.contains("7 files, with uncommitted changes"), "{log}");
    assert_eq!(git(root, &["status", "--porcelain", ".standpipe"]), "");
}

#[test]
fn a_folder_that_became_a_link_is_taken_as_the_link() {
    let project = Project::new();
    let root = project.folder.path();
    git(root, &["init", "-q"]);
    project.write("old/file", "1");
    project.write("old/deep/file", "1");
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", "One"]);
    std::fs::rename(project.path("old"), project.path("new")).unwrap();
    std::os::unix::fs::symlink("new", project.path("old")).unwrap();
    assert_succeeded(&project.run(&plan(&[source(), look(&project)])));
    assert_eq!(files(&project), ["./new/deep/file", "./new/file", "./old"]);
}

#[test]
fn a_folder_that_is_no_repository_is_taken_whole() {
    let project = Project::new();
    project.write("a", "1");
    project.write(".gitignore", "a");
    project.write(".standpipe/junk", "1");
    assert_succeeded(&project.run(&plan(&[source(), look(&project)])));
    assert_eq!(files(&project), ["./.gitignore", "./a"]);
    assert_eq!(project.read(".standpipe/variables"), "uncommitted||||acme/shop");
}

#[test]
fn a_repository_without_commits_has_no_commit() {
    let project = Project::new();
    git(project.folder.path(), &["init", "-q"]);
    project.write("a", "1");
    assert_succeeded(&project.run(&plan(&[source(), look(&project)])));
    assert_eq!(project.read(".standpipe/variables"), "uncommitted||main||acme/shop");
}

#[test]
fn a_pipeline_in_a_folder_takes_the_whole_repository() {
    let mut project = Project::new();
    git(project.folder.path(), &["init", "-q"]);
    project.write("top", "1");
    project.write("ci/pipeline.pipe", "1");
    project.options.root = project.path("ci");
    assert_succeeded(&project.run(&plan(&[source(), look(&project)])));
    assert_eq!(files(&project), ["./ci/pipeline.pipe", "./top"]);
    // Another folder is taken as it is given.
    project.options.sources.insert("app".to_owned(), ".".into());
    assert_succeeded(&project.run(&plan(&[source(), look(&project)])));
    assert_eq!(files(&project), ["./pipeline.pipe"]);
}

#[test]
fn any_source_can_be_given_a_folder() {
    let mut project = Project::new();
    project.write("elsewhere/file", "1");
    let connection = json!({ "id": "source.app", "callee": "aws.connection", "name": "App", "outputs": [{ "name": "o" }] });
    let build = json!({ "id": "build.x", "script": "test -e file", "uses": ["source.app"] });
    let plan = plan(&[connection, build]);
    assert_eq!(super::words(&project.run(&plan)), ["simulated", "skipped"]);
    for name in ["app", "App", "source.app"] {
        project.options.sources = [(name.to_owned(), "elsewhere".into())].into_iter().collect();
        assert_eq!(super::words(&project.run(&plan)), ["ran", "ran"]);
    }
}

#[test]
fn local_repositories_are_cloned() {
    let project = Project::new();
    let other = tempfile::tempdir().unwrap();
    git(other.path(), &["init", "-q"]);
    std::fs::write(other.path().join("committed"), "1").unwrap();
    git(other.path(), &["add", "-A"]);
    git(other.path(), &["commit", "-q", "-m", "One"]);
    std::fs::write(other.path().join("uncommitted"), "1").unwrap();
    let mut cloned = source();
    cloned["repository"] = json!(format!("file://{}", other.path().display()));
    assert_succeeded(&project.run(&plan(&[cloned.clone(), look(&project)])));
    assert_eq!(files(&project), ["./committed"]);
    cloned["repository"] = json!("./nothing-there");
    let summary = project.run(&plan(&[cloned]));
    assert_eq!(failure_of(&summary, "source.app").code, codes::SOURCE_FAILED);
}

#[test]
fn an_empty_source_fails() {
    let mut project = Project::new();
    std::fs::create_dir(project.path("empty")).unwrap();
    project.options.sources.insert("app".to_owned(), "empty".into());
    let summary = project.run(&plan(&[source()]));
    assert_eq!(failure_of(&summary, "source.app").code, codes::SOURCE_FAILED);
}
