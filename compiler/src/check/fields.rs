//! Values of fields, held against the types and limits of the catalog.

use super::Check;
use super::values::{is_quoted, list_of};
use crate::catalog::{self, Field, Limits};
use crate::diagnostic::words::counted;
use crate::diagnostic::{codes, nearest};
use crate::span::Span;
use crate::types::{Ty, Val};
use crate::value::{FileRef, Value};

impl<'a> Check<'a> {
    /// A field's value as the plan holds it; `None` when it is `null` or was reported.
    pub(super) fn typed(&mut self, value: Val, field: &Field, span: Span) -> Option<Value> {
        use catalog::Type;
        let what = format!("`{}`", field.name);
        let constant = field.key.is_empty();
        if let Val::Unknown(ty) = &value
            && *ty != Ty::Any
            && !type_of_field(&field.ty).accepts(&value)
        {
            self.mismatch(span, &type_of_field(&field.ty), &value, &what);
            return None;
        }
        match (&field.ty, value) {
            (_, Val::Null | Val::Error | Val::Unknown(_)) => None,
            (Type::String | Type::StringList | Type::ConstString | Type::Script, Val::Text(text)) => {
                self.text_within(&field.limits, &text, span, &what);
                Some(Value::text(&*text))
            }
            (Type::String | Type::StringList, Val::Run(segments)) => {
                Some(Value::Text(self.plan_text(&segments)))
            }
            (Type::ConstString, value @ Val::Run(_)) if value.is_deploy_time() => {
                value.segments().map(|segments| Value::Text(self.plan_text(&segments)))
            }
            (Type::Script, value @ Val::Run(_)) if value.is_deploy_time() => {
                self.deploy_time(span, "be part of a script; pass it through `env`");
                None
            }
            (Type::Secret, Val::Secret(secret)) => Some(Value::Secret(secret.to_string())),
            (Type::Secret, other) => {
                self.mismatch(span, &Ty::Secret, &other, &what);
                None
            }
            (Type::Enum(values), Val::Text(text)) => {
                self.one_of(values, &text, span, &what).then(|| Value::text(&*text))
            }
            (Type::Int, Val::Int(number)) => {
                self.number_within(&field.limits, number, span, &what);
                Some(Value::Int(number))
            }
            (Type::Bool, Val::Bool(value)) => Some(Value::Bool(value)),
            // The service resolves a reference anywhere in its configuration.
            (Type::Enum(_) | Type::Int | Type::Bool, Val::Run(segments)) if !constant => {
                Some(Value::Text(self.plan_text(&segments)))
            }
            (Type::ConstString | Type::Script | Type::Enum(_), Val::Run(_)) => {
                self.not_constant(span, &what);
                None
            }
            (Type::Duration, Val::Duration(seconds)) => Some(Value::Duration(seconds)),
            (Type::EnumList(values), Val::List(items)) => self.enum_list(values, &items, span, &what),
            (Type::StringList, Val::List(items)) => self.text_list(&field.limits, &items, span, &what),
            (Type::Commands, Val::List(items)) => self.commands(&items, span, &what),
            (Type::Artifact, value) => {
                let artifact = self.artifact(value, span)?;
                Some(Value::Artifact(self.artifact_ref(artifact)))
            }
            (Type::File, Val::File(action, output, path)) => {
                let artifact = self.artifact_ref((action, output));
                Some(Value::File(FileRef { artifact, path: path.to_string() }))
            }
            (Type::Json, value) => self.json(value, span),
            (Type::StringMap, Val::Record(fields)) => {
                let fields = fields
                    .iter()
                    .filter_map(|(key, value)| Some((key.to_string(), self.map_text(value, span, &what)?)));
                let fields: Vec<_> = fields.collect();
                Some(Value::Record(fields.into_iter().collect()))
            }
            (Type::Globs, value) => {
                let globs = self.globs(&value, span)?;
                Some(Value::List(globs.into_iter().map(Value::text).collect()))
            }
            (ty, other) => {
                let wanted = type_of_field(ty);
                self.mismatch(span, &wanted, &other, &what);
                None
            }
        }
    }

    fn map_text(&mut self, value: &Val, span: Span, what: &str) -> Option<Value> {
        match value {
            Val::Text(text) => Some(Value::text(&**text)),
            Val::Run(segments) => Some(Value::Text(self.plan_text(segments))),
            Val::Error => None,
            other => {
                self.mismatch(span, &Ty::String, other, &format!("each value of {what}"));
                None
            }
        }
    }

    fn text_list(&mut self, limits: &Limits, items: &[Val], span: Span, what: &str) -> Option<Value> {
        if let Some(max) = limits.max_items.filter(|max| items.len() > *max) {
            let message =
                format!("{what} has at most {}, and this has {}", counted(max, "element"), items.len());
            self.error(&codes::BAD_VALUE, span, message);
        }
        let texts = items.iter().filter_map(|item| self.map_text(item, span, what));
        Some(Value::List(texts.collect()))
    }

