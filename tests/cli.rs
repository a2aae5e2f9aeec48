//! Arguments, exit codes, what goes to which stream.

use crate::support::{Project, oracle, outcome, read, root, standpipe, text};

const GOOD: &str = "pipeline p {\n  stage s {\n    action a = run { script: \"echo hi\" }\n  }\n}\n";

/// Every flag and its words are reviewed when they change.
#[test]
fn help_is_stable() {
    let mut whole = String::new();
    let commands =
        ["", "new", "check", "fmt", "compile", "run", "export", "graph", "explain", "lsp", "completions"];
    for command in commands {
        let mut help = standpipe();
        if !command.is_empty() {
            help.arg(command);
        }
        let help = outcome(help.arg("--help").env("COLUMNS", "100")).exits(0);
        whole.push_str(&format!("$ standpipe {command} --help\n{}\n", help.stdout));
    }
    insta::assert_snapshot!(whole);
}

#[test]
fn wrong_usage_is_2() {
    let project = Project::with(GOOD);
    project.standpipe(&["chekc"]).exits(2).says("check");
    project.standpipe(&["export", "--to", "codepipelin"]).exits(2).says("did you mean `codepipeline`?");
    project.standpipe(&["check", "--target", "jenkins"]).exits(2).says("the engines are `codepipeline`");
    project.standpipe(&["run", "--var", "novalue"]).exits(2).says("name=value");
    project.standpipe(&["run", "--only", "s.b"]).exits(2).says("s.a");
    project.standpipe(&["explain", "P9999"]).exits(2).says("`standpipe explain` lists all codes");
    Project::new().standpipe(&["check"]).exits(2).says("no `.pipe` file");
    project.standpipe(&["graph", "--format", "svg"]).exits(0);
}

#[test]
fn what_the_command_line_names_must_be_there() {
    let project = Project::with(GOOD);
    for command in ["check", "fmt", "compile", "run", "export", "graph"] {
        project
            .standpipe(&[command, "pipelin.pipe"])
            .exits(2)
            .says("[P0003]")
            .says("did you mean `pipeline.pipe`?");
        project
            .standpipe(&[command, "."])
            .exits(2)
            .says("it is a folder")
            .says("name the file: `pipeline.pipe`");
    }
    project
        .standpipe(&["run", "plan.json"])
        .exits(2)
        .says("`plan.json` cannot be read: there is no such file");
    project.standpipe(&["run", "--pipeline", "pp"]).exits(2).says("no pipeline `pp`").says("it declares `p`");
    project.standpipe(&["run", "--set", "a=1"]).exits(2).says("`p` has no parameter `a`").says("--var a=1");
    // What the pipeline itself names is its own matter.
    project.write(
        "pipeline.pipe",
        "pipeline p {\n  stage s {\n    action a = run { script: file(\"gone.sh\") }\n  }\n}\n",
    );
    project.standpipe(&["check"]).exits(1).says("[P0003]");
    project.write("template.pipe", "pipeline p(env: string) {\n  stage s {\n    action a = run { script: \":\", env: { E: env } }\n  }\n}\n");
    project.standpipe(&["run", "template.pipe", "--pipeline", "p"]).exits(2).says("--set env=…");
    project.standpipe(&["run", "template.pipe", "--set", "env=x"]).exits(0);
    project.standpipe(&["compile", "template.pipe", "--set", "env=x", "-o", "plan.json"]).exits(0);
    project.standpipe(&["run", "plan.json", "--set", "env=y"]).exits(2).says("a plan has no parameter `env`");
    project.standpipe(&["run", "plan.json", "--pipeline", "q"]).exits(2).says("it is the plan of `p`");
    project.standpipe(&["run", "plan.json", "--pipeline", "p"]).exits(0);
}

/// A pipeline that asks for what this machine has not is right, and so is the command line.
#[test]
fn the_environment_is_3() {
    let secret = "secret t { local: env(\"STANDPIPE_TEST_UNSET\") }";
    let uses = "run { script: \":\", env: { T: t } }";
    let project =
        Project::with(&format!("pipeline p {{\n  {secret}\n  stage s {{\n    action a = {uses}\n  }}\n}}\n"));
    project.standpipe(&["run"]).exits(3).says("[P0834]");
    project.standpipe(&["compile", "-o", "missing/plan.json"]).exits(3);
}

#[test]
fn the_readme_says_what_the_exit_codes_mean() {
    let help = outcome(standpipe().arg("--help")).exits(0).stdout;
    let (_, table) = help.split_once("Exit codes:\n").expect("the help says it");
    let readme = read("README.md");
    for line in table.lines() {
        let (code, meaning) = line.trim().split_once(' ').expect("a code and what it means");
        let row = format!("| {code} | {} |", meaning.trim());
        assert!(readme.contains(&row), "the README lacks `{row}`");
    }
}

/// The folder of a plan is the project, as that of a pipeline file is.
#[test]
fn a_plan_runs_in_its_own_folder() {
    let project = Project::with(
        "pipeline p {\n  stage s {\n    action app = git { repository: \"a/b\", branch: \"main\" }\n    action show = run { inputs: [app], script: \"cat who\" }\n  }\n}\n",
    );
    project.write("who", "the first project");
    project.write("other/who", "the other project");
    project.standpipe(&["compile", "-o", "other/plan.json"]).exits(0);
    project.standpipe(&["run", "other/plan.json"]).exits(0).says("the other project");
    assert!(project.path().join("other/.standpipe").exists() && !project.path().join(".standpipe").exists());
    project.standpipe(&["run", "other/plan.json", "--source", "app=."]).exits(0).says("the first project");
}

