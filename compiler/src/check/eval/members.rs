//! What follows a name: members, elements, outputs of actions, files of artifacts.

use std::rc::Rc;

use smol_str::SmolStr;

use super::super::outputs::Signature;
use super::super::values::{is_name_char, is_quoted};
use super::super::{Check, Context};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Expr, Name};
use crate::types::{ActionId, Segment, StageId, Ty, Val};
use crate::value::is_inside;

impl<'a> Check<'a> {
    /// `value.member`
    pub(super) fn member_of(&mut self, value: Val, base: &Expr, member: &Name) -> Val {
        match value {
            Val::Error => Val::Error,
            Val::Null if self.untaken > 0 => Val::Error,
            Val::Unknown(Ty::Record(wanted)) => match wanted.get(&member.text) {
                Some(field) => Val::Unknown(field.ty.clone()),
                None => {
                    let names: Vec<String> = wanted.keys().map(ToString::to_string).collect();
                    self.no_such(member.span, "field", &member.text, "this record", &names)
                }
            },
            Val::Unknown(_) => Val::Unknown(Ty::Any),
            Val::Record(fields) => match fields.get(&member.text) {
                Some(value) => value.clone(),
                None => self.no_such(member.span, "field", &member.text, "this record", &keys(&fields)),
            },
            Val::Action(id) => self.output_of(id, &member.text, member.span),
            Val::Stage(id) => self.action_of(id, member),
            Val::Family(members) => {
                let text = self.text(base.span).to_owned();
                self.needs_key(&text, base.span, "actions", members.first().map(|(key, _)| key.clone()))
            }
            Val::StageFamily(members) => {
                let text = self.text(base.span).to_owned();
                self.needs_key(&text, base.span, "stages", members.first().map(|(key, _)| key.clone()))
            }
            other => {
                let found = other.describe();
                self.error(&codes::NO_MEMBER, member.span, format!("{found} has no members"))
            }
        }
    }

    fn action_of(&mut self, stage: StageId, member: &Name) -> Val {
        let written = self.stage(stage).written;
        if let Some(action) = self.stages[written].actions.get(&member.text).copied() {
            return self.action_value(stage, action, member.span);
        }
        let stage = &self.stages[written];
        let what = format!("stage `{}`", stage.name.text);
        let mut names: Vec<String> = stage.actions.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        self.no_such(member.span, "action", &member.text, &what, &names)
    }

    /// `value[index]`
    pub(super) fn index_of(&mut self, value: Val, base: &Expr, index: &Expr, key: Val) -> Val {
        if matches!(key, Val::Run(_)) {
            self.not_constant(index.span, "an index");
            return Val::Error;
        }
        let key_text = match &key {
            Val::Text(text) => Some(text.to_string()),
            Val::Int(number) => Some(number.to_string()),
            _ => None,
        };
        // A condition keeps what is not there out of the branch that is not taken.
        let unguarded = self.untaken == 0;
        match (value, key, key_text) {
            (Val::Error, ..) | (_, Val::Error | Val::Unknown(_), _) => Val::Error,
            (Val::Unknown(_), ..) => Val::Unknown(Ty::Any),
            (Val::List(items), Val::Int(at), _) => {
                match usize::try_from(at).ok().and_then(|at| items.get(at)) {
                    Some(item) => item.clone(),
                    None if !unguarded => Val::Unknown(Ty::Any),
                    None => {
                        let len = items.len();
                        self.error(
                            &codes::NO_MEMBER,
                            index.span,
                            format!("there is no element {at} in a list of {len}"),
                        )
                    }
                }
            }
            (Val::Record(fields), Val::Text(key), _) => match fields.get(&*key) {
                Some(value) => value.clone(),
                None if !unguarded => Val::Unknown(Ty::Any),
                None => self.no_such(index.span, "field", &key, "this record", &keys(&fields)),
            },
            (Val::Action(id), Val::Text(name), _) => self.output_of(id, &name, index.span),
            (Val::Family(members), _, Some(key)) => match self.member_at(&members, &key) {
                Some(id) => Val::Action(id),
                None if !unguarded => Val::Unknown(Ty::Any),
                None => {
                    self.no_such(index.span, "member", &key, &self.quoted(base.span), &member_keys(&members))
                }
            },
            (Val::StageFamily(members), _, Some(key)) => match members.iter().find(|(k, _)| **k == *key) {
                Some((_, id)) => Val::Stage(*id),
                None if !unguarded => Val::Unknown(Ty::Any),
                None => {
                    self.no_such(index.span, "member", &key, &self.quoted(base.span), &member_keys(&members))
                }
            },
            (value, key, _) => {
                let (value, key) = (value.describe(), key.describe());
                self.error(&codes::NO_MEMBER, index.span, format!("{value} cannot be indexed with {key}"))
            }
        }
    }

    fn member_at(&mut self, members: &[(SmolStr, ActionId)], key: &str) -> Option<ActionId> {
        let (_, first) = members.first()?;
        let (stage, action) = (self.member(*first).stage, self.member(*first).written);
        self.family(stage, action)?.by_key.get(key).copied()
    }

