//! Engines that a plan can be exported to: a static table of pure functions. What a target cannot express is a
//! diagnostic at the responsible line, never a silent omission.

use crate::Lowered;
use crate::diagnostic::Diagnostic;
use crate::places::Places;
use crate::plan::Plan;

pub mod codepipeline;

/// An engine's own format.
#[derive(Debug)]
pub struct Target {
    /// As `--to` and `--target` name it.
    pub name: &'static str,
    /// One line for lists and help.
    pub description: &'static str,
    /// The exported text and what there is to say about it. There is no text where a diagnostic is an error.
    pub export: fn(&Plan, &Places) -> Output,
    /// Only what there is to say.
    pub check: fn(&Plan, &Places) -> Vec<Diagnostic>,
}

/// What a target made of a plan.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The text of the exported file.
    pub text: Option<String>,
    /// Everything that was found, in the order of the plan.
    pub diagnostics: Vec<Diagnostic>,
    /// What must exist before the exported file works, one line each.
    pub notes: Vec<String>,
}

/// All targets, by name.
pub static TARGETS: &[Target] = &[Target {
    name: "codepipeline",
    description: "AWS CodePipeline: the input of `aws codepipeline create-pipeline --cli-input-json`",
    export: |plan, places| codepipeline::export(plan, places).into(),
    check: codepipeline::check,
}];

/// The target with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// What there is to say about pipelines besides what the language says: each that has settings for an engine is held against
/// that engine's rules, and all against those of `engine`, by place.
#[must_use]
pub fn check(pipelines: &[Lowered], engine: Option<&Target>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for Lowered { plan, places } in pipelines {
        let own = plan.aws.as_ref().and_then(|_| find("codepipeline"));
        found.extend(engine.or(own).into_iter().flat_map(|target| (target.check)(plan, places)));
    }
    found.sort_by_key(|d| (d.place.source, d.place.span, d.code.id));
    found
}

impl From<codepipeline::Export> for Output {
    fn from(export: codepipeline::Export) -> Self {
        let note =
            |project: &codepipeline::Project| format!("the CodeBuild project `{}` must exist", project.name);
        Self {
            text: export.document.as_ref().map(codepipeline::document::CreatePipeline::to_json),
            notes: export.projects.iter().map(note).chain(export.notes).collect(),
            diagnostics: export.diagnostics,
        }
    }
}
