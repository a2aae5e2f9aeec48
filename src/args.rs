//! What can be said on the command line. The doc comments are the help texts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use runtime::AlarmState;

/// What the exit codes mean; the table of the README says the same.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the pipeline has errors, the run failed, or `fmt --check` would change a file
  2    wrong usage: an option, or a file, pipeline, action or other name that is not there
  3    the environment failed: disk, network, a missing tool or secret
  130  interrupted";

/// Write pipelines in Pipe, check them as you type, run them here, export them to AWS CodePipeline.
#[derive(Debug, Parser)]
#[command(name = "standpipe", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Say only what went wrong.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON document on standard output.
    Json,
    /// A SARIF 2.1.0 log on standard output, for code scanning services.
    Sarif,
    /// Workflow commands on standard output, which GitHub Actions shows at their lines.
    Github,
}

/// The form of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Picture {
    /// Lines for a terminal.
    #[default]
    Tree,
    /// A flowchart for Markdown pages on code hosts.
    Mermaid,
    /// For Graphviz.
    Dot,
    /// A picture for browsers, in light and dark.
    Svg,
}

/// The pipeline that a command works on.
#[derive(Args, Debug)]
pub(crate) struct Input {
    /// The pipeline file, or a compiled plan (default: `pipeline.pipe`, or the only `.pipe` file of the folder).
    /// The folder that it lies in is the project.
    pub(crate) file: Option<PathBuf>,
    /// Which pipeline, where the file declares several.
    #[arg(long, value_name = "NAME")]
    pub(crate) pipeline: Option<String>,
    /// Give a parameter of a pipeline template its value.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
}

/// What a new pipeline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// `Cargo.toml`: build and test with Cargo.
    Rust,
    /// `package.json`: install, and run the scripts that it has.
    Node,
    /// `pyproject.toml`, `requirements.txt`, `setup.cfg` or `setup.py`: compile, and test with pytest where it is set up.
    Python,
    /// `go.mod`: vet, test and build.
    Go,
    /// `Dockerfile` or `Containerfile`: build the image.
    Container,
    /// Nothing of these: a script to replace.
    Blank,
}

/// Arguments of `new`.
#[derive(Args, Debug)]
pub(crate) struct New {
    /// The folder; made when it is not there.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// What the pipeline is for (default: by what the folder holds, the first of this list).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) from: Option<Kind>,
    /// The pipeline's name (default: what the folder's manifest says, or the folder's name).
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a `pipeline.pipe` that suits a folder and runs at once.
    New(New),
    /// Report everything that is wrong in pipeline files.
    Check {
        /// The files (default: as for other commands).
        files: Vec<PathBuf>,
        /// Report also what this engine would refuse; a pipeline with `aws { }` is always held against `codepipeline`.
        #[arg(long, value_name = "ENGINE")]
        target: Option<String>,
        /// Report also hints: what nobody reads.
        #[arg(long)]
        hints: bool,
        /// Apply every fix that is surely right to the files, then report what is left; fixes of hints with `--hints` only.
        #[arg(long)]
        fix: bool,
        /// How to write diagnostics.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Lay out pipeline files in the one canonical way.
    Fmt {
        /// The files (default: all `.pipe` files of the folder); `-` reads standard input.
        files: Vec<PathBuf>,
        /// Change nothing; fail if a file is not laid out canonically.
        #[arg(long)]
        check: bool,
        /// Change nothing; show what would change.
        #[arg(long)]
        diff: bool,
    },
    /// Compile a pipeline to its JSON plan.
    Compile {
        /// The pipeline.
        #[command(flatten)]
        input: Input,
        /// Where to write the plan (default: standard output).
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Print the JSON schema of plans instead.
        #[arg(long)]
        schema: bool,
        /// How to write diagnostics.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Run a pipeline on this machine.
    Run(Run),
    /// Write a pipeline in an engine's own format.
    Export {
        /// The pipeline.
        #[command(flatten)]
        input: Input,
        /// The engine.
        #[arg(long, value_name = "ENGINE", default_value = "codepipeline")]
        to: String,
        /// Where to write it (default: standard output).
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Draw the execution graph: stages, actions, what flows between them, the critical path.
    Graph {
        /// The pipeline.
        #[command(flatten)]
        input: Input,
        /// The form of the picture.
        #[arg(long = "as", visible_alias = "format", value_enum, default_value_t, value_name = "FORM")]
        form: Picture,
        /// Where to write it (default: standard output).
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Explain a diagnostic code, with a wrong and a right example.
    Explain {
        /// The code, as `P0101`; without one all codes are listed.
        code: Option<String>,
    },
    /// Serve editors over standard input and output.
    Lsp,
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Arguments of `run`.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// The pipeline.
    #[command(flatten)]
    pub(crate) input: Input,
    /// How many actions may work at once (default: the number of processors).
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Run only these actions (`stage.action`) or stages, and what they use.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Give a pipeline variable its value for this run.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) variables: Vec<(String, String)>,
    /// Take a source action's files from this folder instead of the working tree.
    #[arg(long = "source", value_name = "ACTION=FOLDER", value_parser = pair)]
    pub(crate) sources: Vec<(String, String)>,
    /// Approve every approval without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Show what would run, and run nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// End everything as soon as one action has failed.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Leave the workspaces for inspection.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Run actions with an `image` on this machine instead of in a container.
    #[arg(long)]
    pub(crate) no_container: bool,
    /// Say what state an alarm is in that an `aws.alarm` gate looks at: `ok`, `alarm` or `insufficient_data`.
    #[arg(long = "alarm", value_name = "NAME=STATE", value_parser = alarm)]
    pub(crate) alarms: Vec<(String, AlarmState)>,
    /// Say whether a gate passes, whatever its rule would say.
    #[arg(long = "simulate", value_name = "STAGE.GATE=pass|fail", value_parser = gate)]
    pub(crate) gates: Vec<(String, bool)>,
    /// Write what happens to standard output as well, for programs: one JSON object a line.
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) events: Option<Events>,
}

/// The form of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Events {
    /// One JSON object a line, `standpipe.events/1`.
    Jsonl,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("`{text}` is not of the form `name=value`")),
    }
}

fn alarm(text: &str) -> Result<(String, AlarmState), String> {
    // The name of an alarm may itself hold `=`.
    match text.rsplit_once('=') {
        Some((name, state)) if !name.is_empty() => Ok((name.to_owned(), state.parse()?)),
        _ => Err(format!("`{text}` is not of the form `name=state`")),
    }
}

fn gate(text: &str) -> Result<(String, bool), String> {
    match text.split_once('=') {
        Some((id, "pass")) if !id.is_empty() => Ok((id.to_owned(), true)),
        Some((id, "fail")) if !id.is_empty() => Ok((id.to_owned(), false)),
        _ => Err(format!("`{text}` is neither `stage.gate=pass` nor `stage.gate=fail`")),
    }
}
