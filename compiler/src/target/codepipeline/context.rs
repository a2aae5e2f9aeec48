//! What all parts of the export look up: actions and stages by id, what each action becomes, and what the service calls
//! an artifact or a value of the run.

use indexmap::IndexMap;

use crate::catalog::{Callee, Environment, Variables};
use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::places::Places;
use crate::plan::{Action, ArtifactStores, Aws, ExecutionMode, PipelineType, Plan, RunAs};
use crate::value::{ArtifactRef, ExecutionFact, Reference, Value};

use super::document::ActionTypeId;
use super::{names, references};

/// What was found so far.
pub(super) type Report = Vec<Diagnostic>;

/// The plan with everything that is looked up in it.
pub(super) struct Context<'a> {
    pub(super) plan: &'a Plan,
    pub(super) places: &'a Places,
    pub(super) aws: &'a Aws,
    /// The actions' indices by id.
    actions: IndexMap<&'a str, usize>,
    /// What each action becomes.
    pub(super) kinds: Vec<Kind<'a>>,
    /// The name space of each action; none where it isn't exported.
    pub(super) namespaces: Vec<Option<String>>,
}

/// What an action becomes.
#[derive(Clone, Debug)]
pub(super) struct Kind<'a> {
    pub(super) class: Class,
    pub(super) type_id: ActionTypeId,
    /// The facts about its callee.
    pub(super) callee: Option<&'a Callee>,
}

/// The ways in which actions are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// `git` as a connection.
    Git,
    /// `approve` as a manual approval.
    Approve,
    /// `run` as commands.
    RunCommands,
    /// `run` as a CodeBuild project.
    RunProject,
    /// An action type of the catalog.
    Service,
    /// `aws.action`.
    Custom,
    /// A callee of another engine.
    Foreign,
}

/// Whose field or text something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// An action, by its index.
    Action(usize),
    /// A gate: its stage's index, and its own in the stage.
    Gate(usize, usize),
    /// The condition of a stage, by the stage's index.
    When(usize),
}

