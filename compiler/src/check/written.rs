//! Where the parts of a record or list stand that is written out, so that a mistake in one of them is shown there and not
//! at the whole.

use indexmap::IndexMap;
use smol_str::SmolStr;

use super::Check;
use crate::diagnostic::{codes, nearest};
use crate::source::SourceId;
use crate::span::Span;
use crate::syntax::lexer::lex;
use crate::syntax::token::Kind;
use crate::types::{FieldTy, Ty, Val};

/// Where a part of a record stands.
pub(super) struct Written {
    /// Its key, perhaps in quotes.
    pub(super) key: Span,
    /// Its value.
    pub(super) value: Span,
}

impl Check<'_> {
    /// Where a record that is written out at `span` gives `key` its value; none where the value comes from elsewhere.
    pub(super) fn written_entry(&self, span: Span, key: &str) -> Option<Written> {
        let text = self.text(span);
        let items = items(text, Kind::LeftBrace)?;
        let found = items.into_iter().rev().find_map(|item| {
            let [(kind, key_span), (Kind::Colon, _), .., (_, last)] = item.as_slice() else { return None };
            let word = text[key_span.range()].trim_matches('"');
            let is_key = kind.is_name() || kind.is_reserved() || *kind == Kind::Str;
            let value = Span::new(item.get(2)?.1.start, last.end);
            (is_key && word == key).then_some(Written { key: *key_span, value })
        })?;
        Some(Written { key: shifted(found.key, span.start), value: shifted(found.value, span.start) })
    }

    /// Where the element `at` of a list that is written out at `span` stands; none where it comes from elsewhere.
    pub(super) fn written_element(&self, span: Span, at: usize) -> Option<Span> {
        let items = items(self.text(span), Kind::LeftBracket)?;
        let plain = |item: &Vec<(Kind, Span)>| {
            item.iter().all(|(kind, _)| !matches!(kind, Kind::For | Kind::Ellipsis))
        };
        let [(_, first), ..] = items.iter().all(plain).then(|| items.get(at))??.as_slice() else {
            return None;
        };
        let (_, last) = items.get(at)?.last()?;
        Some(shifted(first.to(*last), span.start))
    }

    /// Reports the part of a record or list that makes it one of the wrong type; none where that is the whole.
    pub(super) fn wrong_part(&mut self, span: Span, wanted: &Ty, found: &Val, what: &str) -> Option<Val> {
        match (wanted, found) {
            (Ty::Literals(texts), Val::Text(text)) => {
                let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
                self.one_of(&texts, text, span, what);
                Some(Val::Error)
            }
            (Ty::Optional(inner), _) => Some(self.mismatch(span, inner, found, what)),
            (Ty::Record(fields), Val::Record(record)) => Some(self.wrong_record(span, fields, record, what)),
            (Ty::Map(inner), Val::Record(record)) => {
                let (key, bad) = record.iter().find(|(_, value)| !inner.accepts(value))?;
                let at = self.written_entry(span, key).map_or(span, |written| written.value);
                Some(self.mismatch(at, inner, bad, &format!("`{key}` of {what}")))
            }
            (Ty::List(inner), Val::List(items)) => {
                let (index, bad) = items.iter().enumerate().find(|(_, item)| !inner.accepts(item))?;
                let at = self.written_element(span, index)?;
                Some(self.mismatch(at, inner, bad, &format!("each element of {what}")))
            }
            _ => None,
        }
    }

    /// A record that lacks a field, has one too many, or one of another type: only that is said.
    fn wrong_record(
        &mut self,
        span: Span,
        wanted: &IndexMap<SmolStr, FieldTy>,
        record: &IndexMap<SmolStr, Val>,
        what: &str,
    ) -> Val {
        for key in record.keys() {
            if !wanted.contains_key(key) {
                let known: Vec<&str> = wanted.keys().map(SmolStr::as_str).collect();
                self.unknown_key(span, what, key, &known);
                return Val::Error;
            }
        }
        for (name, field) in wanted {
            match record.get(name) {
                Some(value) if !field.ty.accepts(value) => {
                    let at = self.written_entry(span, name).map_or(span, |written| written.value);
                    return self.mismatch(at, &field.ty, value, &format!("`{name}` of {what}"));
                }
                None if !field.may_be_absent() => {
                    let message = format!("{what} needs the field `{name}`");
                    return self.error(&codes::MISSING_FIELD, span, message);
                }
                _ => {}
            }
        }
        Val::Error
    }

    /// Reports a key that a record written at `span` cannot have.
    pub(super) fn unknown_key(&mut self, span: Span, what: &str, key: &str, known: &[&str]) {
        let written = self.written_entry(span, key).map(|written| written.key);
        self.unknown_key_at(written, span, what, key, known);
    }

    /// Reports a key that cannot be, at its own place if that is known.
    pub(super) fn unknown_key_at(
        &mut self,
        written: Option<Span>,
        span: Span,
        what: &str,
        key: &str,
        known: &[&str],
    ) {
        let place = self.place(written.unwrap_or(span));
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("{what} has no field `{key}`"));
        let list = || super::values::and_list(known.iter().copied());
        self.report(match nearest(key, known.iter().copied()) {
            Some(near) if written.is_some() => diagnostic.did_you_mean(near),
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if known.len() == 1 => diagnostic.help(format!("its only field is {}", list())),
            None => diagnostic.help(format!("its fields are {}", list())),
        });
    }
}

/// The tokens between the brackets of a text, item by item; none where it is not in brackets.
fn items(text: &str, open: Kind) -> Option<Vec<Vec<(Kind, Span)>>> {
    let tokens = lex(SourceId(0), text).tokens;
    let inner = match tokens.as_slice() {
        [(first, _), inner @ .., (Kind::RightBrace | Kind::RightBracket, _)] if *first == open => inner,
        _ => return None,
    };
    let mut items = vec![Vec::new()];
    let mut depth = 0_usize;
    for (kind, span) in inner {
        match kind {
            Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParen | Kind::InterpolationOpen => depth += 1,
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen | Kind::InterpolationClose => {
                depth = depth.checked_sub(1)?;
            }
            Kind::Comma | Kind::Newline if depth == 0 => {
                items.push(Vec::new());
                continue;
            }
            _ => {}
        }
        items.last_mut()?.push((*kind, *span));
    }
    items.retain(|item| !item.is_empty());
    Some(items)
}

fn shifted(span: Span, by: u32) -> Span {
    Span::new(span.start + by, span.end + by)
}
