//! The artifacts that an action reads, and the actions that it only waits for.

use super::super::values::element_span;
use super::super::{Check, Context};
use super::{Fields, allows};
use crate::catalog::{Callee, Type};
use crate::diagnostic::codes;
use crate::plan::{self, Input};
use crate::span::Span;
use crate::syntax::ast::{Action, Entry, Expr, ExprKind};
use crate::typed::Use;
use crate::types::{ActionId, Ty, Val};
use crate::value::Value;

impl<'a> Check<'a> {
    /// Its `inputs`, and behind them the artifacts that other fields imply. `false` when one of them was reported.
    pub(super) fn inputs(
        &mut self,
        callee: &'static Callee,
        fields: &Fields<'a>,
        context: &Context,
        action: &mut plan::Action,
    ) -> bool {
        let mut spans = Vec::new();
        let mut complete = true;
        if allows(callee, "inputs")
            && let Some(expr) = fields.get("inputs")
        {
            complete = self.written_inputs(expr, context, action, &mut spans);
        }
        let implied = callee.fields.iter().filter(|f| matches!(f.ty, Type::Artifact | Type::File));
        for field in implied {
            let artifact = match action.config.get(field.name) {
                Some(Value::Artifact(artifact)) => artifact.clone(),
                Some(Value::File(file)) => file.artifact.clone(),
                _ => {
                    complete &= fields.get(field.name).is_none();
                    continue;
                }
            };
            if action.inputs.iter().all(|input| input.artifact != artifact) {
                let name =
                    env_name(artifact.output.as_deref().unwrap_or_else(|| short_name(&artifact.action)));
                action.inputs.push(Input { name, artifact });
                spans.push(fields.get(field.name).map_or(Span::default(), |e| e.span));
            }
        }
        if callee.name == "run" {
            self.check_input_names(action, &spans);
        }
        complete
    }

    fn written_inputs(
        &mut self,
        expr: &'a Expr,
        context: &Context,
        action: &mut plan::Action,
        spans: &mut Vec<Span>,
    ) -> bool {
        let value = self.eval(expr, context);
        let mut complete = true;
        match value {
            Val::List(items) => {
                let places: Vec<Span> = match &expr.kind {
                    ExprKind::List(elements) if elements.len() == items.len() => {
                        elements.iter().map(element_span).collect()
                    }
                    _ => vec![expr.span; items.len()],
                };
                for (item, span) in items.iter().zip(places) {
                    complete &= self.input(None, item.clone(), span, action, spans);
                }
            }
            Val::Record(record) => {
                for (key, item) in record.iter() {
                    let span = match &expr.kind {
                        ExprKind::Record(entries) => value_span(entries, key).unwrap_or(expr.span),
                        _ => expr.span,
                    };
                    complete &= self.input(Some(key), item.clone(), span, action, spans);
                }
            }
            Val::Null => {}
            Val::Error | Val::Unknown(_) => complete = false,
            other => {
                complete = false;
                self.mismatch(expr.span, &Ty::List(Box::new(Ty::Artifact)), &other, "`inputs`");
            }
        }
        complete
    }

    /// Adds one input; `false` when it was reported.
    fn input(
        &mut self,
        key: Option<&str>,
        value: Val,
        span: Span,
        action: &mut plan::Action,
        spans: &mut Vec<Span>,
    ) -> bool {
        if let Val::Family(_) = value {
            let place = self.place(span);
            let text = self.text[span.range()].to_owned();
            self.report(
                codes::NEEDS_KEY
                    .at(place, format!("`{text}` is a family of actions, and one artifact is wanted"))
                    .help(format!("name a member, `{text}[\"key\"]`, or take one artifact of each: `...[x.id for x in {text}]`")),
            );
            return false;
        }
        let Some(artifact) = self.artifact(value, span) else { return false };
        let artifact = self.artifact_ref(artifact);
        if let Some(at) = action.inputs.iter().position(|input| input.artifact == artifact) {
            let (place, first) = (self.place(span), self.place(spans[at]));
            self.report(
                codes::DUPLICATE_FIELD
                    .at(place, "this artifact is an input already")
                    .also(first, "given here first")
                    .help("remove it here"),
            );
            return false;
        }
        let name = key.or(artifact.output.as_deref()).unwrap_or_else(|| short_name(&artifact.action));
        action.inputs.push(Input { name: env_name(name), artifact });
        spans.push(span);
        true
    }

