//! Hints about things that nobody uses, and doc comments that document nothing.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Place, codes};
use crate::index::{EntityKind, Index};
use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::ast::Item;

/// Adds the lints of a whole file. Where something could not be read, what uses it may be what is missing: no hints then.
pub(super) fn file(parsed: &Parsed, index: &Index, text: &str, diagnostics: &mut Vec<Diagnostic>) {
    dangling_docs(parsed, text, diagnostics);
    if !parsed.diagnostics.is_empty()
        || diagnostics.iter().any(|d| d.severity == crate::diagnostic::Severity::Error)
    {
        return;
    }
    let name = |place: Place| &text[place.span.range()];
    for place in index.unused(EntityKind::Let) {
        let message = format!("`{}` is never used", name(place));
        diagnostics.push(
            codes::UNUSED_LET.at(place, message).label("no one reads this").help("remove it, or use it"),
        );
    }
    for place in index.unused(EntityKind::Variable) {
        let message = format!("the variable `{}` is never used", name(place));
        diagnostics.push(codes::UNUSED_VARIABLE.at(place, message).label("a run asks for it in vain"));
    }
    for place in index.unused(EntityKind::Output) {
        let message = format!("nothing reads the variable {}", name(place));
        diagnostics.push(codes::UNREAD_OUTPUT.at(place, message).label("exported, but not used"));
    }
    for place in index.unused(EntityKind::Artifact) {
        let message = format!("nothing reads the artifact `{}`", name(place));
        diagnostics.push(codes::UNREAD_OUTPUT.at(place, message).label("kept, but not used"));
    }
}

fn dangling_docs(parsed: &Parsed, text: &str, diagnostics: &mut Vec<Diagnostic>) {
    let mut attached = HashSet::new();
    attach(&parsed.file.items, &mut attached);
    for comment in parsed.trivia.comments.iter().filter(|c| c.doc) {
        if attached.iter().any(|span: &Span| span.start <= comment.span.start && comment.span.end <= span.end)
        {
            continue;
        }
        // Inside what could not be read, or is not compiled, nothing can be said.
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

fn attach(items: &[Item], attached: &mut HashSet<Span>) {
    for item in items {
        attached.extend(item.doc().map(|doc| doc.span));
        if let Item::Pipeline(block) | Item::Stage(block) = item {
            attach(&block.items, attached);
        }
    }
}

fn unreadable(item: &Item, span: Span) -> bool {
    match item {
        Item::Pipeline(block) | Item::Stage(block) => block.items.iter().any(|item| unreadable(item, span)),
        // A doc comment before it belongs to it.
        Item::Error(at) => at.start <= span.end && span.start <= at.end,
        Item::Unsupported(x) => span.start <= x.span.end && x.span.start <= span.end + 200,
        _ => false,
    }
}
