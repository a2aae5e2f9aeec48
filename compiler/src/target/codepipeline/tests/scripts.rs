//! The exported commands of a script next to the script itself: same output, exit code, files and variables.
//!
//! The service is imitated in two ways, since it does not document how its shell runs a command: all commands as lines of
//! one script, and each evaluated on its own in one shell, where `set -e` has no effect inside of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use crate::places::Places;
use crate::target::codepipeline::export;
use crate::target::codepipeline::script::{Carrier, Script};
use crate::target::codepipeline::tests::build::{Build as _, With as _, lines, run, shop};

/// A script with what it has around it.
#[derive(Default)]
struct Case {
    script: &'static str,
    shell: &'static str,
    inputs: &'static [(&'static str, &'static str)],
    has_output: bool,
    variables: &'static [&'static str],
    exports: &'static [(&'static str, &'static str)],
}

const ONE: &[(&str, &str)] = &[("APP", "source_app")];
const TWO: &[(&str, &str)] = &[("APP", "source_app"), ("DIST", "build_dist")];

fn case(script: &'static str) -> Case {
    Case { script, shell: "sh -eu", inputs: ONE, ..Case::default() }
}

struct Ran {
    code: Option<i32>,
    stdout: String,
    files: Vec<(String, String)>,
    variables: Vec<Option<String>>,
}

struct Place {
    root: PathBuf,
}

impl Place {
    /// The directories of the service's machine: a primary input with files, and a second one.
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("standpipe-script-{}-{number}", std::process::id()));
        for (file, text) in [("src/app.txt", "app\n"), ("dist/out.txt", "dist\n"), ("tmp/.keep", "")] {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { root }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", &self.root).env("TMPDIR", self.root.join("tmp")).env("GREETING", "hello  world");
        command
    }

    fn files(&self, directory: &Path) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut open = vec![directory.to_owned()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                    let path = path.strip_prefix(&self.root).unwrap().display().to_string();
                    files.push((path.split_once('/').unwrap().1.to_owned(), text));
                }
            }
        }
        files.sort();
        files
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

impl Case {
    /// The script as a local run has it: a process, its exported environment at the end, `$PIPE_VARIABLES`.
    fn locally(&self) -> Ran {
        let place = Place::new();
        let source = place.root.join("src");
        let directory = if self.inputs.is_empty() { place.root.join("empty") } else { source.clone() };
        fs::create_dir_all(&directory).unwrap();
        let script = place.root.join("tmp/script");
        // The end of the script tells what it exported.
        let traced = format!("trap 'env -0 > {}/env' EXIT\n{}", place.root.display(), self.script);
        fs::write(&script, traced).unwrap();
        let mut words = self.shell.split_whitespace();
        let mut command = place.command(words.next().unwrap());
        command.args(words).arg(&script).current_dir(&directory);
        command.env("PIPE_VARIABLES", place.root.join("variables"));
        command.env("CODEBUILD_SRC_DIR", &directory);
        for (name, value) in self.exports {
            command.env(name, value);
        }
        for ((name, artifact), folder) in self.inputs.iter().zip(["src", "dist"]) {
            command.env(format!("PIPE_INPUT_{name}"), place.root.join(folder));
            command.env(format!("CODEBUILD_SRC_DIR_{artifact}"), place.root.join(folder));
        }
        let output = command.output().unwrap();
        let environment = fs::read_to_string(place.root.join("env")).unwrap_or_default();
        let written = fs::read_to_string(place.root.join("variables")).unwrap_or_default();
        let value = |name: &&str| {
            let line = written
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix(&format!("{name}=")).map(str::to_owned));
            let exported = || {
                environment
                    .split('\0')
                    .find_map(|entry| entry.strip_prefix(&format!("{name}=")).map(str::to_owned))
            };
            line.or_else(exported)
        };
        ran(&place, &directory, &output, self.variables.iter().map(value).collect())
    }

    /// The commands as the service runs them.
    fn exported(&self, carrier: Carrier, one_by_one: bool) -> Ran {
        let place = Place::new();
        let variables: Vec<String> = self.variables.iter().map(|name| (*name).to_owned()).collect();
        let script = Script {
            text: self.script,
            shell: self.shell,
            inputs: self.inputs.to_vec(),
            has_output: self.has_output,
            variables: &variables,
            exports: self.exports.to_vec(),
        };
        let mut commands = script.commands(carrier);
        if carrier == Carrier::Commands {
            for command in &commands {
                assert!(command.chars().count() <= 1000 && !command.contains('\n'), "{command}");
                assert!(!command.contains("#{"), "the service expands it: {command}");
            }
            assert!(commands.len() <= 50);
        }
        let dump = format!("env -0 > {}/env", place.root.display());
        let mut command = place.command("sh");
        if one_by_one {
            commands.push(dump);
            let driver = "for c; do eval \"$c\" || exit $?; done";
            command.args(["-c", driver, "sh"]).args(&commands);
        } else {
            commands.insert(0, format!("trap '{dump}' EXIT"));
            command.args(["-c", &commands.join("\n")]);
        }
        let source = place.root.join("src");
        command.current_dir(&source).env("CODEBUILD_SRC_DIR", &source);
        command.env("CODEBUILD_SRC_DIR_build_dist", place.root.join("dist"));
        let output = command.output().unwrap();
        let environment = fs::read_to_string(place.root.join("env")).unwrap_or_default();
        let value = |name: &&str| {
            environment
                .split('\0')
                .find_map(|entry| entry.strip_prefix(&format!("{name}=")).map(str::to_owned))
        };
        let mut variables: Vec<Option<String>> = self.variables.iter().map(value).collect();
        if !output.status.success() {
            variables.fill(None);
        }
        ran(&place, &source, &output, variables)
    }

    fn check(&self) {
        let local = self.locally();
        for carrier in [Carrier::Commands, Carrier::Buildspec] {
            for one_by_one in [false, true] {
                let there = self.exported(carrier, one_by_one);
                let case = format!("{}\n(one by one: {one_by_one})", self.script);
                assert_eq!(there.stdout, local.stdout, "output of {case}");
                // The service knows success and failure; which number a shell ends with is its own affair.
                let codes = (there.code, local.code);
                assert_eq!(there.code == Some(0), local.code == Some(0), "exit codes {codes:?} of {case}");
                if !self.inputs.is_empty() || self.has_output {
                    assert_eq!(there.files, local.files, "files of {case}");
                }
                if local.code == Some(0) {
                    assert_eq!(there.variables, local.variables, "variables of {case}");
                }
            }
        }
    }
}

