//! Expressions.

use super::writer::{Style, Writer};
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind, For, ListFor, Operator, RecordFor};

const LIST: Style = Style { open: "[", padding: "", close: "]", commas: false, broken: false };
const RECORD: Style = Style { open: "{", padding: " ", close: "}", commas: false, broken: false };
const ARGUMENTS: Style = Style { open: "(", padding: "", close: ")", commas: true, broken: false };

impl<'a> Writer<'a> {
    /// An expression.
    pub(super) fn expr(&mut self, expr: &'a Expr) {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Block(_) => {
                self.reach(span.start);
                self.doc.block(self.source(span));
            }
            ExprKind::Member(value, name) => {
                self.expr(value);
                self.doc.text(".");
                self.atom(name.span);
            }
            ExprKind::Index(value, index) => {
                self.expr(value);
                self.doc.text("[");
                self.expr(index);
                self.doc.text("]");
            }
            ExprKind::Call(function, arguments) => self.call(function, arguments, span),
            ExprKind::File(artifact, path) => {
                self.expr(artifact);
                self.doc.text(" / ");
                self.expr(path);
            }
            ExprKind::List(elements) => {
                self.brackets(LIST, span, elements, Self::element_span, Self::element);
            }
            ExprKind::Record(entries) => self.brackets(RECORD, span, entries, Self::entry_span, Self::entry),
            ExprKind::ListFor(list) => {
                let one = std::slice::from_ref(&**list);
                self.brackets(LIST, span, one, |_, list| list_for_span(list), Self::list_for);
            }
            ExprKind::RecordFor(record) => {
                let one = std::slice::from_ref(&**record);
                self.brackets(RECORD, span, one, |_, record| record_for_span(record), Self::record_for);
            }
            ExprKind::If(parts) => self.conditional(parts),
            ExprKind::Not(value) => {
                self.reach(span.start);
                self.doc.text("!");
                self.expr(value);
            }
            ExprKind::Binary(operator, _) => self.binary(*operator, expr),
            ExprKind::Paren(inner) => {
                self.reach(span.start);
                self.doc.text("(");
                self.expr(inner);
                self.doc.text(")");
            }
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Duration(_)
            | ExprKind::String(_)
            | ExprKind::Interpolated(_)
            | ExprKind::Name(_) => self.atom(span),
            ExprKind::Range(..) => self.range(span),
            ExprKind::Error => self.verbatim(span),
        }
    }

    /// `1..5`, without what may stand around its dots.
    fn range(&mut self, span: Span) {
        self.reach(span.end);
        let source = self.source(span);
        let digit = |c: char| c.is_ascii_digit();
        let low = source.find(|c| !digit(c) && c != '-').unwrap_or(source.len());
        let high = source.rfind(|c| !digit(c) && c != '-').map_or(0, |at| at + 1);
        self.doc.text(&source[..low]);
        self.doc.text("..");
        self.doc.text(&source[high..]);
    }

    fn call(&mut self, function: &'a Expr, arguments: &'a [Expr], span: Span) {
        self.expr(function);
        if let [only] = arguments
            && matches!(
                only.kind,
                ExprKind::List(_)
                    | ExprKind::Record(_)
                    | ExprKind::ListFor(_)
                    | ExprKind::RecordFor(_)
                    | ExprKind::Block(_)
            )
        {
            // What has brackets of its own needs no lines of its own.
            self.doc.text("(");
            self.expr(only);
            self.doc.text(")");
            return;
        }
        let open = self.token_at(function.span.end);
        self.brackets(
            ARGUMENTS,
            Span::new(open, span.end),
            arguments,
            |_, argument| argument.span,
            Self::expr,
        );
    }

    fn element_span(&self, element: &Element) -> Span {
        match element {
            Element::Value(value) => value.span,
            Element::Spread(value) => self.spread_span(value),
        }
    }

    fn entry_span(&self, entry: &Entry) -> Span {
        match entry {
            Entry::Field(field) => field.span,
            Entry::Spread(value) => self.spread_span(value),
            Entry::Error(span) => *span,
        }
    }

    /// From the three dots on.
    fn spread_span(&self, value: &Expr) -> Span {
        Span { start: self.token_before(value.span.start), ..value.span }
    }

    fn element(&mut self, element: &'a Element) {
        match element {
            Element::Value(value) => self.expr(value),
            Element::Spread(value) => self.spread(value),
        }
    }

    fn entry(&mut self, entry: &'a Entry) {
        match entry {
            Entry::Field(field) => self.field(field),
            Entry::Spread(value) => self.spread(value),
            Entry::Error(span) => self.verbatim(*span),
        }
    }

    fn spread(&mut self, value: &'a Expr) {
        self.doc.text("...");
        self.expr(value);
    }

    fn list_for(&mut self, list: &'a ListFor) {
        self.doc.open();
        self.expr(&list.element);
        self.tail(&list.each, list.condition.as_ref());
        self.doc.close();
    }

    fn record_for(&mut self, record: &'a RecordFor) {
        self.doc.open();
        self.atom(record.key.span);
        self.doc.text(": ");
        self.expr(&record.value);
        self.tail(&record.each, record.condition.as_ref());
        self.doc.close();
    }

    fn tail(&mut self, each: &'a For, condition: Option<&'a Expr>) {
        self.doc.indent();
        self.doc.line(" ", false);
        self.for_(each);
        if let Some(condition) = condition {
            self.doc.line(" ", false);
            self.doc.text("if ");
            self.expr(condition);
        }
        self.doc.dedent();
    }

    fn conditional(&mut self, parts: &'a [Expr; 3]) {
        let [condition, then, other] = parts;
        self.doc.open();
        self.doc.text("if ");
        self.expr(condition);
        self.doc.indent();
        self.doc.line(" ", false);
        self.doc.text("then ");
        self.expr(then);
        self.doc.line(" ", false);
        self.doc.text("else ");
        self.expr(other);
        self.doc.dedent();
        self.doc.close();
    }

    /// A chain of operators of one strength breaks before all of them or none.
    fn binary(&mut self, operator: Operator, expr: &'a Expr) {
        let strength = strength(operator);
        let mut operands = Vec::new();
        let mut rest = expr;
        if operator == Operator::Coalesce {
            // It groups to the right.
            let mut before = None;
            while let ExprKind::Binary(Operator::Coalesce, sides) = &rest.kind {
                operands.push((before, &sides[0]));
                before = Some(Operator::Coalesce);
                rest = &sides[1];
            }
            operands.push((before, rest));
        } else {
            while let ExprKind::Binary(operator, sides) = &rest.kind
                && self::strength(*operator) == strength
            {
                operands.push((Some(*operator), &sides[1]));
                rest = &sides[0];
            }
            operands.push((None, rest));
            operands.reverse();
        }
        self.doc.open();
        self.doc.indent();
        for (operator, operand) in operands {
            if let Some(operator) = operator {
                self.doc.line(" ", false);
                self.doc.text(operator.text());
                self.doc.text(" ");
            }
            self.expr(operand);
        }
        self.doc.dedent();
        self.doc.close();
    }
}

/// Operators of equal strength stand beside each other without brackets.
fn strength(operator: Operator) -> u8 {
    match operator {
        Operator::Coalesce => 0,
        Operator::Or => 1,
        Operator::And => 2,
        _ => 3,
    }
}

fn list_for_span(list: &ListFor) -> Span {
    let end = list.condition.as_ref().map_or(list.each.span.end, |condition| condition.span.end);
    Span::new(list.element.span.start, end)
}

fn record_for_span(record: &RecordFor) -> Span {
    let end = record.condition.as_ref().map_or(record.each.span.end, |condition| condition.span.end);
    Span::new(record.key.span.start, end)
}
