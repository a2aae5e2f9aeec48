//! What describes a callee is written out: a declaration computes nothing.

use super::callee::Count;
use super::read::Reader;
use crate::syntax::ast::{self, Element, Entry, Expr, ExprKind};

impl Reader<'_> {
    pub(super) fn fields<'e>(&mut self, value: &'e Expr) -> Option<Vec<&'e ast::Field>> {
        let ExprKind::Record(entries) = &value.kind else {
            if !matches!(value.kind, ExprKind::Error) {
                self.bad(value.span, "a record is written here: `{ … }`");
            }
            return None;
        };
        let mut fields = Vec::new();
        for entry in entries {
            match entry {
                Entry::Field(field) => fields.push(field),
                Entry::Spread(expr) => {
                    self.bad(expr.span, "what describes a callee is written out: `...` cannot stand in it");
                }
                Entry::Error(_) => {}
            }
        }
        Some(fields)
    }

    pub(super) fn text(&mut self, value: &Expr) -> Option<String> {
        match &value.kind {
            ExprKind::String(text) | ExprKind::Block(text) => Some(text.clone()),
            ExprKind::Error => None,
            _ => {
                self.bad(value.span, "a text in quotes is written here");
                None
            }
        }
    }

    pub(super) fn bool(&mut self, value: &Expr) -> Option<bool> {
        match &value.kind {
            ExprKind::Bool(value) => Some(*value),
            ExprKind::Error => None,
            _ => {
                self.bad(value.span, "`true` or `false` is written here");
                None
            }
        }
    }

    pub(super) fn int(&mut self, value: &Expr) -> Option<i64> {
        match &value.kind {
            ExprKind::Int(value) => Some(*value),
            ExprKind::Error => None,
            _ => {
                self.bad(value.span, "a whole number is written here");
                None
            }
        }
    }

    pub(super) fn texts(&mut self, value: &Expr) -> Option<Vec<String>> {
        let ExprKind::List(elements) = &value.kind else {
            if !matches!(value.kind, ExprKind::Error) {
                self.bad(value.span, "a list of texts is written here: `[\"a\", \"b\"]`");
            }
            return None;
        };
        let texts = elements.iter().filter_map(|element| match element {
            Element::Value(expr) => self.text(expr),
            Element::Spread(expr) => {
                self.bad(expr.span, "what describes a callee is written out: `...` cannot stand in it");
                None
            }
        });
        Some(texts.collect())
    }

    pub(super) fn one_or_more(&mut self, value: &Expr) -> Option<Vec<String>> {
        match &value.kind {
            ExprKind::List(_) => self.texts(value),
            _ => self.text(value).map(|text| vec![text]),
        }
    }

    pub(super) fn count(&mut self, value: &Expr) -> Count {
        let size = |n: i64| usize::try_from(n).ok();
        let count = match &value.kind {
            ExprKind::Int(n) => size(*n).map(Count::exactly),
            ExprKind::Range(low, None) => size(*low).map(|min| Count { min, max: usize::MAX }),
            ExprKind::Range(low, Some(high)) if low <= high => {
                size(*low).zip(size(*high)).map(|(min, max)| Count { min, max })
            }
            ExprKind::Error => return Count { min: 0, max: usize::MAX },
            _ => None,
        };
        count.unwrap_or_else(|| {
            self.bad(value.span, "how many artifacts is written `1`, `1..5` or `0..`");
            Count { min: 0, max: usize::MAX }
        })
    }

    pub(super) fn default(&mut self, value: &Expr) -> Option<String> {
        match &value.kind {
            ExprKind::String(text) => Some(text.clone()),
            ExprKind::Bool(value) => Some(value.to_string()),
            ExprKind::Int(value) => Some(value.to_string()),
            // As a service writes it.
            ExprKind::List(_) => self.texts(value).map(|texts| texts.join(",")),
            ExprKind::Error => None,
            _ => {
                self.bad(
                    value.span,
                    "a default is written out: a text, a list of texts, a number, `true` or `false`",
                );
                None
            }
        }
    }
}