    /// Two inputs of one name would overwrite each other's environment variable.
    fn check_input_names(&mut self, action: &plan::Action, spans: &[Span]) {
        for (at, input) in action.inputs.iter().enumerate() {
            if let Some(first) = action.inputs[..at].iter().position(|earlier| earlier.name == input.name) {
                let (place, first) = (self.place(spans[at]), self.place(spans[first]));
                let name = &input.name;
                self.report(
                    codes::INPUT_CLASH
                        .at(place, format!("two inputs would both be `$PIPE_INPUT_{name}`"))
                        .also(first, "the other one")
                        .help("give them names: `inputs: { first: a.dist, second: b.dist }`, or for a family `{ \"k#{key}\": family[key].dist for key in list }`"),
                );
            }
        }
    }

    /// `after: [action, …]`
    pub(super) fn after(&mut self, fields: &Fields<'a>, context: &Context) {
        let Some(expr) = fields.get("after") else { return };
        // What stands here is order, not a value that is used.
        let value = self.eval(expr, &context.without_uses());
        let Val::List(items) = value else {
            self.mismatch(expr.span, &Ty::List(Box::new(Ty::Action)), &value, "`after`");
            return;
        };
        let spans: Vec<Span> = match &expr.kind {
            ExprKind::List(elements) if elements.len() == items.len() => {
                elements.iter().map(element_span).collect()
            }
            _ => vec![expr.span; items.len()],
        };
        for (item, span) in items.iter().zip(spans) {
            match item {
                Val::Action(id) => self.wait_for(*id, span, context),
                Val::Family(members) => members.iter().for_each(|(_, id)| self.wait_for(*id, span, context)),
                Val::Error => {}
                Val::Stage(_) | Val::StageFamily(_) => {
                    let place = self.place(span);
                    self.report(
                        codes::TYPE_MISMATCH
                            .at(place, "`after` waits for actions, and this is a stage")
                            .help("stages wait for stages: `needs: [stage]` in the stage's body"),
                    );
                }
                other => drop(self.mismatch(span, &Ty::Action, other, "an element of `after`")),
            }
        }
    }

    fn wait_for(&mut self, id: ActionId, span: Span, context: &Context) {
        // An action that does not exist need not be waited for.
        if context.records && self.member(id).removed.is_none() && self.uses.iter().all(|u| u.action != id) {
            let place = self.place(span);
            self.uses.push(Use { action: id, place, after: true });
        }
    }

    /// How many artifacts a callee takes and makes.
    pub(super) fn check_counts(
        &mut self,
        callee: &'static Callee,
        ast: &Action,
        action: &plan::Action,
        signature: &super::super::Signature,
        complete: bool,
    ) {
        let place = self.place(ast.callee.span);
        if complete
            && !callee.inputs.contains(action.inputs.len())
            && !matches!(ast.body.kind, ExprKind::Error)
        {
            let message = format!(
                "`{}` takes {} input artifact{}, and this has {}",
                callee.name,
                callee.inputs,
                if callee.inputs.max == 1 { "" } else { "s" },
                action.inputs.len()
            );
            self.report(
                codes::ARTIFACT_COUNT
                    .at(place, message)
                    .help("inputs are artifacts of other actions: `inputs: [app]`, `inputs: [build.dist]`"),
            );
        }
        if !callee.outputs.contains(signature.outputs.len()) && !signature.broken {
            let message = format!(
                "`{}` makes {} output artifact{}, and this has {}",
                callee.name,
                callee.outputs,
                if callee.outputs.max == 1 { "" } else { "s" },
                signature.outputs.len()
            );
            self.report(codes::ARTIFACT_COUNT.at(place, message));
        }
    }
}

/// The action's name in `stage.action`.
fn short_name(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, name)| name)
}

/// What can follow `PIPE_INPUT_`.
fn env_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

fn value_span(entries: &[Entry], key: &str) -> Option<Span> {
    entries.iter().find_map(|entry| match entry {
        Entry::Field(field) if field.key.text == key => Some(field.value.span),
        _ => None,
    })
}
