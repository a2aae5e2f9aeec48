//! What a local run does in the place of a cloud action.

use indexmap::IndexMap;
use smol_str::SmolStr;

use super::super::values::meant;
use super::super::{Check, Context};
use crate::diagnostic::{codes, nearest};
use crate::plan::Local;
use crate::span::Span;
use crate::syntax::ast::{Entry, Expr, ExprKind};
use crate::types::{Ty, Val};
use crate::value::{Value, is_variable_name};

/// What a record for `local` has.
const FIELDS: &[&str] = &["script", "env"];

impl<'a> Check<'a> {
    pub(super) fn local(&mut self, expr: &'a Expr, context: &Context) -> Option<Local> {
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
                        "env" => self.env(&field.value, context, None, &mut env),
                        other => {
                            let key = field.key.span;
                            self.unknown_key_at(Some(key), key, "`local`", other, FIELDS);
                        }
                    }
                }
                if script.is_none()
                    && entry_missing(entries, "script")
                    && !meant(entries, FIELDS).contains(&"script")
                {
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
                        } else if let Val::Secret(secret) = value {
                            env.insert(name.to_string(), Value::Secret(secret.to_string()));
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
                    self.unknown_key(span, "`local`", other, FIELDS);
                }
            }
        }
        match record.get("script") {
            Some(Val::Text(script)) => Some(Local::Script { script: script.to_string(), env }),
            Some(_) => None,
            None if record.keys().any(|key| nearest(key, FIELDS.iter().copied()) == Some("script")) => None,
            None => {
                self.error(&codes::MISSING_FIELD, span, "`local` needs the `script` that a local run runs");
                None
            }
        }
    }
}

fn entry_missing(entries: &[Entry], name: &str) -> bool {
    !entries.iter().any(|entry| match entry {
        Entry::Field(field) => field.key.text == name,
        Entry::Spread(_) | Entry::Error(_) => true,
    })
}
