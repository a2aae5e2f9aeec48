//! Plans for tests, built in code.

use indexmap::IndexMap;

use crate::diagnostic::Severity;
use crate::places::Places;
use crate::plan::{
    Action, ArtifactStore, ArtifactStores, Aws, AwsSecret, Comparison, Condition, Format, Gate, GatePoint,
    Input, Location, Otherwise, Output, ParallelStages, Pipeline, Plan, RunAs, Secret, Stage, Variable,
    VariableType,
};
use crate::target::codepipeline::{Export, export};
use crate::value::{ArtifactRef, FileRef, Reference, Segment, Text, Value};

pub(super) const CONNECTION: &str = "arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e";

fn here() -> Location {
    Location { file: "pipeline.pipe".to_owned(), line: 1 }
}

/// A pipeline `shop` with settings and a stage `source` that reads `app`.
pub(super) fn shop() -> Plan {
    let plan = Plan {
        format: Format::V1,
        pipeline: Pipeline { name: "shop".to_owned(), description: None, source: here() },
        variables: Vec::new(),
        secrets: Vec::new(),
        callees: IndexMap::new(),
        azure: None,
        triggers: Vec::new(),
        aws: Some(Aws {
            role: "arn:aws:iam::111122223333:role/pipeline".into(),
            artifacts: ArtifactStores::One(ArtifactStore {
                bucket: "acme-artifacts".into(),
                encryption_key: None,
            }),
            mode: None,
            pipeline_type: None,
            run: RunAs::Commands,
            parallel_stages: ParallelStages::Serialize,
            tags: IndexMap::new(),
            disabled: IndexMap::new(),
            source: here(),
        }),
        stages: Vec::new(),
        actions: Vec::new(),
    };
    plan.stage("source", &[]).action(git("source.app"))
}

/// `shop` with a second stage `build` that holds this action.
pub(super) fn shop_with(action: Action) -> Plan {
    shop().stage("build", &["source"]).action(action)
}

pub(super) trait Build {
    fn stage(self, id: &str, needs: &[&str]) -> Self;
    fn action(self, action: Action) -> Self;
    fn aws(self, change: impl FnOnce(&mut Aws)) -> Self;
    fn variable(self, id: &str, default: Option<&str>) -> Self;
    fn change(self, change: impl FnOnce(&mut Plan)) -> Self;
}

impl Build for Plan {
    fn stage(mut self, id: &str, needs: &[&str]) -> Self {
        self.stages.push(Stage {
            id: id.to_owned(),
            name: id.to_owned(),
            description: None,
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
            when: None,
            gates: Vec::new(),
            on_failure: None,
            source: here(),
        });
        self
    }

    fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    fn aws(mut self, change: impl FnOnce(&mut Aws)) -> Self {
        change(self.aws.as_mut().unwrap());
        self
    }

    fn variable(mut self, id: &str, default: Option<&str>) -> Self {
        self.variables.push(Variable {
            id: id.to_owned(),
            name: id.to_owned(),
            description: None,
            ty: VariableType::String,
            default: default.map(str::to_owned),
        });
        self
    }

    fn change(mut self, change: impl FnOnce(&mut Plan)) -> Self {
        change(&mut self);
        self
    }
}

/// An action with an id `stage.action`.
pub(super) fn action(id: &str, callee: &str) -> Action {
    let (stage, name) = id.split_once('.').unwrap();
    Action {
        id: id.to_owned(),
        name: name.to_owned(),
        stage: stage.to_owned(),
        callee: callee.to_owned(),
        source: here(),
        ..Action::default()
    }
}

pub(super) fn git(id: &str) -> Action {
    let name = id.replace('.', "_");
    action(id, "git")
        .with("repository", "acme/shop")
        .with("branch", "main")
        .with("connection", CONNECTION)
        .gives(None, &name, &[])
}

pub(super) fn run(id: &str, script: &str) -> Action {
    action(id, "run").with("script", script)
}

pub(super) trait With {
    fn with(self, field: &str, value: impl IntoValue) -> Self;
    fn env(self, name: &str, value: impl IntoValue) -> Self;
    fn reads(self, name: &str, action: &str, output: Option<&str>) -> Self;
    fn gives(self, id: Option<&str>, name: &str, files: &[&str]) -> Self;
    fn vars(self, names: &[&str]) -> Self;
    fn after(self, id: &str) -> Self;
    fn but(self, change: impl FnOnce(&mut Action)) -> Self;
}

impl With for Action {
    fn with(mut self, field: &str, value: impl IntoValue) -> Self {
        self.config.insert(field.to_owned(), value.into_value());
        self
    }

