//! Every name that checking resolved: where it stands and what it means. Editors look things up here; the lints find
//! unused things here.

use std::collections::BTreeMap;

use crate::diagnostic::Place;

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A pipeline.
    Pipeline,
    /// A `let`.
    Let,
    /// A pipeline variable.
    Variable,
    /// A stage.
    Stage,
    /// An action.
    Action,
    /// An artifact of an action.
    Artifact,
    /// A variable that an action declares.
    Output,
    /// The name that a `for` binds.
    Binding,
    /// A callee.
    Callee,
    /// A rule.
    Rule,
    /// A file that another one uses.
    Module,
    /// A type.
    Type,
    /// A function.
    Function,
    /// A template of pipelines, stages or actions.
    Template,
    /// A parameter of a template or function.
    Param,
    /// A secret.
    Secret,
    /// A gate.
    Gate,
}

/// One occurrence of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occurrence {
    /// Where the name stands.
    pub place: Place,
    /// Where what it means is declared; the same as `place` at the declaration itself.
    pub definition: Place,
    /// What it means.
    pub kind: EntityKind,
}

/// When a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// While compiling.
    Compiling,
    /// When CloudFormation deploys the pipeline.
    Deploying,
    /// Only in a run.
    Running,
}

/// What checking found out about a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// When it is known.
    pub phase: Phase,
    /// What it is, as messages say it: `a string`.
    pub what: &'static str,
    /// The value as Pipe writes it, cut to a line, where it is known while compiling.
    pub text: Option<String>,
}

/// How many values of one name are kept: the instances of a template may give it a thousand.
const MAX_VALUES: usize = 4;

/// All occurrences, by place.
#[derive(Clone, Debug, Default)]
pub struct Index {
    occurrences: Vec<Occurrence>,
    /// The values of `let`s and parameters, by the place of their names; none unless asked for.
    values: Option<BTreeMap<Place, Vec<Known>>>,
}

impl Index {
    /// An index that keeps values, too, where `values` says so.
    pub(crate) fn new(values: bool) -> Self {
        Self { occurrences: Vec::new(), values: values.then(BTreeMap::new) }
    }

    /// Keeps what is known about the value of a name, if that was asked for.
    pub(crate) fn record_value(&mut self, definition: Place, known: impl FnOnce() -> Option<Known>) {
        let Some(values) = &mut self.values else { return };
        let all = values.entry(definition).or_default();
        if all.len() < MAX_VALUES
            && let Some(known) = known()
            && !all.contains(&known)
        {
            all.push(known);
        }
    }

    /// What is known about the value of the `let` or parameter whose name is declared at a place: several things where
    /// instances of a template differ. Nothing unless [`crate::Options::values`] was set.
    #[must_use]
    pub fn values(&self, definition: Place) -> &[Known] {
        self.values.as_ref().and_then(|values| values.get(&definition)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn record(&mut self, kind: EntityKind, place: Place, definition: Place) {
        self.occurrences.push(Occurrence { place, definition, kind });
    }

    /// Puts the occurrences in order; members of a family record the same ones.
    pub(crate) fn finish(&mut self) {
        self.occurrences.sort_unstable();
        self.occurrences.dedup();
    }

    /// All occurrences, by place.
    #[must_use]
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }

    /// The definitions of a kind that nothing refers to.
    pub(crate) fn unused(&self, kind: EntityKind) -> Vec<Place> {
        let referenced: std::collections::HashSet<Place> = self
            .occurrences
            .iter()
            .filter(|o| o.kind == kind && o.place != o.definition)
            .map(|o| o.definition)
            .collect();
        let definitions = self.occurrences.iter().filter(|o| o.kind == kind && o.place == o.definition);
        definitions.map(|o| o.place).filter(|place| !referenced.contains(place)).collect()
    }
}

impl Index {
    /// Takes what another index has.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.occurrences.append(&mut other.occurrences);
        for (place, all) in other.values.take().into_iter().flatten() {
            self.values.get_or_insert_default();
            for known in all {
                self.record_value(place, || Some(known));
            }
        }
    }
}