#[test]
fn the_file_is_found() {
    let project = Project::new();
    project.write("other.pipe", GOOD);
    project.standpipe(&["check"]).exits(0).says("1 file is right");
    project.write("second.pipe", GOOD);
    project.standpipe(&["check"]).exits(2).says("name one of them: `other.pipe`, `second.pipe`");
    project.write("pipeline.pipe", GOOD);
    project.standpipe(&["check"]).exits(0);
    project.standpipe(&["check", "other.pipe", "second.pipe"]).exits(0).says("2 files are right");
}

#[test]
fn results_and_messages_have_their_own_stream() {
    let project = Project::with(
        "let unused_but_fine = 1\npipeline p {\n  stage s {\n    /// a\n    action a = run { script: \"echo\" }\n  }\n}\n",
    );
    let compiled = project.standpipe(&["compile"]).exits(0);
    assert!(compiled.stdout.starts_with("{\n  \"format\": \"standpipe.plan/1\""), "{}", compiled.stdout);
    assert_eq!(compiled.stderr, "");
    let json = project.standpipe(&["check", "--format", "json", "--hints"]).exits(0);
    let document: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON on standard output");
    assert_eq!(document["format"], "standpipe.diagnostics/1");
    assert_eq!(document["diagnostics"][0]["code"], "P0601");
    assert_eq!(document["diagnostics"][0]["start"]["line"], 1);
    assert_eq!(document["diagnostics"][0]["start"]["column"], 5);
}

#[test]
fn colours_follow_the_user() {
    let project = Project::with("pipeline p { stage s { action a = rnu { } } }");
    let plain = project.standpipe(&["check"]).exits(1);
    assert!(!plain.stderr.contains('\u{1b}'), "{}", plain.stderr);
    let colour = project.standpipe(&["check", "--color", "always"]).exits(1);
    assert!(colour.stderr.contains('\u{1b}'), "{}", colour.stderr);
}

#[test]
fn one_of_several_pipelines_is_named() {
    let project = Project::with(&format!("{GOOD}{}", GOOD.replace("pipeline p", "pipeline q")));
    project.standpipe(&["compile"]).exits(2).says("`p`, `q`");
    project.standpipe(&["compile", "--pipeline", "r"]).exits(2).says("declares no pipeline `r`");
    let plan = project.standpipe(&["compile", "--pipeline", "q"]).exits(0).stdout;
    assert!(plan.contains("\"name\": \"q\""), "{plan}");
}

#[test]
fn explanations_and_completions_are_printed() {
    let listed = outcome(standpipe().arg("explain")).exits(0).stdout;
    assert!(
        listed.contains("P0101  ") && listed.contains("P0501  ") && listed.contains("P0801  "),
        "{listed}"
    );
    let page = outcome(standpipe().args(["explain", "p0501"])).exits(0).stdout;
    assert!(
        page.starts_with("# P0501: ") && page.contains("## Wrong") && page.contains("## Right"),
        "{page}"
    );
    outcome(standpipe().args(["explain", "P0801"])).exits(0);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = outcome(standpipe().args(["completions", shell])).exits(0).stdout;
        assert!(script.contains("standpipe"), "{shell}");
    }
}

#[test]
fn a_plan_is_the_same_bytes_and_comes_back() {
    let project = Project::with(GOOD);
    let first = project.standpipe(&["compile"]).exits(0).stdout;
    project.standpipe(&["compile", "-o", "plan.json"]).exits(0);
    assert_eq!(project.read("plan.json"), first);
    assert_eq!(project.standpipe(&["compile", "plan.json"]).exits(0).stdout, first);
    let elsewhere = Project::new();
    elsewhere.write("deep/pipeline.pipe", GOOD);
    assert_eq!(
        elsewhere.standpipe(&["compile", "deep/pipeline.pipe"]).exits(0).stdout,
        first,
        "no path is in a plan"
    );
    project.standpipe(&["run", "plan.json"]).exits(0);
}

/// The schema accepts what `compile` writes: said by a JSON Schema validator that is not ours.
#[test]
fn the_schema_describes_plans() {
    let project = Project::with(GOOD);
    project.write("schema.json", project.standpipe(&["compile", "--schema"]).exits(0).stdout);
    let tour = text(&root().join("examples/web-shop/pipeline.pipe")).to_owned();
    project.write("good.json", project.standpipe(&["compile"]).exits(0).stdout);
    project.write("tour.json", project.standpipe(&["compile", &tour]).exits(0).stdout);
    let validate = |files: &[&str]| oracle("schema.py", project.path(), &[&["schema.json"], files].concat());
    validate(&["good.json", "tour.json"]).exits(0);
    project.write(
        "wrong.json",
        project.read("good.json").replacen("\"stages\"", "\"surprise\": 1, \"stages\"", 1),
    );
    validate(&["wrong.json"]).exits(1);
}
