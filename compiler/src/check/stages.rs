//! Stages: names, what they wait for, what happens when they fail.

use std::collections::HashSet;

use super::Check;
use crate::diagnostic::{codes, nearest};
use crate::index::EntityKind;
use crate::plan::{self, Location, OnFailure};
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind, Name};
use crate::typed::{self, StageNeed};
use crate::types::{StageId, Val};

/// What a stage does when it fails.
pub(crate) const RESULTS: &[&str] = &["retry", "rollback", "skip"];
/// What `retry` does again.
pub(crate) const RETRY_MODES: &[&str] = &["failed_actions", "all_actions"];

impl<'a> Check<'a> {
    /// Checks all stages; gives those that exist.
    pub(super) fn check_stages(&mut self) -> Vec<typed::Stage> {
        let needs = self.all_needs();
        let mut stages = Vec::new();
        for index in 0..self.stage_members.len() {
            let id = StageId(u32::try_from(index).unwrap_or(u32::MAX));
            let stage = self.check_stage(id, &needs);
            if self.stage(id).removed.is_none() {
                stages.push(stage);
            }
        }
        stages
    }

    fn check_stage(&mut self, id: StageId, needs: &[Vec<StageNeed>]) -> typed::Stage {
        let written = self.stage(id).written;
        let exists = self.stage(id).removed.is_none();
        let mut name = self.stage(id).id.clone();
        if let Some((expr, context)) = self.stage_field(id, "name") {
            let own = self.within(context.here, |check| check.constant_text(expr, "name", &context));
            name = own.unwrap_or(name);
        }
        self.uses.clear();
        self.used.clear();
        let when_field = self.stage_field(id, "when");
        let when_place =
            when_field.as_ref().map(|(expr, context)| self.modules.place(context.here.module, expr.span));
        let when = when_field
            .and_then(|(expr, context)| self.when(expr, &super::Context { records: exists, ..context }));
        let here = self.stage(id).inner.here;
        let on_failure = self.within(here, |check| check.on_failure(written));
        let gates = self.within(here, |check| check.gates(id, exists, on_failure));
        let mut resolved = Vec::new();
        self.existing_needs(id, needs, &mut resolved);
        typed::Stage {
            id,
            place: self.stage_place(written),
            plan: plan::Stage {
                id: self.stage(id).id.clone(),
                name,
                description: self.stages[written].doc.map(|doc| doc.text.clone()),
                needs: resolved.iter().map(|need| self.stage(need.stage).id.clone()).collect(),
                when,
                gates: gates.plans,
                on_failure,
                source: Location::default(),
            },
            needs: resolved,
            when_place,
            gate_places: gates.places,
            entry: gates.entry,
            exit: gates.exit,
        }
    }

    /// A field of a stage, from the instance or from the body, and what the names in it mean.
    pub(super) fn stage_field(&self, id: StageId, name: &str) -> Option<(&'a Expr, super::Context)> {
        let member = self.stage(id);
        let written = &self.stages[member.written];
        let argument = written.instance.and_then(|instance| {
            instance.ast.arguments().iter().find_map(|entry| match entry {
                Entry::Field(field) if field.key.text == name => Some(&field.value),
                _ => None,
            })
        });
        if let Some(expr) = argument {
            return Some((expr, member.outer.clone()));
        }
        let own = written.fields.iter().find(|(key, _)| key.text == name).map(|(_, value)| *value);
        own.map(|expr| (expr, member.inner.clone()))
    }

    /// What each member waits for, as written or by the order of writing.
    fn all_needs(&mut self) -> Vec<Vec<StageNeed>> {
        let mut all = Vec::with_capacity(self.stage_members.len());
        // What the next stage waits for by the order of writing: the last one that exists; all members of a family whose
        // members do not wait for each other.
        let mut previous: Vec<StageId> = Vec::new();
        let mut current: (usize, Vec<StageId>) = (usize::MAX, Vec::new());
        for index in 0..self.stage_members.len() {
            let id = StageId(u32::try_from(index).unwrap_or(u32::MAX));
            let written = self.stage(id).written;
            if current.0 != written {
                if !current.1.is_empty() {
                    previous = std::mem::take(&mut current.1);
                }
                current = (written, Vec::new());
            }
            let field = self.stage_field(id, "needs");
            let needs = match &field {
                Some((expr, context)) => {
                    let expr: &'a Expr = expr;
                    self.within(context.here, |check| check.written_needs(expr, id))
                }
                None => {
                    let place = self.stage_place(written);
                    let stages = if current.1.is_empty() { &previous } else { &current.1 };
                    stages.iter().map(|stage| StageNeed { stage: *stage, place, written: false }).collect()
                }
            };
            all.push(needs);
            if self.stage(id).removed.is_none() {
                if field.is_none() {
                    current.1.clear();
                }
                current.1.push(id);
            }
        }
        all
    }

    /// A removed stage stands for what it needs itself.
    fn existing_needs(&self, id: StageId, needs: &[Vec<StageNeed>], out: &mut Vec<StageNeed>) {
        let mut seen = HashSet::new();
        // A stack with the next on top, so that the order is that of the text.
        let mut open: Vec<&StageNeed> = needs[id.index()].iter().rev().collect();
        while let Some(need) = open.pop() {
            if !seen.insert(need.stage) {
                continue;
            }
            if self.stage(need.stage).removed.is_none() {
                out.push(need.clone());
            } else {
                open.extend(needs[need.stage.index()].iter().rev());
            }
        }
    }

