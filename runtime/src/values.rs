//! The values of a run: what is known from its start, and what its actions make. Says why something has none.

use std::collections::HashMap;

use compiler::plan::Condition;
use compiler::value::{ExecutionFact, Reference};

use crate::codes;
use crate::condition::{self, Decision, Missing, reference_name};
use crate::error::Failure;
use crate::graph::ActionIndex;
use crate::secret::Secrets;
use crate::state::{ActionState, RunState};
use crate::summary::Status;

/// What is known before anything starts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The run's id.
    pub(crate) run: String,
    /// The value of each variable, by id.
    pub(crate) variables: HashMap<String, String>,
    /// The secrets that the run uses.
    pub(crate) secrets: Secrets,
    /// Nothing is run, so that nothing that an action makes will ever be known.
    pub(crate) is_dry: bool,
}

/// What a condition comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Go on. In a dry run with the words of what only a real run can decide.
    Yes(Option<String>),
    /// What it guards is skipped, for this reason.
    No(String),
    /// It cannot be decided by anyone.
    Broken(Failure),
}

impl RunState {
    /// The value of a reference, as far as the run has come.
    pub(crate) fn value(&self, reference: &Reference) -> Result<String, Missing> {
        let missing = |why: String, is_cloud| Err(Missing { why, is_cloud });
        let name = reference_name(reference);
        match reference {
            Reference::Execution { execution: ExecutionFact::Id } => Ok(self.facts.run.clone()),
            Reference::Variable { variable } => match self.facts.variables.get(variable) {
                Some(value) => Ok(value.clone()),
                None => missing(format!("the variable `{name}` has no value in this run"), false),
            },
            Reference::Deploy { .. } => missing(format!("only CloudFormation knows `{name}`"), true),
            Reference::Output { action, output } => {
                let Some(ActionIndex(producer)) = self.graph.action(action) else {
                    return missing(format!("`{name}` has no value in this run"), false);
                };
                let record = &self.actions[producer];
                if let Some(value) = record.product.as_ref().and_then(|product| product.variables.get(output))
                {
                    return Ok(value.clone());
                }
                match &record.state {
                    ActionState::Done(
                        status @ (Status::Skipped(_) | Status::Failed(_) | Status::Cancelled),
                    ) => {
                        let word = if matches!(status, Status::Failed(_)) { "failed" } else { "was skipped" };
                        missing(format!("`{name}` has no value, because `{action}` {word}"), false)
                    }
                    ActionState::Done(Status::Simulated | Status::Checked) => {
                        missing(format!("`{name}` has no value, because `{action}` was only simulated"), true)
                    }
                    _ => missing(format!("`{name}` has no value in this run"), false),
                }
            }
        }
    }

    /// Decides a condition with what is known now. Reasons hold no secrets.
    pub(crate) fn answer(&self, condition: &Condition) -> Answer {
        let masker = self.events.masker();
        match condition::decide(condition, &|reference| self.value(reference)) {
            Ok(Decision::Known(true, _)) => Answer::Yes(None),
            Ok(Decision::Known(false, why)) => Answer::No(masker.text(&why)),
            Ok(Decision::Unknown(_)) if self.facts.is_dry => {
                Answer::Yes(Some(format!("when {}", condition::words(condition))))
            }
            Ok(Decision::Unknown(missing)) => Answer::No(masker.text(&missing.why)),
            Err(why) => Answer::Broken(Failure::new(codes::BAD_CONDITION, masker.text(&why)).lasting()),
        }
    }
}
