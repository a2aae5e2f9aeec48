//! What starts the pipeline: `on push`, `on tag`, `on pull_request`, `on schedule`.

use super::super::values::{and_list, list_of, meant};
use super::super::{Check, Context};
use super::fields;
use crate::diagnostic::{codes, nearest};
use crate::plan::Location;
use crate::plan::{Filter, PullRequestEvent, Trigger};
use crate::syntax::ast::{self, Expr, ExprKind, Field};
use crate::typed;
use crate::types::{Ty, Val};

/// The events, and the fields that their filters have.
pub(crate) const EVENTS: &[(&str, &[&str])] = &[
    ("push", &["branches", "paths", "source"]),
    ("tag", &["source", "tags"]),
    ("pull_request", &["branches", "events", "paths", "source"]),
];

/// What happens to a pull request.
pub(crate) const PULL_REQUEST_EVENTS: [&str; 3] = ["opened", "updated", "closed"];

impl<'a> Check<'a> {
    pub(super) fn trigger(
        &mut self,
        ast: &'a ast::Trigger,
        context: &Context,
        actions: &[typed::Action],
    ) -> Option<Trigger> {
        if ast.event.text == "schedule" {
            return self.schedule(ast, context);
        }
        let Some((event, known)) = EVENTS.iter().find(|(event, _)| *event == ast.event.text) else {
            self.bad_word(&ast.event, &["push", "failure", "tag", "pull_request", "schedule"], "`on`");
            return None;
        };
        if !matches!(ast.body.kind, ExprKind::Record(_) | ExprKind::Error) {
            let place = self.place(ast.body.span);
            self.report(
                codes::TYPE_MISMATCH
                    .at(place, format!("`on {event}` has a record of filters"))
                    .help(format!("write `on {event} {{ }}`, with {} in it", list_of(known.iter().copied()))),
            );
            return None;
        }
        self.written_out(&ast.body, "a trigger");
        let (mut branches, mut paths, mut tags, mut events, mut source) =
            (None, None, None, Vec::new(), None);
        for field in fields(&ast.body) {
            let name = field.key.text.as_str();
            if !known.contains(&name) {
                self.unknown_filter(field, event, known);
                continue;
            }
            match name {
                "branches" => branches = self.filter(&field.value, name, context),
                "paths" => paths = self.filter(&field.value, name, context),
                "tags" => tags = self.filter(&field.value, name, context),
                "events" => events = self.events(&field.value, context),
                _ => source = Some(field),
            }
        }
        if source.is_none() && meant(ast.body.entries(), known).contains(&"source") {
            return None;
        }
        let action = self.trigger_source(ast, source, context, actions)?;
        Some(match *event {
            "push" => Trigger::Push { action, branches, paths, source: Location::default() },
            "tag" => Trigger::Tag { action, tags, source: Location::default() },
            _ => Trigger::PullRequest { action, events, branches, paths, source: Location::default() },
        })
    }

