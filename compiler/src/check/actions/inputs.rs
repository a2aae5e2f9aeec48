//! The artifacts that an action reads, and the actions that it only waits for.

use std::collections::HashMap;

use super::super::values::element_span;
use super::super::{Check, Context};
use super::{Fields, allows};
use crate::catalog::{Callee, Type};
use crate::diagnostic::{Place, codes};
use crate::plan::{self, Input};
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind};
use crate::typed::Use;
use crate::types::{ActionId, Ty, Val};
use crate::value::{ArtifactRef, Value};

impl<'a> Check<'a> {
    /// Its `inputs`, and behind them the artifacts that other fields imply. `false` when one of them was reported.
    pub(in super::super) fn inputs(
        &mut self,
        callee: &Callee,
        fields: &Fields<'a>,
        action: &mut plan::Action,
    ) -> bool {
        let mut places = Vec::new();
        let mut complete = true;
        if allows(callee, "inputs")
            && let Some((expr, context)) = fields.get("inputs")
        {
            complete =
                self.within(context.here, |check| check.written_inputs(expr, context, action, &mut places));
        }
        for field in &callee.fields {
            let mut artifacts = Vec::new();
            match action.config.get(&field.name) {
                Some(value) => artifacts_in(value, &mut artifacts),
                None => {
                    let implies = matches!(field.ty, Type::Artifact | Type::File);
                    complete &= !implies || fields.get(&field.name).is_none();
                }
            }
            for artifact in artifacts {
                if action.inputs.iter().all(|input| input.artifact != artifact) {
                    let name = artifact.output.as_deref().unwrap_or_else(|| self.name_of(&artifact.action));
                    action.inputs.push(Input { name: env_name(name), artifact });
                    places.extend(
                        fields.get(&field.name).map(|(e, c)| self.modules.place(c.here.module, e.span)),
                    );
                }
            }
        }
        if callee.name == "run" {
            self.check_input_names(action, &places, fields.get("inputs"));
        }
        complete
    }

