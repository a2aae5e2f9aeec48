//! Where the parts of a plan stand in the source: kept beside the plan, so that the plan itself stays free of offsets,
//! and whoever reads it (the exporters, the run) can still point at the responsible line.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Place, Severity};

/// The places of one pipeline's plan. All vectors run parallel to the plan's; for a plan that was read from a file they
/// are empty, and every question is answered with the start of that file.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The name that the pipeline is declared under, where that is known.
    pub declared: String,
    /// Where that stands.
    pub pipeline: Place,
    /// The fields of `aws { }`, by name; the word `aws` itself under `""`.
    pub aws: IndexMap<String, Place>,
    /// The names of `Plan::variables`.
    pub variables: Vec<Place>,
    /// The names of `Plan::secrets`.
    pub secrets: Vec<Place>,
    /// `Plan::triggers`.
    pub triggers: Vec<Place>,
    /// The names of `Plan::stages`.
    pub stages: Vec<Place>,
    /// The `when` of each of `Plan::stages`, where it has one.
    pub whens: Vec<Option<Place>>,
    /// The gates of each of `Plan::stages`.
    pub gates: Vec<Vec<ActionPlaces>>,
    /// `Plan::actions`.
    pub actions: Vec<ActionPlaces>,
    /// What the source allows targets to leave unsaid.
    pub allowed: Vec<Allowed>,
}

/// A line on which `// allow P0413: reason` allows warnings and hints of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The whole line.
    pub place: Place,
    /// The code, in capitals.
    pub code: String,
}

/// The places of one action.
#[derive(Clone, Debug, Default)]
pub struct ActionPlaces {
    /// Its name.
    pub name: Place,
    /// The values of its fields, by name, as written (`script`, `inputs`, `timeout`, …).
    pub fields: Vec<(String, Place)>,
}

impl Places {
    /// Whether the source allows this to be left unsaid; errors are always said.
    #[must_use]
    pub fn allow(&self, diagnostic: &Diagnostic) -> bool {
        let at = diagnostic.place;
        diagnostic.severity != Severity::Error
            && self.allowed.iter().any(|allowed| {
                let line = allowed.place.span;
                allowed.code == diagnostic.code.id
                    && allowed.place.source == at.source
                    && (line.start..line.end).contains(&at.span.start)
            })
    }

    /// The name of the action with this index in the plan.
    #[must_use]
    pub fn action(&self, index: usize) -> Place {
        self.actions.get(index).map_or(self.pipeline, |action| action.name)
    }

    /// The value of a field of an action; the action's name where the field was not written.
    #[must_use]
    pub fn field(&self, index: usize, field: &str) -> Place {
        let fields = self.actions.get(index).map_or(&[][..], |action| &action.fields);
        fields.iter().find(|(name, _)| name == field).map_or_else(|| self.action(index), |(_, place)| *place)
    }

    /// The name of the stage with this index in the plan.
    #[must_use]
    pub fn stage(&self, index: usize) -> Place {
        self.stages.get(index).copied().unwrap_or(self.pipeline)
    }

    /// The `when` of the stage with this index in the plan; its name where none was written.
    #[must_use]
    pub fn when(&self, stage: usize) -> Place {
        self.whens.get(stage).copied().flatten().unwrap_or_else(|| self.stage(stage))
    }

    /// A field of a gate: indices into the plan's stages and the stage's gates. The gate's name where it was not written,
    /// the stage's where that is missing, too.
    #[must_use]
    pub fn gate(&self, stage: usize, gate: usize, field: &str) -> Place {
        let Some(places) = self.gates.get(stage).and_then(|gates| gates.get(gate)) else {
            return self.stage(stage);
        };
        places.fields.iter().find(|(name, _)| name == field).map_or(places.name, |(_, place)| *place)
    }

    /// A field of `aws { }`; the word `aws` where it was not written, the pipeline's name where that is missing too.
    #[must_use]
    pub fn aws(&self, field: &str) -> Place {
        self.aws.get(field).or_else(|| self.aws.get("")).copied().unwrap_or(self.pipeline)
    }
}
