//! From tree to checked program: names are resolved, families expanded, values computed and held against their types.
//!
//! Checking is evaluation: every expression is computed with what is known now, and what only a run knows is a value of
//! its own (`Val::Run`). A mistake is reported once and becomes `Val::Error`, about which everything later is silent.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use smol_str::SmolStr;

use crate::diagnostic::{Code, Diagnostic, Place, Severity, codes};
use crate::index::{EntityKind, Index};
use crate::source::{Loader, SourceId};
use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::ast::{Action, Block, Defaults, Engine, Expr, Let, OnFailure, Trigger, Variable};
use crate::typed;
use crate::types::{ActionId, StageId, Val};

mod actions;
mod bounds;
mod eval;
mod expand;
mod lints;
mod outputs;
mod scope;
mod settings;
mod stages;
mod values;
mod written_types;

use outputs::Signature;

/// What checking found in a file.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) pipelines: Vec<typed::Pipeline>,
    pub(crate) index: Index,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Checks a file. `name` is its path as the user gave it, for `file("…")`.
pub(crate) fn check(parsed: &Parsed, text: &str, name: &str, loader: &dyn Loader) -> Checked {
    let mut checked = Checked::default();
    let mut seen = HashSet::new();
    let mut budget = bounds::BUDGET;
    let blocks = scope::pipelines(&parsed.file);
    // A file without a pipeline still has its declarations checked.
    let blocks = if blocks.is_empty() { vec![None] } else { blocks.into_iter().map(Some).collect() };
    for block in blocks {
        let mut check = Check::new(parsed, text, name, loader, block, std::mem::take(&mut seen), budget);
        let pipeline = check.run();
        checked.pipelines.extend(pipeline);
        checked.diagnostics.append(&mut check.diagnostics);
        checked.index = std::mem::take(&mut check.index).merged_into(std::mem::take(&mut checked.index));
        seen = std::mem::take(&mut check.seen);
        budget = check.budget;
    }
    same_names(&checked.pipelines, &mut checked.diagnostics);
    checked.index.finish();
    lints::file(parsed, &checked.index, text, &mut checked.diagnostics);
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

/// The state of checking one pipeline.
struct Check<'a> {
    source: SourceId,
    text: &'a str,
    name: &'a str,
    loader: &'a dyn Loader,
    parsed: &'a Parsed,
    block: Option<&'a Block>,
    diagnostics: Vec<Diagnostic>,
    seen: HashSet<(&'static str, Place, String)>,
    index: Index,
    // As written.
    lets: Vec<LetDecl<'a>>,
    values: HashMap<SmolStr, Named>,
    /// Names that declarations which this version does not compile would bring.
    opaque: HashSet<SmolStr>,
    variables: Vec<&'a Variable>,
    stages: Vec<WrittenStage<'a>>,
    stage_names: HashMap<SmolStr, usize>,
    actions: Vec<WrittenAction<'a>>,
    action_names: HashMap<SmolStr, Vec<usize>>,
    defaults: Vec<&'a Defaults>,
    triggers: Vec<&'a Trigger>,
    engines: Vec<&'a Engine>,
    fields: Vec<(&'a crate::syntax::ast::Name, &'a Expr)>,
    // Expanded.
    stage_members: Vec<StageMember>,
    action_members: Vec<ActionMember>,
    let_values: HashMap<(usize, Option<StageId>), LetState>,
    /// By the stage's member and the written action.
    families: HashMap<(StageId, usize), Family>,
    /// While families are expanded actions are not known yet, and only constants count.
    expanding: bool,
    /// What the action under check uses.
    uses: Vec<typed::Use>,
    /// The actions in `uses`.
    used: HashSet<ActionId>,
    /// How many expressions are under way.
    nesting: usize,
    /// What may still be spent on computing.
    budget: usize,
    /// How many errors were reported.
    errors: usize,
    /// Unknown names that were reported: where in `diagnostics`.
    unknown: HashMap<SmolStr, usize>,
}

/// What a name of the pipeline's value scope means; actions and stages have tables of their own.
#[derive(Clone, Copy)]
enum Named {
    Let(usize),
    Variable(usize),
}

struct LetDecl<'a> {
    ast: &'a Let,
    /// The stage that it stands in.
    stage: Option<usize>,
}

enum LetState {
    InProgress,
    Done(Val),
}

struct WrittenStage<'a> {
    block: &'a Block,
    lets: HashMap<SmolStr, usize>,
    actions: HashMap<SmolStr, usize>,
    /// Its actions in the order written.
    order: Vec<usize>,
    defaults: Vec<&'a Defaults>,
    on_failure: Vec<&'a OnFailure>,
    fields: Vec<(&'a crate::syntax::ast::Name, &'a Expr)>,
    members: Rc<Vec<(SmolStr, StageId)>>,
}

struct WrittenAction<'a> {
    ast: &'a Action,
    stage: usize,
}

struct StageMember {
    written: usize,
    id: String,
    bindings: Bindings,
    /// Where the `if` stands that removed it.
    removed: Option<Place>,
    /// The members of its actions, by the written action's index.
    actions: HashMap<usize, Rc<Vec<(SmolStr, ActionId)>>>,
}

