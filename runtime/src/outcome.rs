//! What an attempt at an action comes to. Unaware of graph and retries.

use compiler::value::ArtifactRef;
use indexmap::IndexMap;

use crate::error::{Error, Failure, Trouble};
use crate::store::TreeId;

/// How an action was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It really ran.
    Ran,
    /// The files that the service will look for were looked at.
    Checked,
    /// Nothing was done in its place.
    Simulated,
    /// A dry run: it would run.
    Planned,
}

/// What a done action leaves to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    /// How it was done.
    pub(crate) mode: Mode,
    /// Its variables.
    pub(crate) variables: IndexMap<String, String>,
    /// Its artifacts.
    pub(crate) artifacts: Vec<(ArtifactRef, TreeId)>,
    /// Why a gate passes.
    pub(crate) note: Option<String>,
}

impl Product {
    /// Nothing but the way in which it was done.
    pub(crate) fn only(mode: Mode) -> Self {
        Self { mode, variables: IndexMap::new(), artifacts: Vec::new(), note: None }
    }
}

/// What an attempt comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It succeeded.
    Done(Product),
    /// It failed.
    Failed(Failure),
    /// It was stopped from outside before it ended.
    Stopped {
        /// The last lines that it wrote.
        tail: Vec<String>,
    },
    /// The machine failed; the whole run ends.
    Broken(Error),
}

impl From<Result<Product, Trouble>> for Outcome {
    fn from(result: Result<Product, Trouble>) -> Self {
        match result {
            Ok(product) => Self::Done(product),
            Err(Trouble::Action(failure)) => Self::Failed(failure),
            Err(Trouble::Run(error)) => Self::Broken(error),
            Err(Trouble::Stopped) => Self::Stopped { tail: Vec::new() },
        }
    }
}
