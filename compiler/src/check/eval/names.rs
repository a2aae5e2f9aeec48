//! What a name means where it stands.

use std::rc::Rc;

use smol_str::SmolStr;

use super::super::link::{not_declared, private};
use super::super::modules::{Declared, ModuleId};
use super::super::{Bound, Check, Context, Here, LetId, LetState, Named, Scope, modules};
use crate::diagnostic::{Edit, Label, Place, codes, nearest_spelling};
use crate::index::EntityKind;
use crate::span::Span;
use crate::syntax::ast::{Let, Name};
use crate::types::{Segment, StageId, Val};

/// At how many other places an unknown name is shown.
const MAX_PLACES: usize = 20;
/// After how many errors nothing is suggested for unknown names.
const MAX_SUGGESTIONS: usize = 30;

impl<'a> Check<'a> {
    /// The value of a name: what a `for` binds, a `let` or variable, an action of the same stage, the only such action
    /// of the pipeline, a stage.
    pub(super) fn name(&mut self, name: &SmolStr, span: Span, context: &Context) -> Val {
        if let Some(binding) = context.bindings.iter().rev().find(|b| b.name == *name).cloned() {
            let kind = match binding.value {
                Bound::Value(_) => EntityKind::Binding,
                Bound::Param(_) => EntityKind::Param,
            };
            self.refer(kind, span, binding.place);
            return self.bound(&binding);
        }
        let stage_let = context.written_stage.and_then(|stage| self.stages[stage].lets.get(name).copied());
        if let Some(index) = stage_let {
            return self.let_at(LetId::Inner(index), context.stage, span);
        }
        if context.scope == Scope::Pipeline
            && let Some(named) = self.values.get(name).copied()
        {
            return self.named_value(named, name, span);
        }
        let module = self.modules.module(self.here.module);
        match module.values.get(name).map(|declared| declared.what) {
            Some(modules::Value::Let(index)) => return self.let_at(LetId::File(index), None, span),
            Some(modules::Value::Function(index)) => return self.bare_function(index, name, span),
            None => {}
        }
        if let Some(action) = self.action_named(name, span, context) {
            return action;
        }
        if context.scope == Scope::Pipeline
            && let Some(index) = self.stage_names.get(name).copied()
        {
            return self.stage_value(index, span);
        }
        if module.modules.contains_key(name) {
            return self.bare_module(name, span);
        }
        self.unknown_name(name, span, context)
    }

    fn named_value(&mut self, named: Named, name: &SmolStr, span: Span) -> Val {
        let module = self.pipeline.here.module;
        match named {
            Named::Let(index) => self.let_at(LetId::Inner(index), None, span),
            Named::Variable(index) => {
                let definition = self.modules.place(module, self.variables[index].name.span);
                self.refer(EntityKind::Variable, span, definition);
                let ty = self.within(self.pipeline.here, |check| check.type_of(&check.variables[index].ty));
                Val::Run(Rc::from([Segment::Variable(name.clone(), Rc::new(ty))]))
            }
            Named::Secret(index) => {
                let definition = self.modules.place(module, self.secrets[index].name.span);
                self.refer(EntityKind::Secret, span, definition);
                Val::Secret(name.clone())
            }
        }
    }

    fn bare_function(&mut self, index: usize, name: &str, span: Span) -> Val {
        let owned = self.modules.functions[index];
        let definition = self.modules.place(owned.module, owned.ast.name.span);
        self.refer(EntityKind::Function, span, definition);
        let place = self.place(span);
        self.report(
            codes::TYPE_MISMATCH
                .at(place, format!("`{name}` is a function, and no value by itself"))
                .also(definition, "declared here")
                .help(format!("call it: `{name}(…)`")),
        );
        Val::Error
    }

    fn bare_module(&mut self, name: &str, span: Span) -> Val {
        let place = self.place(span);
        self.report(
            codes::TYPE_MISMATCH
                .at(place, format!("`{name}` is a file that is used, and no value by itself"))
                .help(format!("name something in it: `{name}.…`")),
        );
        Val::Error
    }

    /// `module.name`, where the first is no value.
    pub(super) fn module_member(
        &mut self,
        base: &SmolStr,
        span: Span,
        member: &Name,
        context: &Context,
    ) -> Option<Val> {
        let module = *self.modules.module(self.here.module).modules.get(base)?;
        if self.is_named(base, context) || context.bindings.iter().any(|b| b.name == *base) {
            return None;
        }
        self.refer(EntityKind::Module, span, module.place);
        let Some(declared) = self.value_in(module.what, member, "") else { return Some(Val::Error) };
        Some(match declared.what {
            modules::Value::Let(index) => self.let_at(LetId::File(index), None, member.span),
            modules::Value::Function(index) => {
                self.bare_function(index, &format!("{base}.{}", member.text), member.span)
            }
        })
    }

    /// The value that a file declares for others; none where that was reported, or the file cannot be read there.
    pub(super) fn value_in(
        &mut self,
        module: ModuleId,
        member: &Name,
        kind: &str,
    ) -> Option<Declared<modules::Value>> {
        let file = self.modules.module(module);
        let place = self.place(member.span);
        match file.values.get(&member.text).filter(|declared| declared.place.source == file.source) {
            Some(declared) if declared.private => {
                self.report(private(place, &member.text, declared.place));
                None
            }
            Some(declared) => Some(*declared),
            None if member.text.is_empty() || file.opaque.contains(&member.text) => None,
            None => {
                let names = self.modules.visible(module, |m| &m.values);
                self.report(not_declared(place, file.name, kind, &member.text, &names));
                None
            }
        }
    }

