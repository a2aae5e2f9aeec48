//! Gates: rules that are checked when a stage is entered, has succeeded or has failed.

use super::actions::{Layer, Resolved};
use super::link::private;
use super::modules::Found;
use super::{Check, Context};
use crate::catalog::{self, Callee};
use crate::diagnostic::{Place, codes, nearest};
use crate::index::EntityKind;
use crate::places::ActionPlaces;
use crate::plan::{self, GatePoint, Location, OnFailure, Otherwise};
use crate::syntax::ast::{Gate, Name, Path};
use crate::typed::Use;
use crate::types::StageId;

/// When a gate can be checked.
pub(crate) const POINTS: &[&str] = &["entry", "success", "failure"];
/// What follows when one does not pass.
pub(crate) const OTHERWISE: &[&str] = &["fail", "rollback", "skip"];

/// The gates of a stage, and what they use of other actions.
#[derive(Default)]
pub(super) struct Gates {
    pub(super) plans: Vec<plan::Gate>,
    pub(super) places: Vec<ActionPlaces>,
    /// What must be known when the stage is entered, by its `when` and its gates.
    pub(super) entry: Vec<Use>,
    /// What its other gates use.
    pub(super) exit: Vec<Use>,
}

impl<'a> Check<'a> {
    /// A gate stands in its stage's table of names.
    pub(super) fn declare_gate(&mut self, ast: &'a Gate, stage: usize) {
        self.define(EntityKind::Gate, ast.name.span);
        let place = self.place(ast.name.span);
        let first = self.stages[stage].gate_names.insert(ast.name.text.clone(), place);
        if let Some(first) = first.filter(|_| !ast.name.text.is_empty()) {
            self.duplicate(&ast.name, first);
        }
        self.stages[stage].gates.push(ast);
    }