fn ran(place: &Place, directory: &Path, output: &Output, variables: Vec<Option<String>>) -> Ran {
    let clean = |text: String| text.replace(&place.root.display().to_string(), "ROOT");
    Ran {
        code: output.status.code(),
        stdout: clean(String::from_utf8_lossy(&output.stdout).into_owned()),
        files: place.files(directory).into_iter().map(|(path, text)| (path, clean(text))).collect(),
        variables: variables.into_iter().map(|value| value.map(clean)).collect(),
    }
}

#[test]
fn scripts_mean_the_same_in_both_places() {
    for script in [
        "echo one\necho two > made.txt",
        "echo \"$GREETING\" '$GREETING' \\$GREETING",
        "echo a\nfalse\necho b",
        "echo a && false\necho b",
        "echo a\nfalse && echo never",
        "false || echo saved\necho on",
        "echo $(( 1 + 2 )) $((3*4))",
        "! true\necho on",
        "echo ${MISSING:-none}\necho $MISSING\necho never",
        "cat app.txt | grep -c app\ngrep nothing app.txt || echo none",
        "if [ -f app.txt ]; then\n  echo there\nfi",
        "for x in 1 2 3; do\n  echo $x >> list.txt\ndone",
        "cat <<'END' > made.txt\n$HOME `date` #{variables.X}\n\ttab\nEND",
        "echo '#{codepipeline.PipelineExecutionId}'",
        "set +e\nfalse\necho on",
        "echo a\nexit 0\necho never",
        "echo a\nexit 7",
        "trap 'echo bye' EXIT\necho hi",
        "f() { echo \"in $1\"; }\nf x",
        "x=$(printf 'a\\nb')\necho \"$x\"",
        "echo 'ünï' > 'a b'\ncat 'a b'",
        "mkdir d\ncd d\necho x > y\npwd | sed 's|.*/||'",
        "printf 'no newline'",
        "exec 3> f\necho x >&3",
        "(exit 3) || echo $?",
        "echo \"quote ' and \\\" and \\\\ done\"",
        "\n\n   # nothing here\n   echo end   \n",
        "case app in\n  a*) echo yes;;\nesac",
    ] {
        case(script).check();
    }
}

