//! What a pipeline says of itself: name, variables, secrets, triggers, and the settings of engines.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::pipelines::Who;
use super::{Check, Context};
use crate::catalog::Callee;
use crate::diagnostic::{Diagnostic, Place, codes};
use crate::plan::{self, VariableType};
use crate::span::Span;
use crate::syntax::ast::{self, Entry, Expr, ExprKind, Field, Instance};
use crate::typed;
use crate::types::{StageId, Ty, Val};

mod aws;
mod triggers;

pub(crate) use aws::settings as aws_settings;
pub(crate) use triggers::{EVENTS, PULL_REQUEST_EVENTS};

impl<'a> Check<'a> {
    /// Puts the pipeline together.
    pub(super) fn finish(
        &mut self,
        who: Who<'a>,
        instance: Option<&'a Instance>,
        stages: Vec<typed::Stage>,
        actions: Vec<typed::Action>,
    ) -> typed::Pipeline {
        let context = self.pipeline_context();
        let place = self.modules.place(super::ModuleId::default(), who.name.span);
        let mut name = who.name.text.to_string();
        if let Some((_, expr)) = self.fields.iter().find(|(key, _)| key.text == "name").copied() {
            name = self.constant_text(expr, "name", &context).unwrap_or(name);
        }
        if let Some(instance) = instance {
            let outer = Context::file(super::Here::default());
            let given = instance.arguments().iter().find_map(|entry| match entry {
                Entry::Field(field) if field.key.text == "name" => Some(&field.value),
                _ => None,
            });
            if let Some(expr) = given {
                let own = self.within(outer.here, |check| check.constant_text(expr, "name", &outer));
                name = own.unwrap_or(name);
            }
        }
        let variables: Vec<_> = self.variables.clone();
        let variables: Vec<(plan::Variable, Place)> =
            variables.iter().map(|v| (self.variable(v, &context), self.place(v.name.span))).collect();
        let triggers: Vec<_> = self.triggers.clone();
        let triggers = triggers
            .iter()
            .filter_map(|t| Some((self.trigger(t, &context, &actions)?, self.place(t.span))))
            .collect();
        let secrets = self.checked_secrets(&context);
        let secret_places = self.secrets.iter().map(|secret| self.place(secret.name.span)).collect();
        let (aws, aws_places) = self.aws(&context, &stages);
        let azure = self.azure(&context);
        self.unread_arguments();
        let callees = self.used_callees(&stages, &actions);
        self.untested(&actions);
        self.unique_names(&stages, &actions);
        let (variables, variable_places) = variables.into_iter().unzip();
        typed::Pipeline {
            declared: who.name.text.to_string(),
            name,
            description: who.doc.map(|doc| doc.text.clone()),
            place,
            variables,
            variable_places,
            secrets,
            secret_places,
            triggers,
            aws,
            aws_places,
            azure,
            callees,
            stages,
            actions,
        }
    }

    /// The callees and rules that users declared: a plan brings them along.
    fn used_callees(&self, stages: &[typed::Stage], actions: &[typed::Action]) -> IndexMap<String, Callee> {
        let own = |name: &str, is_rule: bool| {
            let callees = self.modules.callees.iter().filter_map(|user| user.callee.as_ref());
            callees.into_iter().find(|callee| callee.name == name && callee.is_rule == is_rule)
        };
        let called = actions.iter().filter_map(|action| own(&action.plan.callee, false));
        let gates = stages.iter().flat_map(|stage| &stage.plan.gates);
        let rules = gates.filter_map(|gate| own(&gate.rule, true));
        called.chain(rules).map(|callee| (callee.name.clone(), callee.clone())).collect()
    }

    fn variable(&mut self, ast: &'a ast::Variable, context: &Context) -> plan::Variable {
        let ty = self.type_of(&ast.ty);
        let plan_type = match &ty {
            Ty::Int => VariableType::Int,
            Ty::Bool => VariableType::Bool,
            Ty::Literals(texts) => VariableType::Enum(texts.to_vec()),
            Ty::String | Ty::Any => VariableType::String,
            other => {
                let found = other.describe();
                let place = self.place(ast.ty.span);
                self.report(
                    codes::UNKNOWN_TYPE
                        .at(place, format!("a pipeline variable cannot be {found}"))
                        .help("a run is given texts: `string`, `int`, `bool` or `\"a\" | \"b\"`"),
                );
                VariableType::String
            }
        };
        let default = ast.default.as_ref().and_then(|expr| self.variable_default(expr, &ty, context));
        let mut name = ast.name.text.to_string();
        if let Some(body) = &ast.body {
            self.written_out(body, "the body of a variable");
        }
        for field in ast.body.iter().flat_map(fields) {
            match field.key.text.as_str() {
                "name" => name = self.constant_text(&field.value, "name", context).unwrap_or(name),
                other => {
                    let key = field.key.span;
                    self.unknown_key_at(Some(key), key, "a variable", other, &["name"]);
                }
            }
        }
        let description = ast.doc.as_ref().map(|doc| doc.text.clone());
        plan::Variable { id: ast.name.text.to_string(), name, description, ty: plan_type, default }
    }

