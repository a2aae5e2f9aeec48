//! Fields that every action has.

use indexmap::IndexMap;

use super::super::{Check, Context};
use super::{Fields, allows};
use crate::catalog::Callee;
use crate::diagnostic::codes;
use crate::places::ActionPlaces;
use crate::plan;
use crate::span::Span;
use crate::syntax::ast::{Entry, Expr, ExprKind};
use crate::types::{Ty, Val};
use crate::value::{Text, Value, is_variable_name};

/// How often an action may be tried again.
const MAX_RETRIES: i64 = 10;

impl<'a> Check<'a> {
    pub(super) fn common_fields(
        &mut self,
        callee: &Callee,
        fields: &Fields<'a>,
        action: &mut plan::Action,
        places: &mut ActionPlaces,
    ) {
        for name in ["name", "region", "role", "namespace", "timeout", "retry", "local"] {
            let Some((expr, context)) = fields.get(name) else { continue };
            places.fields.push((name.to_owned(), self.modules.place(context.here.module, expr.span)));
            self.within(context.here, |check| match name {
                "name" => {
                    if let Some(text) = check.constant_text(expr, name, context) {
                        action.name = text;
                    }
                }
                "region" => action.region = check.setting_text(expr, name, context),
                "role" => action.role = check.setting_text(expr, name, context),
                "namespace" => action.namespace = check.constant_text(expr, name, context),
                "timeout" => action.timeout = check.timeout(expr, context),
                "retry" => action.retry = check.retry(expr, context),
                _ => action.local = check.local(expr, context),
            });
        }
        if allows(callee, "env") {
            let refuses = callee.secrets.is_empty().then_some(callee.name.as_str());
            for (expr, context) in fields.all("env") {
                self.within(context.here, |check| check.env(expr, &context, refuses, &mut action.env));
            }
            let nearest = fields.get("env").map(|(expr, context)| {
                ("env".to_owned(), self.modules.place(context.here.module, expr.span))
            });
            places.fields.extend(nearest);
        }
    }

    /// A text that no run has to tell; CloudFormation may. `None` when it is `null` or was reported.
    pub(in super::super) fn setting_text(
        &mut self,
        expr: &'a Expr,
        name: &str,
        context: &Context,
    ) -> Option<Text> {
        match self.eval(expr, context) {
            value @ Val::Run(_) if value.is_deploy_time() => {
                value.segments().map(|segments| self.plan_text(&segments))
            }
            value => self.constant_value(value, expr, name).map(Text::Constant),
        }
    }

    /// A text that must be known now; `None` when it is `null` or was reported.
    pub(in super::super) fn constant_text(
        &mut self,
        expr: &'a Expr,
        name: &str,
        context: &Context,
    ) -> Option<String> {
        let value = self.eval(expr, context);
        self.constant_value(value, expr, name)
    }

    fn constant_value(&mut self, value: Val, expr: &Expr, name: &str) -> Option<String> {
        match value {
            Val::Text(text) if text.is_empty() => {
                self.error(&codes::BAD_VALUE, expr.span, format!("`{name}` is empty"));
                None
            }
            Val::Text(text) => Some(text.to_string()),
            value @ Val::Run(_) if value.is_deploy_time() => {
                self.deploy_time(expr.span, &format!("be `{name}`"));
                None
            }
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
    /// Secrets are refused where `refuses` names a callee whose environment cannot hold them.
    pub(super) fn env(
        &mut self,
        expr: &'a Expr,
        context: &Context,
        refuses: Option<&str>,
        env: &mut IndexMap<String, Value>,
    ) {
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
                Val::Secret(secret) => match refuses {
                    Some(callee) => {
                        self.secret_flow(span, &format!("go into the environment of `{callee}`"));
                    }
                    None => drop(env.insert(name.to_string(), Value::Secret(secret.to_string()))),
                },
                Val::Error | Val::Unknown(_) => {}
                other => drop(self.mismatch(span, &Ty::String, other, "an environment variable")),
            }
        }
    }

    pub(in super::super) fn bad_env_name(&mut self, name: &str, span: Span) {
        let place = self.place(span);
        self.report(
            codes::BAD_VALUE
                .at(place, format!("`{name}` cannot be the name of an environment variable"))
                .help("such names have letters, digits and `_`, and do not begin with a digit"),
        );
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