    /// Commands that the service expands itself. What is put into them can be code for the shell; real pipelines do it all
    /// the same.
    fn commands(&mut self, items: &[Val], span: Span, what: &str) -> Option<Value> {
        if items.iter().any(|item| matches!(item, Val::Run(_))) {
            let place = self.place(span);
            self.report(
                codes::INTERPOLATED_COMMANDS
                    .at(place, "values are put into these commands, and the shell reads them as code")
                    .help("pass them through `env`, and write `$NAME`"),
            );
        }
        let texts = items.iter().filter_map(|item| self.map_text(item, span, what));
        Some(Value::List(texts.collect()))
    }

    fn number_within(&mut self, limits: &Limits, number: i64, span: Span, what: &str) {
        let low = limits.min.filter(|min| number < *min).map(|min| format!("at least {min}"));
        let high = limits.max.filter(|max| number > *max).map(|max| format!("at most {max}"));
        if let Some(wanted) = low.or(high) {
            self.error(&codes::BAD_VALUE, span, format!("{what} is {wanted}, and this is {number}"));
        }
    }

    fn text_within(&mut self, limits: &Limits, text: &str, span: Span, what: &str) {
        let length = text.chars().count();
        if let Some(max) = limits.max_length.filter(|max| length > *max) {
            let message = format!("{what} has at most {}, and this has {length}", counted(max, "character"));
            self.error(&codes::BAD_VALUE, span, message);
        }
        if let Some(pattern) = &limits.pattern
            && let Ok(regex) = regex::Regex::new(&format!("^(?:{pattern})$"))
            && !regex.is_match(text)
        {
            let place = self.place(span);
            let shown: String = text.chars().take(60).collect();
            self.report(
                codes::BAD_VALUE
                    .at(place, format!("`{shown}` is not of the form that {what} has"))
                    .help(format!("it must match `{pattern}`")),
            );
        }
    }

    fn enum_list(&mut self, values: &[String], items: &[Val], span: Span, what: &str) -> Option<Value> {
        let mut texts = Vec::new();
        for item in items {
            match item {
                Val::Text(text) if self.one_of(values, text, span, what) => texts.push(Value::text(&**text)),
                Val::Text(_) | Val::Error => {}
                other => drop(self.mismatch(span, &Ty::String, other, &format!("each element of {what}"))),
            }
        }
        Some(Value::List(texts))
    }

    /// Whether the text is one of a list; otherwise that is reported with the nearest.
    pub(super) fn one_of(&mut self, values: &[String], text: &str, span: Span, what: &str) -> bool {
        if values.iter().any(|value| value == text) {
            return true;
        }
        let place = self.place(span);
        let mut diagnostic = codes::BAD_CHOICE.at(place, format!("{what} cannot be `{text}`"));
        let literal = is_quoted(self.text(span), text);
        diagnostic = match nearest(text, values.iter().map(String::as_str)) {
            Some(near) if literal => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("replace with `\"{near}\"`"),
                place,
                format!("\"{near}\""),
            ),
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic,
        };
        self.report(diagnostic.help(format!("it is one of {}", list_of(values.iter().map(String::as_str)))));
        false
    }

    fn json(&mut self, value: Val, span: Span) -> Option<Value> {
        Some(match value {
            Val::Null => Value::Null,
            Val::Bool(value) => Value::Bool(value),
            Val::Int(value) => Value::Int(value),
            Val::Text(text) => Value::text(&*text),
            Val::Run(segments) => Value::Text(self.plan_text(&segments)),
            Val::List(items) => {
                Value::List(items.iter().filter_map(|i| self.json(i.clone(), span)).collect())
            }
            Val::Record(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .filter_map(|(key, value)| Some((key.to_string(), self.json(value.clone(), span)?)))
                    .collect();
                Value::Record(fields.into_iter().collect())
            }
            Val::Artifact(action, output) => Value::Artifact(self.artifact_ref((action, output))),
            Val::Action(_) => {
                let artifact = self.artifact(value, span)?;
                Value::Artifact(self.artifact_ref(artifact))
            }
            Val::Error | Val::Unknown(_) => return None,
            Val::Secret(_) => {
                self.secret_flow(span, "stand in JSON");
                return None;
            }
            other => {
                let found = other.describe();
                self.error(&codes::TYPE_MISMATCH, span, format!("{found} cannot be written as JSON"));
                return None;
            }
        })
    }
}

fn type_of_field(ty: &catalog::Type) -> Ty {
    use catalog::Type;
    match ty {
        Type::String | Type::ConstString | Type::Script | Type::Enum(_) => Ty::String,
        Type::Int => Ty::Int,
        Type::Bool => Ty::Bool,
        Type::Duration => Ty::Duration,
        Type::EnumList(_) | Type::StringList | Type::Commands | Type::Globs => Ty::List(Box::new(Ty::String)),
        Type::Secret => Ty::Secret,
        Type::Artifact => Ty::Artifact,
        Type::File => Ty::File,
        Type::Json => Ty::Any,
        Type::StringMap => Ty::Map(Box::new(Ty::String)),
    }
}
