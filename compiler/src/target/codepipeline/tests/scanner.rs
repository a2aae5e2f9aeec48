//! Which scripts are sequences of complete commands.

use std::process::Command;

use proptest::prelude::*;

use crate::target::codepipeline::shell::lines;

#[test]
fn lines_that_are_commands() {
    for (script, commands) in [
        ("npm ci\nnpm test\n", vec!["npm ci", "npm test"]),
        ("  npm ci   \n\n# a comment\nnpm test # and one more\n", vec!["npm ci", "npm test"]),
        ("export TAG=\"$(git rev-parse HEAD)\"", vec!["export TAG=\"$(git rev-parse HEAD)\""]),
        (
            "export V=\"$(node -p 'require(\"./package.json\").version')\"",
            vec!["export V=\"$(node -p 'require(\"./package.json\").version')\""],
        ),
        ("echo 'a # b' \"c # d\" e#f", vec!["echo 'a # b' \"c # d\" e#f"]),
        ("grep x f || echo none", vec!["grep x f || echo none"]),
        ("cat a | sort > b 2>&1", vec!["cat a | sort > b 2>&1"]),
        ("npm ci && npm test", vec!["npm ci && npm test"]),
        ("A=1 B=\"x y\" make all", vec!["A=1 B=\"x y\" make all"]),
        ("echo ${HOME%/} $(( 1 + 2 ))", vec!["echo ${HOME%/} $(( 1 + 2 ))"]),
        ("[ ! -f x ] || rm x", vec!["[ ! -f x ] || rm x"]),
        ("echo done if then", vec!["echo done if then"]),
        ("cp a\\ b c", vec!["cp a\\ b c"]),
    ] {
        assert_eq!(lines(script, false), Some(commands), "{script}");
    }
}

#[test]
fn scripts_that_travel_whole() {
    for script in [
        "",
        "# only a comment",
        "if true; then\n  echo x\nfi",
        "for x in a b; do echo $x; done",
        "while read l; do echo; done",
        "case $x in\n a) ;;\nesac",
        "f() { echo; }",
        "f() {\n echo\n}",
        "cat <<END\nx\nEND",
        "cat <<'END'\nx\nEND",
        "echo a \\\n  b",
        "echo 'a\nb'",
        "echo \"a\nb\"",
        "(cd x && make)",
        "{ echo a; }",
        "sleep 1 &",
        "echo a; echo b",
        "a && b\nc",
        "! grep x f",
        "a || ! b",
        "exit 0",
        "A=1 exit 0",
        "A=$(x) exit 0",
        "test -f x || exit 3",
        "set +e\nfalse",
        "trap 'echo' EXIT",
        "exec sh x",
        ". ./env.sh",
        "eval \"$X\"",
        "\"$X\" a",
        "$X a",
        "\\exit",
        "'exit'",
        "e\"xit\"",
        "echo $?",
        "echo $1 $@",
        "echo ${#x}",
        "echo `date`",
        "echo $'a'",
        "diff <(a) <(b)",
        "a |& b",
        "a |",
        "a &&",
        "a && # later",
        "echo \"a",
        "echo $(date",
        "echo ${x",
        "echo a)",
        "x=$(echo # c)",
        "echo \"${x:-it's}\" 'y'",
        "> f exit",
        "2>x exit",
        "a\u{7}b",
    ] {
        assert_eq!(lines(script, false), None, "{script}");
    }
}

#[test]
fn an_and_list_may_only_be_the_last_command() {
    assert_eq!(lines("a\nb && c", false), Some(vec!["a", "b && c"]));
    assert_eq!(lines("a\nb && c", true), None);
}

const PIECES: &[&str] = &[
    "echo", " ", "  ", "'", "\"", "\\", "$", "(", ")", "{", "}", "#", ";", "&", "|", "<", ">", "\n", "if",
    "then", "fi", "x", "=", "`", "!", "do", "done", "for", "in", "case", "esac", "1", "$(", "$((", "${x",
    "&&", "||", "<<", "ü",
];

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 1..14).prop_map(|pieces| pieces.concat())
}

fn parses(script: &str) -> bool {
    Command::new("sh").args(["-n", "-c", script]).output().is_ok_and(|output| output.status.success())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What is valid as a whole is valid line by line, if it is taken apart at all.
    #[test]
    fn lines_of_a_valid_script_are_valid(script in soup()) {
        if let Some(commands) = lines(&script, false)
            && parses(&script)
        {
            for command in commands {
                prop_assert!(parses(command), "{command:?} of {script:?}");
            }
        }
    }

    #[test]
    fn any_text_is_read(script in ".*") {
        lines(&script, true);
    }
}
