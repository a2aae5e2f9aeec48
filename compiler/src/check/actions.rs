//! Actions: their fields against the catalog, their inputs, and what they use.

use std::rc::Rc;

use super::context::Here;
use super::modules::{Callable, Found, TemplateBody};
use super::values::{and_list, plan_output};
use super::{Check, Context};
use crate::catalog::{self, Callee};
use crate::diagnostic::{codes, nearest};
use crate::index::EntityKind;
use crate::places::ActionPlaces;
use crate::plan;
use crate::span::Span;
use crate::syntax::ast::{Defaults, Entry, Expr, ExprKind, Name, Path};
use crate::typed;
use crate::types::{ActionId, StageId};

mod common;
mod counts;
mod defaults;
mod inputs;
mod keys;
mod local;
mod own;
mod script;

pub(crate) use defaults::GENERAL;
pub(crate) use keys::allows;
pub(super) use keys::known_fields;

/// Fields that actions have whatever they call.
pub(crate) const COMMON: &[&str] = &[
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
    "when",
];
/// How deep templates of actions may build on each other.
const MAX_TEMPLATES: usize = 64;

/// What an action is, through all templates: its bodies, the nearest first, and what is called in the end.
pub(super) struct Resolved<'a> {
    pub(super) layers: Vec<Layer<'a>>,
    /// None where it was reported.
    pub(super) callee: Option<&'a Callee>,
    /// Where the callee is named, and where that stands.
    pub(super) callee_span: Span,
    pub(super) callee_here: Here,
    /// The templates that were gone through.
    pub(super) templates: Vec<usize>,
}

/// A body of fields.
#[derive(Clone)]
pub(super) struct Layer<'a> {
    pub(super) body: &'a Expr,
    pub(super) context: Context,
    /// Arguments of a template: only common fields of them are fields of the action.
    pub(super) instance: bool,
}

/// Where the fields of an action come from, the nearest first: its own bodies, `defaults` of its stage, of its pipeline.
pub(super) struct Fields<'a> {
    layers: Vec<Layer<'a>>,
}

impl<'a> Fields<'a> {
    /// The nearest value of a field, and what the names in it mean.
    pub(super) fn get(&self, name: &str) -> Option<(&'a Expr, &Context)> {
        self.layers.iter().find_map(|layer| Some((layer.get(name)?, &layer.context)))
    }

    /// All values of a field, the farthest first.
    fn all(&self, name: &str) -> Vec<(&'a Expr, Context)> {
        let layers = self.layers.iter().rev();
        layers.filter_map(|layer| Some((layer.get(name)?, layer.context.clone()))).collect()
    }
}

impl<'a> Layer<'a> {
    fn get(&self, name: &str) -> Option<&'a Expr> {
        if self.instance && !super::collect::ACTION_FIELDS.contains(&name) {
            return None;
        }
        entry(self.body.entries(), name)
    }
}

fn entry<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Expr> {
    entries.iter().find_map(|entry| match entry {
        Entry::Field(field) if field.key.text == name => Some(&field.value),
        _ => None,
    })
}

impl Resolved<'_> {
    /// Whether a part of a body could not be read.
    pub(super) fn is_broken(&self) -> bool {
        self.layers.iter().any(|layer| match &layer.body.kind {
            ExprKind::Record(entries) => entries.iter().any(|entry| matches!(entry, Entry::Error(_))),
            _ => true,
        })
    }
}

impl<'a> Check<'a> {
    /// Checks all actions; gives those that exist.
    pub(super) fn check_actions(&mut self) -> Vec<typed::Action> {
        self.check_defaults();
        let count = u32::try_from(self.action_members.len()).unwrap_or(u32::MAX);
        (0..count)
            .filter_map(|index| {
                let here = self.stage(self.member(ActionId(index)).stage).inner.here;
                self.within(here, |check| check.check_action(ActionId(index)))
            })
            .collect()
    }