    fn let_at(&mut self, id: LetId, stage: Option<StageId>, span: Span) -> Val {
        let (ast, definition, in_stage) = self.let_declared(id);
        self.refer(EntityKind::Let, span, definition);
        let stage = stage.filter(|_| in_stage);
        if let Some(LetState::InProgress) = self.let_values.get(&(id, stage)) {
            let (place, text) = (self.place(span), ast.name.text.clone());
            self.report(
                codes::CIRCULAR_LET
                    .at(place, format!("`{text}` is defined by itself"))
                    .label("needs its own value here")
                    .also(definition, format!("`{text}` is declared here"))
                    .help("there is no recursion: give one of them a value of its own"),
            );
            return Val::Error;
        }
        self.let_value(id, stage)
    }

    /// A `let`, where its name stands, and whether it belongs to a stage.
    fn let_declared(&self, id: LetId) -> (&'a Let, Place, bool) {
        match id {
            LetId::Inner(index) => {
                (self.lets[index].ast, self.let_place(index), self.lets[index].stage.is_some())
            }
            LetId::File(index) => {
                let owned = self.modules.lets[index];
                (owned.ast, self.modules.place(owned.module, owned.ast.name.span), false)
            }
        }
    }

    /// The value of a `let`, computed once.
    pub(in super::super) fn let_value(&mut self, id: LetId, stage: Option<StageId>) -> Val {
        if let Some(LetState::Done(value)) = self.let_values.get(&(id, stage)) {
            return value.clone();
        }
        self.let_values.insert((id, stage), LetState::InProgress);
        let (ast, definition, _) = self.let_declared(id);
        let context = match (id, stage) {
            (LetId::File(index), _) => {
                Context::file(Here { module: self.modules.lets[index].module, instance: None })
            }
            (LetId::Inner(_), Some(stage)) => self.stage_context(stage),
            (LetId::Inner(_), None) => self.pipeline_context(),
        };
        let mut value = self.eval(&ast.value, &context);
        if let Some(written) = &ast.ty {
            value = self.within(context.here, |check| {
                let ty = check.type_of(written);
                check.conform(value, &ty, ast.value.span, &format!("`{}`", ast.name.text))
            });
        }
        self.index.record_value(definition, || value.known());
        self.let_values.insert((id, stage), LetState::Done(value.clone()));
        value
    }

    fn unknown_name(&mut self, name: &str, span: Span, context: &Context) -> Val {
        let opaque = &self.modules.module(self.here.module).opaque;
        if name.is_empty() || self.opaque.contains(name) || opaque.contains(name) {
            return Val::Error;
        }
        let place = self.place(span);
        if context.scope == Scope::Template && self.hidden_from_template(name, place) {
            return Val::Error;
        }
        if let Some(first) = self.unknown.get(name).copied() {
            self.unknown_again(first, place, context);
            return Val::Error;
        }
        let mut diagnostic =
            codes::UNKNOWN_NAME.at(place, format!("nothing here is called `{name}`")).label("unknown name");
        // Whoever has so many unknown names did not misspell each of them, and looking for the nearest takes a while.
        let names = if self.errors < MAX_SUGGESTIONS { self.names_in_scope(context) } else { Vec::new() };
        if let Some(meant) = word_of_others(name) {
            diagnostic = diagnostic
                .help("the truth values are `true` and `false`, and nothing is `null`")
                .fix(format!("replace with `{meant}`"), place, meant);
        } else if let Some(near) = nearest_spelling(name, names.iter().map(SmolStr::as_str)) {
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

    /// A template that names something of the pipeline around its instance: it sees its parameters only.
    fn hidden_from_template(&mut self, name: &str, place: Place) -> bool {
        let hidden = self.value_named(name).or_else(|| {
            let all = self.action_names.get(name)?;
            all.first().map(|action| self.action_place(*action))
        });
        let Some(hidden) =
            hidden.filter(|hidden| hidden.source != place.source || self.here.instance.is_some())
        else {
            return false;
        };
        self.report(
            codes::UNKNOWN_NAME
                .at(place, format!("a template does not see `{name}` of the pipeline that uses it"))
                .label("unknown name")
                .also(hidden, format!("`{name}` is declared here"))
                .help(format!("give the template a parameter, and pass `{name}` as its argument")),
        );
        true
    }

    /// A name that is missing is one mistake, however often it is used.
    fn unknown_again(&mut self, first: usize, place: Place, context: &Context) {
        if self.met_before(super::super::report::met_as(&self.diagnostics[first])) {
            return;
        }
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
        let module = self.modules.module(context.here.module);
        names.extend(module.values.keys().chain(module.modules.keys()).cloned());
        if context.scope == Scope::Pipeline {
            names.extend(self.values.keys().cloned());
            names.extend(self.action_names.keys().cloned());
            names.extend(self.stage_names.keys().cloned());
        } else if let Some(stage) = context.written_stage {
            names.extend(self.stages[stage].actions.keys().cloned());
        }
        // Hash maps have no order of their own, and the nearest of two equals must be the same in every run.
        names.sort_unstable();
        names
    }
}

/// What a word says in other languages that Pipe says in another way.
fn word_of_others(name: &str) -> Option<&'static str> {
    match name {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "True" | "TRUE" => Some("true"),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" | "False" | "FALSE" => Some("false"),
        "nil" | "none" | "None" | "undefined" | "Null" | "NULL" => Some("null"),
        _ => None,
    }
}
