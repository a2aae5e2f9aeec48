//! `standpipe fmt` on files. What the layout is, and that it loses nothing, is tested beside the formatter.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::Project;

const UGLY: &str = "pipeline   p{\n// why\nstage s{action a=run{script:\":\",env:{A:\"1\"}}}\n}";
const PRETTY: &str =
    "pipeline p {\n  // why\n  stage s {\n    action a = run { script: \":\", env: { A: \"1\" } }\n  }\n}\n";

#[test]
fn files_are_laid_out_in_place() {
    let project = Project::with(UGLY);
    project.standpipe(&["fmt", "--check"]).exits(1).says("is not laid out canonically");
    let diff = project.standpipe(&["fmt", "--diff"]).exits(0).stdout;
    assert!(diff.contains("-pipeline   p{") && diff.contains("+pipeline p {"), "{diff}");
    assert_eq!(project.read("pipeline.pipe"), UGLY, "nothing was written so far");
    project.standpipe(&["fmt"]).exits(0).says("formatted pipeline.pipe");
    assert_eq!(project.read("pipeline.pipe"), PRETTY);
    let again = project.standpipe(&["fmt"]).exits(0);
    assert_eq!(again.stderr, "", "what is laid out is left alone");
    project.standpipe(&["fmt", "--check"]).exits(0);
}

#[test]
fn a_broken_file_is_left_as_it_is() {
    let broken = "pipeline p {\n  stage s {\n";
    let project = Project::with(broken);
    project.standpipe(&["fmt"]).exits(1).says("P0102");
    assert_eq!(project.read("pipeline.pipe"), broken);
}

#[test]
fn standard_input_is_laid_out_to_standard_output() {
    let project = Project::new();
    let mut child = project
        .command(&["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child.stdin.take().expect("a pipe").write_all(UGLY.as_bytes()).expect("the binary reads");
    let output = child.wait_with_output().expect("the binary ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), PRETTY);
}
