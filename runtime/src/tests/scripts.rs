//! Scripts with real shells: environment, variables, output.

use serde_json::{Value, json};

use super::{Project, assert_succeeded, failure_of, output_of, plan, skip_of, words};
use crate::codes;

fn run(project: &Project, actions: &[Value]) -> crate::Summary {
    project.run(&plan(actions))
}

#[test]
fn a_script_is_run_verbatim_by_sh_with_errors_fatal() {
    let project = Project::new();
    let out = project.path("out");
    let script = format!("printf '%s' '$HOME #{{x}} ${{y}}' >'{0}'\nfalse\necho no >'{0}'", out.display());
    let summary = run(&project, &[json!({ "id": "s.a", "script": script })]);
    assert_eq!(failure_of(&summary, "s.a").message, "the script ended with status 1");
    assert_eq!(project.read("out"), "$HOME #{x} ${y}");
    let summary = run(&project, &[json!({ "id": "s.a", "script": "echo $nothing_such" })]);
    assert_eq!(failure_of(&summary, "s.a").code, codes::SCRIPT_FAILED);
    assert!(failure_of(&summary, "s.a").tail.iter().any(|line| line.contains("nothing_such")));
}

#[test]
fn the_environment_is_small_and_what_the_plan_says() {
    let project = Project::new();
    let script = format!(
        "env >'{}'; pwd >'{}'; ls -A >'{}'",
        project.path("env").display(),
        project.path("pwd").display(),
        project.path("ls").display()
    );
    assert_succeeded(&run(
        &project,
        &[json!({ "id": "s.a", "script": script, "env": { "GREETING": "a 'b' $c\nd" } })],
    ));
    let env = project.read("env");
    assert!(env.contains("GREETING=a 'b' $c\nd\n"));
    assert!(env.contains("PATH="));
    assert!(!env.contains("CARGO_MANIFEST_DIR"), "the environment of this process leaks:\n{env}");
    assert!(!env.contains("PIPE_WORKSPACE"));
    assert!(project.read("pwd").contains(".standpipe/runs/"));
    assert_eq!(project.read("ls"), "", "the workspace holds what was not declared");
}

#[test]
fn variables_come_from_the_environment_and_from_the_file() {
    let project = Project::new();
    let make = json!({
        "id": "s.make", "variables": ["TAG", "NOTES", "ODD"],
        "script": "export TAG=\"v1 'x'\nsecond\"\nHIDDEN=1\nprintf 'NOTES<<END\\na\\nb=c\\nEND\\nODD=\"=$x\"\\n' >>\"$PIPE_VARIABLES\"",
    });
    let out = project.path("out");
    let script = format!("printf '%s|%s|%s' \"$TAG\" \"$NOTES\" \"$ODD\" >'{}'", out.display());
    let env = json!({ "TAG": output_of("s.make", "TAG"), "NOTES": output_of("s.make", "NOTES"), "ODD": output_of("s.make", "ODD") });
    let summary =
        run(&project, &[make, json!({ "id": "s.use", "script": script, "env": env, "needs": ["s.make"] })]);
    assert_succeeded(&summary);
    assert_eq!(project.read("out"), "v1 'x'\nsecond|a\nb=c|\"=$x\"");
}

