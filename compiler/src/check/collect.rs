//! Fills the tables of files: what each declares, then what it takes from others.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::bounds::MAX_FIELDS;
use super::eval::functions::is_builtin;
use super::link::stem;
use super::modules::{
    Callable, Declared, Module, ModuleId, Modules, Owned, Template, TemplateBody, UserCallee, Value,
};
use crate::catalog;
use crate::diagnostic::words::with_article;
use crate::diagnostic::{Place, codes};
use crate::index::EntityKind;
use crate::load::{Loaded, uses};
use crate::span::Span;
use crate::syntax::ast::{Block, Item, Name, Params};
use crate::syntax::token::Kind;

/// Parameters of these names would hide what every instance takes beside them.
pub(crate) const STAGE_FIELDS: &[&str] = &["name", "needs", "when"];
/// The same for actions.
pub(crate) const ACTION_FIELDS: &[&str] =
    &["after", "env", "inputs", "local", "name", "namespace", "region", "retry", "role", "timeout", "when"];
/// Editions of the language that this version knows.
const EDITIONS: &[&str] = &["2026"];

/// Collects all files. The first is the one that is compiled.
pub(super) fn collect(files: &[Loaded]) -> Modules<'_> {
    let mut modules = Modules::default();
    for (at, file) in files.iter().enumerate() {
        modules.list.push(Module {
            source: file.source,
            name: &file.name,
            text: &file.text,
            parsed: &file.parsed,
            values: HashMap::new(),
            types: HashMap::new(),
            callables: HashMap::new(),
            rules: HashMap::new(),
            modules: HashMap::new(),
            opaque: HashSet::new(),
        });
        let id = ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
        for (position, item) in file.parsed.file.items.iter().enumerate() {
            modules.item(id, item, false, position);
        }
    }
    for (at, file) in files.iter().enumerate() {
        let id = ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
        for (use_, target) in uses(&file.parsed).zip(&file.uses) {
            let target = target.map(|target| ModuleId(u32::try_from(target).unwrap_or(u32::MAX)));
            modules.link(id, use_, target);
        }
    }
    modules.read_callees();
    modules
}

impl<'a> Modules<'a> {
    fn item(&mut self, module: ModuleId, item: &'a Item, private: bool, position: usize) {
        match item {
            Item::Let(x) => {
                self.lets.push(Owned { module, ast: x });
                let what = Value::Let(self.lets.len() - 1);
                self.value(module, &x.name, what, private, EntityKind::Let);
            }
            Item::Function(x) => {
                self.functions.push(Owned { module, ast: x });
                if is_builtin(&x.name.text) {
                    self.built_in(module, &x.name, "function");
                }
                let what = Value::Function(self.functions.len() - 1);
                self.value(module, &x.name, what, private, EntityKind::Function);
                self.params(module, &x.params, &[]);
            }
            Item::Type(x) => {
                self.types.push(Owned { module, ast: x });
                let what = self.types.len() - 1;
                let declared = self.declared(module, &x.name, what, private, EntityKind::Type);
                let table = &mut self.list[module.index()].types;
                let first = table.get(&x.name.text).map(|first| first.place);
                self.insert(module, &x.name, first, |m| _ = m.types.insert(x.name.text.clone(), declared));
            }
            Item::Callee(x) => self.callee(module, x, private),
            Item::Private(x) => match &*x.item {
                Item::Let(_)
                | Item::Function(_)
                | Item::Type(_)
                | Item::Callee(_)
                | Item::Error(_) => self.item(module, &x.item, true, position),
                Item::Pipeline(b) | Item::Stage(b) if b.params.is_some() => {
                    self.item(module, &x.item, true, position);
                }
                Item::Action(a) if a.params.is_some() => self.item(module, &x.item, true, position),
                _ => self.misplaced(
                    module,
                    x.word,
                    "`private`",
                    "before a `let`, `fn`, `type`, `callee`, `rule` or template: only those are seen by other files",
                ),
            },
            Item::Pipeline(x) => match &x.params {
                Some(params) => self.template(module, TemplateBody::Pipeline(x), params, private),
                None => self.no_family(module, x),
            },
            Item::Stage(x) => match &x.params {
                Some(params) => {
                    self.template(module, TemplateBody::Stage(x), params, private);
                    self.no_family(module, x);
                }
                None => self.misplaced(
                    module,
                    x.name.span,
                    "a stage",
                    "in a pipeline; with parameters, as `stage ship(env: string) { … }`, it is a template",
                ),
            },
            Item::Action(x) => match &x.params {
                Some(params) => {
                    self.template(module, TemplateBody::Action(x), params, private);
                    self.no_clauses(module, x.each.as_ref().map(|e| e.span), x.condition.as_ref().map(|c| c.span));
                }
                None => self.misplaced(
                    module,
                    x.name.span,
                    "an action",
                    "in a stage; with parameters, as `action deploy(site: artifact) = …`, it is a template",
                ),
            },
            Item::Edition(x) => self.edition(module, &x.year, x.span, position),
            Item::Use(_) | Item::PipelineInstance(_) => {}
            Item::Error(span) => self.unread(module, *span),
            item => self.not_of_files(module, item),
        }
    }

