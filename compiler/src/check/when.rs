//! Conditions that a run decides: `when`.

mod compared;
mod never;

use std::rc::Rc;

use super::{Check, Context};
use crate::diagnostic::codes;
use crate::plan::{Comparison, Condition};
use crate::span::Span;
use crate::syntax::ast::{Expr, Operator};
use crate::types::{Segment, Test, TestForm, Ty, Val};

impl<'a> Check<'a> {
    /// `!a`
    pub(super) fn negated(&mut self, operand: &'a Expr, context: &Context) -> Val {
        match decided_by_run(self.eval(operand, context)) {
            Val::Test(test) => Val::Test(Test::new(TestForm::Not(test))),
            value => match self.truth(value, operand.span) {
                Some(Ok(value)) => Val::Bool(!value),
                Some(Err(unknown)) => unknown,
                None => Val::Error,
            },
        }
    }

    /// `a && b`, `a || b`: a bool where both are known, otherwise what a run decides of them.
    pub(super) fn both(&mut self, and: bool, left: &'a Expr, right: &'a Expr, context: &Context) -> Val {
        let (a, b) = (self.eval(left, context), self.eval(right, context));
        let (a, b) = match (decided_by_run(a), decided_by_run(b)) {
            (Val::Test(a), Val::Test(b)) => return Val::Test(join(and, a, b)),
            (a @ Val::Test(_), b) | (a, b @ Val::Test(_)) => {
                let (test, other, span) = match (a, b) {
                    (Val::Test(test), other) => (test, other, right.span),
                    (other, Val::Test(test)) => (test, other, left.span),
                    _ => return Val::Error,
                };
                return match self.truth(other, span) {
                    // `false && x` and `true || x` are known already.
                    Some(Ok(value)) if value == and => Val::Test(test),
                    Some(Ok(value)) => Val::Bool(value),
                    Some(Err(unknown)) => unknown,
                    None => Val::Error,
                };
            }
            (a, b) => (self.truth(a, left.span), self.truth(b, right.span)),
        };
        match (a, b) {
            (Some(Ok(a)), Some(Ok(b))) => Val::Bool(if and { a && b } else { a || b }),
            (None, _) | (_, None) => Val::Error,
            _ => Val::Unknown(Ty::Bool),
        }
    }

    /// A bool, or what stands for one that is not known yet; none where that was reported.
    fn truth(&mut self, value: Val, span: Span) -> Option<Result<bool, Val>> {
        match value {
            Val::Bool(value) => Some(Ok(value)),
            Val::Unknown(_) => Some(Err(Val::Unknown(Ty::Bool))),
            Val::Error => None,
            other => {
                self.no_bool(span, &other);
                None
            }
        }
    }

