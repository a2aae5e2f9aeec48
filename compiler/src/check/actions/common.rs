//! Fields that every action has, and the `defaults` that fill them.

use std::collections::HashMap;

use indexmap::IndexMap;
use smol_str::SmolStr;

use super::super::values::list_of;
use super::super::{Check, Context};
use super::{Fields, allows, entries, known_fields};
use crate::catalog::{self, Callee};
use crate::diagnostic::{codes, nearest};
use crate::places::ActionPlaces;
use crate::plan::{self, Local};
use crate::span::Span;
use crate::syntax::ast::{Defaults, Entry, Expr, ExprKind};
use crate::types::{Ty, Val};
use crate::value::{Value, is_variable_name};

/// What `defaults { }` without a callee can set.
const GENERAL: &[&str] = &["env", "region", "role"];
/// How often an action may be tried again.
const MAX_RETRIES: i64 = 10;

impl<'a> Check<'a> {
    pub(super) fn common_fields(
        &mut self,
        callee: &'static Callee,
        fields: &Fields<'a>,
        action: &mut plan::Action,
        places: &mut ActionPlaces,
    ) {
        for name in ["name", "region", "role", "namespace"] {
            let Some((expr, context)) = fields.get(name) else { continue };
            places.fields.push((name.to_owned(), self.place(expr.span)));
            let Some(text) = self.constant_text(expr, name, context) else { continue };
            match name {
                "name" => action.name = text,
                "region" => action.region = Some(text),
                "role" => action.role = Some(text),
                _ => action.namespace = Some(text),
            }
        }
        if let Some((expr, context)) = fields.get("timeout") {
            places.fields.push(("timeout".to_owned(), self.place(expr.span)));
            action.timeout = self.timeout(expr, context);
        }
        if let Some((expr, context)) = fields.get("retry") {
            places.fields.push(("retry".to_owned(), self.place(expr.span)));
            action.retry = self.retry(expr, context);
        }
        if allows(callee, "env") {
            for (expr, context) in fields.all("env") {
                self.env(expr, context, &mut action.env);
            }
            let nearest = fields.get("env").map(|(expr, _)| ("env".to_owned(), self.place(expr.span)));
            places.fields.extend(nearest);
        }
        if let Some((expr, context)) = fields.get("local") {
            action.local = self.local(expr, context);
        }
    }

    /// A text that must be known now; `None` when it is `null` or was reported.
    pub(in super::super) fn constant_text(
        &mut self,
        expr: &'a Expr,
        name: &str,
        context: &Context,
    ) -> Option<String> {
        match self.eval(expr, context) {
            Val::Text(text) if text.is_empty() => {
                self.error(&codes::BAD_VALUE, expr.span, format!("`{name}` is empty"));
                None
            }
            Val::Text(text) => Some(text.to_string()),
            Val::Run(_) => {
                self.not_constant(expr.span, &format!("`{name}`"));
                None
            }
            Val::Null | Val::Error | Val::Unknown(_) => None,
            other => {
                self.mismatch(expr.span, &Ty::String, &other, &format!("`{name}`"));
                None
            }
        }
    }

    fn timeout(&mut self, expr: &'a Expr, context: &Context) -> Option<u64> {
        match self.eval(expr, context) {
            Val::Duration(0) => {
                self.error(&codes::BAD_VALUE, expr.span, "a timeout of nothing lets nothing run");
                None
            }
            Val::Duration(seconds) => Some(seconds),
            Val::Null | Val::Error | Val::Unknown(_) => None,
            other => {
                self.mismatch(expr.span, &Ty::Duration, &other, "`timeout`");
                None
            }
        }
    }

    fn retry(&mut self, expr: &'a Expr, context: &Context) -> Option<u32> {
        match self.eval(expr, context) {
            Val::Int(times @ 0..=MAX_RETRIES) => u32::try_from(times).ok(),
            Val::Int(_) => {
                let message = format!("`retry` is how often the action is tried again: 0 to {MAX_RETRIES}");
                self.error(&codes::BAD_VALUE, expr.span, message);
                None
            }
            Val::Null | Val::Error | Val::Unknown(_) => None,
            other => {
                self.mismatch(expr.span, &Ty::Int, &other, "`retry`");
                None
            }
        }
    }

