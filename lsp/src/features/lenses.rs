//! What can be done with a pipeline or a part of it, above its declaration.

use compiler::span::Span;
use compiler::syntax::ast::{Item, Name};

use super::tree;
use crate::analysis::Analysis;

/// What a lens does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Runs the pipeline, or a part of it.
    Run,
    /// Draws it.
    Graph,
    /// Exports it, to look at.
    Preview,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lens {
    /// The name that it stands above.
    pub(crate) span: Span,
    /// What it says.
    pub(crate) title: &'static str,
    pub(crate) command: Command,
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The stage or action, as `--only` names it; all where there is none.
    pub(crate) only: Option<String>,
}

/// The lenses of a file. Templates have none, for only their instances run.
pub(crate) fn lenses(analysis: &Analysis) -> Vec<Lens> {
    let mut found = Vec::new();
    let mut pipeline: Option<&Name> = None;
    tree::walk(tree::items(analysis), &mut |item, outer| match item {
        Item::Pipeline(block) => {
            pipeline = Some(&block.name).filter(|_| block.params.is_none());
            found.extend(pipeline.into_iter().flat_map(whole));
        }
        Item::PipelineInstance(instance) => found.extend(whole(&instance.name)),
        // Members of a family have ids of their own, and which there are only a plan knows.
        Item::Stage(block) if block.each.is_none() && is_in_pipeline(outer) => {
            found.extend(part(pipeline, &block.name, block.name.text.to_string()));
        }
        Item::StageInstance(instance) if instance.each.is_none() && is_in_pipeline(outer) => {
            found.extend(part(pipeline, &instance.name, instance.name.text.to_string()));
        }
        Item::Action(action) if action.each.is_none() && action.params.is_none() => {
            // Of a stage that is a template nothing runs here.
            if let Some(Item::Stage(stage)) = outer
                && stage.each.is_none()
                && stage.params.is_none()
            {
                let id = format!("{}.{}", stage.name.text, action.name.text);
                found.extend(part(pipeline.filter(|_| !stage.name.text.is_empty()), &action.name, id));
            }
        }
        _ => {}
    });
    found
}

const fn is_in_pipeline(outer: Option<&Item>) -> bool {
    matches!(outer, Some(Item::Pipeline(_)))
}

fn whole(name: &Name) -> Vec<Lens> {
    if name.text.is_empty() {
        return Vec::new();
    }
    let all = [("Run", Command::Run), ("Graph", Command::Graph), ("Preview export", Command::Preview)];
    let lens = |(title, command)| Lens {
        span: name.span,
        title,
        command,
        pipeline: name.text.to_string(),
        only: None,
    };
    all.into_iter().map(lens).collect()
}

fn part(pipeline: Option<&Name>, name: &Name, only: String) -> Option<Lens> {
    let pipeline = pipeline?.text.to_string();
    (!name.text.is_empty() && !pipeline.is_empty()).then_some(Lens {
        span: name.span,
        title: "Run only this",
        command: Command::Run,
        pipeline,
        only: Some(only),
    })
}