#[test]
fn variables_come_back() {
    for script in [
        "export TAG=v1",
        "TAG=\"v 1\"\nexport TAG",
        "export TAG=\"$(cat app.txt)\"",
        "if true; then export TAG='it'\"'\"'s #{x}'; fi",
        "export TAG=early\nexit 0",
        "echo TAG=filed >> \"$PIPE_VARIABLES\"",
        "echo 'OTHER=x' >> \"$PIPE_VARIABLES\"\necho 'TAG=a=b  c' >> \"$PIPE_VARIABLES\"",
        "for i in 1; do\n  echo \"TAG=$i\" >> \"$PIPE_VARIABLES\"\ndone",
        "export TAG=first\necho TAG=second >> \"$PIPE_VARIABLES\"",
        "export TAG=lost\nfalse",
        "sh -c 'echo T\"\"AG=child >> \"$PIPE_VARIABLES\"'",
        "export TAG=a && true",
    ] {
        Case { variables: &["TAG"], ..case(script) }.check();
        Case { variables: &["TAG"], shell: "bash -euo pipefail", ..case(script) }.check();
    }
}

#[test]
fn values_of_several_lines_come_back_from_the_file() {
    let script =
        "{ echo 'TAG<<END'; echo one; echo; echo TAG=no; echo END; echo X=1; } >> \"$PIPE_VARIABLES\"";
    let there = Case { variables: &["TAG", "X"], ..case(script) }.exported(Carrier::Commands, true);
    assert_eq!(there.variables, [Some("one\n\nTAG=no".to_owned()), Some("1".to_owned())]);
}

#[test]
fn inputs_are_where_the_script_looks() {
    for script in [
        "cat \"$PIPE_INPUT_APP/app.txt\" \"$PIPE_INPUT_DIST/out.txt\"",
        "cat \"$CODEBUILD_SRC_DIR/app.txt\" \"$CODEBUILD_SRC_DIR_build_dist/out.txt\"",
        "cat \"$CODEBUILD_SRC_DIR_source_app/app.txt\"",
        "sh -c 'cat $PIPE_INPUT_DIST/out.txt'",
    ] {
        Case { inputs: TWO, ..case(script) }.check();
    }
}

#[test]
fn without_inputs_the_directory_is_empty() {
    Case { inputs: &[], ..case("ls\necho hi") }.check();
    Case { inputs: &[], has_output: true, ..case("ls\necho made > made.txt") }.check();
    Case { inputs: &[], ..case("for x in *; do echo \"$x\"; done") }.check();
}

#[test]
fn other_shells_run_the_script() {
    let bash = |script| Case { shell: "bash -euo pipefail", ..case(script) };
    bash("a=(1 2 3)\necho \"${a[1]}\"").check();
    bash("false | true\necho never").check();
    let python = Case { shell: "python3", variables: &["TAG"], ..case(PYTHON) };
    assert_eq!(python.exported(Carrier::Commands, true).variables, [Some("py".to_owned())]);
}

const PYTHON: &str =
    "import os\nwith open(os.environ['PIPE_VARIABLES'], 'a') as f:\n    f.write('TAG=py\\n')\n";

#[test]
fn values_that_the_service_would_change_arrive() {
    Case { exports: &[("EMPTY", ""), ("MARK", "a #{variables.x} 'b'")], ..case("echo \"[$EMPTY] [$MARK]\"") }
        .check();
}

#[test]
fn a_long_script_fits_until_it_does_not() {
    let long =
        |lines: usize| -> String { (0..lines).map(|i| format!("if true; then echo {i}; fi\n")).collect() };
    let plan = |script: &str| {
        shop().stage("build", &["source"]).action(run("build.all", script).reads("APP", "source.app", None))
    };
    let fits = export(&plan(&long(1000)), &Places::default());
    assert_eq!(lines(&fits), "");
    assert!(fits.document.unwrap().pipeline.stages[1].actions[0].commands.len() > 30);
    let refused = export(&plan(&long(2000)), &Places::default());
    assert_eq!(
        lines(&refused),
        "error P0409: the script of `build.all` does not fit into a Commands action\n"
    );
}

const LINES: &[&str] = &[
    "true",
    "false",
    "echo a",
    "x=1",
    "echo $x",
    "echo \"${x:-d}\"",
    "test -n \"$x\"",
    "y=$(echo b)",
    "y=$(false)",
    "echo c | cat",
    "false | true",
    "true || echo n",
    "false || echo r",
    "true && false",
    "false && echo n",
    "export TAG=v",
    "export TAG=\"$(echo w)\"",
    "! true",
    "{ echo g; }",
    "if false; then echo n; fi",
    "exit 0",
    "exit 4",
    "# c",
    "",
    "unset x",
    "echo d >> f",
    "echo TAG=z >> \"$PIPE_VARIABLES\"",
    "echo '#{a.b}'",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_sequence_of_lines_means_the_same(lines in proptest::collection::vec(proptest::sample::select(LINES), 1..7)) {
        let script: &'static str = Box::leak(lines.join("\n").into_boxed_str());
        Case { variables: &["TAG"], ..case(script) }.check();
        case(script).check();
    }
}
