//! The values of a run: what is known from its start, and what its actions make. Says why something has none.

use std::collections::HashMap;

use compiler::plan::Condition;
use compiler::value::{ArtifactRef, ExecutionFact, Reference};

use crate::codes;
use crate::condition::{self, Decision, Missing, reference_name};
use crate::error::Failure;
use crate::secret::Secrets;
use crate::state::{ActionState, RunState};
use crate::store::TreeId;
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
                let record = self.graph.action(action).map(|producer| &self.actions[producer.0]);
                let product = record.and_then(|record| record.product.as_ref());
                match product.and_then(|product| product.variables.get(output)) {
                    Some(value) => Ok(value.clone()),
                    None => Err(self.missing(&format!("`{name}` has no value"), action)),
                }
            }
        }
    }

    /// The artifact, if it was made by now.
    pub(crate) fn artifact(&self, artifact: &ArtifactRef) -> Result<TreeId, Missing> {
        let record = self.graph.action(&artifact.action).map(|producer| &self.actions[producer.0]);
        let product = record.and_then(|record| record.product.as_ref());
        match product.and_then(|product| product.artifacts.iter().find(|(made, _)| made == artifact)) {
            Some((_, tree)) => Ok(*tree),
            None => {
                let what = format!("the artifact of `{}` does not exist", artifact.action);
                Err(self.missing(&what, &artifact.action))
            }
        }
    }

    /// Why an action did not make something: `what` is the start of the sentence.
    fn missing(&self, what: &str, action: &str) -> Missing {
        let state = self.graph.action(action).map(|producer| &self.actions[producer.0].state);
        let (why, is_cloud) = match state {
            Some(ActionState::Done(Status::Failed(_))) => (format!(", because `{action}` failed"), false),
            Some(ActionState::Done(Status::Skipped(_) | Status::Cancelled)) => {
                (format!(", because `{action}` was skipped"), false)
            }
            Some(ActionState::Done(Status::Simulated | Status::Checked)) => {
                (format!(", because `{action}` was only simulated"), true)
            }
            _ => (" in this run".to_owned(), false),
        };
        Missing { why: format!("{what}{why}"), is_cloud }
    }

    /// Decides a condition with what is known now. Reasons hold no secrets.
    pub(crate) fn answer(&self, condition: &Condition) -> Answer {
        let masker = self.events.masker();
        match condition::decide(condition, &|reference| self.value(reference), masker) {
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
