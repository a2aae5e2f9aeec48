//! The fields of a call: those that are missing, and the order of those that are there.

use std::collections::BTreeMap;

use compiler::catalog::{self, Callee, Field, Required, Type};
use compiler::span::Span;
use compiler::syntax::ast::{self, Entry, Expr, ExprKind, Item};

use super::{Kind, Refactoring};
use crate::analysis::Analysis;
use crate::features::names::text;
use crate::features::tree;

/// What an action or a gate calls, if the catalog has it, and its record.
fn called(item: &Item) -> Option<(&'static Callee, &Expr)> {
    let (name, _, body) = tree::call(item)?;
    let callee = match item {
        Item::Gate(_) => catalog::find_rule(name),
        Item::Action(_) => catalog::find(name),
        _ => None,
    }?;
    matches!(body.kind, ExprKind::Record(_)).then_some((callee, body))
}

/// The fields of a record that has nothing else in it.
fn plain_fields(body: &Expr) -> Option<Vec<&ast::Field>> {
    let fields = body.entries().iter().map(|entry| match entry {
        Entry::Field(field) => Some(field),
        Entry::Spread(_) | Entry::Error(_) => None,
    });
    fields.collect()
}

/// Adds the fields that must be given, each with a value of its type to be replaced.
pub(super) fn fill_in(analysis: &Analysis, item: &Item) -> Option<Refactoring> {
    let (callee, body) = called(item)?;
    let written = plain_fields(body)?;
    let missing = callee
        .fields
        .iter()
        .filter(|field| field.required == Required::Yes && written.iter().all(|w| w.key.text != *field.name));
    let added: Vec<String> =
        missing.filter_map(|field| Some(format!("{}: {}", field.name, placeholder(field)?))).collect();
    if added.is_empty() {
        return None;
    }
    let whole = text(analysis, analysis.source, body.span);
    let inside = whole.strip_prefix('{')?.strip_suffix('}')?;
    let (at, new) = if inside.contains('\n') {
        // On lines of their own, before the one that closes the record.
        let line = inside.rfind('\n')? + 1;
        if !inside[line..].trim().is_empty() {
            return None;
        }
        let indent = format!("{}  ", &inside[line..]);
        let lines: String = added.iter().map(|field| format!("{indent}{field}\n")).collect();
        (line, lines)
    } else {
        let comma = if written.is_empty() || inside.trim_end().ends_with(',') { " " } else { ", " };
        let end = if inside.ends_with(' ') { "" } else { " " };
        (inside.trim_end().len(), format!("{comma}{}{end}", added.join(", ")))
    };
    let at = Span::at(body.span.start + 1 + u32::try_from(at).ok()?);
    Some(Refactoring {
        title: "fill in the required fields".to_owned(),
        kind: Kind::Rewrite,
        edits: BTreeMap::from([(at, new)]),
        keeps_plan: false,
    })
}

/// A value of the field's type; none of a type whose values must be declared elsewhere.
fn placeholder(field: &Field) -> Option<String> {
    Some(match &field.ty {
        Type::String | Type::ConstString | Type::Script | Type::Json => "\"TODO\"".to_owned(),
        Type::Commands | Type::StringList | Type::Globs => "[\"TODO\"]".to_owned(),
        Type::Int => field.limits.min.unwrap_or(1).to_string(),
        Type::Bool => "false".to_owned(),
        Type::Duration => "1h".to_owned(),
        Type::Enum(all) => format!("\"{}\"", all.first()?),
        Type::EnumList(all) => format!("[\"{}\"]", all.first()?),
        Type::StringMap => "{}".to_owned(),
        Type::Artifact | Type::File | Type::Secret => return None,
    })
}

/// Puts the callee's own fields in the catalog's order; those that every action has stay where they are.
pub(super) fn sort(analysis: &Analysis, item: &Item) -> Option<Refactoring> {
    let (callee, body) = called(item)?;
    let parsed = &analysis.compilation.as_ref()?.parsed;
    let is_inside = |span: Span| body.span.start <= span.start && span.end <= body.span.end;
    // Whether a comment belongs to the field before or after it nobody can tell.
    if parsed.trivia.comments.iter().any(|comment| is_inside(comment.span)) {
        return None;
    }
    let rank = |field: &ast::Field| callee.fields.iter().position(|known| *known.name == *field.key.text);
    let own: Vec<&ast::Field> =
        plain_fields(body)?.into_iter().filter(|field| rank(field).is_some()).collect();
    let mut sorted = own.clone();
    sorted.sort_by_key(|field| rank(field));
    let edits: BTreeMap<Span, String> = own
        .iter()
        .zip(&sorted)
        .filter(|(old, new)| old.span != new.span)
        .map(|(old, new)| (old.span, text(analysis, analysis.source, new.span).to_owned()))
        .collect();
    (!edits.is_empty()).then(|| Refactoring {
        title: "sort the fields".to_owned(),
        kind: Kind::Rewrite,
        edits,
        keeps_plan: true,
    })
}
