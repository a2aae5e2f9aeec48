//! The tree of a file, looked at from an offset.

use compiler::diagnostic::Place;
use compiler::span::Span;
use compiler::syntax::ast::{Expr, Item, Name, Params, TypedField};

use crate::analysis::Analysis;

/// The items of the file; none when it could not be read.
pub(super) fn items(analysis: &Analysis) -> &[Item] {
    analysis.compilation.as_ref().map_or(&[], |compilation| &compilation.parsed.file.items)
}

/// The items around an offset, from the outermost to the innermost. One that is private is seen through.
pub(super) fn around(items: &[Item], offset: u32) -> Vec<&Item> {
    let mut found = Vec::new();
    let mut items = items;
    while let Some(item) = items.iter().map(open).find(|item| item.span().touches(offset)) {
        found.push(item);
        items = inner(item);
    }
    found
}

/// Calls `visit` for every item, those around it before it.
pub(super) fn walk<'t>(items: &'t [Item], visit: &mut impl FnMut(&'t Item, Option<&'t Item>)) {
    walk_in(items, None, visit);
}

fn walk_in<'t>(
    items: &'t [Item],
    outer: Option<&'t Item>,
    visit: &mut impl FnMut(&'t Item, Option<&'t Item>),
) {
    for item in items.iter().map(open) {
        visit(item, outer);
        walk_in(inner(item), Some(item), visit);
    }
}

fn open(item: &Item) -> &Item {
    if let Item::Private(private) = item { &private.item } else { item }
}

fn inner(item: &Item) -> &[Item] {
    match item {
        Item::Pipeline(block) | Item::Stage(block) => &block.items,
        _ => &[],
    }
}

/// What an item is called.
pub(super) fn name(item: &Item) -> Option<&Name> {
    Some(match item {
        Item::Let(x) => &x.name,
        Item::Pipeline(x) | Item::Stage(x) => &x.name,
        Item::Variable(x) => &x.name,
        Item::Action(x) => &x.name,
        Item::Type(x) => &x.name,
        Item::Function(x) => &x.name,
        Item::Callee(x) => &x.name,
        Item::Secret(x) => &x.name,
        Item::Gate(x) => &x.name,
        Item::StageInstance(x) | Item::PipelineInstance(x) => &x.name,
        _ => return None,
    })
}

fn params(item: &Item) -> Option<&Params> {
    match item {
        Item::Pipeline(x) | Item::Stage(x) => x.params.as_ref(),
        Item::Action(x) => x.params.as_ref(),
        Item::Function(x) => Some(&x.params),
        _ => None,
    }
}

/// The parameter of an item whose name stands at a span.
pub(super) fn param(item: &Item, name: Span) -> Option<&TypedField> {
    params(item)?.list.iter().find(|param| param.name.span == name)
}

/// What calls something with fields: the name of the callee or rule, where it stands, and the record.
pub(super) fn call(item: &Item) -> Option<(&str, Span, &Expr)> {
    Some(match item {
        Item::Action(x) => (&x.callee.text, x.callee.span, &x.body),
        Item::Gate(x) => (&x.rule.text, x.rule.span, &x.body),
        Item::Defaults(x) => {
            let callee = x.callee.as_ref()?;
            (&callee.text, callee.span, &x.body)
        }
        _ => return None,
    })
}

/// The item that a name at a place belongs to, in whichever file.
pub(super) fn with_declaration<T>(
    analysis: &Analysis,
    definition: Place,
    look: impl FnOnce(&Item) -> Option<T>,
) -> Option<T> {
    let parsed = analysis.sources.parsed(definition.source);
    look(around(&parsed.file.items, definition.span.start).last()?)
}