#[test]
fn variables_survive_exit_and_traps_of_the_script() {
    let cases = [
        ("plain", "export V=1"),
        ("exit in the middle", "export V=1; exit 0; false"),
        ("own trap", "trap 'echo bye' EXIT\nexport V=1"),
        ("own trap and exit", "trap 'echo bye' EXIT\nexport V=1\nexit 0"),
        ("trap that exits", "trap 'status=$?; exit $status' EXIT INT\nexport V=1\nexit"),
        ("removed trap", "trap 'exit 1' EXIT\ntrap - EXIT\nexport V=1\nexit 0"),
        ("subshell", "export V=1\n(trap 'echo inner' EXIT; exit 0)"),
        ("ends with a comment", "export V=1 # so"),
        ("heredoc at the end", "export V=1\ncat <<END\nx\nEND"),
        ("allexport", "set -a\nV=1"),
    ];
    for shell in ["sh -eu", "bash -euo pipefail"] {
        if crate::process::find_program(shell.split(' ').next().unwrap()).is_none() {
            eprintln!("NOT TESTED: `{shell}` is not installed");
            continue;
        }
        for (name, script) in cases {
            let project = Project::new();
            let action = json!({ "id": "s.a", "script": script, "shell": shell, "variables": ["V"] });
            let summary = run(
                &project,
                &[
                    action,
                    json!({ "id": "s.b", "script": "test \"$W\" = 1", "env": { "W": output_of("s.a", "V") } }),
                ],
            );
            assert_eq!(words(&summary), ["ran", "ran"], "{shell}: {name}: {summary:#?}");
        }
        // The script's trap still runs, and sees the script's status.
        let project = Project::new();
        let out = project.path("out");
        let script = format!("trap 'echo $? >\"{}\"' EXIT\nexport V=1\nexit 7", out.display());
        let summary =
            run(&project, &[json!({ "id": "s.a", "script": script, "shell": shell, "variables": ["V"] })]);
        assert_eq!(failure_of(&summary, "s.a").message, "the script ended with status 7", "{shell}");
        assert_eq!(project.read("out"), "7\n", "{shell}");
    }
}

#[test]
fn a_declared_variable_must_be_produced() {
    let project = Project::new();
    let summary = run(&project, &[json!({ "id": "s.a", "script": "TAG=1", "variables": ["TAG"] })]);
    assert_eq!(failure_of(&summary, "s.a").code, codes::VARIABLE_MISSING);
    assert!(failure_of(&summary, "s.a").message.contains("`TAG`"));
    let script = "echo nonsense >>\"$PIPE_VARIABLES\"";
    let summary = run(&project, &[json!({ "id": "s.a", "script": script, "variables": ["TAG"] })]);
    assert_eq!(failure_of(&summary, "s.a").code, codes::BAD_VARIABLES_FILE);
}

#[test]
fn any_output_is_logged_and_bounded_in_memory() {
    let project = Project::new();
    let script = "printf 'no utf-8: \\377\\n'\nhead -c 3000000 /dev/zero | tr '\\0' x\necho err >&2\nfalse";
    let summary = run(&project, &[json!({ "id": "s.a", "script": script })]);
    let action = summary.action("s.a").unwrap();
    let log = std::fs::read(action.log.as_ref().unwrap()).unwrap();
    assert!(log.windows(12).any(|w| w == b"no utf-8: \xff\n"));
    assert!(log.windows(8).any(|w| w == b" err err"));
    assert!(log.len() > 3_000_000);
    let tail = &failure_of(&summary, "s.a").tail;
    assert!(tail.len() <= 20 && tail.iter().all(|line| line.len() < 500));
}

#[test]
fn a_silent_action_has_no_log() {
    let project = Project::new();
    let summary = run(&project, &[json!({ "id": "s.a", "script": ":" })]);
    assert_eq!(summary.action("s.a").unwrap().log, None);
    assert!(!project.path(&format!(".standpipe/runs/{}/logs", summary.run)).exists());
}

#[test]
fn failures_are_retried_in_a_fresh_workspace() {
    let project = Project::new();
    let script = format!(
        "test ! -e mark; touch mark; test -e '{0}' || {{ touch '{0}'; exit 1; }}",
        project.path("second").display()
    );
    let summary = run(&project, &[json!({ "id": "s.a", "script": script, "retry": 2 })]);
    assert_succeeded(&summary);
    assert_eq!(summary.action("s.a").unwrap().attempts, 2);
}

