//! What starts the pipeline: one trigger for each source action, with its filters in the order written.
//! <https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html>

use indexmap::IndexMap;

use crate::diagnostic::Place;
use crate::diagnostic::codes::{NOT_EXPORTED, TARGET_COUNT, TRIGGER};
use crate::plan::{Filter, PullRequestEvent, Trigger};
use crate::value::Value;

use super::context::{Class, Context, Report};
use super::document::{self, GitConfiguration, Patterns, PullRequestFilter, PushFilter};

/// The only provider whose actions a trigger may name.
pub(super) const PROVIDER: &str = "CodeStarSourceConnection";
/// The most triggers of a pipeline.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>
const MAX_TRIGGERS: usize = 50;
/// The most filters of one kind in a trigger.
const MAX_FILTERS: usize = 3;
/// The most patterns of one list, and the longest pattern. Source: the API's model of `GitBranchFilterCriteria`.
const MAX_PATTERNS: usize = 8;
const MAX_PATTERN: usize = 255;
/// The glob that every tag matches: a filter of tags without patterns is none.
const ANY: &str = "**";
/// What can happen to a pull request. What the service does without a list is not documented, so it is always written.
/// Source: the API's model of `GitPullRequestEventType`.
const EVENTS: &[(PullRequestEvent, &str)] = &[
    (PullRequestEvent::Opened, "OPEN"),
    (PullRequestEvent::Updated, "UPDATED"),
    (PullRequestEvent::Closed, "CLOSED"),
];

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
    given(branches.as_ref()).is_none() && given(paths.as_ref()).is_none()
}

/// A filter with patterns.
fn given(filter: Option<&Filter>) -> Option<&Filter> {
    filter.filter(|filter| !(filter.include.is_empty() && filter.exclude.is_empty()))
}

/// The document's triggers. What starts the pipeline from outside of it goes into `notes`.
pub(super) fn triggers(
    context: &Context<'_>,
    notes: &mut Vec<String>,
    report: &mut Report,
) -> Vec<document::Trigger> {
    let mut sources: IndexMap<usize, Filters> = IndexMap::new();
    for (i, trigger) in context.plan.triggers.iter().enumerate() {
        let place = context.places.triggers.get(i).copied().unwrap_or(context.places.pipeline);
        if let Trigger::Schedule { expression, .. } = trigger {
            report.push(schedule(expression, place));
            notes.push(format!(
                "a rule of EventBridge with the schedule `{expression}` that starts the pipeline must exist"
            ));
            continue;
        }
        let Some(source) = trigger.action().and_then(|action| context.index(action)) else { continue };
        if !check_source(context, source, place, report) || detects_changes(context, source) {
            continue;
        }
        let filters = sources.entry(source).or_default();
        match trigger {
            Trigger::Push { branches, paths, .. } => {
                let branch = branch(context, source);
                let filter = push(branches.as_ref(), paths.as_ref(), branch, place, report);
                filters.push.add(filter, context, source, place, report);
            }
            Trigger::Tag { tags, .. } => {
                filters.push.add(Some(tag(tags.as_ref(), place, report)), context, source, place, report);
            }
            Trigger::PullRequest { events, branches, paths, .. } => {
                let branch = branch(context, source);
                let filter = pull_request(events, branches.as_ref(), paths.as_ref(), branch, place, report);
                filters.pull_request.add(filter, context, source, place, report);
            }
            Trigger::Schedule { .. } => {}
        }
    }
    if sources.len() > MAX_TRIGGERS {
        let message =
            format!("the pipeline has {} triggers; CodePipeline takes {MAX_TRIGGERS}", sources.len());
        report.push(TARGET_COUNT.at(context.places.pipeline, message).help("watch fewer sources"));
    }
    let trigger = |(source, filters): (usize, Filters)| document::Trigger {
        provider_type: PROVIDER.to_owned(),
        git_configuration: GitConfiguration {
            source_action_name: context.plan.actions[source].name.clone(),
            push: filters.push.filters,
            pull_request: filters.pull_request.filters,
        },
    };
    sources.into_iter().map(trigger).collect()
}

