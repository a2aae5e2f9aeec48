//! A value gets a name of its own: as a `let`, or as a variable that a run can be given.

use std::collections::{BTreeMap, BTreeSet};

use compiler::span::Span;
use compiler::syntax::ast::{Element, Entry, Expr, ExprKind, Item, Part};

use super::{Kind, Refactoring, before};
use crate::analysis::Analysis;
use crate::features::names::text;

/// The value that is selected, or that the cursor stands in.
pub(super) fn value(analysis: &Analysis, around: &[&Item], span: Span) -> Vec<Refactoring> {
    let Some(item) = around.last() else { return Vec::new() };
    let Some(found) = values(item).into_iter().find_map(|value| within(value, None, span)) else {
        return Vec::new();
    };
    let written = text(analysis, analysis.source, found.expr.span);
    let outermost = around[0];
    let in_pipeline = matches!(outermost, Item::Pipeline(_)) && around.len() > 1;
    // It has a name already.
    if let Item::Let(x) = item
        && x.value.span == found.expr.span
    {
        return Vec::new();
    }
    let name = fresh(analysis, found.key.unwrap_or("value"));
    let offer = |title: String, item: &Item, declaration: String, kind, keeps_plan| {
        let (at, indent) = before(analysis.text(), item)?;
        let edits = BTreeMap::from([
            (Span::at(at), format!("{indent}{declaration}\n")),
            (found.expr.span, name.clone()),
        ]);
        Some(Refactoring { title, kind, edits, keeps_plan })
    };
    let declaration = format!("let {name} = {written}");
    let mut all = Vec::new();
    if in_pipeline {
        let title = format!("extract `let {name}` into the pipeline");
        all.push(offer(title, around[1], declaration.clone(), Kind::Extract, true));
        if matches!(found.expr.kind, ExprKind::String(_)) {
            let declaration = format!("variable {name}: string = {written}");
            all.push(offer(
                format!("turn into `variable {name}`"),
                around[1],
                declaration,
                Kind::Rewrite,
                false,
            ));
        }
    }
    let title = format!("extract `let {name}` into the file");
    all.push(offer(title, outermost, declaration, Kind::Extract, true));
    all.into_iter().flatten().collect()
}

/// An expression, and the field that it is the value of.
struct Found<'t> {
    expr: &'t Expr,
    key: Option<&'t str>,
}

/// The values of an item that may be anything that can be computed.
fn values(item: &Item) -> Vec<&Expr> {
    match item {
        Item::Let(x) => vec![&x.value],
        Item::Action(x) => x.each.iter().map(|each| &*each.list).chain([&x.body]).collect(),
        Item::Pipeline(x) | Item::Stage(x) => x.each.iter().map(|each| &*each.list).collect(),
        Item::Gate(x) => vec![&x.body],
        Item::Defaults(x) => vec![&x.body],
        Item::Engine(x) => vec![&x.body],
        Item::Trigger(x) => vec![&x.body],
        Item::StageInstance(x) | Item::PipelineInstance(x) => vec![&x.body],
        Item::Field(x) => vec![&x.value],
        _ => Vec::new(),
    }
}

/// The innermost literal around the cursor, or the expression that is selected exactly.
fn within<'t>(expr: &'t Expr, key: Option<&'t str>, span: Span) -> Option<Found<'t>> {
    if span.start < expr.span.start || expr.span.end < span.end {
        return None;
    }
    let inner = parts(expr).into_iter().find_map(|(inner, own)| within(inner, own.or(key), span));
    let is_literal = matches!(
        expr.kind,
        ExprKind::String(_) | ExprKind::Int(_) | ExprKind::Bool(_) | ExprKind::Duration(_)
    );
    let is_meant = if span.is_empty() { is_literal } else { expr.span == span };
    inner.or_else(|| is_meant.then_some(Found { expr, key }))
}

/// What an expression is made of, with the keys of fields.
fn parts(expr: &Expr) -> Vec<(&Expr, Option<&str>)> {
    const fn plain(expr: &Expr) -> (&Expr, Option<&str>) {
        (expr, None)
    }
    match &expr.kind {
        ExprKind::Interpolated(parts) => {
            let values = parts.iter().filter_map(|part| match part {
                Part::Value(value) => Some(plain(value)),
                Part::Text(..) => None,
            });
            values.collect()
        }
        ExprKind::Member(value, _) | ExprKind::Not(value) | ExprKind::Paren(value) => vec![plain(value)],
        ExprKind::Index(a, b) | ExprKind::File(a, b) => vec![plain(a), plain(b)],
        // The function itself is no value.
        ExprKind::Call(_, arguments) => arguments.iter().map(plain).collect(),
        ExprKind::List(items) => items
            .iter()
            .map(|item| {
                plain(match item {
                    Element::Value(e) | Element::Spread(e) => e,
                })
            })
            .collect(),
        ExprKind::Record(entries) => {
            let values = entries.iter().filter_map(|entry| match entry {
                Entry::Field(field) => Some((&field.value, Some(field.key.text.as_str()))),
                Entry::Spread(value) => Some((value, None)),
                Entry::Error(_) => None,
            });
            values.collect()
        }
        ExprKind::If(all) => all.iter().map(plain).collect(),
        ExprKind::Binary(_, both) => both.iter().map(plain).collect(),
        _ => Vec::new(),
    }
}

/// A name that stands nowhere in the file, like `wanted`.
fn fresh(analysis: &Analysis, wanted: &str) -> String {
    let lexed = compiler::syntax::lexer::lex(analysis.source, analysis.text());
    let words: Vec<&str> =
        lexed.tokens.iter().map(|(_, span)| text(analysis, analysis.source, *span)).collect();
    // The key of a field is no name: `branch: branch` is well.
    let is_key = |at: usize| {
        words.get(at + 1) == Some(&":") && at > 0 && !["let", "variable"].contains(&words[at - 1])
    };
    let taken: BTreeSet<&str> =
        words.iter().enumerate().filter(|(at, _)| !is_key(*at)).map(|(_, word)| *word).collect();
    let mut base: String =
        wanted.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !base.starts_with(|c: char| c.is_ascii_alphabetic()) {
        base.insert_str(0, "value_");
    }
    let is_free = |name: &str| !taken.contains(name) && crate::features::rename::is_name(name);
    let mut name = if is_free(&base) { base.clone() } else { format!("{base}_value") };
    let mut number = 2;
    while !is_free(&name) {
        name = format!("{base}_value{number}");
        number += 1;
    }
    name
}
