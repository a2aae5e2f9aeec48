//! Actions: their fields against the catalog, their inputs, and what they use.

use indexmap::IndexMap;

use super::values::{and_list, bare_word, plan_output};
use super::{Check, Context};
use crate::catalog::{self, Callee, Field, Type};
use crate::diagnostic::{Severity, codes, nearest};
use crate::index::EntityKind;
use crate::places::ActionPlaces;
use crate::plan;
use crate::syntax::ast::{Action, Defaults, Entry, Expr, ExprKind};
use crate::typed;
use crate::types::{ActionId, Val};
use crate::value::Value;

mod common;
mod inputs;
mod keys;
mod script;

use keys::{allows, known_fields};

/// Fields that actions have whatever they call.
const COMMON: &[&str] = &[
    "after",
    "configuration",
    "env",
    "inputs",
    "local",
    "name",
    "namespace",
    "output",
    "outputs",
    "region",
    "retry",
    "role",
    "timeout",
    "variables",
];

/// Where the fields of an action come from, the nearest first: its own body, `defaults` of its stage, of its pipeline.
struct Fields<'a> {
    layers: Vec<&'a [Entry]>,
    /// Where each layer stands, and so what the names in it mean.
    contexts: Vec<Context>,
}

impl<'a> Fields<'a> {
    /// The nearest value of a field, and what the names in it mean.
    fn get(&self, name: &str) -> Option<(&'a Expr, &Context)> {
        let layers = self.layers.iter().zip(&self.contexts);
        layers.filter_map(|(layer, context)| Some((entry(layer, name)?, context))).next()
    }

    /// All values of a field, the farthest first.
    fn all(&self, name: &str) -> Vec<(&'a Expr, &Context)> {
        let layers = self.layers.iter().zip(&self.contexts).rev();
        layers.filter_map(|(layer, context)| Some((entry(layer, name)?, context))).collect()
    }
}

fn entry<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Expr> {
    entries.iter().find_map(|entry| match entry {
        Entry::Field(field) if field.key.text == name => Some(&field.value),
        _ => None,
    })
}

fn entries(body: &Expr) -> &[Entry] {
    match &body.kind {
        ExprKind::Record(entries) => entries,
        _ => &[],
    }
}

impl<'a> Check<'a> {
    /// Checks all actions; gives those that exist.
    pub(super) fn check_actions(&mut self) -> Vec<typed::Action> {
        self.check_defaults();
        let count = u32::try_from(self.action_members.len()).unwrap_or(u32::MAX);
        (0..count).filter_map(|index| self.check_action(ActionId(index))).collect()
    }

    fn check_action(&mut self, id: ActionId) -> Option<typed::Action> {
        let ast = self.written_action(id);
        let exists = self.member(id).removed.is_none();
        let context = Context { records: exists, ..self.member_context(id) };
        let signature = self.signature(id, ast.name.span)?;
        self.uses.clear();
        self.used.clear();
        let callee = self.callee_of(&ast.callee.text, ast.callee.span);
        let fields = self.fields_of(ast, &context);
        let Some(callee) = callee else {
            // Names in it are still looked up, so that they are neither unknown nor unused.
            for field in entries(&ast.body) {
                if let Entry::Field(field) = field {
                    self.eval(&field.value, &context);
                }
            }
            return None;
        };
        self.check_keys(ast, callee);
        let mut places = ActionPlaces { name: self.place(ast.name.span), fields: Vec::new() };
        let mut action = self.blank_action(id, ast, &signature);
        self.own_fields(callee, &fields, &mut action, &mut places);
        self.common_fields(callee, &fields, &mut action, &mut places);
        let complete = self.inputs(callee, &fields, &mut action);
        self.after(&fields);
        self.check_required(callee, ast, &fields, &action);
        self.check_counts(callee, ast, &action, &signature, complete);
        for name in ["output", "outputs", "variables", "inputs", "after", "name", "local"] {
            if let Some((expr, _)) = fields.get(name) {
                places.fields.push((name.to_owned(), self.place(expr.span)));
            }
        }
        let uses = std::mem::take(&mut self.uses);
        exists.then(|| typed::Action { id, stage: self.member(id).stage, plan: action, places, uses })
    }

    fn blank_action(&self, id: ActionId, ast: &Action, signature: &super::Signature) -> plan::Action {
        let member = self.member(id);
        let stage = self.stage(member.stage).id.clone();
        let name = member.id[stage.len() + 1..].to_owned();
        plan::Action {
            id: member.id.clone(),
            name,
            stage,
            description: ast.doc.as_ref().map(|doc| doc.text.clone()),
            callee: ast.callee.text.to_string(),
            config: IndexMap::new(),
            needs: Vec::new(),
            inputs: Vec::new(),
            outputs: signature.outputs.iter().map(plan_output).collect(),
            variables: signature.declared.iter().map(|(name, _)| name.to_string()).collect(),
            env: IndexMap::new(),
            when: None,
            timeout: None,
            retry: None,
            region: None,
            role: None,
            namespace: None,
            local: None,
            source: plan::Location { file: String::new(), line: 0 },
        }
    }

