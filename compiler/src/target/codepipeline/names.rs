//! Names: what the service accepts, that they are unique where it wants that, and the name spaces of variables.

use indexmap::{IndexMap, IndexSet};

use crate::diagnostic::codes::{TARGET_NAME, TARGET_NAME_TAKEN};
use crate::diagnostic::{Code, Place, Severity};
use crate::value::Reference;

use super::context::{Context, Owner, Report, weaker};
use super::order::StageOrder;
use super::references;

/// What the service accepts as a name of some kind.
pub(super) struct Shape {
    /// What is named, with its article.
    pub(super) what: &'static str,
    /// The characters beside letters and digits.
    marks: &'static str,
    /// At most so many characters.
    max: usize,
}

// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>
pub(super) static PIPELINE: Shape = Shape { what: "a pipeline", marks: ".@-_", max: 100 };
pub(super) static STAGE: Shape = Shape { what: "a stage", marks: ".@-_", max: 100 };
pub(super) static ACTION: Shape = Shape { what: "an action", marks: ".@-_", max: 100 };
pub(super) static VARIABLE: Shape = Shape { what: "a variable", marks: "@-_", max: 128 };
pub(super) static ARTIFACT: Shape = Shape { what: "an artifact", marks: "-_", max: 100 };
// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html>
pub(super) static NAMESPACE: Shape = Shape { what: "a namespace", marks: "@-_", max: 100 };
pub(super) static OUTPUT: Shape = Shape { what: "an output variable", marks: "@-_", max: 128 };
// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EnvironmentVariable.html>
pub(super) static ENVIRONMENT: Shape = Shape { what: "an environment variable", marks: "_", max: 128 };
// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RuleDeclaration.html>
pub(super) static RULE: Shape = Shape { what: "a gate", marks: ".@-_", max: 100 };
// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeId.html>
pub(super) static PROVIDER: Shape = Shape { what: "a provider", marks: "-_", max: 35 };
pub(super) static VERSION: Shape = Shape { what: "an action type's version", marks: "-_", max: 9 };

/// Name spaces that the service has itself.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html>
const RESERVED: &[&str] = &["codepipeline", "variables"];
/// Other tools read the variables of rules through this one; whether the service keeps it for itself is not documented.
const UNSURE: &str = "rule";

impl Shape {
    pub(super) fn accepts(&self, name: &str) -> bool {
        let length = name.chars().count();
        let known = |c: char| c.is_ascii_alphanumeric() || self.marks.contains(c);
        (1..=self.max).contains(&length) && name.chars().all(known)
    }

    /// Reports a name that the service would refuse.
    pub(super) fn check(&self, name: &str, place: Place, report: &mut Report) {
        if self.accepts(name) {
            return;
        }
        let marks: Vec<String> = self.marks.chars().map(|c| format!("`{c}`")).collect();
        report.push(
            TARGET_NAME
                .at(place, format!("CodePipeline does not accept `{name}` as the name of {}", self.what))
                .help(format!(
                    "use 1 to {} letters, digits and {}, or say another one by `name:`",
                    self.max,
                    marks.join(" ")
                )),
        );
    }
}

/// All names of the pipeline: their form, and that those of one scope differ.
pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let (plan, places) = (context.plan, context.places);
    PIPELINE.check(&plan.pipeline.name, places.pipeline, report);
    let mut variables = Scope::new("variables");
    for (i, variable) in plan.variables.iter().enumerate() {
        let place = context.variable_place(i);
        VARIABLE.check(&variable.name, place, report);
        variables.add(variable.name.clone(), &variable.name, place, report);
    }
    let mut stages = Scope::new("stages");
    for (i, stage) in plan.stages.iter().enumerate() {
        STAGE.check(&stage.name, places.stage(i), report);
        stages.add(stage.name.clone(), &stage.name, places.stage(i), report);
    }
    let mut actions = Scope::new("actions of one stage");
    let mut artifacts = Scope::new("artifacts");
    for (i, action) in plan.actions.iter().enumerate() {
        ACTION.check(&action.name, places.action(i), report);
        actions.add(format!("{}\n{}", action.stage, action.name), &action.name, places.action(i), report);
        let place = context.field(i, &["outputs", "output"]);
        for output in &action.outputs {
            ARTIFACT.check(&output.name, place, report);
            artifacts.add(output.name.clone(), &output.name, place, report);
        }
    }
    check_gates(context, report);
    check_namespaces(context, &artifacts, report);
    check_keys(context, report);
}

/// Names of rules differ in a stage; whether they must in the whole pipeline is not documented, but other tools want it.
fn check_gates(context: &Context<'_>, report: &mut Report) {
    let mut seen: IndexMap<&str, (usize, Place)> = IndexMap::new();
    for (s, stage) in context.plan.stages.iter().enumerate() {
        for (g, gate) in stage.gates.iter().enumerate() {
            let place = context.place(Owner::Gate(s, g), "name");
            RULE.check(&gate.name, place, report);
            let Some((of, first)) = seen.get(gate.name.as_str()).copied() else {
                seen.insert(&gate.name, (s, place));
                continue;
            };
            let same = of == s;
            let message = format!(
                "two gates of {} are exported as `{}`{}",
                if same { "one stage" } else { "the pipeline" },
                gate.name,
                if same { "" } else { ", which CodePipeline may not accept" }
            );
            let mut diagnostic = taken(&TARGET_NAME_TAKEN, place, message, first);
            if !same {
                diagnostic.severity = Severity::Warning;
            }
            report.push(diagnostic);
        }
    }
}

