//! Expressions: what they are worth now.

use std::rc::Rc;

use indexmap::IndexMap;
use smol_str::SmolStr;

use super::{Check, Context};
use crate::diagnostic::codes;
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind, ListFor, Operator, Part, RecordFor};
use crate::types::{Segment, Ty, Val};

mod functions;
mod path;

pub(super) use path::is_inside;

/// How large a text, list or record may become, in bytes or elements: far above any use, below what would hurt.
const MAX_SIZE: usize = 1 << 20;

impl<'a> Check<'a> {
    /// Computes an expression. Mistakes are reported, and their value is `Val::Error`.
    pub(super) fn eval(&mut self, expr: &'a Expr, context: &Context) -> Val {
        match &expr.kind {
            ExprKind::Null => Val::Null,
            ExprKind::Bool(value) => Val::Bool(*value),
            ExprKind::Int(value) => Val::Int(*value),
            ExprKind::Duration(seconds) => Val::Duration(*seconds),
            ExprKind::String(text) | ExprKind::Block(text) => Val::text(text),
            ExprKind::Interpolated(parts) => self.interpolated(parts, context),
            ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Index(..) => self.path(expr, context),
            ExprKind::Call(function, arguments) => self.call(expr, function, arguments, context),
            ExprKind::File(artifact, path) => self.file_of(artifact, path, context),
            ExprKind::List(elements) => self.list(elements, context),
            ExprKind::Record(entries) => self.record(entries, context),
            ExprKind::ListFor(each) => self.list_for(each, context),
            ExprKind::RecordFor(each) => self.record_for(each, context),
            ExprKind::If(parts) => self.conditional(parts, context),
            ExprKind::Not(operand) => match self.bool(operand, context) {
                Some(value) => Val::Bool(!value),
                None => Val::Error,
            },
            ExprKind::Binary(operator, operands) => self.binary(expr, *operator, operands, context),
            ExprKind::Paren(inner) => self.eval(inner, context),
            ExprKind::Error => Val::Error,
        }
    }

    /// A bool that is known now; `None` when it was reported.
    pub(super) fn constant_bool(&mut self, expr: &'a Expr, context: &Context) -> Option<bool> {
        self.bool(expr, context)
    }

    fn bool(&mut self, expr: &'a Expr, context: &Context) -> Option<bool> {
        match self.eval(expr, context) {
            Val::Bool(value) => Some(value),
            Val::Error | Val::Unknown(Ty::Bool | Ty::Any) => None,
            Val::Run(_) | Val::Unknown(_) => {
                self.not_constant(expr.span, "a condition");
                None
            }
            other => {
                let place = self.place(expr.span);
                let found = other.describe();
                self.report(
                    codes::TYPE_MISMATCH
                        .at(place, format!("a condition is a bool, and this is {found}"))
                        .label(found)
                        .help("compare it: `x == \"…\"`, `x != null`, `len(x) > 0`"),
                );
                None
            }
        }
    }

    /// Reports a value that is known only at run where one must be known now.
    pub(super) fn not_constant(&mut self, span: Span, what: &str) {
        let place = self.place(span);
        self.report(
            codes::NOT_CONSTANT
                .at(place, format!("{what} must be known while compiling, and this is known only at run"))
                .label("known only at run")
                .help("pipeline variables and what actions produce exist only in a run; use a `let` with a constant"),
        );
    }

    fn interpolated(&mut self, parts: &'a [Part], context: &Context) -> Val {
        let mut segments: Vec<Segment> = Vec::new();
        let mut failed = false;
        for part in parts {
            match part {
                Part::Text(text, _) => push_text(&mut segments, text),
                Part::Value(expr) => match self.eval(expr, context) {
                    Val::Error | Val::Unknown(Ty::String | Ty::Int | Ty::Any | Ty::Bool) => failed = true,
                    Val::Int(number) => push_text(&mut segments, &number.to_string()),
                    Val::Bool(value) => push_text(&mut segments, if value { "true" } else { "false" }),
                    value => match value.segments() {
                        Some(more) => more.into_iter().for_each(|segment| match segment {
                            Segment::Literal(text) => push_text(&mut segments, &text),
                            other => segments.push(other),
                        }),
                        None => {
                            failed = true;
                            self.not_text(expr, &value);
                        }
                    },
                },
            }
        }
        if failed {
            return Val::Error;
        }
        match segments.as_slice() {
            [] => Val::text(""),
            [Segment::Literal(text)] => Val::Text(text.clone()),
            _ => Val::Run(segments.into()),
        }
    }

