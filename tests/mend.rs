//! `check --fix`, and diagnostics for other programs. Which fixes are taken is tested in the compiler.

use crate::support::{Project, oracle};

const WRONG: &str = "pipeline p {\n  stage s {\n    action a = rnu {\n      scirpt = \":\"\n      imgae: nope\n    }\n  }\n}\n";

#[test]
fn fixes_are_applied_and_the_rest_is_reported() {
    let project = Project::with(WRONG);
    project.write("fine.pipe", "pipeline q { stage s { action a = run { script: \":\" } } }");
    let fixed = project.standpipe(&["check", "--fix", "pipeline.pipe", "fine.pipe"]).exits(1);
    let fixed = fixed.says("applied 4 fixes in pipeline.pipe").says("nope").says("1 error");
    assert!(!fixed.stderr.contains("fine.pipe"), "{}", fixed.stderr);
    let right = WRONG.replace("rnu", "run").replace("scirpt =", "script:").replace("imgae", "image");
    assert_eq!(project.read("pipeline.pipe"), right);
    let again = project.standpipe(&["check", "--fix"]).exits(1);
    assert!(!again.stderr.contains("applied"), "{}", again.stderr);
    project.write("pipeline.pipe", right.replace("nope", "\"x\"").replace("run", "rnu"));
    project
        .standpipe(&["check", "--fix"])
        .exits(0)
        .says("applied 1 fix in pipeline.pipe")
        .says("1 file is right");
    project.standpipe(&["check", "--fix", "missing.pipe"]).exits(2).says("P0003");
}

#[test]
fn marks_and_line_ends_stay() {
    let text = format!("\u{feff}{}", WRONG.replace("nope", "\"x\"").replace('\n', "\r\n"));
    let project = Project::with(&text);
    project.standpipe(&["check", "--fix"]).exits(0);
    let right = text.replace("rnu", "run").replace("scirpt =", "script:").replace("imgae", "image");
    assert_eq!(project.read("pipeline.pipe"), right);
}

#[test]
fn programs_get_what_is_left() {
    for (format, holds) in [("json", "\"P0201\""), ("sarif", "\"P0201\""), ("github", "title=P0201::")] {
        let project = Project::with(WRONG);
        let fixed = project.standpipe(&["check", "--fix", "--format", format]).exits(1);
        assert!(fixed.stdout.contains(holds) && !fixed.stdout.contains("P0302"), "{}", fixed.stdout);
        assert_eq!(fixed.stderr, "applied 4 fixes in pipeline.pipe\n");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_left() {
    let project = Project::with(WRONG);
    let path = project.path().join("pipeline.pipe");
    let mut permissions = path.metadata().expect("the file is there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).expect("permissions can be set");
    project.standpipe(&["check", "--fix"]).exits(3).says("it is read-only");
    // No room for the name of the file that is written beside.
    let long = format!("{}.pipe", "x".repeat(250));
    project.write(&long, WRONG);
    project.standpipe(&["check", "--fix", &long]).exits(3).says("cannot be written");
    assert_eq!((project.read("pipeline.pipe"), project.read(&long)), (WRONG.to_owned(), WRONG.to_owned()));
}

/// Said by the official schema.
#[test]
fn logs_are_sarif() {
    let project = Project::with(WRONG);
    project.write("a b.pipe", "private let x = 1\n/// nothing\n");
    let all = ["check", "--hints", "--format", "sarif", "pipeline.pipe", "a b.pipe", "missing.pipe"];
    project.write("wrong.sarif", project.standpipe(&all).exits(2).stdout);
    project.write("right.pipe", "pipeline q { stage s { action a = run { script: \":\" } } }");
    project.write(
        "right.sarif",
        project.standpipe(&["check", "--format", "sarif", "right.pipe"]).exits(0).stdout,
    );
    oracle("sarif.py", project.path(), &["wrong.sarif", "right.sarif"]).exits(0);
    project.write("broken.sarif", project.read("wrong.sarif").replace("\"note\"", "\"hint\""));
    oracle("sarif.py", project.path(), &["broken.sarif"]).exits(1);
}
