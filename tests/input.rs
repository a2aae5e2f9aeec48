//! Bad input: a diagnostic with a code and a place, exit code 1 or 2, no panic, nothing half-written.

use crate::support::{Outcome, Project};

/// Every command that reads a pipeline refuses it with this code.
#[track_caller]
fn refused(project: &Project, file: &str, code: &str) {
    refused_as(project, file, code, 1);
}

#[track_caller]
fn refused_as(project: &Project, file: &str, code: &str, exit_code: i32) {
    for command in [&["check"][..], &["compile"], &["run"], &["export"]] {
        let mut arguments = command.to_vec();
        arguments.push(file);
        let outcome = project.standpipe(&arguments).exits(exit_code).says(code);
        no_panic(&outcome);
        assert_eq!(outcome.stdout, "", "{command:?} wrote a result");
    }
    assert!(!project.path().join(".standpipe").exists(), "a run left something behind");
}

#[track_caller]
fn no_panic(outcome: &Outcome) {
    for word in ["panicked", "overflow", "RUST_BACKTRACE"] {
        assert!(!outcome.stderr.contains(word), "{}", outcome.stderr);
    }
}

#[test]
fn unreadable_files() {
    let project = Project::new();
    refused_as(&project, "missing.pipe", "P0003", 2);
    std::fs::create_dir(project.path().join("folder.pipe")).expect("a folder can be made");
    refused_as(&project, "folder.pipe", "P0003", 2);
    project.write("latin.pipe", b"pipeline p { // caf\xe9\n}");
    refused(&project, "latin.pipe", "P0001");
    project.write("huge.pipe", vec![b' '; 50 << 20]);
    refused(&project, "huge.pipe", "P0002");
}

#[test]
fn broken_texts() {
    let project = Project::new();
    let nested = format!("let x = {}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: &[(&str, &str, &str)] = &[
        ("string", "pipeline p { stage s { action a = run { script: \"echo } } }", "P0005"),
        ("deep", &nested, "P0107"),
        ("bangs", &format!("let x = {}true", "!".repeat(10_000)), "P0107"),
        ("name", "pipeline p { stage s { action a = run { script: nope } } }", "P0201"),
        ("type", "pipeline p { stage s { action a = run { script: 1 } } }", "P0301"),
        (
            "cycle",
            "pipeline p { stage s {\naction a = run { script: \":\", after: [b] }\naction b = run { script: \":\", after: [a] }\n} }",
            "P0501",
        ),
        ("brace", "pipeline p { stage s { action a = run { script: \":\" }", "P0102"),
        ("junk", "%%% ((( \u{1f600} }}}", "P0004"),
    ];
    for (name, text, code) in cases {
        let file = format!("{name}.pipe");
        project.write(&file, text);
        refused(&project, &file, code);
    }
    project.write("empty.pipe", "");
    project.standpipe(&["check", "empty.pipe"]).exits(0);
    project.standpipe(&["run", "empty.pipe"]).exits(1).says("P0701");
    project.write("nul.pipe", "\0\0\0");
    refused(&project, "nul.pipe", "P0004");
}

#[test]
fn line_ends_and_marks_do_not_matter() {
    let good = "pipeline p {\n  stage s {\n    action a = run {\n      script: \"\"\"\n        echo one\n        \"\"\"\n    }\n  }\n}\n";
    let plain = Project::with(good).standpipe(&["compile"]).exits(0).stdout;
    let marked = Project::with(&format!("\u{feff}{}", good.replace('\n', "\r\n")))
        .standpipe(&["compile"])
        .exits(0)
        .stdout;
    assert_eq!(plain, marked);
}

#[test]
fn hostile_plans() {
    let project = Project::with("pipeline p { stage s { action a = run { script: \":\", output: \"x\" } } }");
    let plan = project.standpipe(&["compile"]).exits(0).stdout;
    let cases = [
        ("cut", plan[..plan.len() / 2].to_owned()),
        ("form", plan.replace("standpipe.plan/1", "standpipe.plan/9")),
        ("key", plan.replacen("\"stages\"", "\"surprise\": 1, \"stages\"", 1)),
        ("glob", plan.replace("\"x\"", "\"../../etc/passwd\"")),
        ("id", plan.replace("\"s.a\"", "\"s.../../../a\"")),
        ("stage", plan.replace("\"stage\": \"s\"", "\"stage\": \"t\"")),
        ("list", "[".repeat(100_000)),
    ];
    for (name, text) in cases {
        let file = format!("{name}.json");
        project.write(&file, text);
        let outcome = project.standpipe(&["run", &file]).exits(1).says("P0703");
        no_panic(&outcome);
    }
    assert!(!project.path().join(".standpipe").exists());
}

#[test]
fn an_output_is_whole_or_not_there() {
    let project = Project::with("pipeline p { stage s { action a = run { script: \":\" } } }");
    project.standpipe(&["compile", "-o", "missing/plan.json"]).exits(3).says("missing/plan.json");
    project.write("plan.json", "the old one");
    project.write("bad.pipe", "pipeline p {");
    project.standpipe(&["compile", "bad.pipe", "-o", "plan.json"]).exits(1);
    assert_eq!(project.read("plan.json"), "the old one");
    project.standpipe(&["compile", "-o", "plan.json"]).exits(0);
    assert!(project.read("plan.json").starts_with('{'));
    let left: Vec<_> =
        std::fs::read_dir(project.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".tmp")), "{left:?}");
}
