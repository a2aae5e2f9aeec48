//! The pipelines of a file, one after the other; then what none of them uses, by itself.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::collect::collect;
use super::context::{Binding, Bindings, Bound, Context, Here, Scope};
use super::modules::{Modules, TemplateBody};
use super::values::and_list;
use super::{Check, ParamValue, bounds, lints};
use crate::Options;
use crate::diagnostic::{Diagnostic, Place, codes, nearest};
use crate::index::{EntityKind, Index};
use crate::load::Loaded;
use crate::source::Loader;
use crate::syntax::ast::{Block, Doc, Instance, Item, Name, Params, TypeKind};
use crate::typed;
use crate::types::Val;

/// What checking found.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) pipelines: Vec<typed::Pipeline>,
    pub(crate) index: Index,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What passes from one pipeline to the next.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) seen: HashSet<(&'static str, Place, String)>,
    pub(super) budget: usize,
    /// The templates that have instances.
    pub(super) used: HashSet<usize>,
    /// Whether the index keeps values.
    pub(super) values: bool,
}

/// Checks the first of some files.
pub(crate) fn check(files: &[Loaded], loader: &dyn Loader, options: &Options) -> Checked {
    let mut modules = collect(files);
    let mut checked = Checked {
        diagnostics: std::mem::take(&mut modules.diagnostics),
        index: std::mem::take(&mut modules.index),
        ..Checked::default()
    };
    let Some(root) = files.first() else { return checked };
    let mut shared = Shared { budget: bounds::BUDGET, values: options.values, ..Shared::default() };
    let items = || root.parsed.file.items.iter();
    let concrete = items().any(|item| {
        matches!(item, Item::PipelineInstance(_)) || matches!(item, Item::Pipeline(b) if b.params.is_none())
    });
    let mut names: HashMap<&str, Place> = HashMap::new();
    for item in items() {
        let item = if let Item::Private(private) = item { &*private.item } else { item };
        let name = match item {
            Item::Pipeline(block) => &block.name,
            Item::PipelineInstance(instance) => &instance.name,
            _ => continue,
        };
        let mut check = Check::new(&modules, loader, &mut shared);
        let pipeline = match item {
            Item::Pipeline(block) => match &block.params {
                None => {
                    check.duplicate_pipeline(name, &mut names);
                    check.run(block, Who { name, doc: block.doc.as_ref() }, Rc::default(), None)
                }
                Some(params) => check.template_itself(block, params, options, concrete, &mut shared),
            },
            Item::PipelineInstance(instance) => {
                check.duplicate_pipeline(name, &mut names);
                check.pipeline_instance(instance, &mut shared)
            }
            _ => None,
        };
        checked.pipelines.extend(pipeline);
        check.end(&mut checked, &mut shared);
    }
    let mut check = Check::new(&modules, loader, &mut shared);
    check.rest_of_files(&mut shared, options.own_file_only);
    check.end(&mut checked, &mut shared);
    same_names(&checked.pipelines, &mut checked.diagnostics);
    checked.index.finish();
    lints::file(&root.parsed, &checked.index, &root.text, concrete, &mut checked.diagnostics);
    checked
}

/// Pipelines are chosen, and exist in an engine, by their exported names.
fn same_names(pipelines: &[typed::Pipeline], diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, Place> = HashMap::new();
    for pipeline in pipelines {
        if let Some(first) = seen.insert(&pipeline.name, pipeline.place)
            && diagnostics.iter().all(|d| d.code != &codes::DUPLICATE_NAME || d.place != pipeline.place)
        {
            diagnostics.push(
                codes::EXPORTED_NAME
                    .at(pipeline.place, format!("two pipelines are exported as `{}`", pipeline.name))
                    .also(first, "the other one")
                    .help("give one of them another name with `name: \"…\"`"),
            );
        }
    }
}

/// What names a pipeline.
#[derive(Clone, Copy)]
pub(super) struct Who<'a> {
    pub(super) name: &'a Name,
    pub(super) doc: Option<&'a Doc>,
}

