//! Every example is laid out, right, and does what its page says.

use std::path::{Path, PathBuf};

use crate::support::{Outcome, Project, outcome, root, standpipe, text, without_cargo};

/// The folders in a folder, sorted, with none that holds state of runs.
fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).expect("the folder is there").flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.is_dir() && !path.ends_with(".standpipe")).collect();
    found.sort();
    found
}

/// The pipelines of all examples. An example is one, or a few in folders of their own.
fn pipelines() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for example in folders(&root().join("examples")) {
        assert!(example.join("README.md").exists(), "{} has no page", example.display());
        let places = if example.join("pipeline.pipe").exists() { vec![example] } else { folders(&example) };
        found.extend(
            places.into_iter().map(|folder| folder.join("pipeline.pipe")).filter(|path| path.exists()),
        );
    }
    assert!(found.len() >= 9, "{found:?}");
    found
}

#[test]
fn all_are_laid_out_and_right() {
    for path in pipelines() {
        let checked = outcome(standpipe().args(["check", text(&path)])).exits(0);
        assert_eq!(checked.stderr, "1 file is right\n", "{}", path.display());
        outcome(standpipe().args(["fmt", "--check", text(&path)])).exits(0);
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

/// What a run makes is ignored by git, so that trying an example leaves nothing to commit.
#[track_caller]
fn is_clean(project: &Project) {
    let mut status = std::process::Command::new("git");
    status.args(["status", "--porcelain", "--untracked-files=all"]).current_dir(project.path());
    assert_eq!(outcome(&mut status).exits(0).stdout, "");
}

#[test]
fn hello_runs() {
    let project = copy("hello");
    let run = project.standpipe(&["run", "examples/hello/pipeline.pipe"]).exits(0);
    is_clean(&project);
    run.says("Hello, ada!").says("3 greetings from commit");
}

#[test]
fn the_website_runs() {
    let project = copy("website");
    project.standpipe(&["run", "examples/website/pipeline.pipe", "--yes"]).exits(0);
    is_clean(&project);
}

#[test]
fn the_rust_crate_runs() {
    let project = copy("rust-crate");
    let mut run = project.command(&["run", "examples/rust-crate/pipeline.pipe", "--yes"]);
    outcome(without_cargo(&mut run)).exits(0);
    is_clean(&project);
}

/// The gate before production, at any time of the day.
const OFFICE_HOURS: [&str; 2] = ["--simulate", "release.office_hours=pass"];

/// A pipeline of the team, run in a repository of its own.
fn team(project: &Project, name: &str, more: &[&str]) -> Outcome {
    let file = format!("examples/team/{name}/pipeline.pipe");
    let mut run = project.command(&["run", &file, "--source", "app=examples/team", "--yes"]);
    outcome(run.args(more).env("REGISTRY_TOKEN", "tea-and-kettles"))
}

/// A file below the example, as a run has left it.
fn left(project: &Project, path: &str) -> String {
    project.read(&format!("examples/team/{path}"))
}

#[test]
fn the_files_that_the_team_shares_are_laid_out_and_right() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("examples/team/lib"))
        .expect("the team has a library")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 5);
    for file in files {
        outcome(standpipe().args(["fmt", "--check", text(&file)])).exits(0);
        let checked = outcome(standpipe().args(["check", text(&file)])).exits(0);
        assert_eq!(checked.stderr, "1 file is right\n", "{}", file.display());
    }
}

#[test]
fn the_team_s_site_runs() {
    let project = copy("team");
    team(&project, "site", &OFFICE_HOURS).exits(0).says("storefront.example serves");
    for bucket in ["site-staging-eu-w-1", "site-prod-eu-w-1"] {
        let page = left(&project, &format!("site/out/{bucket}/site/dist/contact.html"));
        assert!(page.contains("<p>Write to us &amp; we answer."), "{page}");
    }
    is_clean(&project);
}

#[test]
fn the_team_s_shop_is_shipped_to_one_region_after_the_other() {
    let project = copy("team");
    let run = team(&project, "shop", &OFFICE_HOURS).exits(0).says("basket: right").says("is everywhere");
    let at =
        |line: &str| run.stderr.find(line).unwrap_or_else(|| panic!("`{line}` is not in:\n{}", run.stderr));
    is_clean(&project);
    assert!(at("eu.shop.example serves") < at("prod-us.upload started"));
    for bucket in ["shop-staging-eu-w-1", "shop-prod-eu-w-1", "shop-prod-us-w-2"] {
        assert!(left(&project, &format!("shop/out/{bucket}/shop/dist/index.html")).contains("kettle: 29.00"));
    }
}

#[test]
fn the_team_s_shop_stops_before_production() {
    let project = copy("team");
    let held = [&["--var", "ship=false"], &OFFICE_HOURS[..]].concat();
    team(&project, "shop", &held).exits(0).says("Release shop");
    let run = team(&project, "shop", &["--simulate", "release.office_hours=fail"]).exits(1);
    run.says("gate release.office_hours");
    let rings = ["--alarm", "shop-staging-eu-w-1-5xx=alarm"];
    team(&project, "shop", &rings).exits(1).says("gate staging.quiet");
    for bucket in ["shop-prod-eu-w-1", "shop-prod-us-w-2"] {
        assert!(!project.path().join("examples/team/shop/out").join(bucket).exists(), "{bucket} was filled");
    }
}

#[test]
fn the_team_s_shop_needs_its_secret() {
    let project = copy("team");
    let mut run =
        project.command(&["run", "examples/team/shop/pipeline.pipe", "--source", "app=examples/team"]);
    outcome(run.env_remove("REGISTRY_TOKEN")).exits(3).says("registry_token").says("REGISTRY_TOKEN");
}

#[test]
fn the_team_s_service_runs() {
    let project = copy("team");
    let run =
        team(&project, "api", &OFFICE_HOURS).exits(0).says("api: right").says("gate prod.frozen simulated");
    assert!(run.stderr.contains("staging.stack checked"), "{}", run.stderr);
    project.write("examples/team/api/src/handler.sh", "# AGPL\necho ok; test \"$1\" = /health\n");
    team(&project, "api", &[]).exits(1).says("verify.scan");
}

/// Names from functions, families of instances, both kinds of artifact stores, gates, secrets and triggers.
#[test]
fn the_team_s_pipelines_are_exported() {
    for (name, stages, text) in [
        ("site", 5, "site-prod-eu-w-1"),
        ("shop", 7, "shop-prod-us-w-2"),
        ("api", 6, "\"provider\": \"LicenseScan\""),
    ] {
        let file = root().join("examples/team").join(name).join("pipeline.pipe");
        let exported =
            outcome(standpipe().args(["export", file.to_str().expect("the path is UTF-8")])).exits(0).stdout;
        let json: serde_json::Value = serde_json::from_str(&exported).expect("JSON");
        assert_eq!(json["pipeline"]["stages"].as_array().map(Vec::len), Some(stages), "{exported}");
        assert!(exported.contains(text), "{exported}");
        let mut entries = json["pipeline"]["stages"].as_array().into_iter().flatten().map(|stage| {
            (&stage["name"], &stage["beforeEntry"]["conditions"][0]["rules"][0]["ruleTypeId"]["provider"])
        });
        assert!(entries.any(|(name, rule)| name == "release" && rule == "DeploymentWindow"), "{exported}");
    }
}
