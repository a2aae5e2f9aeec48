//! Expressions: what they are worth now.

use indexmap::IndexMap;
use smol_str::SmolStr;

use super::bounds::MAX_SIZE;
use super::{Check, Context};
use crate::diagnostic::codes;
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind, ListFor, Part, RecordFor};
use crate::types::{Segment, Ty, Val};

mod branches;
mod calls;
pub(super) mod functions;
mod members;
mod names;
mod operators;
mod path;

pub(crate) use functions::usages;

impl<'a> Check<'a> {
    /// Computes an expression, within bounds. Mistakes are reported, and their value is `Val::Error`.
    pub(super) fn eval(&mut self, expr: &'a Expr, context: &Context) -> Val {
        let outer = std::mem::replace(&mut self.here, context.here);
        let value = if self.enter(expr.span) {
            let value = self.computed(expr, context);
            self.leave(value, expr.span)
        } else {
            Val::Error
        };
        self.here = outer;
        value
    }

    fn computed(&mut self, expr: &'a Expr, context: &Context) -> Val {
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
            ExprKind::Not(operand) => self.negated(operand, context),
            ExprKind::Range(..) => self.error(
                &codes::TYPE_MISMATCH,
                expr.span,
                "a range only says how many artifacts a `callee` takes",
            ),
            ExprKind::Binary(operator, operands) => self.binary(expr, *operator, operands, context),
            ExprKind::Paren(inner) => self.eval(inner, context),
            ExprKind::Error => Val::Error,
        }
    }

    /// A bool that is known now; `None` when it was reported.
    pub(super) fn constant_bool(&mut self, expr: &'a Expr, context: &Context) -> Option<bool> {
        self.bool(expr, context)
    }

    /// Whether an expression is worth `null`, which in a field means that it is not given. What is written out cannot be,
    /// and a bare word that names nothing is reported by whoever reads the field.
    pub(super) fn is_null(&mut self, expr: &'a Expr, context: &Context) -> bool {
        let computed = match &expr.kind {
            ExprKind::Null => return true,
            ExprKind::Name(name) => self.is_named(name, context),
            kind => matches!(
                kind,
                ExprKind::If(_)
                    | ExprKind::Binary(..)
                    | ExprKind::Paren(_)
                    | ExprKind::Member(..)
                    | ExprKind::Index(..)
            ),
        };
        computed && matches!(self.eval(expr, &context.without_uses()), Val::Null)
    }

    fn bool(&mut self, expr: &'a Expr, context: &Context) -> Option<bool> {
        match self.eval(expr, context) {
            Val::Bool(value) => Some(value),
            Val::Error => None,
            Val::Unknown(_) if self.probing => None,
            Val::Test(_) => {
                self.within(context.here, |check| check.not_decided(expr.span));
                None
            }
            // While families are expanded this is what an action or stage would be worth.
            Val::Run(_) | Val::Unknown(_) => {
                self.within(context.here, |check| check.not_constant(expr.span, "a condition"));
                None
            }
            other => {
                self.within(context.here, |check| check.no_bool(expr.span, &other));
                None
            }
        }
    }

    /// There is no truthiness.
    pub(super) fn no_bool(&mut self, span: Span, value: &Val) {
        let place = self.place(span);
        let found = value.describe();
        let diagnostic = codes::TYPE_MISMATCH
            .at(place, format!("a condition is a bool, and this is {found}"))
            .label(found);
        let source = self.text(span);
        self.report(match value {
            Val::Text(text) if matches!(source, "\"true\"" | "\"false\"") => {
                diagnostic.fix("remove the quotes", place, text.to_string())
            }
            Val::Run(_) => {
                diagnostic.help("a run knows it as a text: compare it, as `x == \"…\"` or `x in [\"…\"]`")
            }
            _ => diagnostic.help("compare it: `x == \"…\"`, `x != null`, `len(x) > 0`"),
        });
    }

    /// Reports a condition that a run decides where one must be decided now.
    fn not_decided(&mut self, span: Span) {
        let place = self.place(span);
        self.report(
            codes::NOT_CONSTANT
                .at(place, "a condition must be known while compiling, and this is known only at run")
                .label("known only at run")
                .help("what a run decides stands in `when: …` of a stage or an action"),
        );
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
        let (mut failed, mut unknown) = (false, false);
        let mut size = 0;
        for part in parts {
            if size > MAX_SIZE {
                // Reported where the value is put together.
                break;
            }
            match part {
                Part::Text(text, _) => push_text(&mut segments, text),
                Part::Value(expr) => match self.measured(expr, context, &mut size) {
                    Val::Error => failed = true,
                    Val::Unknown(_) => unknown = true,
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
        if failed || unknown {
            return if failed { Val::Error } else { Val::Unknown(Ty::String) };
        }
        match segments.as_slice() {
            [] => Val::text(""),
            [Segment::Literal(text)] => Val::Text(text.clone()),
            _ => Val::Run(segments.into()),
        }
    }

    fn not_text(&mut self, expr: &Expr, value: &Val) {
        if self.untaken > 0 && matches!(value, Val::Null) {
            return;
        }
        if matches!(value, Val::Secret(_)) {
            self.secret_flow(expr.span, "stand in a text");
            return;
        }
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
        let mut size = 0;
        let mut failed = false;
        for element in elements {
            match element {
                Element::Value(expr) => items.push(self.measured(expr, context, &mut size)),
                Element::Spread(expr) => match self.measured(expr, context, &mut size) {
                    Val::List(more) => items.extend(more.iter().cloned()),
                    Val::Family(members) => items.extend(members.iter().map(|(_, id)| Val::Action(*id))),
                    // How many elements there are is not known, so nothing else is said about the list.
                    Val::Error => failed = true,
                    Val::Unknown(_) => items.push(Val::Error),
                    other => items.push(self.bad_spread(expr.span, "a list", &other)),
                },
            }
            if size > MAX_SIZE {
                return self.too_large(super::values::element_span(element));
            }
        }
        if failed { Val::Error } else { Val::list(items) }
    }

    fn bad_spread(&mut self, span: Span, wanted: &str, found: &Val) -> Val {
        let found = found.describe();
        self.error(
            &codes::TYPE_MISMATCH,
            span,
            format!("`...` takes the content of {wanted}, and this is {found}"),
        )
    }

    fn record(&mut self, entries: &'a [Entry], context: &Context) -> Val {
        let mut fields: IndexMap<SmolStr, Val> = IndexMap::with_capacity(entries.len());
        let mut written: IndexMap<&str, Span> = IndexMap::new();
        let mut size = 0;
        for entry in entries {
            match entry {
                Entry::Field(field) => {
                    let value = self.measured(&field.value, context, &mut size);
                    if let Some(first) = written.insert(&field.key.text, field.key.span) {
                        self.duplicate_key(&field.key.text, field.key.span, first);
                    }
                    fields.insert(field.key.text.clone(), value);
                }
                Entry::Spread(expr) => match self.measured(expr, context, &mut size) {
                    Val::Record(more) => {
                        fields.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
                    }
                    Val::Error | Val::Unknown(_) => return Val::Error,
                    other => return self.bad_spread(expr.span, "a record", &other),
                },
                Entry::Error(_) => return Val::Error,
            }
            if size > MAX_SIZE {
                return self.too_large(super::values::entry_span(entry));
            }
        }
        Val::record(fields)
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
        let mut size = 0;
        for bindings in rounds {
            let inner = context.bind(&bindings);
            if self.takes(each.condition.as_ref(), &inner) {
                items.push(self.measured(&each.element, &inner, &mut size));
            }
            if size > MAX_SIZE {
                return self.too_large(each.element.span);
            }
        }
        Val::list(items)
    }

    fn takes(&mut self, condition: Option<&'a Expr>, context: &Context) -> bool {
        condition.is_none_or(|condition| self.constant_bool(condition, context).unwrap_or(false))
    }

    fn record_for(&mut self, each: &'a RecordFor, context: &Context) -> Val {
        let Some(rounds) = self.rounds(&each.each, context) else { return Val::Error };
        let mut fields = IndexMap::new();
        let mut size = 0;
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
            let value = self.measured(&each.value, &inner, &mut size);
            if size > MAX_SIZE {
                return self.too_large(each.value.span);
            }
            if fields.insert(key.clone(), value).is_some() {
                return self.error(
                    &codes::DUPLICATE_FIELD,
                    each.key.span,
                    format!("the key `{key}` comes up twice"),
                );
            }
        }
        Val::record(fields)
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
