//! What is declared where in a pipeline: fills the tables of names, and reports double and misplaced declarations.

use std::collections::HashMap;
use std::rc::Rc;

use super::collect::STAGE_FIELDS;
use super::modules::{ModuleId, TemplateBody};
use super::{Check, LetDecl, Named, StageInstance, WrittenAction, WrittenStage};
use crate::diagnostic::{Place, codes, nearest};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Action, Block, Expr, Field, Instance, Item, Let, Name, Secret, Variable};

impl<'a> Check<'a> {
    /// Fills the tables.
    pub(super) fn collect(&mut self, block: &'a Block) {
        for item in &block.items {
            self.collect_pipeline_item(item);
        }
    }

    fn collect_pipeline_item(&mut self, item: &'a Item) {
        match item {
            Item::Let(x) => self.declare_let(x, None, self.here.module),
            Item::Variable(x) => self.declare_variable(x),
            Item::Secret(x) => self.declare_secret(x),
            Item::Trigger(x) => self.triggers.push(x),
            Item::Engine(x) => self.engines.push(x),
            Item::Defaults(x) => self.defaults.push(x),
            Item::Stage(x) => self.declare_stage(x),
            Item::StageInstance(x) => self.declare_stage_instance(x),
            Item::Field(x) => {
                if let Some(field) = self.known_field(x, &["name"], "a pipeline") {
                    let first =
                        self.fields.iter().find(|(key, _)| key.text == x.key.text).map(|(key, _)| key.span);
                    match first {
                        Some(first) => self.duplicate_key(&x.key.text, x.key.span, first),
                        None => self.fields.push(field),
                    }
                }
            }
            Item::Error(span) => self.unread(*span),
            Item::Action(x) => self.misplaced(x.name.span, "an action", "in a stage"),
            Item::Gate(x) => self.misplaced(x.name.span, "a gate", "in a stage"),
            Item::OnFailure(x) => self.misplaced(x.span, "`on failure`", "in a stage"),
            Item::Pipeline(x) => self.misplaced(x.name.span, "a pipeline", "at the top of a file"),
            Item::PipelineInstance(x) => self.misplaced(x.name.span, "a pipeline", "at the top of a file"),
            item => self.misplaced(first_word(item), "this declaration", "at the top of a file"),
        }
    }

    fn declare_stage(&mut self, block: &'a Block) {
        if let Some(params) = &block.params {
            self.misplaced(params.span, "a template", "at the top of a file");
        }
        let index = self.new_stage(&block.name, None);
        let stage = &mut self.stages[index];
        (stage.doc, stage.each, stage.condition) =
            (block.doc.as_ref(), block.each.as_ref(), block.condition.as_ref());
        self.collect_stage(index, block);
    }

    /// `stage name = template { … }`: what the template's body declares, it declares in this stage.
    fn declare_stage_instance(&mut self, ast: &'a Instance) {
        let Some(at) = self.template_of(&ast.template, "stage") else {
            self.define(EntityKind::Stage, ast.name.span);
            self.opaque.insert(ast.name.text.clone());
            self.unresolved.push(ast);
            return;
        };
        let template = self.modules.templates[at];
        let index = self.new_stage(&ast.name, Some(StageInstance { ast, template: at }));
        let stage = &mut self.stages[index];
        (stage.each, stage.condition) = (ast.each.as_ref(), ast.condition.as_ref());
        stage.doc = ast.doc.as_ref().or(template.doc());
        stage.module = template.module;
        if let TemplateBody::Stage(block) = template.body {
            let here = super::Here { module: template.module, instance: None };
            self.within(here, |check| check.collect_stage(index, block));
        }
    }

    pub(super) fn new_stage(&mut self, name: &'a Name, instance: Option<StageInstance<'a>>) -> usize {
        let index = self.stages.len();
        self.define(EntityKind::Stage, name.span);
        if let Some(first) = self.value_named(&name.text) {
            self.duplicate(name, first);
        } else if !name.text.is_empty() {
            self.stage_names.insert(name.text.clone(), index);
        }
        self.stages.push(WrittenStage {
            name,
            doc: None,
            each: None,
            condition: None,
            module: self.here.module,
            instance,
            lets: HashMap::new(),
            actions: HashMap::new(),
            order: Vec::new(),
            gates: Vec::new(),
            gate_names: HashMap::new(),
            defaults: Vec::new(),
            on_failure: Vec::new(),
            fields: Vec::new(),
            members: Rc::default(),
        });
        index
    }

