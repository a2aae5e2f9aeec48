//! Names, and what follows them: `x`, `x.y`, `x["y"]`, `x / "file"`.

use std::rc::Rc;

use smol_str::SmolStr;

use super::super::{Check, Context, Family, LetState, Named};
use crate::diagnostic::{Edit, Label, Place, codes, nearest};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::typed::Use;
use crate::types::{ActionId, Segment, StageId, Ty, Val};

/// At how many other places an unknown name is shown.
const MAX_PLACES: usize = 20;
/// After how many errors nothing is suggested for unknown names.
const MAX_SUGGESTIONS: usize = 30;

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
                let value = self.steps(base, context);
                self.member_of(value, base, member)
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

    /// The value of a name: what a `for` binds, a `let` or variable, an action of the same stage, the only such action
    /// of the pipeline, a stage.
    fn name(&mut self, name: &SmolStr, span: Span, context: &Context) -> Val {
        if let Some(binding) = context.bindings.iter().rev().find(|b| b.name == *name).cloned() {
            self.refer(EntityKind::Binding, span, binding.place.span);
            return binding.value;
        }
        let stage_let = context.written_stage.and_then(|stage| self.stages[stage].lets.get(name).copied());
        if let Some(index) = stage_let {
            return self.let_at(index, context.stage, span);
        }
        match self.values.get(name).copied() {
            Some(Named::Let(index)) => return self.let_at(index, None, span),
            Some(Named::Variable(index)) => {
                let definition = self.variables[index].name.span;
                self.refer(EntityKind::Variable, span, definition);
                return Val::Run(Rc::from([Segment::Variable(name.clone())]));
            }
            None => {}
        }
        if let Some(action) = self.action_named(name, span, context) {
            return action;
        }
        if let Some(index) = self.stage_names.get(name).copied() {
            return self.stage_value(index, span);
        }
        self.unknown_name(name, span, context)
    }

    fn let_at(&mut self, index: usize, stage: Option<StageId>, span: Span) -> Val {
        let definition = self.lets[index].ast.name.span;
        self.refer(EntityKind::Let, span, definition);
        let stage = if self.lets[index].stage.is_some() { stage } else { None };
        if let Some(LetState::InProgress) = self.let_values.get(&(index, stage)) {
            let name = &self.lets[index].ast.name;
            let (place, text) = (self.place(span), name.text.clone());
            let definition = self.place(name.span);
            self.report(
                codes::CIRCULAR_LET
                    .at(place, format!("`{text}` is defined by itself"))
                    .label("needs its own value here")
                    .also(definition, format!("`{text}` is declared here"))
                    .help("there is no recursion: give one of them a value of its own"),
            );
            return Val::Error;
        }
        self.let_value(index, stage)
    }

    /// The value of a `let`, computed once.
    pub(in super::super) fn let_value(&mut self, index: usize, stage: Option<StageId>) -> Val {
        if let Some(LetState::Done(value)) = self.let_values.get(&(index, stage)) {
            return value.clone();
        }
        self.let_values.insert((index, stage), LetState::InProgress);
        let ast = self.lets[index].ast;
        let context = stage.map_or_else(|| self.pipeline_context(), |stage| self.stage_context(stage));
        let mut value = self.eval(&ast.value, &context);
        if let Some(written) = &ast.ty {
            let ty = self.type_of(written);
            if !ty.accepts(&value) {
                value = self.mismatch(ast.value.span, &ty, &value, &format!("`{}`", ast.name.text));
            }
        }
        self.let_values.insert((index, stage), LetState::Done(value.clone()));
        value
    }

    /// `stage.action`
    fn stage_action(&mut self, stage: &SmolStr, span: Span, member: &Name, context: &Context) -> Option<Val> {
        let hidden = context.bindings.iter().any(|b| b.name == *stage)
            || self.values.contains_key(stage)
            || context.written_stage.is_some_and(|s| self.stages[s].lets.contains_key(stage));
        if hidden {
            return None;
        }
        let index = *self.stage_names.get(stage)?;
        let action = *self.stages[index].actions.get(&member.text)?;
        let definition = self.stages[index].block.name.span;
        self.refer(EntityKind::Stage, span, definition);
        match self.stages[index].members.clone().as_slice() {
            [(_, id)] if self.stages[index].block.each.is_none() => {
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
    fn action_named(&mut self, name: &SmolStr, span: Span, context: &Context) -> Option<Val> {
        let own = context.written_stage.and_then(|stage| self.stages[stage].actions.get(name).copied());
        if let Some(action) = own {
            return Some(match context.stage {
                Some(stage) => self.action_value(stage, action, span),
                None => Val::Unknown(Ty::Any),
            });
        }
        let candidates = self.action_names.get(name)?.clone();
        let [action] = candidates.as_slice() else {
            return Some(self.ambiguous(name, span, &candidates));
        };
        let stage = self.actions[*action].stage;
        match self.stages[stage].members.clone().as_slice() {
            [(_, id)] if self.stages[stage].block.each.is_none() => {
                Some(self.action_value(*id, *action, span))
            }
            _ if self.expanding => Some(Val::Unknown(Ty::Any)),
            _ => {
                let key =
                    self.stages[stage].members.first().map_or_else(|| "key".into(), |(key, _)| key.clone());
                let stage = self.stages[stage].block.name.text.clone();
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
            (self.stages[action.stage].block.name.text.clone(), action.ast.name.span)
        });
        let paths: Vec<_> = paths.collect();
        let list =
            paths.iter().map(|(stage, _)| format!("`{stage}.{name}`")).collect::<Vec<_>>().join(" or ");
        let mut diagnostic = codes::AMBIGUOUS_NAME
            .at(place, format!("several stages have an action `{name}`"))
            .help(format!("say which: {list}"));
        for (_, definition) in paths.iter().take(4) {
            diagnostic = diagnostic.also(self.place(*definition), "one is declared here");
        }
        self.report(diagnostic);
        Val::Error
    }

    /// An action, or its family, in a member of its stage.
    pub(super) fn action_value(&mut self, stage: StageId, action: usize, span: Span) -> Val {
        let ast = self.actions[action].ast;
        self.refer(EntityKind::Action, span, ast.name.span);
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

    /// The members that exist, found once: a family may have thousands, and each of them may be named.
    pub(super) fn family(&mut self, stage: StageId, action: usize) -> Option<Family> {
        if let Some(family) = self.families.get(&(stage, action)) {
            return Some(family.clone());
        }
        let all = self.stage(stage).actions.get(&action)?;
        let members: Vec<_> =
            all.iter().filter(|(_, id)| self.member(*id).removed.is_none()).cloned().collect();
        let by_key = members.iter().cloned().collect();
        let family = Family { members: Rc::new(members), by_key: Rc::new(by_key) };
        self.families.insert((stage, action), family.clone());
        Some(family)
    }

    fn stage_value(&mut self, index: usize, span: Span) -> Val {
        let stage = &self.stages[index];
        let (definition, members, family) =
            (stage.block.name.span, stage.members.clone(), stage.block.each.is_some());
        self.refer(EntityKind::Stage, span, definition);
        match members.first() {
            _ if self.expanding => Val::Unknown(Ty::Any),
            Some((_, id)) if !family => Val::Stage(*id),
            _ => Val::StageFamily(members),
        }
    }

    fn unknown_name(&mut self, name: &str, span: Span, context: &Context) -> Val {
        if name.is_empty() || self.opaque.contains(name) {
            return Val::Error;
        }
        let place = self.place(span);
        if let Some(first) = self.unknown.get(name).copied() {
            self.unknown_again(first, place, context);
            return Val::Error;
        }
        let mut diagnostic =
            codes::UNKNOWN_NAME.at(place, format!("nothing here is called `{name}`")).label("unknown name");
        // Whoever has so many unknown names did not misspell each of them, and looking for the nearest takes a while.
        let names = if self.errors < MAX_SUGGESTIONS { self.names_in_scope(context) } else { Vec::new() };
        if let Some(near) = nearest(name, names.iter().map(SmolStr::as_str)) {
            diagnostic = diagnostic.did_you_mean(near);
        } else if name == "execution" {
            diagnostic = diagnostic.help("the run's id is `execution.id`");
        } else {
            diagnostic = diagnostic.help(format!("texts stand in quotes: `\"{name}\"`"));
        }
        let before = self.diagnostics.len();
        self.report(diagnostic);
        if self.diagnostics.len() > before {
            self.unknown.insert(name.into(), before);
        }
        Val::Error
    }

    /// A name that is missing is one mistake, however often it is used.
    fn unknown_again(&mut self, first: usize, place: Place, context: &Context) {
        let diagnostic = &self.diagnostics[first];
        let known = diagnostic.place == place || diagnostic.labels.iter().any(|label| label.place == place);
        if known || diagnostic.labels.len() >= MAX_PLACES {
            return;
        }
        let suggested = diagnostic.fix.as_ref().and_then(|fix| fix.edits.first()).map(|e| e.text.clone());
        // What was meant there may not exist here.
        let suggested = suggested.filter(|name| self.names_in_scope(context).contains(&SmolStr::from(name)));
        let diagnostic = &mut self.diagnostics[first];
        diagnostic.labels.push(Label { place, text: "and here".to_owned() });
        if let (Some(fix), Some(text)) = (&mut diagnostic.fix, suggested) {
            fix.edits.push(Edit { place, text });
        }
    }

    fn names_in_scope(&self, context: &Context) -> Vec<SmolStr> {
        let mut names: Vec<SmolStr> = context.bindings.iter().map(|b| b.name.clone()).collect();
        if let Some(stage) = context.written_stage {
            names.extend(self.stages[stage].lets.keys().cloned());
        }
        names.extend(self.values.keys().cloned());
        names.extend(self.action_names.keys().cloned());
        names.extend(self.stage_names.keys().cloned());
        // Hash maps have no order of their own, and the nearest of two equals must be the same in every run.
        names.sort_unstable();
        names
    }
}