/// The filters of one source.
#[derive(Default)]
struct Filters {
    push: Kind<PushFilter>,
    pull_request: Kind<PullRequestFilter>,
}

/// The filters of one kind.
struct Kind<F> {
    filters: Vec<F>,
}

impl<F> Default for Kind<F> {
    fn default() -> Self {
        Self { filters: Vec::new() }
    }
}

impl<F: PartialEq + Named> Kind<F> {
    fn add(
        &mut self,
        filter: Option<F>,
        context: &Context<'_>,
        source: usize,
        place: Place,
        report: &mut Report,
    ) {
        // The service wants filters of one trigger to differ; the same one twice means nothing more.
        let Some(filter) = filter.filter(|filter| !self.filters.contains(filter)) else { return };
        self.filters.push(filter);
        if self.filters.len() == MAX_FILTERS + 1 {
            let message =
                format!("more than {MAX_FILTERS} triggers on {} {}", F::NAME, context.called(source));
            report.push(TRIGGER.at(place, message).help("one filter may have several patterns"));
        }
    }
}

/// What messages call the filters of a kind.
trait Named {
    const NAME: &str;
}

impl Named for PushFilter {
    const NAME: &str = "pushes to";
}

impl Named for PullRequestFilter {
    const NAME: &str = "pull requests of";
}

fn schedule(expression: &str, place: Place) -> crate::diagnostic::Diagnostic {
    NOT_EXPORTED
        .at(place, format!("the schedule `{expression}` is not exported: it is not part of a pipeline"))
        .help(format!("a rule of EventBridge with `{expression}` and the pipeline as its target must exist"))
}

fn push(
    branches: Option<&Filter>,
    paths: Option<&Filter>,
    branch: &str,
    place: Place,
    report: &mut Report,
) -> Option<PushFilter> {
    let paths = given(paths);
    let branches = match given(branches) {
        Some(filter) => patterns(filter, "branches", place, report),
        // Beside filters of the same source: the branch that the source reads, as without any filter.
        None if paths.is_none() => Patterns { includes: vec![branch.to_owned()], excludes: Vec::new() },
        None => {
            let message =
                "a trigger filters paths without filtering branches, which CodePipeline does not accept";
            report.push(TRIGGER.at(place, message).help(format!("add `branches: [\"{branch}\"]`")));
            return None;
        }
    };
    Some(PushFilter {
        tags: None,
        branches: Some(branches),
        file_paths: paths.map(|filter| patterns(filter, "paths", place, report)),
    })
}

fn tag(tags: Option<&Filter>, place: Place, report: &mut Report) -> PushFilter {
    let any = || Patterns { includes: vec![ANY.to_owned()], excludes: Vec::new() };
    let tags = given(tags).map_or_else(any, |filter| patterns(filter, "tags", place, report));
    PushFilter { tags: Some(tags), ..PushFilter::default() }
}

fn pull_request(
    events: &[PullRequestEvent],
    branches: Option<&Filter>,
    paths: Option<&Filter>,
    branch: &str,
    place: Place,
    report: &mut Report,
) -> Option<PullRequestFilter> {
    let Some(branches) = given(branches) else {
        let message =
            "a trigger on pull requests does not filter branches, which CodePipeline does not accept";
        report.push(
            TRIGGER
                .at(place, message)
                .help(format!("add `branches: [\"{branch}\"]`, the branches that are merged into")),
        );
        return None;
    };
    let wanted = |event: &PullRequestEvent| events.is_empty() || events.contains(event);
    let events = EVENTS.iter().filter(|(event, _)| wanted(event)).map(|(_, name)| (*name).to_owned());
    Some(PullRequestFilter {
        events: events.collect(),
        branches: Some(patterns(branches, "branches", place, report)),
        file_paths: given(paths).map(|filter| patterns(filter, "paths", place, report)),
    })
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
