//! `standpipe run`

use std::path::{Path, PathBuf};

use compiler::source::Sources;
use runtime::Options;

use super::{DONE, FAILED, fail, show};
use crate::args::{Events, Format, Run};
use crate::input::load;
use crate::terminal::Terminal;

/// Runs a pipeline on this machine.
pub(super) fn run(terminal: Terminal, arguments: &Run) -> u8 {
    let mut sources = Sources::default();
    let loaded = match load(&mut sources, &arguments.input) {
        Ok(loaded) => loaded,
        Err(failure) => return fail(terminal, failure, &sources, Format::Human),
    };
    show(terminal, &loaded.diagnostics, &sources, false, Format::Human);
    match runtime::run(&loaded.pipeline.plan, &options(terminal, arguments, &loaded.path)) {
        Ok(summary) if summary.succeeded() => DONE,
        Ok(_) => FAILED,
        Err(error) => {
            for problem in error.problems() {
                terminal.error(&format!("[{}] {problem}", problem.code), problem.help.as_deref());
            }
            if error.problems().is_empty() {
                terminal.error(&format!("[{}] {error}", error.code()), error.help());
            }
            error.exit_code()
        }
    }
}

fn options(terminal: Terminal, arguments: &Run, file: &Path) -> Options {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut options = Options::new(folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()));
    if let Some(jobs) = arguments.jobs {
        options.jobs = jobs;
    }
    options.only.clone_from(&arguments.only);
    options.yes = arguments.yes;
    options.dry_run = arguments.dry_run;
    options.fail_fast = arguments.fail_fast;
    options.keep = arguments.keep;
    options.no_container = arguments.no_container;
    options.variables = arguments.variables.iter().cloned().collect();
    // As the user wrote them, relative to where the user is; the runtime would take them relative to the pipeline's folder.
    let source = |path: &str| std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    options.sources = arguments.sources.iter().map(|(name, path)| (name.clone(), source(path))).collect();
    options.alarms = arguments.alarms.iter().cloned().collect();
    options.gates = arguments.gates.iter().cloned().collect();
    options.output.color = terminal.color;
    options.output.quiet = terminal.quiet;
    options.output.live = terminal.live;
    options.output.events = arguments.events == Some(Events::Jsonl);
    options
}