    /// What belongs into a pipeline or a stage.
    fn not_of_files(&mut self, module: ModuleId, item: &Item) {
        let (span, what, home) = match item {
            Item::Field(x) => (x.key.span, "a field", "in a pipeline, a stage or an action"),
            Item::StageInstance(x) => (x.name.span, "a stage", "in a pipeline"),
            Item::Variable(x) => (x.name.span, "a variable", "in a pipeline"),
            Item::Secret(x) => (x.name.span, "a secret", "in a pipeline"),
            Item::Gate(x) => (x.name.span, "a gate", "in a stage"),
            Item::OnFailure(x) => (x.span, "`on failure`", "in a stage"),
            item => (item.span(), "this declaration", "in a pipeline"),
        };
        self.misplaced(module, span, what, home);
    }

    fn declared<T>(
        &mut self,
        module: ModuleId,
        name: &Name,
        what: T,
        private: bool,
        kind: EntityKind,
    ) -> Declared<T> {
        let place = self.place(module, name.span);
        self.index.record(kind, place, place);
        Declared { what, place, private }
    }

    /// Puts a name into its table, unless it is there already.
    pub(super) fn insert(
        &mut self,
        module: ModuleId,
        name: &Name,
        first: Option<Place>,
        insert: impl FnOnce(&mut Module<'a>),
    ) {
        if name.text.is_empty() {
            return;
        }
        match first {
            Some(first) => self.duplicate(module, name, first),
            None => insert(&mut self.list[module.index()]),
        }
    }

    pub(super) fn duplicate(&mut self, module: ModuleId, name: &Name, first: Place) {
        let place = self.place(module, name.span);
        self.diagnostics.push(
            codes::DUPLICATE_NAME
                .at(place, format!("`{}` is declared twice", name.text))
                .label("declared again here")
                .also(first, "first declared here")
                .help("a name means one thing in a whole file; give one of them another name"),
        );
    }

    fn value(&mut self, module: ModuleId, name: &'a Name, what: Value, private: bool, kind: EntityKind) {
        let declared = self.declared(module, name, what, private, kind);
        let first = self.module(module).values.get(&name.text).map(|first| first.place);
        self.insert(module, name, first, |m| _ = m.values.insert(name.text.clone(), declared));
    }

    fn callee(&mut self, module: ModuleId, ast: &'a crate::syntax::ast::Callee, private: bool) {
        self.callees.push(UserCallee { module, ast, callee: None });
        let (at, name) = (self.callees.len() - 1, &ast.name);
        let built_in = self.is_built_in(module, name, ast.is_rule);
        if ast.is_rule {
            let declared = self.declared(module, name, at, private, EntityKind::Rule);
            if built_in {
                return;
            }
            let first = self.module(module).rules.get(&name.text).map(|first| first.place);
            self.insert(module, name, first, |m| _ = m.rules.insert(name.text.clone(), declared));
        } else {
            let declared = self.declared(module, name, Callable::Callee(at), private, EntityKind::Callee);
            if built_in {
                return;
            }
            let first = self.module(module).callables.get(&name.text).map(|first| first.place);
            self.insert(module, name, first, |m| _ = m.callables.insert(name.text.clone(), declared));
        }
    }

    fn template(&mut self, module: ModuleId, body: TemplateBody<'a>, params: &'a Params, private: bool) {
        let template = Template { module, body, params };
        let name = template.name();
        let built_in = self.is_built_in(module, name, false);
        let taken = match body {
            TemplateBody::Action(_) => ACTION_FIELDS,
            TemplateBody::Stage(_) | TemplateBody::Pipeline(_) => STAGE_FIELDS,
        };
        self.templates.push(template);
        let what = Callable::Template(self.templates.len() - 1);
        let declared = self.declared(module, name, what, private, EntityKind::Template);
        if !built_in {
            let first = self.module(module).callables.get(&name.text).map(|first| first.place);
            self.insert(module, name, first, |m| _ = m.callables.insert(name.text.clone(), declared));
        }
        self.params(module, params, taken);
    }

    /// Whether a name is that of something in the catalog, which a file must not hide. That is reported, and whoever uses
    /// the name there may mean either.
    pub(super) fn is_built_in(&mut self, module: ModuleId, name: &Name, is_rule: bool) -> bool {
        let (found, kind) = if is_rule {
            (catalog::find_rule(&name.text).is_some(), "rule")
        } else {
            (catalog::find(&name.text).is_some(), "action type")
        };
        if found {
            self.built_in(module, name, kind);
            self.list[module.index()].opaque.insert(name.text.clone());
        }
        found
    }

    fn built_in(&mut self, module: ModuleId, name: &Name, kind: &str) {
        let place = self.place(module, name.span);
        self.diagnostics.push(
            codes::DUPLICATE_NAME
                .at(place, format!("`{}` is {} that is built in", name.text, with_article(kind)))
                .label("would hide it")
                .help("give this another name: the built-in ones mean the same in every file"),
        );
    }

    /// Parameters: different names, those without a default first where arguments have no names.
    fn params(&mut self, module: ModuleId, params: &'a Params, taken: &[&str]) {
        if let Some(one_too_many) = params.list.get(MAX_FIELDS) {
            let place = self.place(module, one_too_many.name.span);
            let message = format!("these are more than {MAX_FIELDS} parameters");
            self.diagnostics.push(codes::TOO_MANY.at(place, message).help("pass records of them"));
        }
        for (at, param) in params.list.iter().take(MAX_FIELDS).enumerate() {
            let name = &param.name;
            let place = self.place(module, name.span);
            self.index.record(EntityKind::Param, place, place);
            let earlier = params.list[..at].iter().find(|other| other.name.text == name.text);
            if let Some(first) = earlier.filter(|_| !name.text.is_empty()) {
                let first = self.place(module, first.name.span);
                self.duplicate(module, name, first);
            }
            if taken.contains(&name.text.as_str()) {
                self.diagnostics.push(
                    codes::DUPLICATE_NAME
                        .at(place, format!("a parameter cannot be called `{}`", name.text))
                        .label("every instance has a field of this name")
                        .help("give the parameter another name"),
                );
            }
        }
    }

    fn edition(&mut self, module: ModuleId, year: &Name, span: Span, position: usize) {
        let diagnostic = if position > 0 {
            let place = self.place(module, span);
            codes::BAD_EDITION
                .at(place, "`edition` is the first statement of a file")
                .help("move it to the top, before everything else")
        } else if !EDITIONS.contains(&year.text.as_str()) {
            let place = self.place(module, year.span);
            let known = EDITIONS.join(", ");
            codes::BAD_EDITION
                .at(place, format!("this version does not know the edition {}", year.text))
                .help(format!("it knows {known}; a newer Standpipe may know more"))
        } else {
            return;
        };
        self.diagnostics.push(diagnostic);
    }

    fn misplaced(&mut self, module: ModuleId, span: Span, what: &str, home: &str) {
        let place = self.place(module, span);
        self.diagnostics.push(
            codes::MISPLACED
                .at(place, format!("{what} cannot stand here"))
                .help(format!("it belongs {home}")),
        );
    }

    fn no_family(&mut self, module: ModuleId, block: &Block) {
        self.no_clauses(
            module,
            block.each.as_ref().map(|e| e.span),
            block.condition.as_ref().map(|c| c.span),
        );
    }

    fn no_clauses(&mut self, module: ModuleId, each: Option<Span>, condition: Option<Span>) {
        for (span, word) in [(each, "`for`"), (condition, "`if`")] {
            if let Some(span) = span {
                self.misplaced(module, span, word, "behind the name of a stage or an action in a pipeline");
            }
        }
    }

    /// What could not be read may have declared any name that stands behind another word: `stge build`.
    fn unread(&mut self, module: ModuleId, span: Span) {
        let names = unread_names(self.module(module), span);
        self.list[module.index()].opaque.extend(names);
    }
}

/// The names that something unreadable may have declared.
pub(super) fn unread_names(module: &Module<'_>, span: Span) -> Vec<SmolStr> {
    let tokens = &module.parsed.tokens;
    let first = tokens.partition_point(|(_, token)| token.start < span.start);
    let inside: Vec<_> = tokens[first..].iter().take_while(|(_, token)| token.start < span.end).collect();
    let text = |token: Span| &module.text[token.range()];
    let path = |token: Span| text(token).trim_matches('"').ends_with(".pipe");
    if inside.first().is_some_and(|(kind, _)| *kind == Kind::Use)
        || inside.iter().any(|(kind, token)| *kind == Kind::Str && path(*token))
    {
        // A `use`: any of its words, and the file's own name.
        let words = inside.iter().filter(|(kind, _)| kind.is_name() || *kind == Kind::Str);
        return words.map(|(_, token)| stem(text(*token).trim_matches('"')).into()).collect();
    }
    let declared = inside.windows(2).filter(|pair| pair[0].0.is_name() && pair[1].0.is_name());
    declared.map(|pair| module.text[pair[1].1.range()].into()).collect()
}
