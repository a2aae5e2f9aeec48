//! What is declared where: fills the tables of names, and reports double, misplaced and unsupported declarations.

use std::collections::HashMap;
use std::rc::Rc;

use smol_str::SmolStr;

use super::{Check, LetDecl, Named, WrittenAction, WrittenStage};
use crate::diagnostic::{codes, nearest};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Action, Block, Expr, Field, File, Item, Let, Name, Unsupported, Variable};
use crate::syntax::token::Kind;

/// The pipelines of a file, in order.
pub(super) fn pipelines(file: &File) -> Vec<&Block> {
    let pipelines = file.items.iter().filter_map(|item| match item {
        Item::Pipeline(block) => Some(block),
        _ => None,
    });
    pipelines.collect()
}

impl<'a> Check<'a> {
    /// Fills the tables.
    pub(super) fn collect(&mut self) {
        let parsed = self.parsed;
        let mut names: HashMap<&str, Span> = HashMap::new();
        for item in &parsed.file.items {
            match item {
                Item::Let(x) => self.declare_let(x, None),
                Item::Pipeline(block) => {
                    self.define(EntityKind::Pipeline, block.name.span);
                    if let Some(first) = names.insert(&block.name.text, block.name.span)
                        && !block.name.text.is_empty()
                    {
                        self.duplicate(&block.name, first);
                    }
                    self.no_family(block);
                }
                Item::Unsupported(x) => self.unsupported(x),
                Item::Error(span) => self.unread(*span),
                Item::Field(field) => {
                    self.misplaced(field.key.span, "a field", "in a pipeline, a stage or an action");
                }
                Item::Action(x) => self.misplaced(x.name.span, "an action", "in a stage"),
                Item::Stage(x) => self.misplaced(x.name.span, "a stage", "in a pipeline"),
                Item::Variable(x) => self.misplaced(x.name.span, "a variable", "in a pipeline"),
                item => self.misplaced(item.span(), "this declaration", "in a pipeline"),
            }
        }
        if let Some(block) = self.block {
            for item in &block.items {
                self.collect_pipeline_item(item);
            }
        }
    }

    fn collect_pipeline_item(&mut self, item: &'a Item) {
        match item {
            Item::Let(x) => self.declare_let(x, None),
            Item::Variable(x) => self.declare_variable(x),
            Item::Trigger(x) => self.triggers.push(x),
            Item::Engine(x) => self.engines.push(x),
            Item::Defaults(x) => self.defaults.push(x),
            Item::Stage(x) => self.declare_stage(x),
            Item::Field(x) => {
                if let Some(field) = self.known_field(x, &["name"], "a pipeline") {
                    let first =
                        self.fields.iter().find(|(key, _)| key.text == x.key.text).map(|(key, _)| key.span);
                    if let Some(first) = first {
                        self.duplicate_key(&x.key.text, x.key.span, first);
                    }
                    self.fields.push(field);
                }
            }
            Item::Unsupported(x) => self.unsupported(x),
            Item::Error(span) => self.unread(*span),
            Item::Action(x) => self.misplaced(x.name.span, "an action", "in a stage"),
            Item::OnFailure(x) => self.misplaced(x.span, "`on failure`", "in a stage"),
            Item::Pipeline(x) => self.misplaced(x.name.span, "a pipeline", "at the top of a file"),
        }
    }