    fn callee_of(&mut self, name: &str, span: crate::span::Span) -> Option<&'static Callee> {
        if let Some(callee) = catalog::find(name) {
            self.refer(EntityKind::Callee, span, span);
            return Some(callee);
        }
        let head = name.split('.').next().unwrap_or(name);
        if name.is_empty() || self.opaque.contains(head) {
            return None;
        }
        let place = self.place(span);
        if catalog::LATER.contains(&name) {
            self.report(
                codes::UNSUPPORTED
                    .at(place, format!("`{name}` belongs to the language, but this version does not have it"))
                    .help("most action types of AWS can be written as `aws.action { category: \"…\", provider: \"…\" }`"),
            );
            return None;
        }
        let diagnostic = codes::UNKNOWN_CALLEE
            .at(place, format!("there is no action type `{name}`"))
            .label("what the action calls");
        let names = catalog::CALLEES.iter().map(|c| c.name);
        self.report(match nearest(name, names.clone()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help(format!(
                "the action types are {}; any other of AWS is `aws.action {{ … }}`",
                and_list(names)
            )),
        });
        None
    }

    /// The action's own fields over the `defaults` that apply to it.
    fn fields_of(&self, ast: &'a Action, context: &Context) -> Fields<'a> {
        let mut fields = Fields { layers: vec![entries(&ast.body)], contexts: vec![context.clone()] };
        let stage =
            context.written_stage.map(|stage| self.stages[stage].defaults.as_slice()).unwrap_or_default();
        let of_stage = context.stage.map_or_else(|| self.pipeline_context(), |id| self.stage_context(id));
        let groups = [(stage, of_stage), (self.defaults.as_slice(), self.pipeline_context())];
        for (group, scope) in groups {
            let scope = Context { records: context.records, ..scope };
            let own = |d: &&&'a Defaults| d.callee.as_ref().is_some_and(|c| c.text == ast.callee.text);
            let general = |d: &&&'a Defaults| d.callee.is_none();
            for defaults in group.iter().filter(own).chain(group.iter().filter(general)) {
                fields.layers.push(entries(&defaults.body));
                fields.contexts.push(scope.clone());
            }
        }
        fields
    }

    /// The callee's own fields, in the catalog's order.
    fn own_fields(
        &mut self,
        callee: &'static Callee,
        fields: &Fields<'a>,
        action: &mut plan::Action,
        places: &mut ActionPlaces,
    ) {
        for field in callee.fields {
            let Some((expr, context)) = fields.get(field.name) else { continue };
            places.fields.push((field.name.to_owned(), self.place(expr.span)));
            if let Some(value) = self.own_field(field, expr, fields, context) {
                action.config.insert(field.name.to_owned(), value);
            }
        }
        if let Some(service) = callee.service.as_ref().filter(|s| s.categories.len() > 1)
            && let Some((expr, context)) = fields.get("category")
            && let Val::Text(category) = self.eval(expr, context)
            && self.one_of(service.categories, &category, expr.span, "`category`")
        {
            action.config.insert("category".to_owned(), Value::text(&*category));
        }
        if allows(callee, "configuration")
            && let Some((expr, context)) = fields.get("configuration")
        {
            places.fields.push(("configuration".to_owned(), self.place(expr.span)));
            let field = catalog::CONFIGURATION;
            let value = self.eval(expr, context);
            if let Some(value) = self.typed(value, &field, expr.span) {
                action.config.insert(field.name.to_owned(), value);
            }
        }
    }

    fn own_field(
        &mut self,
        field: &Field,
        expr: &'a Expr,
        fields: &Fields<'a>,
        context: &Context,
    ) -> Option<Value> {
        if field.ty == Type::Script
            && let ExprKind::Interpolated(parts) = &expr.kind
        {
            self.interpolated_script(expr, parts, fields, context);
            return None;
        }
        let value = self.field_value(field, expr, context)?;
        if field.name == "cache" && value == Value::Bool(true) {
            let place = self.place(expr.span);
            let mut diagnostic = codes::UNSUPPORTED
                .at(place, "`cache` has no effect in this version: a local run always runs the action")
                .help("remove it until it does something");
            diagnostic.severity = Severity::Warning;
            self.report(diagnostic);
        }
        Some(value)
    }

    /// The value of a field with a type of the catalog; `None` when it is `null` or was reported. A bare word where texts
    /// are listed is most likely one of them without its quotes.
    pub(super) fn field_value(&mut self, field: &Field, expr: &'a Expr, context: &Context) -> Option<Value> {
        if let Type::Enum(words) = field.ty
            && let Some(word) = bare_word(expr)
            && words.contains(&word)
            && !self.is_named(word, context)
        {
            let place = self.place(expr.span);
            self.report(
                codes::BARE_WORD
                    .at(place, format!("`{word}` is a text and stands in quotes"))
                    .label("names a value, and there is none of this name")
                    .fix("add the quotes", place, format!("\"{word}\"")),
            );
            return None;
        }
        let value = self.eval(expr, context);
        self.typed(value, field, expr.span)
    }

    /// Whether a value of this name is in scope, so that a bare word is meant as one.
    pub(super) fn is_named(&self, word: &str, context: &Context) -> bool {
        let of_stage = |stage: usize| self.stages[stage].lets.contains_key(word);
        context.written_stage.is_some_and(of_stage)
            || self.values.contains_key(word)
            || self.stage_names.contains_key(word)
            || self.action_names.contains_key(word)
            || context.bindings.iter().any(|b| b.name == word)
    }
}
