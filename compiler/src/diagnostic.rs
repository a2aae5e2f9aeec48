//! What the compiler has to say to a user: plain data. Rendering is elsewhere (`render`, `json`, `sarif`, `github`), and so is the table of
//! codes (`codes`). Each check builds its own diagnostics, beside the check.

use crate::source::SourceId;
use crate::span::Span;

pub mod codes;
pub mod fix;
pub mod github;
pub mod json;
mod nearest;
mod region;
pub mod render;
pub mod sarif;
pub(crate) mod words;

pub use codes::Code;
pub use nearest::{nearest, nearest_spelling};

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The pipeline cannot be used.
    Error,
    /// It can be used, but probably does not do what was meant.
    Warning,
    /// Worth knowing; shown in editors and by `check --hints` only.
    Hint,
}

/// A range in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub source: SourceId,
    /// The range in it.
    pub span: Span,
}

/// A second place that has to do with the first, and what it has to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// A few words, in lower case, without a full stop.
    pub text: String,
}

/// A change of one range of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub place: Place,
    /// By what.
    pub text: String,
}

/// A change that mends the cause. It can be applied without asking further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "replace with `stage`".
    pub title: String,
    /// Edits that do not overlap.
    pub edits: Vec<Edit>,
}

/// Something to tell the user about their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind; its registry entry has the page that `explain` prints.
    pub code: &'static Code,
    /// How serious.
    pub severity: Severity,
    /// One sentence that stands alone: lower case, names in backticks, no full stop.
    pub message: String,
    /// The place to look at.
    pub place: Place,
    /// What to see there; empty where the message says it all.
    pub label: String,
    /// Other places involved.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Vec<String>,
    /// The change that does it, where there is one that is surely right.
    pub fix: Option<Fix>,
}

impl Code {
    /// A diagnostic of this kind at `place`.
    #[must_use]
    pub fn at(&'static self, place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code: self,
            severity: self.severity,
            message: message.into(),
            place,
            label: String::new(),
            labels: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }
}

impl Diagnostic {
    /// With words at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// With another place.
    #[must_use]
    pub fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// With the name that was probably meant, which replaces what stands at the primary place.
    #[must_use]
    pub fn did_you_mean(self, near: &str) -> Self {
        let place = self.place;
        self.help(format!("did you mean `{near}`?")).fix(format!("replace with `{near}`"), place, near)
    }

    /// With a fix of one edit.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, place: Place, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits: vec![Edit { place, text: text.into() }] });
        self
    }
}