struct ActionMember {
    written: usize,
    stage: StageId,
    id: String,
    bindings: Bindings,
    removed: Option<Place>,
    signature: SignatureState,
}

/// The members of an action's family that exist.
#[derive(Clone)]
struct Family {
    members: Rc<Vec<(SmolStr, ActionId)>>,
    by_key: Rc<HashMap<SmolStr, ActionId>>,
}

enum SignatureState {
    Unknown,
    InProgress,
    Done(Rc<Signature>),
}

/// What `for` binds, from the outside to the inside.
type Bindings = Rc<Vec<Binding>>;

#[derive(Clone)]
struct Binding {
    name: SmolStr,
    value: Val,
    place: Place,
}

/// Where an expression is evaluated.
#[derive(Clone)]
struct Context {
    stage: Option<StageId>,
    written_stage: Option<usize>,
    bindings: Bindings,
    /// Whether the value is used for the action under check; otherwise it is only looked at.
    records: bool,
}

impl Context {
    fn bind(&self, names: &[Binding]) -> Self {
        let mut bindings = self.bindings.to_vec();
        bindings.extend_from_slice(names);
        Self { bindings: Rc::new(bindings), ..self.clone() }
    }

    fn without_uses(&self) -> Self {
        Self { records: false, ..self.clone() }
    }
}

impl<'a> Check<'a> {
    fn new(
        parsed: &'a Parsed,
        text: &'a str,
        name: &'a str,
        loader: &'a dyn Loader,
        block: Option<&'a Block>,
        seen: HashSet<(&'static str, Place, String)>,
        budget: usize,
    ) -> Self {
        Self {
            source: parsed.source,
            text,
            name,
            loader,
            parsed,
            block,
            diagnostics: Vec::new(),
            seen,
            index: Index::default(),
            lets: Vec::new(),
            values: HashMap::new(),
            opaque: HashSet::new(),
            variables: Vec::new(),
            stages: Vec::new(),
            stage_names: HashMap::new(),
            actions: Vec::new(),
            action_names: HashMap::new(),
            defaults: Vec::new(),
            triggers: Vec::new(),
            engines: Vec::new(),
            fields: Vec::new(),
            stage_members: Vec::new(),
            action_members: Vec::new(),
            let_values: HashMap::new(),
            families: HashMap::new(),
            expanding: false,
            uses: Vec::new(),
            used: HashSet::new(),
            nesting: 0,
            budget,
            errors: 0,
            unknown: HashMap::new(),
        }
    }

    fn run(&mut self) -> Option<typed::Pipeline> {
        self.collect();
        self.expand();
        self.check_lets();
        let block = self.block?;
        let actions = self.check_actions();
        let stages = self.check_stages();
        Some(self.finish(block, stages, actions))
    }

    /// Every `let` is checked, used or not.
    fn check_lets(&mut self) {
        for index in 0..self.lets.len() {
            match self.lets[index].stage {
                None => drop(self.let_value(index, None)),
                Some(stage) => {
                    let members: Vec<StageId> =
                        self.stages[stage].members.iter().map(|(_, id)| *id).collect();
                    for member in members {
                        drop(self.let_value(index, Some(member)));
                    }
                }
            }
        }
    }

    fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }

    /// Reports once: members of a family, and files with several pipelines, meet the same mistake again.
    fn report(&mut self, diagnostic: Diagnostic) {
        let key = (diagnostic.code.id, diagnostic.place, diagnostic.message.clone());
        if self.errors >= bounds::MAX_ERRORS || !self.seen.insert(key) {
            return;
        }
        if diagnostic.severity == Severity::Error {
            self.errors += 1;
        }
        self.diagnostics.push(diagnostic);
    }

    /// Reports a mistake at `span` that needs no more than a message, and gives the value that stands for it.
    fn error(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> Val {
        let place = self.place(span);
        self.report(code.at(place, message));
        Val::Error
    }

    fn define(&mut self, kind: EntityKind, span: Span) {
        let place = self.place(span);
        self.index.record(kind, place, place);
    }

    fn refer(&mut self, kind: EntityKind, span: Span, definition: Span) {
        let (place, definition) = (self.place(span), self.place(definition));
        self.index.record(kind, place, definition);
    }

    fn stage(&self, id: StageId) -> &StageMember {
        &self.stage_members[id.index()]
    }

    fn member(&self, id: ActionId) -> &ActionMember {
        &self.action_members[id.index()]
    }

    fn written_action(&self, id: ActionId) -> &'a Action {
        self.actions[self.member(id).written].ast
    }

    fn pipeline_context(&self) -> Context {
        Context { stage: None, written_stage: None, bindings: Rc::default(), records: false }
    }

    fn stage_context(&self, id: StageId) -> Context {
        let member = self.stage(id);
        Context {
            stage: Some(id),
            written_stage: Some(member.written),
            bindings: member.bindings.clone(),
            records: false,
        }
    }
}

#[cfg(test)]
mod tests;