    /// Merges a record of environment variables over those of outer layers; `null` removes one.
    pub(super) fn env(&mut self, expr: &'a Expr, context: &Context, env: &mut IndexMap<String, Value>) {
        let value = self.eval(expr, context);
        if matches!(value, Val::Null) {
            // Nothing, not even what outer layers say.
            env.clear();
            return;
        }
        let Val::Record(record) = value else {
            self.mismatch(expr.span, &Ty::Map(Box::new(Ty::String)), &value, "`env`");
            return;
        };
        for (name, value) in record.iter() {
            let (key, span) = match &expr.kind {
                ExprKind::Record(entries) => entry_spans(entries, name, expr),
                _ => (expr.span, expr.span),
            };
            if !is_variable_name(name) {
                self.bad_env_name(name, key);
                continue;
            }
            match value {
                Val::Text(text) => drop(env.insert(name.to_string(), Value::text(&**text))),
                Val::Run(segments) => {
                    let text = self.plan_text(segments);
                    env.insert(name.to_string(), Value::Text(text));
                }
                Val::Null => drop(env.shift_remove(name.as_str())),
                Val::Error | Val::Unknown(_) => {}
                other => drop(self.mismatch(span, &Ty::String, other, "an environment variable")),
            }
        }
    }

    fn local(&mut self, expr: &'a Expr, context: &Context) -> Option<Local> {
        match &expr.kind {
            ExprKind::Record(entries) => {
                self.written_out(expr, "`local`");
                let mut script = None;
                let mut env = IndexMap::new();
                for entry in entries {
                    let Entry::Field(field) = entry else { continue };
                    match field.key.text.as_str() {
                        "script" if matches!(field.value.kind, ExprKind::Interpolated(_)) => {
                            self.error(
                                &codes::INTERPOLATED_SCRIPT,
                                field.value.span,
                                "nothing is substituted into a script; pass values through the `env` of `local`",
                            );
                        }
                        "script" => script = self.constant_text(&field.value, "script", context),
                        "env" => self.env(&field.value, context, &mut env),
                        other => {
                            let message =
                                format!("`local` has no field `{other}`; its fields are `script` and `env`");
                            self.error(&codes::UNKNOWN_FIELD, field.key.span, message);
                        }
                    }
                }
                if script.is_none() && entry_missing(entries, "script") {
                    self.error(
                        &codes::MISSING_FIELD,
                        expr.span,
                        "`local` needs the `script` that a local run runs",
                    );
                }
                Some(Local::Script { script: script?, env })
            }
            _ => {
                match self.eval(expr, context) {
                    Val::Text(text) if &*text == "simulate" => Some(Local::Simulate),
                    Val::Null | Val::Error => None,
                    Val::Record(record) => self.local_record(&record, expr.span),
                    _ => {
                        let place = self.place(expr.span);
                        self.report(
                        codes::BAD_CHOICE
                            .at(place, "`local` is `\"simulate\"` or a record with a `script`")
                            .help("`local: { script: \"…\" }` says what a local run does in place of the cloud"),
                    );
                        None
                    }
                }
            }
        }
    }

    fn bad_env_name(&mut self, name: &str, span: Span) {
        let place = self.place(span);
        self.report(
            codes::BAD_VALUE
                .at(place, format!("`{name}` cannot be the name of an environment variable"))
                .help("such names have letters, digits and `_`, and do not begin with a digit"),
        );
    }