impl<'a> Check<'a> {
    pub(super) fn new(modules: &'a Modules<'a>, loader: &'a dyn Loader, shared: &mut Shared) -> Self {
        Self {
            modules,
            loader,
            here: Here::default(),
            block: None,
            pipeline: Context { scope: Scope::Pipeline, ..Context::file(Here::default()) },
            diagnostics: Vec::new(),
            seen: std::mem::take(&mut shared.seen),
            met: HashMap::new(),
            index: Index::new(shared.values),
            lets: Vec::new(),
            values: HashMap::new(),
            opaque: HashSet::new(),
            variables: Vec::new(),
            secrets: Vec::new(),
            stages: Vec::new(),
            stage_names: HashMap::new(),
            actions: Vec::new(),
            action_names: HashMap::new(),
            unresolved: Vec::new(),
            defaults: Vec::new(),
            triggers: Vec::new(),
            engines: Vec::new(),
            fields: Vec::new(),
            instances: Vec::new(),
            params: Vec::new(),
            stage_members: Vec::new(),
            action_members: Vec::new(),
            let_values: HashMap::new(),
            type_cache: HashMap::new(),
            families: HashMap::new(),
            by_id: HashMap::new(),
            calls: Vec::new(),
            expanding: false,
            probing: false,
            uses: Vec::new(),
            used: HashSet::new(),
            untaken: 0,
            nesting: 0,
            budget: shared.budget,
            errors: 0,
            unknown: HashMap::new(),
        }
    }

    fn end(mut self, checked: &mut Checked, shared: &mut Shared) {
        self.count_instances();
        checked.diagnostics.append(&mut self.diagnostics);
        checked.index.append(&mut self.index);
        shared.seen = self.seen;
        shared.budget = self.budget;
        let templates = self.stages.iter().filter_map(|stage| stage.instance.map(|i| i.template));
        shared.used.extend(templates);
        let resolved = self.action_members.iter().filter_map(|member| member.resolved.as_ref());
        shared.used.extend(resolved.flat_map(|resolved| resolved.templates.iter().copied()));
    }

    /// Checks a pipeline whose parameters, if it has any, are `bindings`.
    pub(super) fn run(
        &mut self,
        block: &'a Block,
        who: Who<'a>,
        bindings: Bindings,
        instance: Option<&'a Instance>,
    ) -> Option<typed::Pipeline> {
        self.block = Some(block);
        let here = self.here;
        self.pipeline = Context { scope: Scope::Pipeline, bindings, ..Context::file(here) };
        self.collect(block);
        self.expand();
        self.check_lets();
        for instance in std::mem::take(&mut self.unresolved) {
            if instance.each.is_none() {
                let context = self.pipeline_context();
                self.look_up(instance.arguments(), &context);
            }
        }
        let actions = self.check_actions();
        let stages = self.check_stages();
        let pipeline = self.finish(who, instance, stages, actions);
        (!self.probing).then_some(pipeline)
    }

    fn duplicate_pipeline(&mut self, name: &'a Name, names: &mut HashMap<&'a str, Place>) {
        if name.text.is_empty() {
            return;
        }
        self.define(EntityKind::Pipeline, name.span);
        let place = self.place(name.span);
        if let Some(first) = names.insert(&name.text, place) {
            self.duplicate(name, first);
        }
    }

    /// `pipeline name = template { arguments }`
    fn pipeline_instance(&mut self, instance: &'a Instance, shared: &mut Shared) -> Option<typed::Pipeline> {
        if let Some(each) = &instance.each {
            self.misplaced(each.span, "`for`", "behind the name of a stage or an action");
        }
        if let Some(condition) = &instance.condition {
            self.misplaced(condition.span, "`if`", "behind the name of a stage or an action");
        }
        let found = self.template_of(&instance.template, "pipeline");
        let Some(at) = found else {
            // Names in it are still looked up, so that they are neither unknown nor unused.
            let context = Context::file(self.here);
            self.look_up(instance.arguments(), &context);
            return None;
        };
        shared.used.insert(at);
        let template = self.modules.templates[at];
        let TemplateBody::Pipeline(block) = template.body else { return None };
        let context = Context::file(self.here);
        let named = (instance.name.text.as_str(), self.place(instance.name.span));
        let here = self.instance(at, named, "pipeline", None);
        let bindings = self.bind_arguments(at, &instance.body, instance.template.span, &context, here);
        self.here = here;
        self.run(
            block,
            Who { name: &instance.name, doc: instance.doc.as_ref().or(block.doc.as_ref()) },
            bindings,
            Some(instance),
        )
    }