/// A name of a rule that stands for part of a condition: unique in the pipeline, whatever the user's own are called.
pub(super) fn rule(context: &Context<'_>, stage: usize, number: usize) -> String {
    let base = clean(&format!("{}_when_{number}", context.plan.stages[stage].name), RULE.marks, '_', 96);
    let gates = || context.plan.stages.iter().flat_map(|stage| &stage.gates);
    let mut name = base.clone();
    while gates().any(|gate| gate.name == name) {
        name.push('_');
    }
    name
}

/// Names of one scope with the places that took them.
struct Scope {
    what: &'static str,
    taken: IndexMap<String, Place>,
}

impl Scope {
    fn new(what: &'static str) -> Self {
        Self { what, taken: IndexMap::new() }
    }

    fn add(&mut self, key: String, name: &str, place: Place, report: &mut Report) {
        if let Some(first) = self.taken.get(&key) {
            let message = format!("two {} are exported as `{name}`", self.what);
            report.push(taken(&TARGET_NAME_TAKEN, place, message, *first));
        } else {
            self.taken.insert(key, place);
        }
    }
}

fn taken(code: &'static Code, place: Place, message: String, first: Place) -> crate::diagnostic::Diagnostic {
    code.at(place, message).also(first, "the first one").help("give one of them another exported name")
}

fn check_namespaces(context: &Context<'_>, artifacts: &Scope, report: &mut Report) {
    let mut scope = Scope::new("namespaces");
    for (i, action) in context.plan.actions.iter().enumerate() {
        let Some(name) = &action.namespace else { continue };
        let place = context.field(i, &["namespace"]);
        NAMESPACE.check(name, place, report);
        if RESERVED.contains(&name.as_str()) {
            let message = format!("the namespace `{name}` belongs to CodePipeline itself");
            report.push(TARGET_NAME_TAKEN.at(place, message).help("choose another one"));
        } else if name == UNSURE {
            let message = format!("CodePipeline may want the namespace `{name}` for itself");
            report.push(
                weaker(&TARGET_NAME_TAKEN, Severity::Warning, place, message).help("choose another one"),
            );
        } else if let Some(first) = artifacts.taken.get(name) {
            let message = format!("the namespace `{name}` is also the name of an artifact");
            report.push(taken(&TARGET_NAME_TAKEN, place, message, *first));
        }
        scope.add(name.clone(), name, place, report);
    }
}

/// The names of the variables that actions read from each other.
fn check_keys(context: &Context<'_>, report: &mut Report) {
    let mut seen: IndexSet<(usize, &str)> = IndexSet::new();
    for (i, action) in context.plan.actions.iter().enumerate() {
        for name in &action.variables {
            if seen.insert((i, name)) {
                OUTPUT.check(name, context.field(i, &["variables"]), report);
            }
        }
    }
    references::of_plan(context.plan, &mut |reference| {
        if let Reference::Output { action, output } = reference
            && let Some(producer) = context.index(action)
            && seen.insert((producer, output))
        {
            OUTPUT.check(&context.variable_key(producer, output), context.places.action(producer), report);
        }
    });
}

/// The name space of each action: the one that the user fixed, or, where something reads its variables, a name that
/// depends on nothing else of the pipeline. `_vars` keeps it apart from the nameless artifact, `<stage>_<action>`.
pub(super) fn namespaces(context: &Context<'_>) -> Vec<Option<String>> {
    let plan = context.plan;
    let mut taken: IndexSet<String> =
        RESERVED.iter().chain([&UNSURE]).map(|name| (*name).to_owned()).collect();
    taken.extend(plan.actions.iter().flat_map(|action| &action.outputs).map(|output| output.name.clone()));
    taken.extend(plan.actions.iter().filter_map(|action| action.namespace.clone()));
    let mut read: IndexSet<usize> = IndexSet::new();
    references::of_plan(plan, &mut |reference| {
        if let Reference::Output { action, .. } = reference {
            read.extend(context.index(action));
        }
    });
    let mut namespace = |i: usize| {
        let action = &plan.actions[i];
        if action.namespace.is_some() || !read.contains(&i) {
            return action.namespace.clone();
        }
        let base =
            clean(&format!("{}_{}_vars", context.stage_name(&action.stage), action.name), "-_", '_', 90);
        let mut name = base.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{base}{number}");
            number += 1;
        }
        Some(name)
    };
    (0..plan.actions.len()).map(&mut namespace).collect()
}

/// The name of each stage of the document. Stages that were merged share one of their own, which no other has.
pub(super) fn stages(context: &Context<'_>, orders: &[StageOrder]) -> Vec<String> {
    let name = |stage: &usize| context.plan.stages[*stage].name.as_str();
    let mut taken: IndexSet<String> = context.plan.stages.iter().map(|stage| stage.name.clone()).collect();
    let mut unique = |order: &StageOrder| {
        let joined = order.stages.iter().map(name).collect::<Vec<_>>().join("_");
        if order.stages.len() == 1 {
            return joined;
        }
        // Room for the number.
        let base = clean(&joined, STAGE.marks, '_', STAGE.max - 4);
        let mut name = base.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        name
    };
    orders.iter().map(&mut unique).collect()
}

/// `text` with everything but letters, digits and `marks` replaced, and not longer than `max`: what is cut off leaves its
/// hash, so that two long names stay apart.
pub(super) fn clean(text: &str, marks: &str, replacement: char, max: usize) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || marks.contains(c) { c } else { replacement };
    let clean: String = text.chars().map(keep).collect();
    if clean.len() <= max {
        return clean;
    }
    // FNV-1a: short, stable, and nobody attacks a pipeline's own names.
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{}_{hash:08x}", &clean[..max - 9])
}