    fn declare_stage(&mut self, block: &'a Block) {
        let index = self.stages.len();
        self.define(EntityKind::Stage, block.name.span);
        if let Some(first) = self.value_named(&block.name.text) {
            self.duplicate(&block.name, first);
        } else if !block.name.text.is_empty() {
            self.stage_names.insert(block.name.text.clone(), index);
        }
        self.stages.push(WrittenStage {
            block,
            lets: HashMap::new(),
            actions: HashMap::new(),
            order: Vec::new(),
            defaults: Vec::new(),
            on_failure: Vec::new(),
            fields: Vec::new(),
            members: Rc::default(),
        });
        for item in &block.items {
            match item {
                Item::Let(x) => self.declare_let(x, Some(index)),
                Item::Action(x) => self.declare_action(x, index),
                Item::Defaults(x) => self.stages[index].defaults.push(x),
                Item::OnFailure(x) => self.stages[index].on_failure.push(x),
                Item::Field(x) => {
                    if let Some(field) = self.known_field(x, &["name", "needs"], "a stage") {
                        let written = &self.stages[index].fields;
                        let first =
                            written.iter().find(|(key, _)| key.text == x.key.text).map(|(key, _)| key.span);
                        if let Some(first) = first {
                            self.duplicate_key(&x.key.text, x.key.span, first);
                        }
                        self.stages[index].fields.push(field);
                    }
                }
                Item::Unsupported(x) => self.unsupported(x),
                Item::Error(span) => self.unread(*span),
                Item::Stage(x) => {
                    self.misplaced(x.name.span, "a stage", "in a pipeline, not in another stage");
                }
                item => self.misplaced(item.span(), "this declaration", "in a pipeline"),
            }
        }
    }

