//! Names, and what follows them: `x`, `x.y`, `x["y"]`, `x / "file"`.

use std::rc::Rc;

use smol_str::SmolStr;

use super::super::{Check, Context, Family, Scope};
use crate::diagnostic::words::list_of;
use crate::diagnostic::{Place, codes};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::typed::Use;
use crate::types::{ActionId, Segment, StageId, Ty, Val};

impl<'a> Check<'a> {
    /// The value of a name with its members, noting which actions it uses.
    pub(super) fn path(&mut self, expr: &'a Expr, context: &Context) -> Val {
        let value = self.steps(expr, context);
        self.note_uses(&value, expr.span, context);
        value
    }

    /// Notes that the action under check needs the actions in `value`, because of what stands at `span`.
    fn note_uses(&mut self, value: &Val, span: Span, context: &Context) {
        if !context.records {
            return;
        }
        let place = self.place(span);
        let mut actions = Vec::new();
        value.actions(&mut |action| actions.push(action));
        for action in actions {
            if let Some(condition) = self.member(action).removed {
                self.removed_reference(action, span, condition);
            } else if self.used.insert(action) {
                self.uses.push(Use { action, place, after: false });
            }
        }
    }

    pub(in super::super) fn removed_reference(&mut self, action: ActionId, span: Span, condition: Place) {
        let name = self.member(action).id.clone();
        let place = self.place(span);
        self.report(
            codes::REMOVED_REFERENCE
                .at(place, format!("`{name}` does not exist, since its `if` is false"))
                .label("used here, in something that exists")
                .also(condition, "this condition removes it")
                .help("give the user the same condition, or choose another value: `if … then … else …`"),
        );
    }