impl<'a> Context<'a> {
    pub(super) fn new(plan: &'a Plan, places: &'a Places, aws: &'a Aws) -> Self {
        let actions = plan.actions.iter().enumerate().map(|(i, a)| (a.id.as_str(), i)).collect();
        let kinds = plan.actions.iter().map(|action| kind(plan, action, aws)).collect();
        let mut context = Self { plan, places, aws, actions, kinds, namespaces: Vec::new() };
        context.namespaces = names::namespaces(&context);
        context
    }

    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.actions.get(id).copied()
    }

    pub(super) fn is_source(&self, action: usize) -> bool {
        self.kinds[action].type_id.category == "Source"
    }

    /// Whether the pipeline is of the service's first type.
    pub(super) fn is_v1(&self) -> bool {
        self.aws.pipeline_type == Some(PipelineType::V1)
    }

    pub(super) fn is_parallel(&self) -> bool {
        self.aws.mode == Some(ExecutionMode::Parallel)
    }

    /// The exported name of an artifact.
    pub(super) fn artifact(&self, artifact: &ArtifactRef) -> Option<&'a str> {
        let action = &self.plan.actions[self.index(&artifact.action)?];
        action.outputs.iter().find(|output| output.id == artifact.output).map(|output| output.name.as_str())
    }

    /// The exported names of the artifacts that an action reads, each once. A `run` without inputs gets the first
    /// source's artifact, since the service gives no machine to an action that reads nothing.
    pub(super) fn inputs(&self, action: usize) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for input in &self.plan.actions[action].inputs {
            if let Some(name) = self.artifact(&input.artifact)
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        if names.is_empty() && matches!(self.kinds[action].class, Class::RunCommands | Class::RunProject) {
            let clone = |a: &Action| a.config.get("full_clone") == Some(&Value::Bool(true));
            let sources = self.plan.actions.iter().enumerate().filter(|(i, _)| self.is_source(*i));
            let mut sources: Vec<&Action> =
                sources.map(|(_, a)| a).filter(|a| !a.outputs.is_empty()).collect();
            // A full clone holds no files, so it is the last choice.
            sources.sort_by_key(|a| clone(a));
            names.extend(sources.first().and_then(|a| a.outputs.first()).map(|output| output.name.as_str()));
        }
        names
    }

    /// How the service writes a value that only a run knows.
    pub(super) fn reference(&self, reference: &Reference) -> Option<String> {
        match reference {
            Reference::Variable { variable } => {
                let variable = self.plan.variables.iter().find(|v| v.id == *variable)?;
                Some(format!("#{{variables.{}}}", variable.name))
            }
            Reference::Output { action, output } => {
                let index = self.index(action)?;
                let namespace = self.namespaces.get(index)?.as_deref()?;
                Some(format!("#{{{namespace}.{}}}", self.variable_key(index, output)))
            }
            // Only CloudFormation can write it.
            Reference::Deploy { .. } => None,
            Reference::Execution { execution: ExecutionFact::Id } => {
                Some("#{codepipeline.PipelineExecutionId}".to_owned())
            }
        }
    }

    /// The service's name of an action's variable: fixed ones have a name of their own in Pipe.
    pub(super) fn variable_key(&self, action: usize, name: &str) -> String {
        match self.kinds[action].callee.map(|callee| &callee.variables) {
            Some(Variables::Fixed(known)) => {
                known.iter().find(|v| v.name == name).map_or(name, |v| v.key.as_str()).to_owned()
            }
            _ => name.to_owned(),
        }
    }

    /// The ids of the actions that must be done before this one: what it says, and what it reads.
    pub(super) fn dependencies(&self, action: usize) -> Vec<usize> {
        let action = &self.plan.actions[action];
        let mut ids: Vec<&str> = action.needs.iter().map(String::as_str).collect();
        ids.extend(action.inputs.iter().map(|input| input.artifact.action.as_str()));
        references::of_action(action, &mut |reference| {
            if let Reference::Output { action, .. } = reference {
                ids.push(action);
            }
        });
        let mut indices: Vec<usize> = ids.into_iter().filter_map(|id| self.index(id)).collect();
        indices.sort_unstable();
        indices.dedup();
        indices
    }

    /// The actions whose variables or artifacts the condition and the gates of a stage read.
    pub(super) fn stage_reads(&self, stage: usize) -> Vec<usize> {
        let mut ids: Vec<&str> = Vec::new();
        references::of_stage(&self.plan.stages[stage], &mut |reference| {
            if let Reference::Output { action, .. } = reference {
                ids.push(action);
            }
        });
        let inputs = self.plan.stages[stage].gates.iter().flat_map(|gate| &gate.inputs);
        ids.extend(inputs.map(|input| input.artifact.action.as_str()));
        ids.into_iter().filter_map(|id| self.index(id)).collect()
    }

    /// The place of the first of these fields that was written, else the action's name.
    pub(super) fn field(&self, action: usize, fields: &[&str]) -> Place {
        let written = self.places.actions.get(action).map_or(&[][..], |places| &places.fields);
        let found = fields.iter().find_map(|field| written.iter().find(|(name, _)| name == field));
        found.map_or_else(|| self.places.action(action), |(_, place)| *place)
    }

    pub(super) fn variable_place(&self, variable: usize) -> Place {
        self.places.variables.get(variable).copied().unwrap_or(self.places.pipeline)
    }

    pub(super) fn stage_name(&self, id: &'a str) -> &'a str {
        self.plan.stages.iter().find(|stage| stage.id == id).map_or(id, |stage| stage.name.as_str())
    }

    /// How a message names an action.
    pub(super) fn called(&self, action: usize) -> String {
        format!("`{}`", self.plan.actions[action].id)
    }

    /// How a message names whoever has a field.
    pub(super) fn owner(&self, owner: Owner) -> String {
        match owner {
            Owner::Action(action) => self.called(action),
            Owner::Gate(stage, gate) => {
                let stage = &self.plan.stages[stage];
                format!("the gate `{}` of `{}`", stage.gates[gate].id, stage.id)
            }
            Owner::When(stage) => format!("`{}`", self.plan.stages[stage].id),
        }
    }

    /// The place of a field, or of the name of who should have it.
    pub(super) fn place(&self, owner: Owner, field: &str) -> Place {
        match owner {
            Owner::Action(action) => self.field(action, &[field]),
            Owner::Gate(stage, gate) => self.places.gate(stage, gate, field),
            Owner::When(stage) => self.places.when(stage),
        }
    }

    /// The kind of environment that an action's service gives it.
    pub(super) fn environment(&self, action: usize) -> &Environment {
        self.kinds[action].callee.map_or(&Environment::None, |callee| &callee.environment)
    }

    /// The Regions that have an artifact store; none where there is one bucket, whose Region nobody says.
    pub(super) fn stores(&self) -> Option<Vec<&'a str>> {
        match &self.aws.artifacts {
            ArtifactStores::One(_) => None,
            ArtifactStores::PerRegion(stores) => Some(stores.keys().map(String::as_str).collect()),
        }
    }
}

fn kind<'a>(plan: &'a Plan, action: &Action, aws: &Aws) -> Kind<'a> {
    let callee = plan.callee(&action.callee);
    let text = |field: &str| action.config.get(field).and_then(Value::as_str);
    let (class, category, owner, provider, version) = match (action.callee.as_str(), callee) {
        ("git", _) => (Class::Git, "Source", "AWS", "CodeStarSourceConnection", "1"),
        ("approve", _) => (Class::Approve, "Approval", "AWS", "Manual", "1"),
        ("run", _) if aws.run == RunAs::Codebuild => (Class::RunProject, "Build", "AWS", "CodeBuild", "1"),
        ("run", _) => (Class::RunCommands, "Compute", "AWS", "Commands", "1"),
        ("aws.action", _) => (
            Class::Custom,
            text("category").unwrap_or(""),
            text("owner").unwrap_or("AWS"),
            text("provider").unwrap_or(""),
            text("version").unwrap_or("1"),
        ),
        (_, Some(callee)) => match &callee.service {
            Some(service) => {
                let first = service.categories.first().map_or("", String::as_str);
                let category =
                    if service.categories.len() > 1 { text("category").unwrap_or(first) } else { first };
                (Class::Service, category, &*service.owner, &*service.provider, &*service.version)
            }
            None => (Class::Foreign, "", "", "", ""),
        },
        (_, None) => (Class::Foreign, "", "", "", ""),
    };
    let type_id = ActionTypeId {
        category: category.to_owned(),
        owner: owner.to_owned(),
        provider: provider.to_owned(),
        version: version.to_owned(),
    };
    Kind { class, type_id, callee }
}

/// A diagnostic of another severity than its code has by default.
pub(super) fn weaker(
    code: &'static Code,
    severity: Severity,
    place: Place,
    message: impl Into<String>,
) -> Diagnostic {
    let mut diagnostic = code.at(place, message);
    diagnostic.severity = severity;
    diagnostic
}
