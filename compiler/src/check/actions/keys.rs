//! Which fields an action has: none that its callee does not know, and all that it must have.

use super::super::Check;
use super::super::values::{and_list, meant};
use super::{COMMON, Fields, Resolved};
use crate::catalog::{Callee, Environment, Field, Required, Variables};
use crate::diagnostic::{codes, nearest};
use crate::plan;
use crate::syntax::ast::{Entry, Expr, Name};
use crate::value::Value;

impl<'a> Check<'a> {
    pub(super) fn deprecated(&mut self, callee: &Callee, resolved: &Resolved<'a>) {
        let Some(instead) = &callee.deprecated else { return };
        self.within(resolved.callee_here, |check| {
            let place = check.place(resolved.callee_span);
            check.report(
                codes::DEPRECATED
                    .at(place, format!("`{}` should not be used any more", callee.name))
                    .help(instead.clone()),
            );
        });
    }

    /// Reports unknown and double fields of a body.
    pub(super) fn check_keys(&mut self, resolved: &Resolved<'a>, callee: &'a Callee) {
        // The arguments of templates are checked where they are bound.
        for layer in resolved.layers.iter().filter(|layer| !layer.instance) {
            self.within(layer.context.here, |check| check.check_body(layer.body, callee));
        }
    }

    fn check_body(&mut self, body: &'a Expr, callee: &'a Callee) {
        let mut seen: Vec<&Name> = Vec::new();
        for entry in body.entries() {
            match entry {
                Entry::Field(field) => {
                    match seen.iter().find(|key| key.text == field.key.text) {
                        Some(first) => {
                            let first = first.span;
                            self.duplicate_key(&field.key.text, field.key.span, first);
                        }
                        None => seen.push(&field.key),
                    }
                    self.check_key(&field.key, callee);
                }
                Entry::Spread(expr) => drop(self.error(
                    &codes::MISPLACED,
                    expr.span,
                    "`...` cannot stand in the body of an action: every field is written there",
                )),
                Entry::Error(_) => {}
            }
        }
    }