    fn declare_action(&mut self, ast: &'a Action, stage: usize) {
        let index = self.actions.len();
        self.define(EntityKind::Action, ast.name.span);
        let name = &ast.name;
        let clash = self.stages[stage].actions.get(&name.text).map(|i| self.actions[*i].ast.name.span);
        let clash = clash.or_else(|| match self.values.get(&name.text) {
            Some(named) => Some(self.named_span(*named)),
            None => self.stages[stage].lets.get(&name.text).map(|i| self.lets[*i].ast.name.span),
        });
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

    /// Whether the parser complained between a declaration's name and its body.
    fn broken_head(&self, name: Span, body: Span) -> bool {
        let head = name.end..body.start;
        self.parsed.diagnostics.iter().any(|d| head.contains(&d.place.span.start))
    }

    /// Makes names that stand in a range known, without a meaning.
    fn hide_names(&mut self, span: Span) {
        let tokens = &self.parsed.tokens;
        let first = tokens.partition_point(|(_, token)| token.start < span.start);
        let inside = tokens[first..].iter().take_while(|(_, token)| token.start < span.end);
        let names =
            inside.filter(|(kind, _)| kind.is_name()).map(|(_, token)| self.text[token.range()].into());
        self.opaque.extend(names);
    }

    /// What could not be read may have declared any name that stands behind another word: `stge build`.
    fn unread(&mut self, span: Span) {
        let tokens = &self.parsed.tokens;
        let first = tokens.partition_point(|(_, token)| token.start < span.start);
        let inside: Vec<_> = tokens[first..].iter().take_while(|(_, token)| token.start < span.end).collect();
        let declared = inside.windows(2).filter(|pair| pair[0].0.is_name() && pair[1].0.is_name());
        let names = declared.map(|pair| self.text[pair[1].1.range()].into()).collect::<Vec<SmolStr>>();
        self.opaque.extend(names);
    }

    fn declare_let(&mut self, ast: &'a Let, stage: Option<usize>) {
        self.define(EntityKind::Let, ast.name.span);
        let index = self.lets.len();
        self.lets.push(LetDecl { ast, stage });
        let name = &ast.name;
        let in_stage = stage.and_then(|stage| {
            let stage = &self.stages[stage];
            let action = stage.actions.get(&name.text).map(|i| self.actions[*i].ast.name.span);
            action.or_else(|| stage.lets.get(&name.text).map(|i| self.lets[*i].ast.name.span))
        });
        let action = stage.is_none().then(|| self.action_of_name(&name.text)).flatten();
        let first = self.value_named(&name.text).or(in_stage).or(action);
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
        let index = self.variables.len();
        self.variables.push(ast);
        match self.value_named(&ast.name.text).or_else(|| self.action_of_name(&ast.name.text)) {
            Some(first) if !ast.name.text.is_empty() => self.duplicate(&ast.name, first),
            _ => drop(self.values.insert(ast.name.text.clone(), Named::Variable(index))),
        }
    }

    fn named_span(&self, named: Named) -> Span {
        match named {
            Named::Let(index) => self.lets[index].ast.name.span,
            Named::Variable(index) => self.variables[index].name.span,
        }
    }

    /// Where the first action of this name is declared.
    fn action_of_name(&self, name: &str) -> Option<Span> {
        self.action_names.get(name).and_then(|all| all.first()).map(|i| self.actions[*i].ast.name.span)
    }

    /// Where a value or stage of this name is declared in the pipeline's scope.
    fn value_named(&self, name: &str) -> Option<Span> {
        let value = self.values.get(name).map(|named| self.named_span(*named));
        value.or_else(|| self.stage_names.get(name).map(|i| self.stages[*i].block.name.span))
    }

    fn duplicate(&mut self, name: &Name, first: Span) {
        let (place, first) = (self.place(name.span), self.place(first));
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

    /// What a `for` binds may not hide anything.
    pub(super) fn no_shadow(&mut self, name: &Name, stage: Option<usize>) {
        let in_stage = stage.and_then(|stage| {
            let stage = &self.stages[stage];
            let action = stage.actions.get(&name.text).map(|i| self.actions[*i].ast.name.span);
            action.or_else(|| stage.lets.get(&name.text).map(|i| self.lets[*i].ast.name.span))
        });
        if let Some(first) = self.value_named(&name.text).or(in_stage).filter(|_| !name.text.is_empty()) {
            self.duplicate(name, first);
        }
    }

    fn misplaced(&mut self, span: Span, what: &str, home: &str) {
        let place = self.place(span);
        self.report(
            codes::MISPLACED
                .at(place, format!("{what} cannot stand here"))
                .help(format!("it belongs {home}")),
        );
    }

    fn no_family(&mut self, block: &Block) {
        if let Some(each) = &block.each {
            self.misplaced(each.span, "`for`", "behind the name of a stage or an action");
        }
        if let Some(condition) = &block.condition {
            self.misplaced(condition.span, "`if`", "behind the name of a stage or an action");
        }
    }

    fn known_field(&mut self, field: &'a Field, known: &[&str], body: &str) -> Option<(&'a Name, &'a Expr)> {
        let name = field.key.text.as_str();
        if known.contains(&name) {
            return Some((&field.key, &field.value));
        }
        let place = self.place(field.key.span);
        if body == "a stage" && name == "when" {
            self.report(
                codes::UNSUPPORTED
                    .at(place, "`when` is part of the language, but this version does not compile it")
                    .help("an `if` that is decided while compiling stands behind the stage's name"),
            );
            return None;
        }
        let list = known.iter().map(|name| format!("`{name}:`")).collect::<Vec<_>>().join(" and ");
        let mut diagnostic = codes::UNKNOWN_FIELD
            .at(place, format!("{body} has no field `{name}`"))
            .help(format!("the fields of {body} are {list}; everything else in it is a declaration"));
        if let Some(near) = nearest(name, known.iter().copied()) {
            diagnostic = diagnostic.fix(format!("replace with `{near}`"), place, near);
        }
        self.report(diagnostic);
        None
    }

    fn unsupported(&mut self, item: &Unsupported) {
        let place = self.place(item.keyword.span);
        let word = &item.keyword.text;
        let what = match word.as_str() {
            "stage" | "pipeline" | "action" => format!("{word} templates are"),
            word => format!("`{word}` is"),
        };
        self.report(
            codes::UNSUPPORTED
                .at(place, format!("{what} part of the language, but this version does not compile it"))
                .label("nothing that depends on it is checked"),
        );
        // Whatever it would declare must not be reported as unknown.
        let whole = word == "use";
        let tokens = &self.parsed.tokens;
        let first = tokens.partition_point(|(_, span)| span.start <= item.keyword.span.start);
        for (kind, span) in &tokens[first..] {
            if span.start >= item.span.end || (matches!(kind, Kind::LeftBrace | Kind::Equals) && !whole) {
                break;
            }
            if kind.is_name() {
                self.opaque.insert(self.text[span.range()].into());
            }
            if *kind == Kind::Str && whole {
                let path = self.text[span.range()].trim_matches('"');
                let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".pipe");
                self.opaque.insert(stem.into());
            }
        }
    }
}
