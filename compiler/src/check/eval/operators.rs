//! Operators between two values.

use super::super::{Check, Context};
use crate::diagnostic::codes;
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Operator};
use crate::types::{Ty, Val};

impl<'a> Check<'a> {
    pub(super) fn binary(
        &mut self,
        expr: &'a Expr,
        operator: Operator,
        operands: &'a [Expr; 2],
        context: &Context,
    ) -> Val {
        let [left, right] = operands;
        match operator {
            Operator::Coalesce => match self.eval(left, context) {
                Val::Null => self.eval(right, context),
                Val::Unknown(Ty::Optional(inner)) => {
                    self.eval(right, context);
                    Val::Unknown(*inner)
                }
                value => {
                    self.eval(right, &context.without_uses());
                    value
                }
            },
            Operator::And | Operator::Or => self.both(operator == Operator::And, left, right, context),
            operator => self.comparison(expr, operator, left, right, context),
        }
    }

    fn comparison(
        &mut self,
        expr: &'a Expr,
        operator: Operator,
        left: &'a Expr,
        right: &'a Expr,
        context: &Context,
    ) -> Val {
        if matches!(&left.kind, ExprKind::Binary(inner, _) if inner.is_comparison()) {
            self.chained(expr, operator, left, right);
            return Val::Error;
        }
        let (a, b) = (self.eval(left, context), self.eval(right, context));
        if a.is_error() || b.is_error() {
            return Val::Error;
        }
        if a.holds(&|v| matches!(v, Val::Unknown(_))) || b.holds(&|v| matches!(v, Val::Unknown(_))) {
            return Val::Unknown(Ty::Bool);
        }
        if a.holds(&|v| matches!(v, Val::Secret(_))) || b.holds(&|v| matches!(v, Val::Secret(_))) {
            let span = if matches!(a, Val::Secret(_)) { left.span } else { right.span };
            return self.secret_flow(span, "be compared");
        }
        let at_run = |value: &Val| value.holds(&|v| matches!(v, Val::Run(_)));
        if at_run(&a) || at_run(&b) {
            return self.run_comparison(operator, (left, a), (right, b));
        }
        match compare(operator, &a, &b) {
            Some(result) => Val::Bool(result),
            None => {
                let (a, b) = (a.describe(), b.describe());
                let (place, other) = (self.place(right.span), self.place(left.span));
                self.report(
                    codes::TYPE_MISMATCH
                        .at(place, format!("`{}` cannot compare {a} with {b}", operator.text()))
                        .label(b)
                        .also(other, a),
                );
                Val::Error
            }
        }
    }

    fn chained(&mut self, expr: &Expr, operator: Operator, left: &Expr, right: &Expr) {
        let place = self.place(expr.span);
        let mut diagnostic = codes::CHAINED_COMPARISON
            .at(place, "comparisons do not chain")
            .help("compare twice: `a < b && b < c`; or put one comparison in parentheses");
        if let ExprKind::Binary(first, operands) = &left.kind
            && first.is_order()
            && operator.is_order()
        {
            let [_, middle] = &**operands;
            let text = |span: Span| self.text(span);
            let twice = format!(
                "{} && {} {} {}",
                text(left.span),
                text(middle.span),
                operator.text(),
                text(right.span)
            );
            diagnostic = diagnostic.fix("compare twice", place, twice);
        }
        self.report(diagnostic);
    }
}

/// Whether two values can be equal at all; anything can be `null`.
fn same_type(a: &Val, b: &Val) -> bool {
    matches!(a, Val::Null) || matches!(b, Val::Null) || std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// The result, or `None` where the two cannot be compared.
fn compare(operator: Operator, a: &Val, b: &Val) -> Option<bool> {
    use std::cmp::Ordering::{Greater, Less};
    match operator {
        Operator::Equal | Operator::NotEqual => {
            let equal = a.equals(b)?;
            same_type(a, b).then_some(equal == (operator == Operator::Equal))
        }
        Operator::In => match b {
            Val::List(items) if items.iter().all(|item| same_type(a, item)) => {
                Some(items.iter().any(|item| a.equals(item) == Some(true)))
            }
            Val::Record(fields) => match a {
                Val::Text(key) => Some(fields.contains_key(&**key)),
                _ => None,
            },
            _ => None,
        },
        _ => {
            let order = match (a, b) {
                (Val::Int(a), Val::Int(b)) => a.cmp(b),
                (Val::Duration(a), Val::Duration(b)) => a.cmp(b),
                (Val::Text(a), Val::Text(b)) => a.cmp(b),
                _ => return None,
            };
            Some(match operator {
                Operator::Less => order == Less,
                Operator::LessEqual => order != Greater,
                Operator::Greater => order == Greater,
                _ => order != Less,
            })
        }
    }
}