    /// What stands in the body of a stage, or of its template.
    pub(super) fn collect_stage(&mut self, index: usize, block: &'a Block) {
        for item in &block.items {
            match item {
                Item::Let(x) => self.declare_let(x, Some(index), self.here.module),
                Item::Action(x) => self.declare_action(x, index),
                Item::Gate(x) => self.declare_gate(x, index),
                Item::Defaults(x) => self.stages[index].defaults.push(x),
                Item::OnFailure(x) => self.stages[index].on_failure.push(x),
                Item::Field(x) => {
                    if let Some(field) = self.known_field(x, STAGE_FIELDS, "a stage") {
                        let written = &self.stages[index].fields;
                        let first =
                            written.iter().find(|(key, _)| key.text == x.key.text).map(|(key, _)| key.span);
                        match first {
                            Some(first) => self.duplicate_key(&x.key.text, x.key.span, first),
                            None => self.stages[index].fields.push(field),
                        }
                    }
                }
                Item::Error(span) => self.unread(*span),
                Item::Stage(x) => {
                    self.misplaced(x.name.span, "a stage", "in a pipeline, not in another stage");
                }
                Item::StageInstance(x) => {
                    self.misplaced(x.name.span, "a stage", "in a pipeline, not in another stage");
                }
                Item::Variable(_) | Item::Secret(_) | Item::Trigger(_) | Item::Engine(_) => {
                    self.misplaced(first_word(item), "this declaration", "in a pipeline");
                }
                item => self.misplaced(first_word(item), "this declaration", "at the top of a file"),
            }
        }
    }

    pub(super) fn declare_action(&mut self, ast: &'a Action, stage: usize) {
        let index = self.actions.len();
        self.define(EntityKind::Action, ast.name.span);
        if let Some(params) = &ast.params
            && !self.probing
        {
            self.misplaced(params.span, "a template", "at the top of a file");
        }
        let name = &ast.name;
        let clash = self.stages[stage].actions.get(&name.text).map(|i| self.action_place(*i));
        let clash = clash.or_else(|| self.stages[stage].lets.get(&name.text).map(|i| self.let_place(*i)));
        let clash = clash.or_else(|| self.outer_value(stage, &name.text));
        if let Some(first) = clash.filter(|_| !name.text.is_empty()) {
            self.duplicate(name, first);
        } else if self.broken_head(name.span, ast.body.span) {
            // Whether it is a family is not known, so that nothing can be said about what uses it.
            self.hide_names(Span::new(name.span.start, ast.body.span.start));
        } else {
            self.stages[stage].actions.insert(name.text.clone(), index);
            self.action_names.entry(name.text.clone()).or_default().push(index);
        }
        self.stages[stage].order.push(index);
        self.actions.push(WrittenAction { ast, stage });
    }

    /// A value that a stage's own names may not hide: of the pipeline, or for a template of its file.
    fn outer_value(&self, stage: usize, name: &str) -> Option<Place> {
        if self.stages[stage].instance.is_none()
            && let Some(named) = self.values.get(name)
        {
            return Some(self.named_place(*named));
        }
        self.modules.module(self.stages[stage].module).values.get(name).map(|declared| declared.place)
    }

    /// Whether the parser complained between a declaration's name and its body.
    fn broken_head(&self, name: Span, body: Span) -> bool {
        let head = name.end..body.start;
        let parsed = self.modules.module(self.here.module).parsed;
        parsed.diagnostics.iter().any(|d| head.contains(&d.place.span.start))
    }

    /// Makes names that stand in a range known, without a meaning.
    fn hide_names(&mut self, span: Span) {
        let module = self.modules.module(self.here.module);
        let tokens = &module.parsed.tokens;
        let first = tokens.partition_point(|(_, token)| token.start < span.start);
        let inside = tokens[first..].iter().take_while(|(_, token)| token.start < span.end);
        let names =
            inside.filter(|(kind, _)| kind.is_name()).map(|(_, token)| module.text[token.range()].into());
        self.opaque.extend(names);
    }

    fn declare_let(&mut self, ast: &'a Let, stage: Option<usize>, module: ModuleId) {
        self.define(EntityKind::Let, ast.name.span);
        let index = self.lets.len();
        self.lets.push(LetDecl { ast, stage, module });
        let name = &ast.name;
        let first = match stage {
            Some(stage) => {
                let action = self.stages[stage].actions.get(&name.text).map(|i| self.action_place(*i));
                let own =
                    action.or_else(|| self.stages[stage].lets.get(&name.text).map(|i| self.let_place(*i)));
                let stages =
                    self.stages[stage].instance.is_none().then(|| self.value_named(&name.text)).flatten();
                own.or(stages).or_else(|| self.outer_value(stage, &name.text))
            }
            None => self.value_named(&name.text).or_else(|| self.action_of_name(&name.text)),
        };
        if let Some(first) = first.filter(|_| !name.text.is_empty()) {
            self.duplicate(name, first);
            return;
        }
        match stage {
            Some(stage) => drop(self.stages[stage].lets.insert(name.text.clone(), index)),
            None => drop(self.values.insert(name.text.clone(), Named::Let(index))),
        }
    }

    fn declare_variable(&mut self, ast: &'a Variable) {
        self.define(EntityKind::Variable, ast.name.span);
        self.variables.push(ast);
        self.declare_value(&ast.name, Named::Variable(self.variables.len() - 1));
    }