    fn check_action(&mut self, id: ActionId) -> Option<typed::Action> {
        let ast = self.written_action(id);
        let exists = self.member(id).removed.is_none();
        let signature = self.signature(id, ast.name.span)?;
        self.uses.clear();
        self.used.clear();
        let resolved = self.resolved(id);
        let Some(callee) = resolved.callee else {
            // Names in it are still looked up, so that they are neither unknown nor unused.
            for layer in &resolved.layers {
                self.look_up(layer.body.entries(), &layer.context);
            }
            return None;
        };
        let stage = self.member(id).stage;
        let fields = self.fields_of(&resolved, stage, exists);
        let mut places = ActionPlaces { name: self.place(ast.name.span), fields: Vec::new() };
        let mut action = self.blank_action(id, callee, &signature);
        self.body_of(callee, &resolved, &fields, &mut action, &mut places);
        let complete = self.inputs(callee, &fields, &mut action);
        self.after(&fields);
        if let Some((expr, context)) = fields.get("when") {
            let context = context.clone();
            action.when = self.when(expr, &context);
        }
        self.check_required(callee, &resolved, &fields, &action);
        self.check_counts(callee, &resolved, &action, &signature, complete);
        self.deprecated(callee, &resolved);
        for name in ["output", "outputs", "variables", "inputs", "after", "name", "local", "when"] {
            if let Some((expr, context)) = fields.get(name) {
                places.fields.push((name.to_owned(), self.modules.place(context.here.module, expr.span)));
            }
        }
        if exists {
            self.contracts(callee, &action, &fields);
        }
        let uses = std::mem::take(&mut self.uses);
        exists.then(|| typed::Action { id, stage, plan: action, places, uses })
    }

    /// The fields that actions and gates have alike.
    pub(super) fn body_of(
        &mut self,
        callee: &'a Callee,
        resolved: &Resolved<'a>,
        fields: &Fields<'a>,
        action: &mut plan::Action,
        places: &mut ActionPlaces,
    ) {
        self.check_keys(resolved, callee);
        self.own_fields(callee, fields, action, places);
        self.common_fields(callee, fields, action, places);
    }

