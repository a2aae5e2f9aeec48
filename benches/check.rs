//! `standpipe check` of a project of 100 files with 10,000 actions: the whole process, cold, beside the floor of starting it
//! and of reading and lexing the same files.
//!
//! `cargo bench -p standpipe` prints a table: the best of several rounds. Peak memory is that of the largest child.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use compiler::source::SourceId;
use nix::sys::resource::{UsageWho, getrusage};

const LIBRARIES: usize = 20;
const PIPELINES: usize = 80;
const STAGES: usize = 5;
/// Stages of pipelines and of templates have this many actions, so that all have 10,000.
const ACTIONS: usize = 25;
const ROUNDS: usize = 9;

/// Names, a type, a function, and templates of an action and of a stage, some of them built on the library before.
fn library(index: usize) -> String {
    let mut text = String::new();
    if index > 0 {
        let _ = writeln!(text, "use \"./lib{}.pipe\" as before\n", index - 1);
    }
    let parts = (0..ACTIONS).map(|part| part.to_string()).collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        text,
        r##"/// Where it runs.
type Place = {{ region: string, bucket: string, size: "small" | "large" = "small" }}

let places: map<Place> = {{
  eu: {{ region: "eu-west-1", bucket: "acme-{index}-eu" }}
  us: {{ region: "us-east-1", bucket: "acme-{index}-us", size: "large" }}
}}

/// What it is called.
fn label(product: string, part: int): string =
  if part < 10 then "#{{lower(product)}}-0#{{part}}" else "#{{lower(product)}}-#{{part}}"

action task(app: artifact, part: int, makes: string = "out/**") = run {{
  inputs: [app]
  env: {{ PART: label("Lib{index}", part) }}
  timeout: 10m
  script: "make \"$PART\""
  output: makes
}}

stage parts(app: artifact, place: Place) {{
  defaults {{ region: place.region }}
  action part for n in [{parts}] = task {{ app: app, part: n }}
}}"##
    );
    text
}

fn pipeline(index: usize) -> String {
    let (first, second) = (index % LIBRARIES, (index * 7 + 3) % LIBRARIES);
    let mut text = format!(
        r#"use "./lib{first}.pipe" as lib
use "./lib{second}.pipe" {{ task as other_task, label }}

pipeline p{index} {{
  variable level: "info" | "debug" = "info"

  stage source {{
    action app = git {{ repository: "acme/p{index}", branch: "main" }}
  }}

  stage built = lib.parts {{ app: app, place: lib.places.eu }}
"#
    );
    for stage in 1..STAGES {
        let _ = writeln!(text, "\n  stage s{stage} {{");
        for action in 0..ACTIONS {
            let after = if action % 5 == 0 { String::new() } else { format!("after: [a{}], ", action - 1) };
            let _ = match action % 3 {
                0 => writeln!(text, "    action a{action} = other_task {{ app: app, part: {action} }}"),
                1 => writeln!(
                    text,
                    "    action a{action} = lib.task {{ {after}app: app, part: {action}, makes: \"b/**\" }}"
                ),
                _ => writeln!(
                    text,
                    "    action a{action} = run {{ {after}inputs: [app], env: {{ L: level, N: label(\"x\", {action}) }}, script: \"make\" }}"
                ),
            };
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

fn write(folder: &Path) -> Vec<PathBuf> {
    let libraries = (0..LIBRARIES).map(|index| (format!("lib{index}.pipe"), library(index)));
    let pipelines = (0..PIPELINES).map(|index| (format!("p{index}.pipe"), pipeline(index)));
    let put = |(name, text): (String, String)| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("the temporary folder is writable");
        path
    };
    libraries.chain(pipelines).map(put).collect()
}

fn best(mut work: impl FnMut()) -> Duration {
    let round = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn standpipe(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_standpipe"));
    command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn row(what: &str, time: Duration) {
    println!("  {what:<36} {:>8.2} ms", time.as_secs_f64() * 1e3);
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = write(folder.path());
    let bytes: u64 = files.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    let actions = PIPELINES * STAGES * ACTIONS;
    println!("{} files, {actions} actions, {:.2} MB", files.len(), bytes as f64 / 1e6);
    row(
        "floor: start the process",
        best(|| assert!(standpipe(folder.path()).arg("--version").status().is_ok_and(|s| s.success()))),
    );
    row(
        "floor: read and lex",
        best(|| {
            for file in &files {
                let text = std::fs::read_to_string(file).expect("the file was written");
                assert!(!compiler::syntax::lexer::lex(SourceId(0), &text).tokens.is_empty());
            }
        }),
    );
    row(
        "standpipe check, all files",
        best(|| {
            let status = standpipe(folder.path()).arg("check").args(&files).status();
            assert!(status.is_ok_and(|status| status.success()));
        }),
    );
    // In kB on Linux.
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system tells").max_rss() / 1024;
    println!("peak memory {peak} MB");
}
