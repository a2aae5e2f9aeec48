//! Every name that checking resolved: where it stands and what it means. Editors look things up here; the lints find
//! unused things here.

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

/// All occurrences, by place.
#[derive(Clone, Debug, Default)]
pub struct Index {
    occurrences: Vec<Occurrence>,
}

impl Index {
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
    }
}