    fn variable_default(&mut self, expr: &'a Expr, ty: &Ty, context: &Context) -> Option<String> {
        let value = self.eval(expr, context);
        if let Val::Run(_) | Val::Test(_) = value {
            self.not_constant(expr.span, "a default");
            return None;
        }
        if !ty.accepts(&value) {
            self.mismatch(expr.span, ty, &value, "the default");
            return None;
        }
        match value {
            Val::Text(text) => Some(text.to_string()),
            Val::Int(number) => Some(number.to_string()),
            Val::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// Exported names must differ: stages in the pipeline, actions in their stage, artifacts in the pipeline.
    fn unique_names(&mut self, stages: &[typed::Stage], actions: &[typed::Action]) {
        // What is declared twice was reported as that.
        let own = |written: usize| self.stage_names.get(&self.stages[written].name.text) == Some(&written);
        let own_stage = |s: &&typed::Stage| own(self.stage(s.id).written);
        let own_action = |a: &&typed::Action| {
            let member = self.member(a.id);
            let (stage, name) =
                (self.stage(member.stage).written, &self.actions[member.written].ast.name.text);
            own(stage) && self.stages[stage].actions.get(name) == Some(&member.written)
        };
        let stages: Vec<&typed::Stage> = stages.iter().filter(own_stage).collect();
        let actions: Vec<&typed::Action> = actions.iter().filter(own_action).collect();
        let stage_list = &stages;
        let field =
            |a: &typed::Action, name: &str| a.places.fields.iter().find(|(n, _)| n == name).map(|(_, p)| *p);
        let name_place = |a: &typed::Action| field(a, "name").unwrap_or(a.places.name);
        let stages = stage_list.iter().map(|s| {
            let called = ("stage", "", s.plan.name.as_str());
            Named { called, place: self.stage_name_place(s), stage: s.id }
        });
        let names = actions.iter().map(|a| {
            let called = ("action", a.plan.stage.as_str(), a.plan.name.as_str());
            Named { called, place: name_place(a), stage: a.stage }
        });
        let outputs = actions.iter().flat_map(|a| {
            let fields = &mut a.places.fields.iter();
            let place = fields.find(|(n, _)| n.starts_with("output")).map_or(a.places.name, |(_, p)| *p);
            a.plan.outputs.iter().map(move |o| Named {
                called: ("artifact", "", o.name.as_str()),
                place,
                stage: a.stage,
            })
        });
        let exported: Vec<_> = stages.chain(names).chain(outputs).collect();
        let stage_ids = stage_list.iter().map(|s| {
            let called = ("stage", "", s.plan.id.as_str());
            Named { called, place: s.place, stage: s.id }
        });
        let action_ids = actions.iter().map(|a| {
            let called = ("action", "", a.plan.id.as_str());
            Named { called, place: a.places.name, stage: a.stage }
        });
        let ids: Vec<_> = stage_ids.chain(action_ids).collect();
        for (Named { called: (what, _, name), place, stage }, first) in taken(exported) {
            let diagnostic = codes::EXPORTED_NAME
                .at(place, format!("two {what}s are exported as `{name}`"))
                .label("has the same exported name")
                .also(first, "the other one")
                .help("give one of them another name with `name: \"…\"`; in a family the name must hold its key, as `name: \"x-#{key}\"`");
            self.report_of(stage, what, diagnostic);
        }
        for (Named { called: (what, _, name), place, stage }, first) in taken(ids) {
            // Without names of their own the two were reported above.
            if self.diagnostics.iter().all(|d| d.code != &codes::EXPORTED_NAME || d.place != place) {
                let diagnostic = codes::EXPORTED_NAME
                    .at(place, format!("two {what}s are called `{name}`"))
                    .also(first, "the other one")
                    .help("a member of a family is called after it and its key; rename one of them");
                self.report_of(stage, what, diagnostic);
            }
        }
    }

    /// Reports what is wrong with something in a stage, or with the stage itself, which stands outside its body.
    fn report_of(&mut self, stage: StageId, what: &str, diagnostic: Diagnostic) {
        let here = if what == "stage" { self.pipeline.here } else { self.stage(stage).inner.here };
        self.within(here, |check| check.report(diagnostic));
    }

    /// Where a stage's exported name stands.
    fn stage_name_place(&self, stage: &typed::Stage) -> Place {
        let field = self.stage_field(stage.id, "name");
        field.map_or(stage.place, |(expr, context)| self.modules.place(context.here.module, expr.span))
    }
}

impl Check<'_> {
    /// Reports what a record that is written out cannot hold: spreads, and a field twice.
    pub(super) fn written_out(&mut self, record: &Expr, what: &str) {
        let ExprKind::Record(entries) = &record.kind else { return };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for entry in entries {
            match entry {
                Entry::Field(field) => {
                    if let Some(first) = seen.insert(&field.key.text, field.key.span) {
                        self.duplicate_key(&field.key.text, field.key.span, first);
                    }
                }
                Entry::Spread(expr) => {
                    let message = format!("`...` cannot stand in {what}: every field is written there");
                    self.error(&codes::MISPLACED, expr.span, message);
                }
                Entry::Error(_) => {}
            }
        }
    }
}

/// What is called, and where it stands: the kind, what its name must differ in, the name.
type Called<'n> = (&'n str, &'n str, &'n str);

/// Something with a name that others must not have.
struct Named<'n> {
    called: Called<'n>,
    place: Place,
    /// The stage that it is, or is in.
    stage: StageId,
}

/// Those that are called as an earlier one is, each with the earlier one's place.
fn taken(names: Vec<Named<'_>>) -> Vec<(Named<'_>, Place)> {
    let mut seen: HashMap<Called<'_>, Place> = HashMap::new();
    let mut taken = Vec::new();
    for named in names {
        match seen.get(&named.called) {
            Some(first) => taken.push((named, *first)),
            None => drop(seen.insert(named.called, named.place)),
        }
    }
    taken
}

/// The fields of a record.
fn fields(record: &Expr) -> impl Iterator<Item = &Field> {
    let entries: &[Entry] = match &record.kind {
        ExprKind::Record(entries) => entries,
        _ => &[],
    };
    entries.iter().filter_map(|entry| match entry {
        Entry::Field(field) => Some(field),
        _ => None,
    })
}
