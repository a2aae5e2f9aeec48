//! The values that an expression at the cursor can name, and what their members are.

use compiler::source::SourceId;
use compiler::span::Span;
use compiler::syntax::ast::{Action, Block, Entry, Expr, ExprKind, Instance, Item, Let};
use compiler::syntax::token::Kind;
use compiler::vocabulary;

use super::cursor::Cursor;
use super::files::{Files, doc_of, module_name, name_of, params_of};
use super::head::{Head, declared};
use super::outputs;
use super::slots::{Expect, of_type};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Binding,
    Param,
    Artifact,
    Output,
    Action,
    Variable,
    Secret,
    Let,
    Stage,
    Function,
    Module,
}

/// A value that can be named.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) sort: Sort,
    pub(crate) detail: String,
    pub(crate) doc: String,
    /// What it is, in the words of what places want.
    pub(crate) is: Expect,
}

impl Named {
    pub(super) fn new(name: impl Into<String>, sort: Sort, detail: impl Into<String>) -> Self {
        Self { name: name.into(), sort, detail: detail.into(), doc: String::new(), is: Expect::Any }
    }
}

/// What stays of a value's text beside its name.
const MOST_SHOWN: usize = 40;

/// What the cursor can see.
pub(crate) struct Scope<'f, 'a> {
    pub(super) files: &'f Files<'a>,
    pub(super) cursor: &'f Cursor<'a>,
    /// The pipeline around the cursor.
    pub(crate) pipeline: Option<&'f Block>,
    /// The stage around the cursor.
    pub(crate) stage: Option<&'f Block>,
}

/// An action, with the file of its text.
pub(crate) type Owned<'f> = (SourceId, &'f Action);

impl<'f, 'a> Scope<'f, 'a> {
    pub(crate) fn new(files: &'f Files<'a>, cursor: &'f Cursor<'a>) -> Self {
        let own = || files.items(files.own()).map(|(item, _)| item);
        let head = |pick: fn(&Head) -> Option<Span>| cursor.frames.iter().find_map(|frame| pick(&frame.head));
        let pipeline = head(|head| if let Head::Pipeline(at) = head { Some(*at) } else { None });
        let pipeline = pipeline.and_then(|at| own().find_map(|item| block(item, at)));
        let stage = head(|head| if let Head::Stage(at) = head { Some(*at) } else { None });
        let stage = stage.and_then(|at| match pipeline {
            Some(pipeline) => pipeline.items.iter().find_map(|item| block(item, at)),
            None => own().find_map(|item| block(item, at)),
        });
        Self { files, cursor, pipeline, stage }
    }

    /// All values, the nearest first.
    pub(crate) fn values(&self) -> Vec<Named> {
        let mut all = self.bound();
        let own = self.files.own();
        for items in [self.stage, self.pipeline].into_iter().flatten().map(|block| &block.items) {
            all.extend(items.iter().filter_map(|item| self.declared(own, item)));
        }
        all.extend(self.all_actions().into_iter().map(|owned| self.action(owned)));
        for (name, (source, item)) in self.files.nameable(own) {
            if !name.contains('.') {
                all.extend(
                    self.declared(source, item)
                        .filter(|n| n.sort != Sort::Stage)
                        .map(|n| Named { name, ..n }),
                );
            }
        }
        let modules = self.files.uses(own).filter_map(|(used, _)| {
            Some(Named::new(module_name(used)?, Sort::Module, format!("\"{}\"", used.path.text)))
        });
        all.extend(modules);
        all.extend(vocabulary::functions().map(|(name, usage)| Named::new(name, Sort::Function, usage)));
        if self.pipeline.is_some() || self.stage.is_some() {
            all.push(Named::new("execution", Sort::Variable, "the run; its `id` is known at run"));
        }
        let own: Vec<(Sort, &str)> = self.being_written().collect();
        all.retain(|named| !own.contains(&(named.sort, named.name.as_str())));
        let mut seen = std::collections::HashSet::new();
        all.retain(|named| !named.name.is_empty() && seen.insert(named.name.clone()));
        all
    }

