//! What only CloudFormation knows: the input of `create-pipeline` has no place for it, so each place that holds it is
//! reported, once. The other parts of the export take such values for any text, and say nothing more about them.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::diagnostic::Place;
use crate::diagnostic::codes::TARGET_CANNOT;
use crate::plan::{ArtifactStores, Condition};
use crate::value::{Reference, Text, Value};

use super::context::{Context, Owner, Report};
use super::references;

/// Reports every such value. Settings that nothing fills in while the pipeline runs hold constants only.
pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let mut found = Found { seen: HashSet::new(), report };
    settings(context, &mut found);
    for (i, action) in context.plan.actions.iter().enumerate() {
        let owner = Owner::Action(i);
        fixed(context, owner, &[("role", &action.role), ("region", &action.region)], &mut found);
        values(context, owner, &action.config, &action.env, &mut found);
        if let Some(when) = &action.when {
            found.condition(when, context.place(owner, "when"), &context.owner(owner));
        }
    }
    for (s, stage) in context.plan.stages.iter().enumerate() {
        if let Some(when) = &stage.when {
            found.condition(when, context.places.when(s), &context.owner(Owner::When(s)));
        }
        for (g, gate) in stage.gates.iter().enumerate() {
            let owner = Owner::Gate(s, g);
            fixed(context, owner, &[("role", &gate.role), ("region", &gate.region)], &mut found);
            values(context, owner, &gate.config, &gate.env, &mut found);
        }
    }
}

fn settings(context: &Context<'_>, found: &mut Found<'_>) {
    let place = |name: &str| (context.places.aws(name), format!("`{name}`"));
    found.fixed(&context.aws.role, &place("role"));
    let stores: Vec<_> = match &context.aws.artifacts {
        ArtifactStores::One(store) => vec![(store, "artifact_bucket", "encryption_key")],
        ArtifactStores::PerRegion(stores) => {
            stores.values().map(|store| (store, "artifact_stores", "artifact_stores")).collect()
        }
    };
    for (store, bucket, key) in stores {
        found.fixed(&store.bucket, &place(bucket));
        if let Some(text) = &store.encryption_key {
            found.fixed(text, &place(key));
        }
    }
}

fn fixed(context: &Context<'_>, owner: Owner, texts: &[(&str, &Option<Text>)], found: &mut Found<'_>) {
    for (name, text) in texts {
        if let Some(text) = text {
            found.fixed(text, &(context.place(owner, name), format!("`{name}` of {}", context.owner(owner))));
        }
    }
}

fn values(
    context: &Context<'_>,
    owner: Owner,
    config: &IndexMap<String, Value>,
    env: &IndexMap<String, Value>,
    found: &mut Found<'_>,
) {
    let config = config.iter().map(|(name, value)| (name.as_str(), value));
    for (name, value) in config.chain(env.values().map(|value| ("env", value))) {
        let at = (context.place(owner, name), format!("`{name}` of {}", context.owner(owner)));
        references::of_values(std::iter::once(value), &mut |reference| found.reference(reference, &at));
    }
}

/// A place, and what messages call what stands there.
type At = (Place, String);

struct Found<'r> {
    /// What was reported, see `is_new`.
    seen: HashSet<At>,
    report: &'r mut Report,
}

impl Found<'_> {
    /// Whether nothing was reported there: a value of `defaults` reaches many actions. In a plan from a file all places are
    /// the same, so the words count.
    fn is_new(&mut self, (place, words): &At) -> bool {
        let words = if place.span.is_empty() { words.clone() } else { String::new() };
        self.seen.insert((*place, words))
    }

    /// A text that no run fills in.
    fn fixed(&mut self, text: &Text, at: &At) {
        for reference in text.references() {
            self.reference(reference, at);
            if !matches!(reference, Reference::Deploy { .. }) && self.is_new(at) {
                let message = format!("{} is known only at run, where CodePipeline takes a constant", at.1);
                self.report.push(TARGET_CANNOT.at(at.0, message).help("write a constant"));
            }
        }
    }

    fn condition(&mut self, condition: &Condition, place: Place, owner: &str) {
        let at = (place, format!("the condition of {owner}"));
        references::of_condition(condition, &mut |reference| self.reference(reference, &at));
    }

    fn reference(&mut self, reference: &Reference, at: &At) {
        if matches!(reference, Reference::Deploy { .. }) && self.is_new(at) {
            let message = format!("{} holds what only CloudFormation knows", at.1);
            self.report.push(
                TARGET_CANNOT
                    .at(at.0, message)
                    .help("only the CloudFormation export can write what only CloudFormation knows; here it must be a constant"),
            );
        }
    }
}