    /// A comparison of which a run knows one side.
    pub(super) fn run_comparison(
        &mut self,
        operator: Operator,
        (left, a): (&'a Expr, Val),
        (right, b): (&'a Expr, Val),
    ) -> Val {
        for (expr, value) in [(left, &a), (right, &b)] {
            if value.is_deploy_time() {
                return self.deploy_time(expr.span, "be compared");
            }
        }
        let Some(b) = self.compared(&a, right.span, b) else { return Val::Error };
        let Some(a) = self.compared(&b, left.span, a) else { return Val::Error };
        let test = match (operator, a.segments(), b.segments(), &b) {
            (Operator::Equal, Some(a), Some(b), _) => TestForm::Check(a.into(), Comparison::Equal, b.into()),
            (Operator::NotEqual, Some(a), Some(b), _) => {
                TestForm::Check(a.into(), Comparison::NotEqual, b.into())
            }
            (Operator::In, Some(a), _, Val::List(items)) => {
                let texts = items.iter().map(|item| item.segments().map(Rc::from));
                let Some(texts) = texts.collect::<Option<Vec<Rc<[Segment]>>>>() else {
                    return self.no_run_comparison(operator, left, right, &Val::Run(a.into()), &b);
                };
                TestForm::OneOf(a.into(), texts)
            }
            _ => return self.no_run_comparison(operator, left, right, &a, &b),
        };
        Val::Test(Test::new(test))
    }

    fn no_run_comparison(&mut self, operator: Operator, left: &Expr, right: &Expr, a: &Val, b: &Val) -> Val {
        let run = |value: &Val| value.holds(&|v| matches!(v, Val::Run(_)));
        let (at, other) = if run(a) { (left, b) } else { (right, a) };
        let place = self.place(at.span);
        let found = other.describe();
        let message = if operator.is_order() {
            format!("`{}` cannot compare what is known only at run: a run knows no order", operator.text())
        } else {
            let known = if run(a) { a } else { b }.describe();
            format!("`{}` cannot compare {known} with {found}", operator.text())
        };
        self.report(
            codes::RUN_CONDITION
                .at(place, message)
                .label("known only at run")
                .help("a run decides `==`, `!=`, `in`, `contains()` and `matches()` of strings"),
        );
        Val::Error
    }

    /// `contains(text, part)`, `matches(text, pattern)` of a text that a run knows; none where it is something else.
    pub(super) fn run_function(&mut self, name: &str, arguments: &'a [Expr], values: &[Val]) -> Option<Val> {
        let operator = match name {
            "contains" => Comparison::Contains,
            "matches" => Comparison::Matches,
            _ => return None,
        };
        let [value @ Val::Run(a), operand] = values else { return None };
        if value.is_deploy_time() {
            return Some(self.deploy_time(arguments[0].span, "be looked into"));
        }
        match operand {
            Val::Text(pattern) if operator == Comparison::Matches && regex::Regex::new(pattern).is_err() => {
                let message = format!("`{pattern}` is not a regular expression");
                Some(self.error(&codes::WRONG_ARGUMENTS, arguments[1].span, message))
            }
            Val::Text(text) => {
                let operand: Rc<[Segment]> = Rc::from([Segment::Literal(text.clone())]);
                Some(Val::Test(Test::new(TestForm::Check(a.clone(), operator, operand))))
            }
            _ => None,
        }
    }

    /// Reports a value that only CloudFormation knows where that is of no use.
    pub(super) fn deploy_time(&mut self, span: Span, what: &str) -> Val {
        let place = self.place(span);
        self.report(
            codes::DEPLOY_TIME
                .at(place, format!("what only CloudFormation knows cannot {what}"))
                .label("known when the pipeline is deployed")
                .help("it can stand in fields of actions and settings, and in texts that are made of it"),
        );
        Val::Error
    }

    /// `when: condition`; none where it always holds, or was reported. One that never holds is as good as an `if`.
    pub(super) fn when(&mut self, expr: &'a Expr, context: &Context) -> Option<Condition> {
        let value = decided_by_run(self.eval(expr, context));
        self.within(context.here, |check| match value {
            Val::Test(test) if never::holds(&test) => {
                let place = check.place(expr.span);
                check.report(
                    codes::RUN_CONDITION
                        .at(place, "this `when` never holds")
                        .label("no run can fulfil this")
                        .help("parts joined by `&&` must all hold at once; by `||`, one of them"),
                );
                None
            }
            Val::Test(test) => Some(check.condition(&test)),
            Val::Bool(true) | Val::Null | Val::Error | Val::Unknown(_) => None,
            Val::Bool(false) => {
                let place = check.place(expr.span);
                check.report(codes::RUN_CONDITION.at(place, "this `when` never holds").help(
                    "what is decided while compiling stands behind the name: `stage x if condition { … }`",
                ));
                None
            }
            other => {
                check.no_bool(expr.span, &other);
                None
            }
        })
    }

    fn condition(&self, test: &Test) -> Condition {
        match &test.form {
            TestForm::All(parts) => Condition::All(parts.iter().map(|part| self.condition(part)).collect()),
            TestForm::Any(parts) => Condition::Any(parts.iter().map(|part| self.condition(part)).collect()),
            TestForm::Not(inner) => Condition::Not(Box::new(self.condition(inner))),
            TestForm::Check(value, operator, operand) => Condition::Check {
                value: self.plan_text(value),
                operator: *operator,
                operand: self.plan_text(operand),
            },
            TestForm::OneOf(value, texts) => Condition::OneOf {
                value: self.plan_text(value),
                texts: texts.iter().map(|text| self.plan_text(text)).collect(),
            },
        }
    }
}

/// A bool that a run is given is one that it decides by.
pub(super) fn decided_by_run(value: Val) -> Val {
    match &value {
        Val::Run(segments) if matches!(value.variable(), Some((_, Ty::Bool))) => {
            let yes = Rc::from([Segment::Literal("true".into())]);
            Val::Test(Test::new(TestForm::Check(segments.clone(), Comparison::Equal, yes)))
        }
        _ => value,
    }
}

/// Both, with parts of the same kind side by side.
fn join(and: bool, a: Rc<Test>, b: Rc<Test>) -> Rc<Test> {
    let mut parts = Vec::new();
    for part in [a, b] {
        match &part.form {
            TestForm::All(inner) if and => parts.extend(inner.iter().cloned()),
            TestForm::Any(inner) if !and => parts.extend(inner.iter().cloned()),
            _ => parts.push(part),
        }
    }
    Test::new(if and { TestForm::All(parts) } else { TestForm::Any(parts) })
}