    /// The name of an action that is used, from its id `stage.action`; either may hold a `.` where a family's key does.
    fn name_of<'i>(&self, id: &'i str) -> &'i str {
        let used = self.uses.iter().map(|used| self.member(used.action)).find(|member| member.id == id);
        let stage = used.map(|member| self.stage(member.stage).id.len() + 1);
        stage.and_then(|at| id.get(at..)).unwrap_or_else(|| short_name(id))
    }

    fn written_inputs(
        &mut self,
        expr: &'a Expr,
        context: &Context,
        action: &mut plan::Action,
        places: &mut Vec<Place>,
    ) -> bool {
        let value = self.eval(expr, context);
        let mut complete = true;
        let mut seen = HashMap::new();
        match value {
            Val::List(items) => {
                let spans: Vec<Span> = match &expr.kind {
                    ExprKind::List(elements) if elements.len() == items.len() => {
                        elements.iter().map(element_span).collect()
                    }
                    _ => vec![expr.span; items.len()],
                };
                for (item, span) in items.iter().zip(spans) {
                    let added = self.input(None, item.clone(), span, action, &mut seen);
                    places.extend(added.then(|| self.place(span)));
                    complete &= added;
                }
            }
            Val::Record(record) => {
                for (key, item) in record.iter() {
                    let span = match &expr.kind {
                        ExprKind::Record(entries) => value_span(entries, key).unwrap_or(expr.span),
                        _ => expr.span,
                    };
                    let added = self.input(Some(key), item.clone(), span, action, &mut seen);
                    places.extend(added.then(|| self.place(span)));
                    complete &= added;
                }
            }
            Val::Null => {}
            Val::Error | Val::Unknown(_) => complete = false,
            other => {
                complete = false;
                self.mismatch(expr.span, &Ty::List(Box::new(Ty::Artifact)), &other, "`inputs`");
            }
        }
        complete
    }

    /// Adds one input; `false` when it was reported.
    fn input(
        &mut self,
        key: Option<&str>,
        value: Val,
        span: Span,
        action: &mut plan::Action,
        seen: &mut HashMap<(ActionId, usize), Span>,
    ) -> bool {
        if let Val::Family(members) = &value {
            let place = self.place(span);
            let text = self.text(span).to_owned();
            let key = members.first().map_or("key", |(key, _)| key.as_str());
            self.report(
                codes::NEEDS_KEY
                    .at(place, format!("`{text}` is a family of actions, and one artifact is wanted"))
                    .help(format!("name a member, as `{text}[\"{key}\"]`, or take them all: `...{text}`")),
            );
            return false;
        }
        let Some(artifact) = self.artifact(value, span) else { return false };
        if let Some(first) = seen.insert(artifact, span) {
            let (place, first) = (self.place(span), self.place(first));
            self.report(
                codes::DUPLICATE_FIELD
                    .at(place, "this artifact is an input already")
                    .also(first, "given here first")
                    .help("remove it here"),
            );
            return false;
        }
        let artifact = self.artifact_ref(artifact);
        let name = key.or(artifact.output.as_deref()).unwrap_or_else(|| self.name_of(&artifact.action));
        action.inputs.push(Input { name: env_name(name), artifact });
        true
    }

    /// Two inputs of one name would overwrite each other's environment variable.
    fn check_input_names(
        &mut self,
        action: &plan::Action,
        places: &[Place],
        written: Option<(&Expr, &Context)>,
    ) {
        let mut seen = HashMap::new();
        for (at, input) in action.inputs.iter().enumerate() {
            if let Some(first) = seen.insert(input.name.as_str(), at) {
                let (Some(place), Some(first)) = (places.get(at).copied(), places.get(first).copied()) else {
                    return;
                };
                let name = &input.name;
                let mut diagnostic =
                    codes::INPUT_CLASH.at(place, format!("two inputs would both be `$PIPE_INPUT_{name}`"));
                diagnostic = if first == place {
                    diagnostic
                        .help("give each a name: `inputs: { \"#{key}\": test[key].report for key in keys }`")
                } else {
                    diagnostic
                        .label("has the same name")
                        .also(first, "the other one")
                        .help("give them names of your own: `inputs: { first: a.dist, second: b.dist }`")
                };
                let here = written.map_or(self.here, |(_, context)| context.here);
                self.within(here, |check| {
                    if let Some((span, record)) = written.and_then(|(list, _)| check.named_inputs(list)) {
                        diagnostic = diagnostic.fix("give them names", check.place(span), record);
                    }
                    check.report(diagnostic);
                });
                return;
            }
        }
    }

    /// `{ web_dist: web.dist, … }` for `[web.dist, …]`, with the range of the list.
    fn named_inputs(&self, list: &Expr) -> Option<(Span, String)> {
        let ExprKind::List(elements) = &list.kind else { return None };
        let mut fields: Vec<(String, &str)> = Vec::new();
        for element in elements {
            let Element::Value(expr) = element else { return None };
            let source = self.text(expr.span);
            let name: String = source
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
                .collect();
            let name = name.trim_matches('_').to_owned();
            if fields.iter().any(|(other, _)| *other == name)
                || name.starts_with(|c: char| !c.is_ascii_alphabetic())
            {
                return None;
            }
            fields.push((name, source));
        }
        let fields =
            fields.iter().map(|(name, source)| format!("{name}: {source}")).collect::<Vec<_>>().join(", ");
        Some((list.span, format!("{{ {fields} }}")))
    }

    /// `after: [action, …]`
    pub(super) fn after(&mut self, fields: &Fields<'a>) {
        let Some((expr, context)) = fields.get("after") else { return };
        self.within(context.here, |check| check.written_after(expr, context));
    }

    fn written_after(&mut self, expr: &'a Expr, context: &Context) {
        // What stands here is order, not a value that is used.
        let value = self.eval(expr, &context.without_uses());
        if matches!(value, Val::Null | Val::Unknown(_)) {
            return;
        }
        let Val::List(items) = value else {
            self.mismatch(expr.span, &Ty::List(Box::new(Ty::Action)), &value, "`after`");
            return;
        };
        let spans: Vec<Span> = match &expr.kind {
            ExprKind::List(elements) if elements.len() == items.len() => {
                elements.iter().map(element_span).collect()
            }
            _ => vec![expr.span; items.len()],
        };
        for (item, span) in items.iter().zip(spans) {
            match item {
                Val::Action(id) => self.wait_for(*id, span, context),
                Val::Family(members) => members.iter().for_each(|(_, id)| self.wait_for(*id, span, context)),
                Val::Error | Val::Unknown(_) => {}
                Val::Stage(_) | Val::StageFamily(_) => {
                    let place = self.place(span);
                    self.report(
                        codes::TYPE_MISMATCH
                            .at(place, "`after` waits for actions, and this is a stage")
                            .help("stages wait for stages: `needs: [stage]` in the stage's body"),
                    );
                }
                other => drop(self.mismatch(span, &Ty::Action, other, "an element of `after`")),
            }
        }
    }

    fn wait_for(&mut self, id: ActionId, span: Span, context: &Context) {
        // An action that does not exist need not be waited for.
        if context.records && self.member(id).removed.is_none() && self.used.insert(id) {
            let place = self.place(span);
            self.uses.push(Use { action: id, place, after: true });
        }
    }
}

/// The artifacts in a value, wherever they stand: an action can only name what it reads.
fn artifacts_in(value: &Value, found: &mut Vec<ArtifactRef>) {
    match value {
        Value::Artifact(artifact) => found.push(artifact.clone()),
        Value::File(file) => found.push(file.artifact.clone()),
        Value::List(items) => items.iter().for_each(|item| artifacts_in(item, found)),
        Value::Record(fields) => fields.values().for_each(|value| artifacts_in(value, found)),
        _ => {}
    }
}

/// The action's name in `stage.action`.
fn short_name(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, name)| name)
}

/// What can follow `PIPE_INPUT_`.
fn env_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

fn value_span(entries: &[Entry], key: &str) -> Option<Span> {
    entries.iter().find_map(|entry| match entry {
        Entry::Field(field) if field.key.text == key => Some(field.value.span),
        _ => None,
    })
}
