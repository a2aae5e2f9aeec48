//! What describes a callee is written out: a declaration computes nothing.

use super::callee::{Count, Type};
use super::read::Reader;
use crate::diagnostic::words::list_of;
use crate::diagnostic::{Place, codes, nearest};
use crate::span::Span;
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

    /// Texts of a list, one or several; another one is reported with the nearest, and taken all the same.
    pub(super) fn choices(&mut self, value: &Expr, key: &str, known: &[&str]) -> Vec<String> {
        let spans: Vec<Span> = match &value.kind {
            ExprKind::List(elements) => elements
                .iter()
                .map(|element| match element {
                    Element::Value(expr) | Element::Spread(expr) => expr.span,
                })
                .collect(),
            _ => Vec::new(),
        };
        let texts = self.one_or_more(value).unwrap_or_default();
        for (at, text) in texts.iter().enumerate().filter(|(_, text)| !known.contains(&text.as_str())) {
            let span = spans.get(at).filter(|_| spans.len() == texts.len()).copied().unwrap_or(value.span);
            let place = Place { source: self.source, span };
            let diagnostic = codes::BAD_CALLEE.at(place, format!("`{key}` cannot be `{text}`"));
            let list = format!("it is {}", list_of(known.iter().copied()));
            self.diagnostics.push(match nearest(text, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).help(list).fix(
                    format!("replace with `\"{near}\"`"),
                    place,
                    format!("\"{near}\""),
                ),
                None => diagnostic.help(list),
            });
        }
        texts
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

    /// The default of a field of this type, as messages and hover show it.
    pub(super) fn default(&mut self, value: &Expr, ty: &Type) -> Option<String> {
        if let Some(wanted) = unfit(value, ty) {
            self.bad(value.span, format!("the default of this field is {wanted}"));
            return None;
        }
        match &value.kind {
            ExprKind::String(text) => Some(text.clone()),
            ExprKind::Bool(value) => Some(value.to_string()),
            ExprKind::Int(value) => Some(value.to_string()),
            ExprKind::Duration(seconds) => Some(format!("{seconds}s")),
            // As a service writes it.
            ExprKind::List(_) => self.texts(value).map(|texts| texts.join(",")),
            ExprKind::Error => None,
            _ => {
                self.bad(
                    value.span,
                    "a default is written out: a text, a list of texts, a number, a duration, `true` or `false`",
                );
                None
            }
        }
    }
}

/// What the default of a field must be, where this is something else.
fn unfit(value: &Expr, ty: &Type) -> Option<String> {
    let text = |expr: &Expr, known: &[String]| match &expr.kind {
        ExprKind::String(text) => known.is_empty() || known.contains(text),
        _ => false,
    };
    let texts = |known: &[String]| match &value.kind {
        ExprKind::List(elements) => elements.iter().all(|element| match element {
            Element::Value(expr) => text(expr, known),
            Element::Spread(_) => true,
        }),
        _ => false,
    };
    let one_of = |known: &[String]| list_of(known.iter().map(String::as_str));
    let (fits, wanted) = match ty {
        _ if matches!(value.kind, ExprKind::Error) => (true, String::new()),
        Type::String | Type::ConstString | Type::Script => (text(value, &[]), "a text".to_owned()),
        Type::Int => (matches!(value.kind, ExprKind::Int(_)), "a whole number".to_owned()),
        Type::Bool => (matches!(value.kind, ExprKind::Bool(_)), "`true` or `false`".to_owned()),
        Type::Duration => (matches!(value.kind, ExprKind::Duration(_)), "a duration, as `15m`".to_owned()),
        Type::Enum(known) => (text(value, known), one_of(known)),
        Type::EnumList(known) => (texts(known), format!("a list of {}", one_of(known))),
        Type::StringList | Type::Commands => (texts(&[]), "a list of texts".to_owned()),
        Type::Globs => (text(value, &[]) || texts(&[]), "a text or a list of texts".to_owned()),
        Type::Artifact | Type::File | Type::Json | Type::StringMap | Type::Secret => (true, String::new()),
    };
    (!fits).then_some(wanted)
}
