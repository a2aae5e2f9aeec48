//! Hints about things that nobody uses, and doc comments that document nothing.

use crate::diagnostic::{Code, Diagnostic, Place, Severity, codes};
use crate::index::{EntityKind, Index};
use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::ast::{CalleeEntry, Item, Params, TypeExpr, TypeKind, TypedField};

/// How many doc comments without a declaration are told.
const MAX_DANGLING: usize = 100;

/// Adds the lints of a whole file. Where something could not be read, what uses it may be what is missing: no hints then.
/// What a file without pipelines declares is for others.
pub(super) fn file(
    parsed: &Parsed,
    index: &Index,
    text: &str,
    concrete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    dangling_docs(parsed, text, diagnostics);
    if !parsed.diagnostics.is_empty() || diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return;
    }
    let hidden: Vec<Span> = private_spans(parsed);
    let exported = |place: Place| {
        let top = parsed.file.items.iter().any(|item| match item {
            Item::Let(x) => x.name.span == place.span,
            Item::Function(x) => x.name.span == place.span,
            Item::Type(x) => x.name.span == place.span,
            Item::Callee(x) => x.name.span == place.span,
            Item::Pipeline(x) | Item::Stage(x) => x.name.span == place.span,
            Item::Action(x) => x.name.span == place.span,
            _ => false,
        });
        top && !hidden.contains(&place.span)
    };
    let mut add = |kind: EntityKind, code: &'static Code, message: &dyn Fn(&str) -> String, label: &str| {
        for place in index.unused(kind).into_iter().filter(|place| place.source == parsed.source) {
            if exported(place) && (!concrete || kind != EntityKind::Let) {
                continue;
            }
            let name = &text[place.span.range()];
            diagnostics.push(code.at(place, message(name)).label(label));
        }
    };
    let never = |name: &str| format!("`{name}` is never used");
    add(EntityKind::Let, &codes::UNUSED_LET, &never, "no one reads this");
    add(
        EntityKind::Variable,
        &codes::UNUSED_VARIABLE,
        &|name| format!("the variable `{name}` is never used"),
        "its value changes nothing",
    );
    add(
        EntityKind::Output,
        &codes::UNREAD_OUTPUT,
        &|name| format!("nothing reads the variable {name}"),
        "exported, but not used",
    );
    add(
        EntityKind::Artifact,
        &codes::UNREAD_OUTPUT,
        &|name| format!("nothing reads the artifact `{name}`"),
        "kept, but not used",
    );
    for kind in [
        EntityKind::Function,
        EntityKind::Type,
        EntityKind::Template,
        EntityKind::Module,
        EntityKind::Secret,
        EntityKind::Param,
    ] {
        add(kind, &codes::UNUSED_DECLARATION, &never, "nothing uses this");
    }
}

/// The names of what is declared `private`.
fn private_spans(parsed: &Parsed) -> Vec<Span> {
    let names = parsed.file.items.iter().filter_map(|item| match item {
        Item::Private(private) => match &*private.item {
            Item::Let(x) => Some(x.name.span),
            Item::Function(x) => Some(x.name.span),
            Item::Type(x) => Some(x.name.span),
            Item::Callee(x) => Some(x.name.span),
            Item::Pipeline(x) | Item::Stage(x) => Some(x.name.span),
            Item::Action(x) => Some(x.name.span),
            _ => None,
        },
        _ => None,
    });
    names.collect()
}

fn dangling_docs(parsed: &Parsed, text: &str, diagnostics: &mut Vec<Diagnostic>) {
    let mut attached = Vec::new();
    attach(&parsed.file.items, &mut attached);
    attached.sort_unstable();
    let mut found = 0;
    for comment in parsed.trivia.comments.iter().filter(|c| c.doc) {
        let before = attached.partition_point(|span: &Span| span.start <= comment.span.start);
        if before > 0 && comment.span.end <= attached[before - 1].end {
            continue;
        }
        found += 1;
        if found > MAX_DANGLING {
            return;
        }
        // Inside what could not be read nothing can be said.
        if parsed.file.items.iter().any(|item| unreadable(item, comment.span)) {
            continue;
        }
        let place = Place { source: parsed.source, span: comment.span };
        let plain = text[comment.span.range()].replacen("///", "//", 1);
        diagnostics.push(
            codes::DANGLING_DOC
                .at(place, "this doc comment documents nothing")
                .help("`///` stands directly before a declaration; other comments begin with `//`")
                .fix("make it a plain comment", place, plain),
        );
    }
}

fn attach(items: &[Item], attached: &mut Vec<Span>) {
    for item in items {
        attached.extend(item.doc().map(|doc| doc.span));
        match item {
            Item::Pipeline(block) | Item::Stage(block) => {
                attach_params(block.params.as_ref(), attached);
                attach(&block.items, attached);
            }
            Item::Action(action) => attach_params(action.params.as_ref(), attached),
            Item::Function(function) => attach_params(Some(&function.params), attached),
            Item::Private(private) => attach(std::slice::from_ref(&*private.item), attached),
            Item::Type(decl) => attach_type(&decl.ty, attached),
            Item::Callee(callee) => {
                for entry in &callee.entries {
                    match entry {
                        CalleeEntry::Fields(group) => attach_fields(group.list.iter().flatten(), attached),
                        CalleeEntry::Variables(group) => {
                            let docs = group.list.iter().flatten().filter_map(|entry| entry.doc.as_ref());
                            attached.extend(docs.map(|doc| doc.span));
                        }
                        CalleeEntry::Field(_) | CalleeEntry::Error(_) => {}
                    }
                }
            }
            _ => {}
        }
    }
}

fn attach_params(params: Option<&Params>, attached: &mut Vec<Span>) {
    attach_fields(params.into_iter().flat_map(|params| &params.list), attached);
}

fn attach_fields<'f>(fields: impl Iterator<Item = &'f TypedField>, attached: &mut Vec<Span>) {
    for field in fields {
        attached.extend(field.doc.as_ref().map(|doc| doc.span));
        attach_type(&field.ty, attached);
    }
}

fn attach_type(ty: &TypeExpr, attached: &mut Vec<Span>) {
    match &ty.kind {
        TypeKind::Record(fields, _) => attach_fields(fields.iter(), attached),
        TypeKind::Optional(inner) | TypeKind::Generic(_, inner) => attach_type(inner, attached),
        _ => {}
    }
}

fn unreadable(item: &Item, span: Span) -> bool {
    match item {
        Item::Pipeline(block) | Item::Stage(block) => block.items.iter().any(|item| unreadable(item, span)),
        // A doc comment before it belongs to it.
        Item::Error(at) => at.start <= span.end && span.start <= at.end,
        _ => false,
    }
}