    fn not_text(&mut self, expr: &Expr, value: &Val) {
        let place = self.place(expr.span);
        let found = value.describe();
        let diagnostic = codes::TYPE_MISMATCH
            .at(place, format!("only strings, ints and bools can stand in a text, and this is {found}"))
            .label(found);
        self.report(match value {
            Val::List(_) => diagnostic.help("make a text of it: `join(list, \", \")`"),
            Val::Record(_) => diagnostic.help("make a text of it: `json(record)`"),
            Val::Action(_) => diagnostic.help("name one of its variables: `action.variable`"),
            _ => diagnostic,
        });
    }

    fn list(&mut self, elements: &'a [Element], context: &Context) -> Val {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            match element {
                Element::Value(expr) => items.push(self.eval(expr, context)),
                Element::Spread(expr) => match self.eval(expr, context) {
                    Val::List(more) => items.extend(more.iter().cloned()),
                    Val::Family(members) => items.extend(members.iter().map(|(_, id)| Val::Action(*id))),
                    Val::Error | Val::Unknown(_) => items.push(Val::Error),
                    other => items.push(self.bad_spread(expr.span, "a list", &other)),
                },
            }
            if items.len() > MAX_SIZE {
                return self.too_large(element_span(element));
            }
        }
        Val::List(Rc::new(items))
    }

    fn bad_spread(&mut self, span: Span, wanted: &str, found: &Val) -> Val {
        let found = found.describe();
        self.error(
            &codes::TYPE_MISMATCH,
            span,
            format!("`...` takes the content of {wanted}, and this is {found}"),
        )
    }

    pub(super) fn too_large(&mut self, span: Span) -> Val {
        self.error(&codes::TOO_MANY, span, format!("this grows beyond {MAX_SIZE} elements or bytes"))
    }

    fn record(&mut self, entries: &'a [Entry], context: &Context) -> Val {
        let mut fields: IndexMap<SmolStr, Val> = IndexMap::with_capacity(entries.len());
        let mut written: IndexMap<&str, Span> = IndexMap::new();
        for entry in entries {
            match entry {
                Entry::Field(field) => {
                    let value = self.eval(&field.value, context);
                    if let Some(first) = written.insert(&field.key.text, field.key.span) {
                        self.duplicate_key(&field.key.text, field.key.span, first);
                    }
                    fields.insert(field.key.text.clone(), value);
                }
                Entry::Spread(expr) => match self.eval(expr, context) {
                    Val::Record(more) => {
                        fields.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
                    }
                    Val::Error | Val::Unknown(_) => return Val::Error,
                    other => return self.bad_spread(expr.span, "a record", &other),
                },
                Entry::Error(_) => return Val::Error,
            }
            if fields.len() > MAX_SIZE {
                return Val::Error;
            }
        }
        Val::Record(Rc::new(fields))
    }

    pub(super) fn duplicate_key(&mut self, key: &str, span: Span, first: Span) {
        let (place, first) = (self.place(span), self.place(first));
        self.report(
            codes::DUPLICATE_FIELD
                .at(place, format!("`{key}` is given twice"))
                .label("given again here")
                .also(first, "first given here")
                .help("keep one of them"),
        );
    }

    fn list_for(&mut self, each: &'a ListFor, context: &Context) -> Val {
        let Some(rounds) = self.rounds(&each.each, context) else { return Val::Error };
        let mut items = Vec::new();
        for bindings in rounds {
            let inner = context.bind(&bindings);
            if self.takes(each.condition.as_ref(), &inner) {
                items.push(self.eval(&each.element, &inner));
            }
        }
        Val::List(Rc::new(items))
    }

    fn takes(&mut self, condition: Option<&'a Expr>, context: &Context) -> bool {
        condition.is_none_or(|condition| self.constant_bool(condition, context).unwrap_or(false))
    }

    fn record_for(&mut self, each: &'a RecordFor, context: &Context) -> Val {
        let Some(rounds) = self.rounds(&each.each, context) else { return Val::Error };
        let mut fields = IndexMap::new();
        for bindings in rounds {
            let inner = context.bind(&bindings);
            if !self.takes(each.condition.as_ref(), &inner) {
                continue;
            }
            let key = match self.eval(&each.key, &inner) {
                Val::Text(text) => SmolStr::from(&*text),
                Val::Run(_) => {
                    self.not_constant(each.key.span, "a key");
                    return Val::Error;
                }
                _ => return Val::Error,
            };
            let value = self.eval(&each.value, &inner);
            if fields.insert(key.clone(), value).is_some() {
                return self.error(
                    &codes::DUPLICATE_FIELD,
                    each.key.span,
                    format!("the key `{key}` comes up twice"),
                );
            }
        }
        Val::Record(Rc::new(fields))
    }

    fn conditional(&mut self, parts: &'a [Expr; 3], context: &Context) -> Val {
        let [condition, then, other] = parts;
        let taken = self.constant_bool(condition, context);
        // The other branch is checked too, but what it names is not used.
        let (then_context, other_context) = match taken {
            Some(true) => (context.clone(), context.without_uses()),
            Some(false) => (context.without_uses(), context.clone()),
            None => (context.without_uses(), context.without_uses()),
        };
        let then_value = self.eval(then, &then_context);
        let other_value = self.eval(other, &other_context);
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
            None => Val::Error,
        }
    }

    fn binary(
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
                value => {
                    self.eval(right, &context.without_uses());
                    value
                }
            },
            Operator::And | Operator::Or => {
                let (a, b) = (self.bool(left, context), self.bool(right, context));
                match (a, b) {
                    (Some(a), Some(b)) => Val::Bool(if operator == Operator::And { a && b } else { a || b }),
                    _ => Val::Error,
                }
            }
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
            let place = self.place(expr.span);
            self.report(
                codes::CHAINED_COMPARISON
                    .at(place, "comparisons do not chain")
                    .help("compare twice: `a < b && b < c`; or put one comparison in parentheses"),
            );
            return Val::Error;
        }
        let (a, b) = (self.eval(left, context), self.eval(right, context));
        if a.is_error() || b.is_error() || matches!(a, Val::Unknown(_)) || matches!(b, Val::Unknown(_)) {
            return Val::Error;
        }
        if matches!(a, Val::Run(_)) || matches!(b, Val::Run(_)) {
            let span = if matches!(a, Val::Run(_)) { left.span } else { right.span };
            self.not_constant(span, "a comparison");
            return Val::Error;
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
}