    /// Without noting: the inner parts of a path are not uses of their own.
    fn steps(&mut self, expr: &'a Expr, context: &Context) -> Val {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.span, context),
            ExprKind::Member(base, member) => {
                if member.text == "id" && self.is_execution(base, context) {
                    return Val::Run(Rc::from([Segment::ExecutionId]));
                }
                if let ExprKind::Name(stage) = &base.kind
                    && let Some(action) = self.stage_action(stage, base.span, member, context)
                {
                    return action;
                }
                if let ExprKind::Name(module) = &base.kind
                    && let Some(value) = self.module_member(module, base.span, member, context)
                {
                    return value;
                }
                let value = self.steps(base, context);
                let said = self.diagnostics.len();
                let value = self.member_of(value, base, member);
                self.may_mean_a_file(said, base, member);
                value
            }
            ExprKind::Index(base, index) => {
                let value = self.steps(base, context);
                let key = self.eval(index, context);
                self.index_of(value, base, index, key)
            }
            _ => self.eval(expr, context),
        }
    }

    /// `execution` is predeclared, and whatever the user calls so hides it.
    fn is_execution(&self, base: &Expr, context: &Context) -> bool {
        matches!(&base.kind, ExprKind::Name(name) if name == "execution")
            && !self.is_named("execution", context)
    }

    /// `stage.action`
    fn stage_action(&mut self, stage: &SmolStr, span: Span, member: &Name, context: &Context) -> Option<Val> {
        let hidden = context.scope != Scope::Pipeline
            || context.bindings.iter().any(|b| b.name == *stage)
            || self.modules.module(self.here.module).values.contains_key(stage)
            || self.values.contains_key(stage)
            || context.written_stage.is_some_and(|s| self.stages[s].lets.contains_key(stage));
        if hidden {
            return None;
        }
        let index = *self.stage_names.get(stage)?;
        let action = *self.stages[index].actions.get(&member.text)?;
        let definition = self.stage_place(index);
        self.refer(EntityKind::Stage, span, definition);
        match self.stages[index].members.clone().as_slice() {
            [(_, id)] if self.stages[index].each.is_none() => {
                Some(self.action_value(*id, action, member.span))
            }
            _ if self.expanding => Some(Val::Unknown(Ty::Any)),
            // Inside a family its own stage means the same member.
            _ => match context.stage.filter(|id| self.stage(*id).written == index) {
                Some(id) => Some(self.action_value(id, action, member.span)),
                None => {
                    let key = self.stages[index].members.first().map(|(key, _)| key.clone());
                    Some(self.needs_key(stage, span, "stages", key))
                }
            },
        }
    }

    /// Reports a family where a member is wanted; `key` is that of one of its members.
    pub(super) fn needs_key(&mut self, name: &str, span: Span, of: &str, key: Option<SmolStr>) -> Val {
        let place = self.place(span);
        let key = key.unwrap_or_else(|| "key".into());
        self.report(
            codes::NEEDS_KEY.at(place, format!("`{name}` is a family of {of}, and a member is wanted")).help(
                format!("name one of them, as `{name}[\"{key}\"]`, or walk them: `[x for x in {name}]`"),
            ),
        );
        Val::Error
    }

    /// The action of this name in the same stage, else the only one in the pipeline.
    pub(super) fn action_named(&mut self, name: &SmolStr, span: Span, context: &Context) -> Option<Val> {
        let own = context.written_stage.and_then(|stage| self.stages[stage].actions.get(name).copied());
        if let Some(action) = own {
            return Some(match context.stage {
                Some(stage) => self.action_value(stage, action, span),
                None => Val::Unknown(Ty::Any),
            });
        }
        if context.scope != Scope::Pipeline {
            return None;
        }
        let candidates = self.action_names.get(name)?.clone();
        let [action] = candidates.as_slice() else {
            return Some(self.ambiguous(name, span, &candidates));
        };
        let stage = self.actions[*action].stage;
        match self.stages[stage].members.clone().as_slice() {
            [(_, id)] if self.stages[stage].each.is_none() => Some(self.action_value(*id, *action, span)),
            _ if self.expanding => Some(Val::Unknown(Ty::Any)),
            _ => {
                let key =
                    self.stages[stage].members.first().map_or_else(|| "key".into(), |(key, _)| key.clone());
                let stage = self.stages[stage].name.text.clone();
                let place = self.place(span);
                self.report(
                    codes::NEEDS_KEY
                        .at(place, format!("`{name}` is in every member of the stage family `{stage}`"))
                        .help(format!("name the stage's member, as `{stage}[\"{key}\"].{name}`")),
                );
                Some(Val::Error)
            }
        }
    }

    fn ambiguous(&mut self, name: &str, span: Span, candidates: &[usize]) -> Val {
        let place = self.place(span);
        let paths = candidates.iter().map(|i| {
            let action = &self.actions[*i];
            (self.stages[action.stage].name.text.clone(), self.action_place(*i))
        });
        let paths: Vec<_> = paths.collect();
        let full: Vec<String> = paths.iter().map(|(stage, _)| format!("{stage}.{name}")).collect();
        let list = list_of(full.iter().map(String::as_str));
        let mut diagnostic = codes::AMBIGUOUS_NAME
            .at(place, format!("several stages have an action `{name}`"))
            .help(format!("say which: {list}"));
        // Those that instances of one template have are declared in one place.
        let mut definitions: Vec<_> = Vec::new();
        for (_, definition) in &paths {
            if !definitions.contains(definition) {
                definitions.push(*definition);
            }
        }
        for definition in definitions.into_iter().take(4) {
            diagnostic = diagnostic.also(definition, "one is declared here");
        }
        self.report(diagnostic);
        Val::Error
    }

    /// An action, or its family, in a member of its stage.
    pub(super) fn action_value(&mut self, stage: StageId, action: usize, span: Span) -> Val {
        let ast = self.actions[action].ast;
        let definition = self.action_place(action);
        self.refer(EntityKind::Action, span, definition);
        if self.expanding {
            return Val::Unknown(Ty::Any);
        }
        if ast.each.is_some() {
            return self.family(stage, action).map_or(Val::Error, |family| Val::Family(family.members));
        }
        let Some(members) = self.stage(stage).actions.get(&action) else { return Val::Error };
        match members.first() {
            Some((_, id)) => Val::Action(*id),
            None => Val::Error,
        }
    }

    /// The members that exist, found once: a family may have thousands, and each of them may be named. In a stage that an
    /// `if` removed all are gone with it, and its own actions still name them.
    pub(super) fn family(&mut self, stage: StageId, action: usize) -> Option<Family> {
        if let Some(family) = self.families.get(&(stage, action)) {
            return Some(family.clone());
        }
        let all = self.stage(stage).actions.get(&action)?;
        let gone = self.stage(stage).removed.is_some();
        let members: Vec<_> =
            all.iter().filter(|(_, id)| gone || self.member(*id).removed.is_none()).cloned().collect();
        let by_key = members.iter().cloned().collect();
        let family = Family { members: Rc::new(members), by_key: Rc::new(by_key) };
        self.families.insert((stage, action), family.clone());
        Some(family)
    }

    pub(super) fn stage_value(&mut self, index: usize, span: Span) -> Val {
        let stage = &self.stages[index];
        let (definition, members, family) =
            (self.stage_place(index), stage.members.clone(), stage.each.is_some());
        self.refer(EntityKind::Stage, span, definition);
        match members.first() {
            _ if self.expanding => Val::Unknown(Ty::Any),
            Some((_, id)) if !family => Val::Stage(*id),
            _ => Val::StageFamily(members),
        }
    }
}