#[test]
fn local_scripts_stand_in_for_clouds_and_see_the_project() {
    let project = Project::new();
    project.write("hello", "from the project");
    let deploy = json!({
        "id": "s.deploy", "callee": "aws.s3_deploy", "env": { "A": "1" }, "variables": ["URL"],
        "local": { "script": { "script": "cp \"$PIPE_WORKSPACE/hello\" \"$PIPE_WORKSPACE/copy-$A-$B\"; export URL=here", "env": { "B": { "text": "2" } } } },
    });
    let summary = run(&project, &[deploy]);
    assert_eq!(words(&summary), ["ran"]);
    assert_eq!(project.read("copy-1-2"), "from the project");
}

#[test]
fn what_is_only_simulated_says_so_and_gives_nothing() {
    let project = Project::new();
    let stack = json!({ "id": "s.stack", "callee": "aws.cloudformation", "variables": ["URL"], "outputs": [{ "name": "o" }] });
    let smoke = json!({ "id": "s.smoke", "script": "true", "env": { "URL": output_of("s.stack", "URL") } });
    let cloud = json!({ "id": "s.cloud", "callee": "aws.lambda", "uses": ["s.stack"] });
    let after = json!({ "id": "t.after", "script": "true", "needs": ["s.smoke"] });
    let summary = run(&project, &[stack, smoke, cloud, after]);
    assert_eq!(words(&summary), ["simulated", "skipped", "simulated", "ran"]);
    assert!(skip_of(&summary, "s.smoke").contains("`local` script"));
    assert!(summary.succeeded());
}

#[test]
fn images_are_refused_until_the_host_is_allowed() {
    let mut project = Project::new();
    let action = [json!({ "id": "s.a", "script": "true", "image": "node:22" })];
    let summary = run(&project, &action);
    assert_eq!(failure_of(&summary, "s.a").code, codes::NEEDS_CONTAINER);
    assert!(failure_of(&summary, "s.a").help.as_ref().unwrap().contains("--no-container"));
    project.options.no_container = true;
    let summary = run(&project, &action);
    assert_succeeded(&summary);
    let log = std::fs::read_to_string(summary.action("s.a").unwrap().log.as_ref().unwrap()).unwrap();
    assert!(log.contains("warning: runs on this machine, not in the image `node:22`"));
}

#[test]
fn a_missing_shell_is_found_before_anything_runs() {
    let project = Project::new();
    let first = json!({ "id": "s.a", "script": format!("touch '{}'", project.path("ran").display()) });
    let plan = plan(&[first, json!({ "id": "t.b", "script": ":", "shell": "no-such-shell -x" })]);
    let error = project.try_run(&plan).unwrap_err();
    assert_eq!((error.code(), error.exit_code()), (codes::SHELL_MISSING, 3));
    assert!(!project.path("ran").exists());
    assert!(!project.path(".standpipe").exists());
}

#[test]
fn other_shells_can_be_used() {
    if crate::process::find_program("python3").is_none() {
        eprintln!("NOT TESTED: `python3` is not installed");
        return;
    }
    let project = Project::new();
    let script = "import os\nopen(os.environ['PIPE_VARIABLES'], 'a').write('V=1\\n')";
    let action = json!({ "id": "s.a", "script": script, "shell": "python3", "variables": ["V"] });
    assert_succeeded(&run(&project, &[action]));
}

#[test]
fn a_command_that_is_not_there_is_explained() {
    let project = Project::new();
    let summary = project.run(&plan(&[
        json!({ "id": "s.a", "script": "no-such-tool" }),
        json!({ "id": "s.b", "script": "echo >file; ./file" }),
        json!({ "id": "s.c", "script": "exit 3" }),
    ]));
    let help = |id: &str| failure_of(&summary, id).help.clone().unwrap_or_default();
    assert!(help("s.a").contains("not found") && help("s.a").contains("`PATH`"), "{}", help("s.a"));
    assert!(help("s.b").contains("`chmod +x`"), "{}", help("s.b"));
    assert_eq!(help("s.c"), "");
}
