//! The checked program: names resolved, families expanded, values computed. What passes from checking to the graph and
//! to the plan.

use indexmap::IndexMap;

use crate::catalog::Callee;
use crate::diagnostic::Place;
use crate::places::ActionPlaces;
use crate::plan;
use crate::types::{ActionId, StageId};

/// A pipeline, checked.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) declared: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) place: Place,
    pub(crate) variables: Vec<plan::Variable>,
    pub(crate) variable_places: Vec<Place>,
    pub(crate) secrets: Vec<plan::Secret>,
    pub(crate) secret_places: Vec<Place>,
    pub(crate) triggers: Vec<(plan::Trigger, Place)>,
    pub(crate) aws: Option<plan::Aws>,
    pub(crate) aws_places: IndexMap<String, Place>,
    pub(crate) azure: Option<(plan::Azure, Place)>,
    /// The callees and rules that users declared and this pipeline uses.
    pub(crate) callees: IndexMap<String, Callee>,
    pub(crate) stages: Vec<Stage>,
    pub(crate) actions: Vec<Action>,
}

/// A stage that exists.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) id: StageId,
    pub(crate) plan: plan::Stage,
    pub(crate) place: Place,
    /// The stages that it waits for, with the reason.
    pub(crate) needs: Vec<StageNeed>,
    /// Of `Stage::when`.
    pub(crate) when_place: Option<Place>,
    /// Of `Stage::gates`.
    pub(crate) gate_places: Vec<ActionPlaces>,
    /// What must be known when it is entered.
    pub(crate) entry: Vec<Use>,
    /// What must be known at its end.
    pub(crate) exit: Vec<Use>,
}

/// Why a stage waits for another.
#[derive(Clone, Debug)]
pub(crate) struct StageNeed {
    pub(crate) stage: StageId,
    /// Where `needs` says so; the stage's own name where it is the order of writing.
    pub(crate) place: Place,
    /// Whether `needs` says so.
    pub(crate) written: bool,
}

/// An action that exists.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) id: ActionId,
    pub(crate) stage: StageId,
    /// Everything but `needs`.
    pub(crate) plan: plan::Action,
    pub(crate) places: ActionPlaces,
    /// The actions that it waits for, with the reason.
    pub(crate) uses: Vec<Use>,
}

/// Why an action waits for another.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) action: ActionId,
    /// Where.
    pub(crate) place: Place,
    /// Whether `after` says so; otherwise a value is used.
    pub(crate) after: bool,
}