    fn quoted(&self, span: Span) -> String {
        format!("`{}`", self.text(span))
    }

    fn no_such(&mut self, span: Span, what: &str, name: &str, of: &str, candidates: &[String]) -> Val {
        if name.is_empty() {
            return Val::Error;
        }
        let place = self.place(span);
        let diagnostic = codes::NO_MEMBER.at(place, format!("{of} has no {what} `{name}`"));
        let diagnostic = self.suggest(diagnostic, name, span, candidates, what);
        self.report(diagnostic);
        Val::Error
    }

    fn suggest(
        &self,
        diagnostic: Diagnostic,
        name: &str,
        span: Span,
        candidates: &[String],
        what: &str,
    ) -> Diagnostic {
        if let Some(near) = nearest(name, candidates.iter().map(String::as_str)) {
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            return match self.replacement(name, near, span) {
                Some(text) => diagnostic.fix(format!("replace with `{near}`"), self.place(span), text),
                None => diagnostic,
            };
        }
        match candidates {
            [] => diagnostic.help(format!("it has no {what} at all")),
            some => {
                let list = some.iter().take(8).map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ");
                let more = if some.len() > 8 { ", …" } else { "" };
                diagnostic.help(format!("it has {list}{more}"))
            }
        }
    }

    /// How `near` is written in the place of `name`; not where an expression stands there that may mean more elsewhere.
    fn replacement(&self, name: &str, near: &str, span: Span) -> Option<String> {
        let source = self.text(span);
        let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let plain = near.chars().all(is_name_char) && !near.starts_with(|c: char| c.is_ascii_digit());
        let member = self.file_text_here()[..span.start as usize].trim_end().ends_with('.');
        if is_quoted(source, name) || (is_number(source) && !is_number(near)) {
            Some(format!("\"{near}\""))
        } else if is_number(source) || (member && plain && source == name) {
            Some(near.to_owned())
        } else {
            None
        }
    }

    /// The artifact or variable `name` of an action.
    fn output_of(&mut self, id: ActionId, name: &str, span: Span) -> Val {
        let Some(signature) = self.signature(id, span) else { return Val::Error };
        if let Some(at) = signature.outputs.iter().position(|o| o.id.as_deref() == Some(name)) {
            let definition = signature.outputs[at].place;
            self.refer(EntityKind::Artifact, span, definition);
            return Val::Artifact(id, at);
        }
        match signature.variable(name) {
            Some(definition) => {
                if let Some(definition) = definition {
                    self.refer(EntityKind::Output, span, definition);
                }
                Val::Run(Rc::from([Segment::Output(id, name.into())]))
            }
            None if name.is_empty() || signature.broken => Val::Error,
            None => self.no_output(id, name, span, &signature),
        }
    }

    fn no_output(&mut self, id: ActionId, name: &str, span: Span, signature: &Signature) -> Val {
        let action = self.written_action(id);
        let place = self.place(span);
        let definition = self.action_place(self.member(id).written);
        let candidates = signature.names();
        let diagnostic = codes::UNKNOWN_OUTPUT
            .at(place, format!("`{}` has no artifact or variable `{name}`", action.name.text))
            .also(definition, format!("`{}` is declared here", action.name.text));
        let diagnostic = if candidates.is_empty() {
            diagnostic
                .help("declare it there: `outputs: { … }` for files, `variables: [\"NAME\"]` for variables")
        } else {
            self.suggest(diagnostic, name, span, &candidates, "output")
        };
        self.report(diagnostic);
        Val::Error
    }

    /// `artifact / "path"`
    pub(super) fn file_of(&mut self, artifact: &'a Expr, path: &'a Expr, context: &Context) -> Val {
        let value = self.eval(artifact, context);
        let path_value = self.eval(path, context);
        if matches!(value, Val::Unknown(_)) {
            return Val::Unknown(Ty::File);
        }
        let Some((action, output)) = self.artifact(value, artifact.span) else { return Val::Error };
        match path_value {
            Val::Unknown(_) => Val::Unknown(Ty::File),
            Val::Text(text) if is_inside(&text) => Val::File(action, output, text),
            Val::Text(text) => {
                let place = self.place(path.span);
                self.report(
                    codes::BAD_PATH.at(place, format!("`{text}` is not a path inside an artifact")).help(
                        "such a path is relative and never leaves the artifact: no leading `/`, no `..`",
                    ),
                );
                Val::Error
            }
            Val::Error => Val::Error,
            Val::Run(_) => {
                self.not_constant(path.span, "a path");
                Val::Error
            }
            other => self.mismatch(path.span, &Ty::String, &other, "a path"),
        }
    }
}

fn keys(fields: &indexmap::IndexMap<SmolStr, Val>) -> Vec<String> {
    fields.keys().map(ToString::to_string).collect()
}

fn member_keys<T>(members: &[(SmolStr, T)]) -> Vec<String> {
    members.iter().map(|(key, _)| key.to_string()).collect()
}