    fn check_key(&mut self, key: &Name, callee: &Callee) {
        let name = key.text.as_str();
        if callee.field(name).is_some() || allows(callee, name) {
            return;
        }
        let place = self.place(key.span);
        let known: Vec<&str> = known_fields(callee);
        if COMMON.contains(&name) {
            self.report(
                codes::UNKNOWN_FIELD
                    .at(place, format!("`{}` takes no `{name}`", callee.name))
                    .help(format!("its fields are {}", and_list(known.iter().copied()))),
            );
            return;
        }
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("`{}` has no field `{name}`", callee.name));
        self.report(match nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help(format!("its fields are {}", and_list(known.iter().copied()))),
        });
    }

    pub(in super::super) fn check_required(
        &mut self,
        callee: &'a Callee,
        resolved: &Resolved<'a>,
        fields: &Fields<'a>,
        action: &plan::Action,
    ) {
        // What is worth `null` is as if it had not been written.
        let mut absent: Vec<&str> = Vec::new();
        for field in callee.fields.iter().filter(|field| !action.config.contains_key(&field.name)) {
            if fields.get(&field.name).is_none_or(|(expr, context)| self.is_null(expr, context)) {
                absent.push(&field.name);
            }
        }
        let given = |name: &str| !absent.contains(&name);
        let misspelt = misspelt(resolved, callee);
        let missing: Vec<&Field> = callee
            .fields
            .iter()
            .filter(|field| {
                !given(&field.name)
                    && !misspelt.contains(&field.name.as_str())
                    && match &field.required {
                        Required::Yes => true,
                        Required::No => false,
                        Required::SeveralInputs => action.inputs.len() > 1,
                        Required::NoInputs => action.inputs.is_empty(),
                        Required::With(others) => others.iter().any(|other| given(other)),
                        Required::Unless(others) => others.iter().all(|other| !given(other)),
                        Required::When(other, values) => {
                            text_of(action, other).is_some_and(|v| values.contains(&v))
                        }
                    }
            })
            .collect();
        if resolved.is_broken() {
            return;
        }
        if !missing.is_empty() {
            let names = and_list(missing.iter().map(|field| field.name.as_str()));
            let place = self.modules.place(resolved.callee_here.module, resolved.callee_span);
            let mut diagnostic = codes::MISSING_FIELD.at(place, format!("`{}` needs {names}", callee.name));
            for field in missing {
                let why = match &field.required {
                    Required::When(other, _) => format!(" (because of its `{other}`)"),
                    Required::With(others) => format!(" (because of `{}`)", others.join("`, `")),
                    Required::Unless(others) => format!(" (or `{}`)", others.join("`, `")),
                    Required::SeveralInputs => " (because it has several inputs)".to_owned(),
                    Required::NoInputs => " (because it has no input)".to_owned(),
                    _ => String::new(),
                };
                let doc = if field.doc.is_empty() { "it must be given" } else { &field.doc };
                diagnostic = diagnostic.help(format!("`{}`{why}: {doc}", field.name));
            }
            self.within(resolved.callee_here, |check| check.report(diagnostic));
        }
        if callee.name == "git" {
            self.within(resolved.callee_here, |check| {
                check.check_revision(resolved, fields, given, &misspelt);
            });
        }
    }

    /// `git` reads one branch, tag or commit.
    fn check_revision(
        &mut self,
        resolved: &Resolved<'a>,
        fields: &Fields<'a>,
        given: impl Fn(&str) -> bool,
        misspelt: &[&str],
    ) {
        let names = ["branch", "tag", "commit"].into_iter();
        let named: Vec<&str> = names.filter(|name| given(name) || misspelt.contains(name)).collect();
        let place = self.place(resolved.callee_span);
        match named.as_slice() {
            [_] => {}
            [] => self.report(
                codes::MISSING_FIELD
                    .at(place, "`git` needs `branch`, `tag` or `commit`")
                    .help("most pipelines follow a branch: `branch: \"main\"`"),
            ),
            [first, second, ..] => {
                let at = |name: &&str| {
                    let (expr, context) = fields.get(name)?;
                    Some(self.modules.place(context.here.module, expr.span))
                };
                let (first_place, second_place) = (at(first), at(second));
                let mut diagnostic = codes::CONFLICTING_FIELDS
                    .at(second_place.unwrap_or(place), format!("`{first}` and `{second}` exclude each other"))
                    .help("keep the one that says what to read");
                if let Some(first_place) = first_place {
                    diagnostic = diagnostic.also(first_place, "the other one");
                }
                self.report(diagnostic);
            }
        }
    }
}

/// The text of a config value that conditions of the catalog look at.
fn text_of(action: &plan::Action, field: &str) -> Option<String> {
    match action.config.get(field)? {
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        value => value.as_str().map(str::to_owned),
    }
}

/// The fields that keys of the bodies most likely mean which are none.
fn misspelt<'c>(resolved: &Resolved<'_>, callee: &'c Callee) -> Vec<&'c str> {
    let known = known_fields(callee);
    let layers = resolved.layers.iter().filter(|layer| !layer.instance);
    layers.flat_map(|layer| meant(layer.body.entries(), &known)).collect()
}

/// Whether a callee takes a common field.
pub(crate) fn allows(callee: &Callee, name: &str) -> bool {
    match name {
        "inputs" => callee.inputs.max > 0,
        "env" => callee.environment != Environment::None,
        "output" | "outputs" => callee.outputs.max > 0,
        "variables" => matches!(callee.variables, Variables::Declared | Variables::Open),
        "configuration" => callee.service.is_some() || callee.name == "aws.action",
        // A gate is no action: it makes nothing, and waits for nothing but its stage.
        "after" | "local" | "namespace" | "retry" | "when" if callee.is_rule => false,
        "category" => callee.service.as_ref().is_some_and(|s| s.categories.len() > 1),
        name => COMMON.contains(&name),
    }
}

pub(in super::super) fn known_fields(callee: &Callee) -> Vec<&str> {
    let own = callee.fields.iter().map(|f| f.name.as_str());
    let common = COMMON.iter().copied().chain(["category"]).filter(|name| allows(callee, name));
    let mut names: Vec<&str> = own.chain(common).collect();
    names.dedup();
    names
}