    fn unknown_filter(&mut self, field: &Field, event: &str, known: &[&str]) {
        let name = field.key.text.as_str();
        let place = self.place(field.key.span);
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("`on {event}` has no field `{name}`"));
        self.report(match nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help(format!("its fields are {}", and_list(known.iter().copied()))),
        });
    }

    /// `on schedule "cron(0 6 * * ? *)"`
    fn schedule(&mut self, ast: &'a ast::Trigger, context: &Context) -> Option<Trigger> {
        let expression = self.constant_text(&ast.body, "schedule", context)?;
        let (form, rest) = expression.split_once('(').unwrap_or((&expression, ""));
        let fields = rest.strip_suffix(')').map_or(0, |rest| rest.split_whitespace().count());
        let wanted = match form {
            "cron" => 6,
            "rate" => 2,
            _ => 0,
        };
        if wanted == 0 || fields != wanted {
            let place = self.place(ast.body.span);
            self.report(codes::BAD_VALUE.at(place, format!("`{expression}` is no schedule")).help(
                "a schedule is `cron(minutes hours day-of-month month day-of-week year)` or `rate(12 hours)`",
            ));
            return None;
        }
        Some(Trigger::Schedule { expression, source: Location::default() })
    }

    fn events(&mut self, expr: &'a Expr, context: &Context) -> Vec<PullRequestEvent> {
        let known = PULL_REQUEST_EVENTS.map(str::to_owned);
        let value = self.eval(expr, context);
        let Val::List(items) = value else {
            self.mismatch(expr.span, &Ty::List(Box::new(Ty::String)), &value, "`events`");
            return Vec::new();
        };
        let mut events = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let span = match &expr.kind {
                ExprKind::List(elements) if elements.len() == items.len() => {
                    super::super::values::element_span(&elements[at])
                }
                _ => expr.span,
            };
            match item {
                Val::Text(text) if self.one_of(&known, text, span, "an event") => {
                    events.push(match &**text {
                        "opened" => PullRequestEvent::Opened,
                        "updated" => PullRequestEvent::Updated,
                        _ => PullRequestEvent::Closed,
                    });
                }
                Val::Text(_) | Val::Error | Val::Unknown(_) => {}
                Val::Run(_) => self.not_constant(span, "an event"),
                other => drop(self.mismatch(span, &Ty::String, other, "an event")),
            }
        }
        events
    }

    /// The source that a trigger watches; may be left out where there is only one.
    fn trigger_source(
        &mut self,
        ast: &'a ast::Trigger,
        field: Option<&'a Field>,
        context: &Context,
        actions: &[typed::Action],
    ) -> Option<String> {
        if let Some(field) = field {
            return match self.eval(&field.value, context) {
                Val::Action(id) => match self.member(id).removed {
                    Some(condition) => {
                        self.removed_reference(id, field.value.span, condition);
                        None
                    }
                    None => Some(self.member(id).id.clone()),
                },
                Val::Error | Val::Unknown(_) => None,
                other => {
                    self.mismatch(field.value.span, &Ty::Action, &other, "`source`");
                    None
                }
            };
        }
        let is_source = |check: &mut Self, a: &typed::Action| {
            check.resolved(a.id).callee.is_some_and(crate::catalog::Callee::is_source)
        };
        let sources: Vec<&typed::Action> = actions.iter().filter(|a| is_source(self, a)).collect();
        match sources.as_slice() {
            [one] => Some(one.plan.id.clone()),
            [] => {
                // A source that could not be read was reported where it stands.
                let existing = self.action_members.iter().filter(|member| member.removed.is_none()).count();
                if actions.len() == existing && !self.probing {
                    let place = self.place(ast.event.span);
                    self.report(
                        codes::TRIGGER_SOURCE
                            .at(place, "this trigger has no source to watch")
                            .help("a source is an action such as `git { repository: \"owner/name\", branch: \"main\" }`"),
                    );
                }
                None
            }
            several => {
                let place = self.place(ast.event.span);
                let fields: Vec<String> = several.iter().map(|a| format!("source: {}", a.plan.id)).collect();
                let fields = list_of(fields.iter().map(String::as_str));
                self.report(
                    codes::TRIGGER_SOURCE
                        .at(place, "the pipeline has several sources, and this trigger does not say which it watches")
                        .help(format!("add {fields}")),
                );
                None
            }
        }
    }

    /// A list of patterns, or `{ include, exclude }`.
    fn filter(&mut self, expr: &'a Expr, name: &str, context: &Context) -> Option<Filter> {
        let mut filter = Filter::default();
        match self.eval(expr, context) {
            Val::List(items) => filter.include = self.patterns(&items, expr, name),
            Val::Record(record) => {
                for (key, value) in record.iter() {
                    let Val::List(items) = value else {
                        self.mismatch(expr.span, &Ty::List(Box::new(Ty::String)), value, &format!("`{key}`"));
                        continue;
                    };
                    match key.as_str() {
                        "include" => filter.include = self.patterns(items, expr, name),
                        "exclude" => filter.exclude = self.patterns(items, expr, name),
                        other => {
                            self.unknown_key(expr.span, "a filter", other, &["include", "exclude"]);
                        }
                    }
                }
            }
            Val::Null | Val::Error | Val::Unknown(_) => return None,
            other => {
                self.mismatch(expr.span, &Ty::List(Box::new(Ty::String)), &other, &format!("`{name}`"));
                return None;
            }
        }
        Some(filter)
    }

    fn patterns(&mut self, items: &[Val], expr: &Expr, name: &str) -> Vec<String> {
        let mut patterns = Vec::new();
        for item in items {
            match item {
                Val::Text(text) => patterns.push(text.to_string()),
                Val::Run(_) => self.not_constant(expr.span, &format!("`{name}`")),
                Val::Error | Val::Unknown(_) => {}
                other => {
                    drop(self.mismatch(expr.span, &Ty::String, other, &format!("each pattern of `{name}`")));
                }
            }
        }
        patterns
    }
}
