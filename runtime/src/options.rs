//! What a run is asked for. Unaware of the plan.

use std::path::PathBuf;

use indexmap::IndexMap;

use crate::clock::Clock;
use crate::gate::AlarmState;

/// What a run is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that holds the pipeline file.
    pub root: PathBuf,
    /// Where workspaces, artifacts, logs and history are kept: `<root>/.standpipe`.
    pub state: PathBuf,
    /// How many actions may work at once.
    pub jobs: usize,
    /// Ids of actions, with or without the `-value` of a family, or names of stages; these and what they use are run. Empty: everything.
    pub only: Vec<String>,
    /// Approve without asking.
    pub yes: bool,
    /// Say what would run, and touch nothing.
    pub dry_run: bool,
    /// End everything as soon as one action has failed.
    pub fail_fast: bool,
    /// Leave the workspaces for inspection.
    pub keep: bool,
    /// Values of the pipeline's variables, by id or exported name.
    pub variables: IndexMap<String, String>,
    /// Folders that source actions take in place of the working tree, by the action's id or name.
    pub sources: IndexMap<String, PathBuf>,
    /// Run actions that ask for an image on this machine.
    pub no_container: bool,
    /// The states of alarms that gates look at, by the alarm's name.
    pub alarms: IndexMap<String, AlarmState>,
    /// Whether gates pass, whatever their rules would say, by `stage.gate`.
    pub gates: IndexMap<String, bool>,
    /// How the run is shown.
    pub output: Output,
    /// The time that gates look at.
    pub(crate) clock: Clock,
}

impl Options {
    /// The usual options for a project folder: as many jobs as processors, everything else off.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self {
            state: root.join(".standpipe"),
            root,
            jobs: std::thread::available_parallelism().map_or(2, usize::from),
            only: Vec::new(),
            yes: false,
            dry_run: false,
            fail_fast: false,
            keep: false,
            variables: IndexMap::new(),
            sources: IndexMap::new(),
            no_container: false,
            alarms: IndexMap::new(),
            gates: IndexMap::new(),
            output: Output::default(),
            clock: Clock::default(),
        }
    }
}

/// How a run is shown on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Colours.
    pub color: bool,
    /// Only warnings, questions and failures.
    pub quiet: bool,
    /// A view that is redrawn; for terminals only.
    pub live: bool,
    /// Every event as a line of JSON on standard output, besides what is shown to people.
    pub events: bool,
}
