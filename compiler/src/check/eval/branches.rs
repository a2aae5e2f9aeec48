//! `if condition then a else b`.

use super::super::when::decided_by_run;
use super::super::{Check, Context};
use crate::diagnostic::codes;
use crate::syntax::ast::Expr;
use crate::types::{Ty, Val};

impl<'a> Check<'a> {
    /// A branch. In one that is not taken a `null` is no mistake: the condition is there to keep it out.
    fn branch(&mut self, expr: &'a Expr, context: &Context, taken: bool) -> Val {
        self.untaken += usize::from(!taken);
        let value = self.eval(expr, context);
        self.untaken -= usize::from(!taken);
        value
    }

    pub(super) fn conditional(&mut self, parts: &'a [Expr; 3], context: &Context) -> Val {
        let [condition, then, other] = parts;
        let taken = self.constant_bool(condition, context);
        // The other branch is checked too, but what it names is not used.
        let (then_context, other_context) = match taken {
            Some(true) => (context.clone(), context.without_uses()),
            Some(false) => (context.without_uses(), context.clone()),
            // Either may be what an instance takes.
            None if self.probing => (context.clone(), context.clone()),
            None => (context.without_uses(), context.without_uses()),
        };
        let then_value = self.branch(then, &then_context, taken != Some(false));
        let other_value = self.branch(other, &other_context, taken != Some(true));
        let (then_value, other_value) = match (then_value, other_value) {
            (then @ Val::Test(_), other) => (then, decided_by_run(other)),
            (then, other @ Val::Test(_)) => (decided_by_run(then), other),
            both => both,
        };
        let same =
            std::mem::discriminant(&family(&then_value)) == std::mem::discriminant(&family(&other_value));
        let free = |value: &Val| matches!(value, Val::Null | Val::Error | Val::Unknown(_));
        if !same && !free(&then_value) && !free(&other_value) {
            let (a, b) = (then_value.describe(), other_value.describe());
            let (place, first) = (self.place(other.span), self.place(then.span));
            self.report(
                codes::TYPE_MISMATCH
                    .at(
                        place,
                        format!("both branches of an `if` have the same type, and these are {a} and {b}"),
                    )
                    .label(b)
                    .also(first, a),
            );
            return Val::Error;
        }
        match taken {
            Some(true) => then_value,
            Some(false) => other_value,
            None if self.probing => Val::Unknown(Ty::Any),
            None => Val::Error,
        }
    }
}

/// Constant and run-time texts are of one type.
fn family(value: &Val) -> Val {
    match value {
        Val::Run(_) => Val::text(""),
        Val::Action(_) => Val::Artifact(crate::types::ActionId(0), 0),
        other => other.clone(),
    }
}
