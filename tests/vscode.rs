//! The extension for VS Code: its types, its tests, its package, and its problem matcher on what `check` really says.

use std::process::Command;

use crate::support::{Project, outcome, root};

#[test]
fn it_is_built_tested_and_packaged() {
    let folder = root().join("lsp/editors/vscode");
    assert!(
        folder.join("node_modules/.package-lock.json").exists(),
        "its packages are missing: run `tests/setup` first"
    );
    for script in ["check", "test", "package"] {
        outcome(Command::new("npm").args(["run", "--silent", script]).current_dir(&folder)).exits(0);
    }
    let package = folder.join("dist/standpipe.vsix");
    let list = outcome(Command::new("python3").args(["-m", "zipfile", "-l"]).arg(&package)).exits(0).stdout;
    for file in [
        "dist/extension.js",
        "dist/pipe.tmLanguage.json",
        "snippets/pipe.json",
        "media/icon.png",
        "readme.md",
    ] {
        assert!(
            list.to_lowercase().contains(&format!("extension/{file}").to_lowercase()),
            "{file} is not in\n{list}"
        );
    }
    assert!(!list.contains("node_modules") && !list.contains("test"), "{list}");
}

#[test]
fn the_problem_matcher_reads_what_check_says() {
    let text = std::fs::read_to_string(root().join("lsp/editors/vscode/package.json")).expect("it is there");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let pattern = |at: usize| {
        let text = manifest["contributes"]["problemMatchers"][0]["pattern"][at]["regexp"]
            .as_str()
            .expect("a pattern");
        regex::Regex::new(text).expect("a regular expression")
    };
    let project = Project::with("pipeline p {\n  stage s { action a = run { scrip: \"x\" } }\n}\n");
    let said = project.standpipe(&["check"]).exits(1).stderr;
    let mut lines = said.lines();
    let (head, place) = (lines.next().expect("a head"), lines.next().expect("a place"));
    let head = pattern(0).captures(head).expect("the head matches");
    assert_eq!((&head[1], &head[2], &head[3]), ("P0302", "Error", "`run` has no field `scrip`"));
    for place in [place.to_owned(), place.replace(",-[", "╭─[")] {
        let place = pattern(1).captures(&place).expect("the place matches");
        assert_eq!((&place[1], &place[2], &place[3]), ("pipeline.pipe", "2", "30"));
    }
}

#[test]
fn snippets_are_pipe() {
    let text =
        std::fs::read_to_string(root().join("lsp/editors/vscode/snippets/pipe.json")).expect("it is there");
    let snippets: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let stops = regex::Regex::new(r"\$\{\d+:([^}]*)\}|\$(\d)").expect("a regular expression");
    let text = |name: &str| {
        let lines = snippets[name]["body"].as_array().expect("lines").iter();
        let lines: Vec<&str> = lines.filter_map(serde_json::Value::as_str).collect();
        let filled = lines.join("\n").replace("$3,", "app,").replace("[$3]", "[app]");
        stops.replace_all(&filled, "$1").into_owned()
    };
    let source = "  stage source { action app = git { repository: \"a/b\", branch: \"main\" } }\n";
    let stage = |inner: &str| format!("pipeline p {{\n{source}  stage s {{\n{inner}\n  }}\n}}\n");
    for (name, file) in [
        ("Pipeline", text("Pipeline")),
        ("Run action", stage(&text("Run action"))),
        ("Approval", stage(&text("Approval"))),
        ("Family", stage(&text("Family").replace("script: \"\"", "script: \"x\""))),
        ("Function", text("Function") + "what\n"),
        ("Enumeration", text("Enumeration") + "\n"),
        ("Push trigger", format!("pipeline p {{\n{}\n{source}}}\n", text("Push trigger"))),
        ("Secret", format!("pipeline p {{\n{}\n{source}}}\n", text("Secret"))),
    ] {
        let outcome = Project::with(&file).standpipe(&["check"]);
        assert_eq!(outcome.code, Some(0), "{name}:\n{file}\n{}", outcome.stderr);
    }
}