    fn env(mut self, name: &str, value: impl IntoValue) -> Self {
        self.env.insert(name.to_owned(), value.into_value());
        self
    }

    fn reads(mut self, name: &str, action: &str, output: Option<&str>) -> Self {
        self.inputs.push(Input { name: name.to_owned(), artifact: artifact(action, output) });
        self
    }

    fn gives(mut self, id: Option<&str>, name: &str, files: &[&str]) -> Self {
        self.outputs.push(Output {
            id: id.map(str::to_owned),
            name: name.to_owned(),
            files: files.iter().map(|file| (*file).to_owned()).collect(),
        });
        self
    }

    fn vars(mut self, names: &[&str]) -> Self {
        self.variables.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    fn after(mut self, id: &str) -> Self {
        self.needs.push(id.to_owned());
        self
    }

    fn but(mut self, change: impl FnOnce(&mut Action)) -> Self {
        change(&mut self);
        self
    }
}

pub(super) trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::text(self)
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

pub(super) fn artifact(action: &str, output: Option<&str>) -> ArtifactRef {
    ArtifactRef { action: action.to_owned(), output: output.map(str::to_owned) }
}

pub(super) fn file(action: &str, output: Option<&str>, path: &str) -> Value {
    Value::File(FileRef { artifact: artifact(action, output), path: path.to_owned() })
}

pub(super) fn variable(id: &str) -> Reference {
    Reference::Variable { variable: id.to_owned() }
}

pub(super) fn output(action: &str, output: &str) -> Reference {
    Reference::Output { action: action.to_owned(), output: output.to_owned() }
}

/// A text of a literal, a reference and another literal.
pub(super) fn joined(before: &str, reference: Reference, after: &str) -> Value {
    let literal = |text: &str| (!text.is_empty()).then(|| Segment::Literal(text.to_owned()));
    let segments = literal(before).into_iter().chain([Segment::Reference(reference)]).chain(literal(after));
    Value::Text(Text::Segments(segments.collect()))
}

pub(super) fn record(fields: &[(&str, Value)]) -> Value {
    Value::Record(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

pub(super) fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::text(*item)).collect())
}

/// The export, as a line for each diagnostic.
pub(super) fn found(plan: &Plan) -> String {
    lines(&export(plan, &Places::default()))
}

pub(super) fn lines(export: &Export) -> String {
    let line = |d: &crate::diagnostic::Diagnostic| {
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        format!("{severity} {}: {}\n", d.code.id, d.message)
    };
    export.diagnostics.iter().map(line).collect()
}

/// The document's JSON of a plan about which there is nothing to say.
pub(super) fn json(plan: &Plan) -> String {
    let export = export(plan, &Places::default());
    assert_eq!(lines(&export), "", "the plan is exported without a word");
    export.document.unwrap().to_json()
}

/// A gate of a rule that fails the stage when it does not pass.
pub(super) fn gate(name: &str, on: GatePoint, rule: &str) -> Gate {
    Gate {
        id: name.to_owned(),
        name: name.to_owned(),
        description: None,
        on,
        rule: rule.to_owned(),
        config: IndexMap::new(),
        inputs: Vec::new(),
        env: IndexMap::new(),
        region: None,
        role: None,
        timeout: None,
        otherwise: Otherwise::Fail,
        source: here(),
    }
}

pub(super) trait WithGate {
    fn has(self, field: &str, value: impl IntoValue) -> Self;
    fn ends(self, otherwise: Otherwise) -> Self;
    fn also(self, change: impl FnOnce(&mut Gate)) -> Self;
}

impl WithGate for Gate {
    fn has(mut self, field: &str, value: impl IntoValue) -> Self {
        self.config.insert(field.to_owned(), value.into_value());
        self
    }

    fn ends(mut self, otherwise: Otherwise) -> Self {
        self.otherwise = otherwise;
        self
    }

    fn also(mut self, change: impl FnOnce(&mut Gate)) -> Self {
        change(&mut self);
        self
    }
}

/// A text that is a reference.
pub(super) fn reference(reference: Reference) -> Text {
    Text::Segments(vec![Segment::Reference(reference)])
}

/// A comparison of a reference with a constant.
pub(super) fn check(from: Reference, operator: Comparison, operand: &str) -> Condition {
    Condition::Check { value: reference(from), operator, operand: operand.into() }
}

/// A secret of which only AWS knows where it is.
pub(super) fn secret(id: &str, aws: Option<AwsSecret>) -> Secret {
    Secret { id: id.to_owned(), description: None, local: None, aws, source: here() }
}