    /// A template of pipelines that is compiled itself, where its parameters have values, or else only checked.
    fn template_itself(
        &mut self,
        block: &'a Block,
        params: &'a Params,
        options: &Options,
        concrete: bool,
        shared: &mut Shared,
    ) -> Option<typed::Pipeline> {
        let named = options.pipeline.as_deref() == Some(block.name.text.as_str());
        let chosen = named || (options.pipeline.is_none() && !concrete);
        let given = |name: &str| options.set.iter().any(|(set, _)| set == name);
        let missing: Vec<&str> = params
            .list
            .iter()
            .filter(|param| param.default.is_none() && !given(&param.name.text))
            .filter(|param| !matches!(param.ty.kind, TypeKind::Optional(_)))
            .map(|param| param.name.text.as_str())
            .collect();
        if !chosen || !missing.is_empty() {
            if named || (chosen && !options.set.is_empty()) {
                self.missing_parameters(block, &missing);
            }
            return None;
        }
        let at =
            self.modules.templates.iter().position(
                |t| matches!(t.body, TemplateBody::Pipeline(other) if std::ptr::eq(other, block)),
            )?;
        shared.used.insert(at);
        let bindings = self.set_parameters(block, params, options);
        self.run(block, Who { name: &block.name, doc: block.doc.as_ref() }, bindings, None)
    }

    fn missing_parameters(&mut self, block: &'a Block, missing: &[&str]) {
        let place = self.place(block.name.span);
        let list = and_list(missing.iter().copied());
        let set = missing.iter().map(|name| format!("--set {name}=…")).collect::<Vec<_>>().join(" ");
        self.report(
            codes::PARAMETERS
                .at(place, format!("the template `{}` needs {list}", block.name.text))
                .help(format!("give it on the command line: `{set}`, or write an instance of the template")),
        );
    }

    /// Parameters from the command line.
    fn set_parameters(&mut self, block: &'a Block, params: &'a Params, options: &Options) -> Bindings {
        let known: Vec<&str> = params.list.iter().map(|param| param.name.text.as_str()).collect();
        for (name, _) in options.set.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            let place = self.place(block.name.span);
            let message = format!("the template `{}` has no parameter `{name}`", block.name.text);
            let diagnostic = codes::PARAMETERS.at(place, message);
            self.report(match nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("its parameters are {}", and_list(known.iter().copied()))),
            });
        }
        let home = self.here;
        let mut bindings = Vec::new();
        for param in &params.list {
            let text =
                options.set.iter().rev().find(|(name, _)| *name == param.name.text).map(|(_, text)| text);
            let place = self.place(param.name.span);
            let context = Context { bindings: Rc::new(bindings.clone()), ..Context::file(home) };
            let absent = text.is_none() && param.default.is_none();
            let state = absent.then_some(super::LetState::Done(Val::Null)).or_else(|| {
                text.map(|text| {
                    let ty = self.type_of(&param.ty);
                    let value = super::templates::from_text(text, &ty);
                    super::LetState::Done(match value {
                        Some(value) => value,
                        None => {
                            let message =
                                format!("`--set {}={text}` is not {}", param.name.text, ty.describe());
                            self.report(codes::PARAMETERS.at(place, message));
                            Val::Error
                        }
                    })
                })
            });
            let fixed = state.is_some();
            let source = param.default.as_ref().map(|default| (default, context)).filter(|_| !fixed);
            self.params.push(ParamValue {
                name: &param.name,
                source,
                ty: &param.ty,
                home,
                place,
                state,
                fixed,
            });
            let value = Bound::Param(self.params.len() - 1);
            bindings.push(Binding { name: param.name.text.clone(), value, place });
        }
        Rc::new(bindings)
    }
}