    fn declare_secret(&mut self, ast: &'a Secret) {
        self.define(EntityKind::Secret, ast.name.span);
        self.secrets.push(ast);
        self.declare_value(&ast.name, Named::Secret(self.secrets.len() - 1));
    }

    fn declare_value(&mut self, name: &'a Name, named: Named) {
        match self.value_named(&name.text).or_else(|| self.action_of_name(&name.text)) {
            Some(first) if !name.text.is_empty() => self.duplicate(name, first),
            _ => drop(self.values.insert(name.text.clone(), named)),
        }
    }

    /// Where a `let` of the pipeline is declared.
    pub(super) fn let_place(&self, index: usize) -> Place {
        self.modules.place(self.lets[index].module, self.lets[index].ast.name.span)
    }

    fn named_place(&self, named: Named) -> Place {
        let module = self.pipeline.here.module;
        match named {
            Named::Let(index) => self.let_place(index),
            Named::Variable(index) => self.modules.place(module, self.variables[index].name.span),
            Named::Secret(index) => self.modules.place(module, self.secrets[index].name.span),
        }
    }

    /// Where the first action of this name is declared.
    fn action_of_name(&self, name: &str) -> Option<Place> {
        self.action_names.get(name).and_then(|all| all.first()).map(|i| self.action_place(*i))
    }

    /// Where a value or stage of this name is declared in the pipeline's scope.
    pub(super) fn value_named(&self, name: &str) -> Option<Place> {
        let value = self.values.get(name).map(|named| self.named_place(*named));
        let parameter = || self.pipeline.bindings.iter().find(|b| b.name == name).map(|b| b.place);
        let file = || self.modules.module(self.pipeline.here.module).values.get(name).map(|d| d.place);
        value
            .or_else(parameter)
            .or_else(file)
            .or_else(|| self.stage_names.get(name).map(|i| self.stage_place(*i)))
    }

    pub(super) fn duplicate(&mut self, name: &Name, first: Place) {
        let place = self.place(name.span);
        self.report(
            codes::DUPLICATE_NAME
                .at(place, format!("`{}` is declared twice", name.text))
                .label("declared again here")
                .also(first, "first declared here")
                .help(
                    "a name means one thing in a whole pipeline; only an action may have the name of a stage",
                ),
        );
    }

    /// What a `for` binds may not hide anything; whether it does.
    pub(super) fn no_shadow(&mut self, name: &Name, context: &super::Context) -> bool {
        let in_stage = context.written_stage.and_then(|stage| {
            let action = self.stages[stage].actions.get(&name.text).map(|i| self.action_place(*i));
            action.or_else(|| self.stages[stage].lets.get(&name.text).map(|i| self.let_place(*i)))
        });
        let outer = match context.scope {
            super::Scope::Pipeline => self.value_named(&name.text),
            _ => self.modules.module(context.here.module).values.get(&name.text).map(|d| d.place),
        };
        let bound = || {
            let shadows = |b: &&super::Binding| b.name == name.text && b.place.span != name.span;
            context.bindings.iter().find(shadows).map(|b| b.place)
        };
        let hidden = outer.or(in_stage).or_else(bound).filter(|_| !name.text.is_empty());
        if let Some(first) = hidden {
            self.duplicate(name, first);
        }
        hidden.is_some()
    }

    pub(super) fn misplaced(&mut self, span: Span, what: &str, home: &str) {
        let place = self.place(span);
        self.report(
            codes::MISPLACED
                .at(place, format!("{what} cannot stand here"))
                .help(format!("it belongs {home}")),
        );
    }

    fn known_field(&mut self, field: &'a Field, known: &[&str], body: &str) -> Option<(&'a Name, &'a Expr)> {
        let name = field.key.text.as_str();
        if known.contains(&name) {
            return Some((&field.key, &field.value));
        }
        let place = self.place(field.key.span);
        let list: Vec<String> = known.iter().map(|name| format!("{name}:")).collect();
        let fields = if list.len() == 1 { "only field" } else { "fields" };
        let are = if list.len() == 1 { "is" } else { "are" };
        let list = super::values::and_list(list.iter().map(String::as_str));
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("{body} has no field `{name}`"));
        self.report(match nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic
                .help(format!("the {fields} of {body} {are} {list}; everything else in it is a declaration")),
        });
        None
    }
}

/// The name of a declaration, where it has one, or its beginning.
fn first_word(item: &Item) -> Span {
    match item {
        Item::Type(x) => x.name.span,
        Item::Function(x) => x.name.span,
        Item::Callee(x) => x.name.span,
        Item::Use(x) => x.path.span,
        Item::Private(x) => x.word,
        Item::Secret(x) => x.name.span,
        Item::Variable(x) => x.name.span,
        Item::Engine(x) => x.name.span,
        Item::Trigger(x) => x.event.span,
        item => item.span(),
    }
}