/// The result, or `None` where the two cannot be compared.
fn compare(operator: Operator, a: &Val, b: &Val) -> Option<bool> {
    use std::cmp::Ordering::{Greater, Less};
    match operator {
        Operator::Equal | Operator::NotEqual => {
            let comparable = matches!(a, Val::Null)
                || matches!(b, Val::Null)
                || std::mem::discriminant(a) == std::mem::discriminant(b);
            let equal = a.equals(b)?;
            comparable.then_some(equal == (operator == Operator::Equal))
        }
        Operator::In => match b {
            Val::List(items) => Some(items.iter().any(|item| a.equals(item) == Some(true))),
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

/// Constant and run-time texts are of one type.
fn family(value: &Val) -> Val {
    match value {
        Val::Run(_) => Val::text(""),
        Val::Action(_) => Val::Artifact(crate::types::ActionId(0), 0),
        other => other.clone(),
    }
}

fn push_text(segments: &mut Vec<Segment>, text: &str) {
    if text.is_empty() {
        return;
    }
    match segments.last_mut() {
        Some(Segment::Literal(last)) => *last = format!("{last}{text}").into(),
        _ => segments.push(Segment::Literal(text.into())),
    }
}

fn element_span(element: &Element) -> Span {
    match element {
        Element::Value(expr) | Element::Spread(expr) => expr.span,
    }
}