    /// Checks the gates of a stage. What its `when` uses was noted before.
    pub(super) fn gates(&mut self, id: StageId, exists: bool, on_failure: Option<OnFailure>) -> Gates {
        let mut gates = Gates { entry: std::mem::take(&mut self.uses), ..Gates::default() };
        let written = self.stage(id).written;
        let mut kept: Vec<(&'a Gate, GatePoint, Otherwise)> = Vec::new();
        for ast in self.stages[written].gates.clone() {
            self.uses.clear();
            self.used.clear();
            let context = Context { records: exists, ..self.stage_context(id) };
            let removed = match &ast.condition {
                Some(condition) => self.constant_bool(condition, &context.without_uses()) == Some(false),
                None => false,
            };
            let Some((gate, places)) = self.gate(ast, id, &context, exists && !removed) else { continue };
            let uses = std::mem::take(&mut self.uses);
            if removed {
                continue;
            }
            match gate.on {
                GatePoint::Entry => gates.entry.extend(uses),
                GatePoint::Success | GatePoint::Failure => gates.exit.extend(uses),
            }
            kept.push((ast, gate.on, gate.otherwise));
            gates.plans.push(gate);
            gates.places.push(places);
        }
        self.together(&kept, on_failure, written);
        gates
    }

    fn gate(
        &mut self,
        ast: &'a Gate,
        id: StageId,
        context: &Context,
        records: bool,
    ) -> Option<(plan::Gate, ActionPlaces)> {
        let point = self.gate_point(&ast.point);
        let otherwise = self.otherwise(ast);
        let Some(rule) = self.rule(&ast.rule) else {
            self.look_up(ast.body.entries(), context);
            return None;
        };
        let resolved = Resolved {
            layers: vec![Layer { body: &ast.body, context: context.clone(), instance: false }],
            callee: Some(rule),
            callee_span: ast.rule.span,
            callee_here: context.here,
            templates: Vec::new(),
        };
        let fields = self.fields_of(&resolved, id, records);
        let mut places = ActionPlaces { name: self.place(ast.name.span), fields: Vec::new() };
        let stage = self.stage(id).id.clone();
        let mut action = plan::Action {
            id: format!("{stage}.{}", ast.name.text),
            name: ast.name.text.to_string(),
            callee: rule.name.clone(),
            stage,
            ..plan::Action::default()
        };
        self.body_of(rule, &resolved, &fields, &mut action, &mut places);
        let complete = self.inputs(rule, &fields, &mut action);
        self.check_required(rule, &resolved, &fields, &action);
        self.count_inputs(rule, &resolved, &action, complete);
        if rule.name == plan::VARIABLE_CHECK {
            self.variable_check(&fields);
        }
        if let Some((expr, inputs)) = fields.get("inputs") {
            places.fields.push(("inputs".to_owned(), self.modules.place(inputs.here.module, expr.span)));
        }
        let gate = plan::Gate {
            id: ast.name.text.to_string(),
            name: action.name,
            description: ast.doc.as_ref().map(|doc| doc.text.clone()),
            on: point?,
            rule: rule.name.clone(),
            config: action.config,
            inputs: action.inputs,
            env: action.env,
            region: action.region,
            role: action.role,
            timeout: action.timeout,
            otherwise: otherwise?,
            source: Location::default(),
        };
        Some((gate, places))
    }

    fn gate_point(&mut self, word: &Name) -> Option<GatePoint> {
        match word.text.as_str() {
            "entry" => Some(GatePoint::Entry),
            "success" => Some(GatePoint::Success),
            "failure" => Some(GatePoint::Failure),
            _ => {
                self.bad_word(word, POINTS, "`on` of a gate");
                None
            }
        }
    }

    fn otherwise(&mut self, ast: &'a Gate) -> Option<Otherwise> {
        let Some(word) = &ast.otherwise else {
            if !matches!(ast.body.kind, crate::syntax::ast::ExprKind::Error) {
                let place = self.place(ast.name.span);
                self.report(
                    codes::MISSING_FIELD
                        .at(
                            place,
                            format!(
                                "the gate `{}` does not say what happens when it does not pass",
                                ast.name.text
                            ),
                        )
                        .help("write `else fail`, `else rollback` or `else skip` behind its `}`"),
                );
            }
            return None;
        };
        match word.text.as_str() {
            "fail" => Some(Otherwise::Fail),
            "rollback" => Some(Otherwise::Rollback),
            "skip" => Some(Otherwise::Skip),
            _ => {
                self.bad_word(word, OTHERWISE, "`else` of a gate");
                None
            }
        }
    }

    fn rule(&mut self, path: &'a Path) -> Option<&'a Callee> {
        self.refer_head(&path.text, path.span);
        let place = self.place(path.span);
        match self.modules.rule(self.here.module, &path.text) {
            Found::Yes(declared) => {
                self.index.record(EntityKind::Rule, place, declared.place);
                let modules = self.modules;
                return modules.callees[declared.what].callee.as_ref();
            }
            Found::Private(hidden) => {
                self.report(private(place, &path.text, hidden));
                return None;
            }
            Found::Unread => return None,
            Found::No | Found::NotIn(_) => {}
        }
        if let Some(rule) = catalog::find_rule(&path.text) {
            self.index.record(EntityKind::Rule, place, place);
            return Some(rule);
        }
        if path.text.is_empty() || self.opaque.contains(&path.text) {
            return None;
        }
        if self.of_another_kind(&path.text, place, "a rule") {
            return None;
        }
        let diagnostic = codes::UNKNOWN_CALLEE
            .at(place, format!("there is no rule `{}`", path.text))
            .label("what the gate checks");
        let own = self.modules.written(self.here.module, |m| &m.rules);
        let mut names: Vec<&str> = catalog::rule_names().collect();
        names.extend(own.iter().map(String::as_str));
        names.sort_unstable();
        self.report(match nearest(&path.text, names.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help(format!("the rules are {}", super::values::and_list(names.into_iter()))),
        });
        None
    }

    /// Gates of one point form one condition: what happens otherwise is one thing, too.
    fn together(
        &mut self,
        gates: &[(&'a Gate, GatePoint, Otherwise)],
        on_failure: Option<OnFailure>,
        written: usize,
    ) {
        let word = |gate: &Gate| gate.otherwise.as_ref().map_or(gate.name.span, |word| word.span);
        for point in [GatePoint::Entry, GatePoint::Success, GatePoint::Failure] {
            let mut of_point = gates.iter().filter(|(_, on, _)| *on == point);
            let Some((first, _, otherwise)) = of_point.next() else { continue };
            if let Some((other, ..)) = of_point.find(|(_, _, other)| other != otherwise) {
                let (place, first) = (self.place(word(other)), self.place(word(first)));
                self.report(
                    codes::BAD_GATE
                        .at(place, "gates of one point have the same `else`: together they are one condition")
                        .also(first, "the first one")
                        .help("all must pass; write the same `else` behind each of them"),
                );
            }
            self.fits(first, point, *otherwise, on_failure, written);
        }
    }

    fn fits(
        &mut self,
        gate: &'a Gate,
        point: GatePoint,
        otherwise: Otherwise,
        on_failure: Option<OnFailure>,
        written: usize,
    ) {
        let span = gate.otherwise.as_ref().map_or(gate.name.span, |word| word.span);
        let place = self.place(span);
        let message = match (point, otherwise) {
            (GatePoint::Entry, Otherwise::Rollback) => "nothing was done yet that could be rolled back",
            (GatePoint::Success, Otherwise::Skip) => "what is done cannot be skipped any more",
            (GatePoint::Failure, Otherwise::Fail | Otherwise::Skip) => {
                "the stage has failed already: a gate there decides whether it is rolled back"
            }
            _ => {
                let declared = self.stages[written].on_failure.first().copied();
                if point == GatePoint::Failure
                    && let Some(declared) = declared.filter(|_| on_failure.is_some())
                {
                    let other: Place = self.place(declared.span);
                    self.report(
                        codes::BAD_GATE
                            .at(place, "a stage has either `on failure` or gates on failure")
                            .also(other, "said here")
                            .help("keep one of them"),
                    );
                }
                return;
            }
        };
        let help = match point {
            GatePoint::Entry => "an entry gate ends in `else fail` or `else skip`",
            GatePoint::Success => "a success gate ends in `else fail` or `else rollback`",
            GatePoint::Failure => "a failure gate ends in `else rollback`",
        };
        self.report(codes::BAD_GATE.at(place, message).help(help));
    }
}
