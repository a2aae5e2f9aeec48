//! From tree to checked program: names are resolved, templates and families expanded, values computed and held against
//! their types.
//!
//! Checking is evaluation: every expression is computed with what is known now, and what only a run knows is a value of
//! its own (`Val::Run`). A mistake is reported once and becomes `Val::Error`, about which everything later is silent.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use smol_str::SmolStr;

use crate::diagnostic::{Diagnostic, Place};
use crate::index::{EntityKind, Index};
use crate::source::Loader;
use crate::span::Span;
use crate::syntax::ast::{
    Action, Block, Defaults, Engine, Expr, Gate, Instance, Let, Name, OnFailure, Secret, Trigger, Variable,
};
use crate::typed;
use crate::types::{ActionId, StageId, Ty, Val};

mod actions;
mod allow;
mod bounds;
mod collect;
mod context;
mod contracts;
mod eval;
mod expand;
mod fields;
mod gates;
mod kinds;
mod link;
mod lints;
mod modules;
mod outputs;
mod pipelines;
mod probe;
mod report;
mod scope;
mod secrets;
mod settings;
mod stages;
mod templates;
mod values;
mod when;
mod written;
mod written_types;

#[cfg(test)]
pub(crate) use actions::COMMON as COMMON_FIELDS;
pub(crate) use actions::{GENERAL as DEFAULTS, allows};
pub(crate) use allow::apply as allow;
pub(crate) use collect::ACTION_FIELDS;
#[cfg(test)]
pub(crate) use collect::STAGE_FIELDS;
use context::{Binding, Bindings, Bound, Context, Here, InstanceId, Scope};
pub(crate) use eval::usages as functions;
pub(crate) use gates::{OTHERWISE, POINTS};
use modules::{ModuleId, Modules};
use outputs::Signature;
pub(crate) use pipelines::check;
use report::{Met, Mistake};
pub(crate) use secrets::{AWS as AWS_SECRETS, LOCAL as LOCAL_SECRETS};
pub(crate) use settings::{EVENTS, PULL_REQUEST_EVENTS, aws_settings};
pub(crate) use stages::{RESULTS, RETRY_MODES};
pub(crate) use written_types::type_names;

/// The state of checking one pipeline.
struct Check<'a> {
    modules: &'a Modules<'a>,
    loader: &'a dyn Loader,
    /// The file, and the instance of a template, that is looked at now.
    here: Here,
    block: Option<&'a Block>,
    /// Where the pipeline's own names mean something.
    pipeline: Context,
    diagnostics: Vec<Diagnostic>,
    seen: HashSet<(&'static str, Place, String)>,
    /// What instances of templates met.
    met: HashMap<Mistake, Met>,
    index: Index,
    // As written.
    lets: Vec<LetDecl<'a>>,
    values: HashMap<SmolStr, Named>,
    /// Names that what could not be read would bring.
    opaque: HashSet<SmolStr>,
    variables: Vec<&'a Variable>,
    secrets: Vec<&'a Secret>,
    stages: Vec<WrittenStage<'a>>,
    stage_names: HashMap<SmolStr, usize>,
    actions: Vec<WrittenAction<'a>>,
    action_names: HashMap<SmolStr, Vec<usize>>,
    /// Instances of what is no template: their arguments are still looked at.
    unresolved: Vec<&'a Instance>,
    defaults: Vec<&'a Defaults>,
    triggers: Vec<&'a Trigger>,
    engines: Vec<&'a Engine>,
    fields: Vec<(&'a Name, &'a Expr)>,
    // Expanded.
    instances: Vec<InstanceInfo>,
    params: Vec<ParamValue<'a>>,
    stage_members: Vec<StageMember>,
    action_members: Vec<ActionMember<'a>>,
    let_values: HashMap<(LetId, Option<StageId>), LetState>,
    type_cache: HashMap<usize, Ty>,
    /// By the stage's member and the written action.
    families: HashMap<(StageId, usize), Family>,
    /// The actions by id, made when it is first asked for.
    by_id: HashMap<String, ActionId>,
    /// The functions that are being computed, and where each is called.
    calls: Vec<(usize, Place)>,
    /// While families are expanded actions are not known yet, and only constants count.
    expanding: bool,
    /// A template is checked by itself: what its arguments would decide is not known.
    probing: bool,
    /// What the action under check uses.
    uses: Vec<typed::Use>,
    /// The actions in `uses`.
    used: HashSet<ActionId>,
    /// How many branches are under way that are not taken.
    untaken: usize,
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
    Secret(usize),
}

/// A `let` of the pipeline or one of its stages, or of a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum LetId {
    Inner(usize),
    File(usize),
}

struct LetDecl<'a> {
    ast: &'a Let,
    /// The stage that it stands in.
    stage: Option<usize>,
    module: ModuleId,
}

enum LetState {
    InProgress,
    Done(Val),
}

/// The value of a parameter in an instance.
struct ParamValue<'a> {
    name: &'a Name,
    /// The argument or the default, and where that is computed; none where neither is there.
    source: Option<(&'a Expr, Context)>,
    ty: &'a crate::syntax::ast::TypeExpr,
    /// Where the parameter is declared.
    home: Here,
    place: Place,
    state: Option<LetState>,
    /// It came from the command line, and stays.
    fixed: bool,
}