    /// `needs: [a, b["key"]]`. Only here are bare stages looked up.
    fn written_needs(&mut self, expr: &'a Expr, of: StageId) -> Vec<StageNeed> {
        let ExprKind::List(elements) = &expr.kind else {
            if !matches!(expr.kind, ExprKind::Error) {
                let place = self.place(expr.span);
                let source = self.text(expr.span).to_owned();
                self.report(codes::TYPE_MISMATCH.at(place, "`needs` is a list of stages").fix(
                    "put it in a list",
                    place,
                    format!("[{source}]"),
                ));
            }
            return Vec::new();
        };
        let mut needs = Vec::new();
        for element in elements {
            let expr = match element {
                Element::Value(expr) => expr,
                Element::Spread(expr) => {
                    self.error(
                        &codes::TYPE_MISMATCH,
                        expr.span,
                        "`needs` lists the stages one by one; a family's name means all its members",
                    );
                    continue;
                }
            };
            let place = self.place(expr.span);
            for stage in self.needed_stages(expr, of) {
                needs.push(StageNeed { stage, place, written: true });
            }
        }
        needs
    }

    fn needed_stages(&mut self, expr: &'a Expr, of: StageId) -> Vec<StageId> {
        match &expr.kind {
            ExprKind::Name(name) => {
                let name = Name { text: name.clone(), span: expr.span };
                let Some(index) = self.stage_by_name(&name) else { return Vec::new() };
                let members = self.stages[index].members.clone();
                // In a family its own name means the other members, which would be a cycle of each with all.
                members.iter().map(|(_, id)| *id).filter(|id| *id != of || members.len() == 1).collect()
            }
            ExprKind::Index(base, key) => {
                let ExprKind::Name(name) = &base.kind else { return self.not_a_stage(expr.span) };
                let name = Name { text: name.clone(), span: base.span };
                let Some(index) = self.stage_by_name(&name) else { return Vec::new() };
                let context = self.stage(of).outer.clone();
                let key_text = match self.eval(key, &context) {
                    Val::Text(text) => text.to_string(),
                    Val::Int(number) => number.to_string(),
                    Val::Error => return Vec::new(),
                    _ => return self.not_a_stage(expr.span),
                };
                let found =
                    self.stages[index].members.iter().find(|(k, _)| **k == *key_text).map(|(_, id)| *id);
                if found.is_none() {
                    self.error(
                        &codes::NO_MEMBER,
                        key.span,
                        format!("`{}` has no member `{key_text}`", name.text),
                    );
                }
                found.into_iter().collect()
            }
            ExprKind::Error => Vec::new(),
            _ => self.not_a_stage(expr.span),
        }
    }

    fn not_a_stage(&mut self, span: Span) -> Vec<StageId> {
        let place = self.place(span);
        self.report(
            codes::TYPE_MISMATCH
                .at(place, "`needs` holds names of stages")
                .help("`needs: [build, test]`; an action waits for actions with `after: [action]`"),
        );
        Vec::new()
    }

    fn stage_by_name(&mut self, name: &Name) -> Option<usize> {
        if let Some(index) = self.stage_names.get(&name.text).copied() {
            let definition = self.stage_place(index);
            self.refer(EntityKind::Stage, name.span, definition);
            return Some(index);
        }
        if self.opaque.contains(&name.text) {
            return None;
        }
        let place = self.place(name.span);
        let diagnostic = codes::UNKNOWN_STAGE.at(place, format!("there is no stage `{}`", name.text));
        let mut names: Vec<&str> = self.stage_names.keys().map(smol_str::SmolStr::as_str).collect();
        names.sort_unstable();
        let diagnostic = match nearest(&name.text, names) {
            Some(near) => diagnostic.did_you_mean(near),
            None if self.action_names.contains_key(&name.text) => {
                diagnostic.help("that is an action; actions wait for actions with `after: [action]`")
            }
            None => diagnostic,
        };
        self.report(diagnostic);
        None
    }

    fn on_failure(&mut self, written: usize) -> Option<OnFailure> {
        let declared = self.stages[written].on_failure.clone();
        let first = declared.first()?;
        if let Some(second) = declared.get(1) {
            let (place, first) = (self.place(second.span), self.place(first.span));
            self.report(
                codes::DUPLICATE_NAME
                    .at(place, "a stage says once what happens when it fails")
                    .also(first, "said here first"),
            );
        }

        let result = match first.result.text.as_str() {
            "rollback" => OnFailure::Rollback,
            "skip" => OnFailure::Skip,
            "retry" => match first.mode.as_ref().map(|mode| (mode.text.as_str(), mode)) {
                None => OnFailure::Retry,
                Some(("failed_actions", _)) => OnFailure::RetryFailedActions,
                Some(("all_actions", _)) => OnFailure::RetryAllActions,
                Some((_, mode)) => {
                    self.bad_word(mode, RETRY_MODES, "`on failure retry`");
                    return None;
                }
            },
            _ => {
                self.bad_word(&first.result, RESULTS, "`on failure`");
                return None;
            }
        };
        if let Some(mode) = first.mode.as_ref().filter(|_| first.result.text != "retry") {
            let message = format!("`on failure {}` takes nothing more", first.result.text);
            self.error(&codes::BAD_CHOICE, mode.span, message);
        }
        Some(result)
    }

    /// Reports a word that is none of those that can stand here.
    pub(super) fn bad_word(&mut self, word: &Name, words: &[&str], after: &str) {
        if word.text.is_empty() {
            return;
        }
        let place = self.place(word.span);
        let list = super::values::list_of(words.iter().copied());
        let diagnostic =
            codes::BAD_CHOICE.at(place, format!("{after} is followed by {list}, not by `{}`", word.text));
        self.report(match nearest(&word.text, words.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic,
        });
    }
}