    /// `local` that comes from elsewhere, through a `let` or an `if`.
    fn local_record(&mut self, record: &IndexMap<SmolStr, Val>, span: Span) -> Option<Local> {
        let mut env = IndexMap::new();
        for (key, value) in record {
            match (key.as_str(), value) {
                ("script", Val::Text(_) | Val::Error) | (_, Val::Null) => {}
                ("script", Val::Run(_)) => self.not_constant(span, "`script`"),
                ("script", other) => drop(self.mismatch(span, &Ty::String, other, "`script`")),
                ("env", Val::Record(values)) => {
                    for (name, value) in values.iter() {
                        if !is_variable_name(name) {
                            self.bad_env_name(name, span);
                        } else if let Some(text) = value.segments() {
                            let text = self.plan_text(&text);
                            env.insert(name.to_string(), Value::Text(text));
                        } else {
                            self.mismatch(span, &Ty::String, value, "an environment variable");
                        }
                    }
                }
                ("env", other) => drop(self.mismatch(span, &Ty::Map(Box::new(Ty::String)), other, "`env`")),
                (other, _) => {
                    let message =
                        format!("`local` has no field `{other}`; its fields are `script` and `env`");
                    self.error(&codes::UNKNOWN_FIELD, span, message);
                }
            }
        }
        match record.get("script") {
            Some(Val::Text(script)) => Some(Local::Script { script: script.to_string(), env }),
            Some(_) => None,
            None => {
                self.error(&codes::MISSING_FIELD, span, "`local` needs the `script` that a local run runs");
                None
            }
        }
    }

    /// Checks each `defaults` once, whether an action uses it or not.
    pub(super) fn check_defaults(&mut self) {
        let groups: Vec<(Option<usize>, &'a Defaults)> = self
            .defaults
            .iter()
            .map(|d| (None, *d))
            .chain(
                self.stages
                    .iter()
                    .enumerate()
                    .flat_map(|(i, s)| s.defaults.iter().map(move |d| (Some(i), *d))),
            )
            .collect();
        let mut seen: HashMap<(Option<usize>, Option<&str>), Span> = HashMap::new();
        for (stage, defaults) in groups {
            self.written_out(&defaults.body, "`defaults`");
            let of = defaults.callee.as_ref().map(|path| path.text.as_str());
            if let Some(first) = seen.insert((stage, of), defaults.span) {
                let (place, first) = (self.place(defaults.span), self.place(first));
                self.report(
                    codes::DUPLICATE_NAME
                        .at(place, "these `defaults` are declared twice")
                        .also(first, "first declared here")
                        .help("put their fields into one"),
                );
            }
            let callee = match &defaults.callee {
                Some(path) => match self.callee_of(&path.text, path.span) {
                    Some(callee) => Some(callee),
                    None => continue,
                },
                None => None,
            };
            let context = match stage.and_then(|s| self.stages[s].members.first().map(|(_, id)| *id)) {
                Some(member) => self.stage_context(member),
                None => self.pipeline_context(),
            };
            for entry in entries(&defaults.body) {
                let Entry::Field(field) = entry else { continue };
                let name = field.key.text.as_str();
                let known = match callee {
                    Some(callee) => known_fields(callee),
                    None => GENERAL.to_vec(),
                };
                if known.contains(&name)
                    && !["name", "output", "outputs", "inputs", "after", "variables"].contains(&name)
                {
                    // Its type is checked for each action that it fills; here only its names are.
                    self.eval(&field.value, &context);
                    continue;
                }
                self.unknown_default(field.key.span, name, callee, &known);
            }
        }
    }

    fn unknown_default(&mut self, span: Span, name: &str, callee: Option<&Callee>, known: &[&str]) {
        let place = self.place(span);
        let of = callee.map_or("all actions".to_owned(), |c| format!("`{}`", c.name));
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("`{name}` cannot be a default of {of}"));
        self.report(match nearest(name, known.iter().copied()).filter(|near| *near != name) {
            Some(near) => diagnostic.did_you_mean(near),
            None if callee.is_none() && catalog::CALLEES.iter().any(|c| c.field(name).is_some()) => {
                diagnostic.help("fields of one callee stand in `defaults callee { … }`, as `defaults run { image: \"…\" }`")
            }
            None => diagnostic.help(format!("the fields are {}", list_of(known.iter().copied()))),
        });
    }
}

fn entry_spans(entries: &[Entry], name: &str, whole: &Expr) -> (Span, Span) {
    entries
        .iter()
        .find_map(|entry| match entry {
            Entry::Field(field) if field.key.text == name => Some((field.key.span, field.value.span)),
            _ => None,
        })
        .unwrap_or((whole.span, whole.span))
}

fn entry_missing(entries: &[Entry], name: &str) -> bool {
    !entries.iter().any(|entry| match entry {
        Entry::Field(field) => field.key.text == name,
        Entry::Spread(_) | Entry::Error(_) => true,
    })
}