/// An instance of a template, for messages.
struct InstanceInfo {
    /// The instance's name.
    place: Place,
    what: String,
    /// The instance that it stands in.
    outer: Option<InstanceId>,
}

/// A stage as declared in the pipeline: with a body, or as an instance of a template with one.
struct WrittenStage<'a> {
    name: &'a Name,
    doc: Option<&'a crate::syntax::ast::Doc>,
    each: Option<&'a crate::syntax::ast::For>,
    condition: Option<&'a Expr>,
    /// The file of its body.
    module: ModuleId,
    instance: Option<StageInstance<'a>>,
    lets: HashMap<SmolStr, usize>,
    actions: HashMap<SmolStr, usize>,
    /// Its actions in the order written.
    order: Vec<usize>,
    gates: Vec<&'a Gate>,
    gate_names: HashMap<SmolStr, Place>,
    defaults: Vec<&'a Defaults>,
    on_failure: Vec<&'a OnFailure>,
    fields: Vec<(&'a Name, &'a Expr)>,
    members: Rc<Vec<(SmolStr, StageId)>>,
}

/// An instance of a stage template.
#[derive(Clone, Copy)]
struct StageInstance<'a> {
    ast: &'a Instance,
    template: usize,
}

struct WrittenAction<'a> {
    ast: &'a Action,
    stage: usize,
}

struct StageMember {
    written: usize,
    id: String,
    /// Where the head of the stage stands: the pipeline, with what its `for` binds.
    outer: Context,
    /// Where its body stands.
    inner: Context,
    /// Where the `if` stands that removed it.
    removed: Option<Place>,
    /// The members of its actions, by the written action's index.
    actions: HashMap<usize, Rc<Vec<(SmolStr, ActionId)>>>,
}

struct ActionMember<'a> {
    written: usize,
    stage: StageId,
    id: String,
    bindings: Bindings,
    removed: Option<Place>,
    signature: SignatureState<'a>,
    resolved: Option<Rc<actions::Resolved<'a>>>,
}

/// The members of an action's family that exist.
#[derive(Clone)]
struct Family {
    members: Rc<Vec<(SmolStr, ActionId)>>,
    by_key: Rc<HashMap<SmolStr, ActionId>>,
}

enum SignatureState<'a> {
    Unknown,
    InProgress,
    Done(Rc<Signature<'a>>),
}

impl<'a> Check<'a> {
    /// Every `let` of the pipeline is checked, used or not.
    fn check_lets(&mut self) {
        for index in 0..self.lets.len() {
            match self.lets[index].stage {
                None => drop(self.let_value(LetId::Inner(index), None)),
                Some(stage) => {
                    let members: Vec<StageId> =
                        self.stages[stage].members.iter().map(|(_, id)| *id).collect();
                    for member in members {
                        drop(self.let_value(LetId::Inner(index), Some(member)));
                    }
                }
            }
        }
    }

    /// The text of a range where checking stands.
    fn text(&self, span: Span) -> &'a str {
        self.modules.module(self.here.module).text.get(span.range()).unwrap_or_default()
    }

    /// The text of the whole file where checking stands.
    fn file_text_here(&self) -> &'a str {
        self.modules.module(self.here.module).text
    }

    fn place(&self, span: Span) -> Place {
        self.modules.place(self.here.module, span)
    }

    fn define(&mut self, kind: EntityKind, span: Span) {
        let place = self.place(span);
        self.index.record(kind, place, place);
    }

    fn refer(&mut self, kind: EntityKind, span: Span, definition: Place) {
        let place = self.place(span);
        self.index.record(kind, place, definition);
    }

    /// Notes that a dotted name begins with a file that is used.
    fn refer_head(&mut self, path: &str, span: Span) {
        if let Some((length, definition)) = self.modules.head(self.here.module, path) {
            let end = span.start + u32::try_from(length).unwrap_or(0);
            self.refer(EntityKind::Module, Span { end, ..span }, definition);
        }
    }

    fn stage(&self, id: StageId) -> &StageMember {
        &self.stage_members[id.index()]
    }

    fn member(&self, id: ActionId) -> &ActionMember<'a> {
        &self.action_members[id.index()]
    }

    fn written_action(&self, id: ActionId) -> &'a Action {
        self.actions[self.member(id).written].ast
    }

    /// The file of a written action.
    fn action_module(&self, written: usize) -> ModuleId {
        self.stages[self.actions[written].stage].module
    }

    /// Where the name of a written action stands.
    fn action_place(&self, written: usize) -> Place {
        self.modules.place(self.action_module(written), self.actions[written].ast.name.span)
    }

    /// Where the name of a written stage stands.
    fn stage_place(&self, written: usize) -> Place {
        self.modules.place(self.pipeline.here.module, self.stages[written].name.span)
    }

    fn pipeline_context(&self) -> Context {
        self.pipeline.clone()
    }

    fn stage_context(&self, id: StageId) -> Context {
        self.stage(id).inner.clone()
    }
}

#[cfg(test)]
mod tests;
