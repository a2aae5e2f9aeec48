//! Compiling generated pipelines of 1,000 and 10,000 actions, beside the floor of reading and lexing the same text.
//!
//! `cargo bench -p standpipe-compiler` prints a table: the best of several rounds, since what other programs do to the
//! machine only ever makes a round slower. Peak memory is that of the whole process, the largest pipeline last.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use compiler::format::format;
use compiler::source::{Loader, SourceId, Sources};
use compiler::{compile, syntax};

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 9;

struct Nothing;

impl Loader for Nothing {
    fn load(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("the bench has no files".to_owned())
    }
}

/// A pipeline of stages of 100 actions, each with an input, an environment, a script and an artifact; every tenth of a
/// stage begins a new chain.
fn pipeline(actions: usize) -> String {
    let mut text = String::from(
        "let region = \"eu-west-1\"\n\npipeline generated {\n  variable level: string = \"info\"\n\n",
    );
    text.push_str(
        "  stage source {\n    action app = git { repository: \"acme/app\", branch: \"main\" }\n  }\n",
    );
    for stage in 0..actions.div_ceil(100) {
        let _ = writeln!(text, "\n  stage s{stage} {{");
        for action in 0..100.min(actions - stage * 100) {
            let after = if action % 10 == 0 { String::new() } else { format!(" after: [a{}],", action - 1) };
            let _ = writeln!(
                text,
                "    action a{action} = run {{ inputs: [app],{after} env: {{ R: region, L: level }}, script: \"make part-{action}\", output: \"out/**\" }}"
            );
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

fn best(mut work: impl FnMut()) -> Duration {
    let round = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn row(what: &str, time: Duration, bytes: usize, floor: Duration) {
    let speed = bytes as f64 / 1e6 / time.as_secs_f64();
    let ratio = time.as_secs_f64() / floor.as_secs_f64();
    println!("  {what:<28} {:>8.2} ms {speed:>8.1} MB/s {ratio:>7.1} x floor", time.as_secs_f64() * 1e3);
}

/// Peak memory of this process in MB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() {
    for actions in [1_000, 10_000] {
        let text = pipeline(actions);
        let file =
            std::env::temp_dir().join(format!("standpipe-bench-{}-{actions}.pipe", std::process::id()));
        std::fs::write(&file, &text).expect("the temporary folder is writable");
        println!("{actions} actions, {:.2} MB", text.len() as f64 / 1e6);
        let floor = best(|| {
            let text = std::fs::read_to_string(&file).expect("the file was written");
            assert!(!syntax::lexer::lex(SourceId(0), &text).tokens.is_empty());
        });
        let _ = std::fs::remove_file(&file);
        row("floor: read and lex", floor, text.len(), floor);
        let parsed = syntax::parse(SourceId(0), &text);
        row("parse", best(|| drop(syntax::parse(SourceId(0), &text))), text.len(), floor);
        // A file is parsed once for its `Sources`, so that each round has its own.
        let compile_once = || {
            let mut sources = Sources::default();
            let id = sources.add("bench.pipe", text.as_str());
            compile(&mut sources, id, &Nothing)
        };
        let compiled = best(|| assert_eq!(compile_once().pipelines.len(), 1));
        row("compile (to a plan)", compiled, text.len(), floor);
        let compilation = compile_once();
        let plan = &compilation.pipelines[0].plan;
        assert_eq!(plan.actions.len(), actions + 1);
        let whole = best(|| drop(compile_once().pipelines[0].plan.to_json()));
        row("compile and write as JSON", whole, text.len(), floor);
        row(
            "format",
            best(|| drop(format(&parsed, &text).expect("the bench is well-formed"))),
            text.len(),
            floor,
        );
        let json = plan.to_json();
        row(
            "read the plan back",
            best(|| drop(compiler::plan::Plan::from_json(&json).expect("a plan"))),
            json.len(),
            floor,
        );
    }
    if let Some(peak) = peak() {
        println!("peak memory {peak} MB");
    }
}