    /// What an action is through its templates. Found once.
    pub(super) fn resolved(&mut self, id: ActionId) -> Rc<Resolved<'a>> {
        if let Some(resolved) = &self.member(id).resolved {
            return resolved.clone();
        }
        let ast = self.written_action(id);
        let context = self.member_context(id);
        let resolved = Rc::new(self.resolve(&ast.callee, &ast.name, &ast.body, context));
        self.action_members[id.index()].resolved = Some(resolved.clone());
        resolved
    }

    fn resolve(
        &mut self,
        callee: &'a Path,
        name: &'a Name,
        body: &'a Expr,
        context: Context,
    ) -> Resolved<'a> {
        let mut resolved = Resolved {
            layers: vec![Layer { body, context: context.clone(), instance: false }],
            callee: None,
            callee_span: callee.span,
            callee_here: context.here,
            templates: Vec::new(),
        };
        let named = (name.text.as_str(), self.modules.place(context.here.module, name.span));
        let (mut path, mut context, mut body) = (callee, context, body);
        loop {
            (resolved.callee_span, resolved.callee_here) = (path.span, context.here);
            let found = self.within(context.here, |check| check.called(path));
            let template = match found {
                None => return resolved,
                Some(Called::Callee(callee)) => {
                    resolved.callee = Some(callee);
                    return resolved;
                }
                Some(Called::Template(at)) => at,
            };
            let TemplateBody::Action(inner) = self.modules.templates[template].body else { return resolved };
            if resolved.templates.contains(&template) || resolved.templates.len() >= MAX_TEMPLATES {
                self.within(context.here, |check| check.recursive_template(path, template));
                return resolved;
            }
            resolved.templates.push(template);
            if let Some(layer) = resolved.layers.last_mut() {
                layer.instance = true;
            }
            let here = self.instance(template, named, "action", context.here.instance);
            let bindings = self.within(context.here, |check| {
                check.bind_arguments(template, body, path.span, &context, here)
            });
            // A template sees its parameters and its file.
            let records = context.records;
            context = Context { bindings, records, ..Context::file(here) };
            (path, body) = (&inner.callee, &inner.body);
            resolved.layers.push(Layer { body, context: context.clone(), instance: false });
        }
    }

    fn recursive_template(&mut self, path: &Path, template: usize) {
        let place = self.place(path.span);
        let template = self.modules.templates[template];
        let definition = self.modules.place(template.module, template.name().span);
        self.report(
            codes::RECURSION
                .at(place, format!("the template `{}` is made from itself", path.text))
                .also(definition, "declared here")
                .help("a template ends in an action type, as `run { … }`"),
        );
    }

    /// What a path behind the `=` of an action names; otherwise that is reported.
    pub(super) fn called(&mut self, path: &'a Path) -> Option<Called<'a>> {
        self.refer_head(&path.text, path.span);
        let place = self.place(path.span);
        match self.modules.callable(self.here.module, &path.text) {
            Found::No => return self.callee_of(&path.text, path.span).map(Called::Callee),
            Found::Yes(declared) => {
                let modules = self.modules;
                match declared.what {
                    Callable::Callee(at) => {
                        self.index.record(EntityKind::Callee, place, declared.place);
                        return modules.callees[at].callee.as_ref().map(Called::Callee);
                    }
                    Callable::Template(at)
                        if matches!(modules.templates[at].body, TemplateBody::Action(_)) =>
                    {
                        self.index.record(EntityKind::Template, place, declared.place);
                        return Some(Called::Template(at));
                    }
                    Callable::Template(_) => {}
                }
            }
            _ => {}
        }
        // Private, unknown in its file, or of another kind: all are reported alike.
        self.template_of(path, "action").map(Called::Template)
    }

    fn blank_action(&self, id: ActionId, callee: &Callee, signature: &super::Signature<'a>) -> plan::Action {
        let member = self.member(id);
        let stage = self.stage(member.stage).id.clone();
        plan::Action {
            id: member.id.clone(),
            name: member.id[stage.len() + 1..].to_owned(),
            description: self.written_action(id).doc.as_ref().map(|doc| doc.text.clone()),
            callee: callee.name.clone(),
            outputs: signature.outputs.iter().map(plan_output).collect(),
            variables: signature.declared.iter().map(|(name, _)| name.to_string()).collect(),
            stage,
            ..plan::Action::default()
        }
    }

    pub(super) fn callee_of(&mut self, name: &str, span: Span) -> Option<&'a Callee> {
        if let Some(callee) = catalog::find(name) {
            let place = self.place(span);
            self.index.record(EntityKind::Callee, place, place);
            return Some(callee);
        }
        let head = name.split('.').next().unwrap_or(name);
        if name.is_empty() || self.opaque.contains(head) {
            return None;
        }
        let place = self.place(span);
        if self.of_another_kind(name, place, "an action type") {
            return None;
        }
        let diagnostic = codes::UNKNOWN_CALLEE
            .at(place, format!("there is no action type `{name}`"))
            .label("what the action calls");
        let own = self.modules.written(self.here.module, |m| &m.callables);
        let mut names: Vec<&str> = catalog::action_names().collect();
        names.extend(own.iter().map(String::as_str));
        self.report(match nearest(name, names) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help(format!(
                "the action types are {}; any other of AWS is `aws.action {{ … }}`",
                and_list(catalog::action_names())
            )),
        });
        None
    }

    /// The bodies over the `defaults` that apply to them.
    pub(super) fn fields_of(&self, resolved: &Resolved<'a>, stage: StageId, records: bool) -> Fields<'a> {
        let mut layers = resolved.layers.clone();
        let member = self.stage(stage);
        let of_stage = (self.stages[member.written].defaults.as_slice(), member.inner.clone());
        let of_pipeline = (self.defaults.as_slice(), self.pipeline_context());
        for (group, context) in [of_stage, of_pipeline] {
            let name = resolved.callee.map_or("", |callee| callee.name.as_str());
            let own =
                |d: &&&'a Defaults| d.callee.as_ref().is_some_and(|c| self.same_callee(&context, c, name));
            let general = |d: &&&'a Defaults| d.callee.is_none();
            for defaults in group.iter().filter(own).chain(group.iter().filter(general)) {
                layers.push(Layer { body: &defaults.body, context: context.clone(), instance: false });
            }
        }
        layers.iter_mut().for_each(|layer| layer.context.records = records);
        Fields { layers }
    }

    fn same_callee(&self, context: &Context, path: &Path, name: &str) -> bool {
        match self.modules.callable(context.here.module, &path.text) {
            Found::Yes(declared) => match declared.what {
                Callable::Callee(at) => {
                    self.modules.callees[at].callee.as_ref().is_some_and(|callee| callee.name == name)
                }
                Callable::Template(_) => false,
            },
            _ => path.text == name,
        }
    }
}

/// What an action calls.
pub(super) enum Called<'a> {
    Callee(&'a Callee),
    Template(usize),
}
