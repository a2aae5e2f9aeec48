//! What starts the pipeline: one trigger for each source action, with its filters in the order written.
//! <https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html>

use indexmap::IndexMap;

use crate::diagnostic::Place;
use crate::diagnostic::codes::TRIGGER;
use crate::plan::{Filter, Trigger};
use crate::value::Value;

use super::context::{Class, Context, Report};
use super::document::{self, GitConfiguration, Patterns, PushFilter};

/// The only provider whose actions a trigger may name.
pub(super) const PROVIDER: &str = "CodeStarSourceConnection";
/// The most filters of one kind in a trigger.
const MAX_FILTERS: usize = 3;
/// The most patterns of one list, and the longest pattern. Source: the API's model of `GitBranchFilterCriteria`.
const MAX_PATTERNS: usize = 8;
const MAX_PATTERN: usize = 255;

/// Whether the service itself watches the source's branch: a push trigger without any filter means just that, and the
/// service knows no trigger without filters.
pub(super) fn detects_changes(context: &Context<'_>, source: usize) -> bool {
    let of_source =
        |trigger: &&Trigger| trigger.action().and_then(|action| context.index(action)) == Some(source);
    let mut triggers = context.plan.triggers.iter().filter(of_source).peekable();
    triggers.peek().is_some() && triggers.all(is_bare)
}

fn is_bare(trigger: &Trigger) -> bool {
    let Trigger::Push { branches, paths, .. } = trigger else { return false };
    is_empty(branches.as_ref()) && is_empty(paths.as_ref())
}

fn is_empty(filter: Option<&Filter>) -> bool {
    filter.is_none_or(|filter| filter.include.is_empty() && filter.exclude.is_empty())
}

/// The document's triggers.
pub(super) fn triggers(context: &Context<'_>, report: &mut Report) -> Vec<document::Trigger> {
    let mut filters: IndexMap<usize, Vec<PushFilter>> = IndexMap::new();
    for (i, trigger) in context.plan.triggers.iter().enumerate() {
        let Trigger::Push { action, branches, paths, .. } = trigger else { continue };
        let place = context.places.triggers.get(i).copied().unwrap_or(context.places.pipeline);
        let Some(source) = context.index(action) else { continue };
        if !check_source(context, source, place, report) || detects_changes(context, source) {
            continue;
        }
        let branch = branch(context, source);
        let branches = match branches.as_ref().filter(|filter| !is_empty(Some(filter))) {
            Some(filter) => patterns(filter, "branches", place, report),
            // Beside filters of the same source: the branch that the source reads, as without any filter.
            None if is_empty(paths.as_ref()) => {
                Patterns { includes: vec![branch.to_owned()], excludes: Vec::new() }
            }
            None => {
                let message =
                    "a trigger filters paths without filtering branches, which CodePipeline does not accept";
                report.push(TRIGGER.at(place, message).help(format!("add `branches: [\"{branch}\"]`")));
                continue;
            }
        };
        let paths = paths.as_ref().filter(|filter| !is_empty(Some(filter)));
        let filter = PushFilter {
            tags: None,
            branches: Some(branches),
            file_paths: paths.map(|filter| patterns(filter, "paths", place, report)),
        };
        let of_source = filters.entry(source).or_default();
        // The service wants filters of one trigger to differ; the same one twice means nothing more.
        if !of_source.contains(&filter) {
            of_source.push(filter);
            if of_source.len() == MAX_FILTERS + 1 {
                let message =
                    format!("more than {MAX_FILTERS} triggers on pushes to {}", context.called(source));
                report
                    .push(TRIGGER.at(place, message).help("one filter may have several branches and paths"));
            }
        }
    }
    let trigger = |(source, push): (usize, Vec<PushFilter>)| document::Trigger {
        provider_type: PROVIDER.to_owned(),
        git_configuration: GitConfiguration {
            source_action_name: context.plan.actions[source].name.clone(),
            push,
            pull_request: Vec::new(),
        },
    };
    filters.into_iter().map(trigger).collect()
}

fn check_source(context: &Context<'_>, source: usize, place: Place, report: &mut Report) -> bool {
    let kind = &context.kinds[source];
    if kind.type_id.provider == PROVIDER {
        return true;
    }
    let message = format!("a trigger names {}, which is not a connection source", context.called(source));
    report.push(
        TRIGGER
            .at(place, message)
            .help("only sources by a connection (`git`) have triggers; others start by events"),
    );
    false
}

fn branch<'a>(context: &Context<'a>, source: usize) -> &'a str {
    let config = &context.plan.actions[source].config;
    let name = if context.kinds[source].class == Class::Git { "branch" } else { "branch_name" };
    config.get(name).and_then(Value::as_str).unwrap_or("main")
}

fn patterns(filter: &Filter, what: &str, place: Place, report: &mut Report) -> Patterns {
    for (list, patterns) in [("include", &filter.include), ("exclude", &filter.exclude)] {
        if patterns.len() > MAX_PATTERNS {
            let message = format!(
                "a trigger has {} {what} to {list}; CodePipeline takes {MAX_PATTERNS}",
                patterns.len()
            );
            report.push(TRIGGER.at(place, message).help("use wider globs, or a second trigger"));
        }
        if let Some(pattern) = patterns.iter().find(|p| p.is_empty() || p.chars().count() > MAX_PATTERN) {
            let message = format!("CodePipeline does not accept the pattern `{pattern}` of a trigger");
            report.push(TRIGGER.at(place, message).help(format!("use 1 to {MAX_PATTERN} characters")));
        }
    }
    Patterns { includes: filter.include.clone(), excludes: filter.exclude.clone() }
}