    /// The actions that can be named without their stage, those of this stage first.
    fn all_actions(&self) -> Vec<Owned<'f>> {
        let own = self.files.own();
        let near = self.stage.into_iter().flat_map(actions).map(|action| (own, action));
        let stages = self.pipeline.into_iter().flat_map(|pipeline| &pipeline.items);
        let far = stages.filter_map(|item| self.actions(item));
        near.chain(far.flat_map(|(source, all)| all.into_iter().map(move |action| (source, action))))
            .collect()
    }

    /// The artifacts with a name of their own, as `action.artifact`.
    pub(crate) fn artifacts(&self) -> Vec<Named> {
        let own: Vec<(Sort, &str)> = self.being_written().collect();
        let actions = self.all_actions().into_iter().filter(|(_, action)| {
            action.each.is_none() && !own.contains(&(Sort::Action, action.name.text.as_str()))
        });
        let of = |(source, action): Owned<'_>| {
            let named = self.outputs(source, action).into_iter();
            let named = named.filter(|output| output.sort == Sort::Artifact && !output.name.is_empty());
            let path =
                |output: Named| Named { name: format!("{}.{}", action.name.text, output.name), ..output };
            named.map(path).collect::<Vec<_>>()
        };
        actions.flat_map(of).collect()
    }

    fn declared(&self, source: SourceId, item: &Item) -> Option<Named> {
        let name = name_of(item)?.text.as_str();
        let text = |span| self.files.text(source, span);
        let mut named = match item {
            Item::Let(x) => {
                let detail = match &x.ty {
                    Some(ty) => text(ty.span).to_owned(),
                    None => format!("{}= {}", literal(&x.value), shortened(text(x.value.span))),
                };
                let is = x.ty.as_ref().map(|ty| of_type(self.files, source, ty, 0)).unwrap_or_default();
                Named { is, ..Named::new(name, Sort::Let, detail) }
            }
            Item::Variable(x) => {
                let is = of_type(self.files, source, &x.ty, 0);
                Named { is, ..Named::new(name, Sort::Variable, format!("{}, known at run", text(x.ty.span))) }
            }
            Item::Secret(_) => Named { is: Expect::Secret, ..Named::new(name, Sort::Secret, "secret") },
            Item::Stage(block) if block.params.is_none() => {
                Named { is: Expect::Stage, ..Named::new(name, Sort::Stage, "stage") }
            }
            Item::StageInstance(x) => {
                let detail = format!("stage, {}", x.template.text);
                Named { is: Expect::Stage, ..Named::new(name, Sort::Stage, detail) }
            }
            Item::Function(x) => {
                let end = x.result.as_ref().map_or(x.params.span.end, |result| result.span.end);
                Named::new(name, Sort::Function, text(Span::new(x.name.span.start, end)))
            }
            _ => return None,
        };
        named.doc = doc_of(item);
        Some(named)
    }

    fn action(&self, (source, action): Owned<'_>) -> Named {
        let outputs = self.outputs(source, action);
        let lone = outputs.iter().filter(|output| output.sort == Sort::Artifact).count() == 1;
        let family = if action.each.is_some() { "family of actions" } else { "action" };
        let artifact = if lone { ", artifact" } else { "" };
        let detail = format!("{family}{artifact}, {}", action.callee.text);
        let is = if lone { Expect::Artifact } else { Expect::Action };
        let doc = action.doc.as_ref().map(|doc| doc.text.clone()).unwrap_or_default();
        Named { is, doc, ..Named::new(action.name.text.as_str(), Sort::Action, detail) }
    }

    /// The actions of a stage, also of one that a template makes, and their file.
    fn actions(&self, item: &'f Item) -> Option<(SourceId, Vec<&'f Action>)> {
        match item {
            Item::Stage(block) => Some((self.files.own(), actions(block).collect())),
            Item::StageInstance(Instance { template, .. }) => {
                let wanted = |item: &Item| matches!(item, Item::Stage(_)) && params_of(item).is_some();
                match self.files.resolve(self.files.own(), &template.text, wanted)? {
                    (source, Item::Stage(block)) => Some((source, actions(block).collect())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The declarations around the cursor: none can name itself.
    fn being_written(&self) -> impl Iterator<Item = (Sort, &str)> {
        let around = self.cursor.frames.iter().map(|frame| &frame.item);
        let items = std::iter::once(&self.cursor.item).chain(around);
        items.filter_map(|item| {
            let [(kind, _), name, ..] = declared(item) else { return None };
            let sort = match kind {
                Kind::Action => Sort::Action,
                Kind::Let => Sort::Let,
                Kind::Fn => Sort::Function,
                Kind::Stage => Sort::Stage,
                Kind::Variable => Sort::Variable,
                _ => return None,
            };
            Some((sort, self.cursor.of(*name)))
        })
    }

    /// What a dotted path has for members.
    pub(crate) fn members(&self, path: &[String]) -> Vec<Named> {
        let own = self.files.own();
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        if first == "execution" && rest.is_empty() {
            return vec![Named::new("id", Sort::Output, "string, known at run")];
        }
        if let Some(named) = self
            .values()
            .into_iter()
            .find(|n| n.name == *first && !matches!(n.sort, Sort::Action | Sort::Stage))
        {
            return self.fields(named, rest);
        }
        let pipeline = self.pipeline.map(|block| block.items.as_slice()).unwrap_or_default();
        let stage = pipeline.iter().find(|item| {
            matches!(item, Item::Stage(_) | Item::StageInstance(_))
                && name_of(item).is_some_and(|n| n.text == *first)
        });
        let inside = stage.and_then(|item| self.actions(item));
        let mut found = Vec::new();
        if let Some((source, actions)) = inside {
            match rest {
                [] => found.extend(actions.into_iter().map(|action| self.action((source, action)))),
                [name, ..] => {
                    let action = actions.into_iter().find(|action| action.name.text == *name);
                    found.extend(action.into_iter().flat_map(|action| self.outputs(source, action)));
                }
            }
        }
        if rest.is_empty() {
            let near =
                self.stage.and_then(|stage| actions(stage).find(|a| a.name.text == *first)).map(|a| (own, a));
            let far = || {
                let all = pipeline.iter().filter_map(|item| self.actions(item));
                all.flat_map(|(source, actions)| actions.into_iter().map(move |a| (source, a)))
                    .find(|(_, a)| a.name.text == *first)
            };
            if let Some((source, action)) = near.or_else(far) {
                found.extend(self.outputs(source, action));
            }
        }
        found
    }

    /// The members of what is no action.
    fn fields(&self, named: Named, rest: &[String]) -> Vec<Named> {
        let own = self.files.own();
        if named.sort == Sort::Module {
            let Some(file) = self.files.module(own, &named.name).filter(|_| rest.is_empty()) else {
                return Vec::new();
            };
            return self
                .files
                .exports(file)
                .filter_map(|item| self.declared(file, item))
                .filter(|n| n.sort != Sort::Stage)
                .collect();
        }
        let mut is = named.is;
        for name in rest {
            let Expect::Record(slots) = is else { return Vec::new() };
            let Some(slot) = slots.into_iter().find(|slot| slot.name == *name) else { return Vec::new() };
            is = slot.expect;
        }
        match is {
            Expect::Record(slots) => {
                let field = |slot: super::slots::Slot| Named {
                    doc: slot.doc,
                    is: slot.expect,
                    ..Named::new(slot.name, Sort::Let, slot.detail)
                };
                slots.into_iter().map(field).collect()
            }
            _ if rest.is_empty() => self.keys(&named.name),
            _ => Vec::new(),
        }
    }

    /// The keys of a record that a `let` of the file or pipeline writes out.
    fn keys(&self, name: &str) -> Vec<Named> {
        let own = self.files.own();
        let blocks = [self.stage, self.pipeline].into_iter().flatten().flat_map(|block| &block.items);
        let mut all = blocks.chain(self.files.items(own).map(|(item, _)| item));
        let found = all.find_map(|item| match item {
            Item::Let(Let { name: declared, value, .. }) if declared.text == name => Some(value),
            _ => None,
        });
        let fields = found.map_or(&[][..], Expr::entries).iter().filter_map(|entry| match entry {
            Entry::Field(field) => Some(field),
            _ => None,
        });
        fields
            .map(|f| {
                Named::new(
                    f.key.text.as_str(),
                    Sort::Let,
                    format!("= {}", shortened(self.files.text(own, f.value.span))),
                )
            })
            .collect()
    }

    /// What an action makes: artifacts, variables.
    pub(crate) fn outputs(&self, source: SourceId, action: &Action) -> Vec<Named> {
        outputs::of(self.files, source, action, 0)
    }
}

/// The actions that are written in a stage.
pub(crate) fn actions(block: &Block) -> impl Iterator<Item = &Action> {
    block.items.iter().filter_map(|item| match item {
        Item::Action(action) => Some(action),
        _ => None,
    })
}

fn block(item: &Item, at: Span) -> Option<&Block> {
    match item {
        Item::Pipeline(block) | Item::Stage(block) if block.name.span == at => Some(block),
        _ => None,
    }
}

/// The type of what is written out, with a space behind it; nothing of what would have to be computed.
const fn literal(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::String(_) | ExprKind::Block(_) | ExprKind::Interpolated(_) => "string ",
        ExprKind::Int(_) => "int ",
        ExprKind::Bool(_) => "bool ",
        ExprKind::Duration(_) => "duration ",
        ExprKind::List(_) | ExprKind::ListFor(_) => "list ",
        ExprKind::Record(_) | ExprKind::RecordFor(_) => "record ",
        _ => "",
    }
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && line.chars().count() <= MOST_SHOWN {
        return line.to_owned();
    }
    format!("{}…", line.chars().take(MOST_SHOWN).collect::<String>())
}
