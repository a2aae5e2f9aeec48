//! What actions make.

use compiler::catalog::Variables;
use compiler::source::SourceId;
use compiler::syntax::ast::{Action, Element, Entry, Expr, ExprKind, Item};

use super::files::{Files, params_of};
use super::scope::{Named, Sort};
use super::slots::{Expect, callee};

/// How many templates an action may be made of.
const MAX_DEPTH: usize = 16;

/// The artifacts of an action, a nameless one without a name, and its variables.
pub(super) fn of(files: &Files<'_>, source: SourceId, action: &Action, depth: usize) -> Vec<Named> {
    let mut all = Vec::new();
    let artifact =
        |name: &str| Named { is: Expect::Artifact, ..Named::new(name, Sort::Artifact, "artifact") };
    let run = |name: &str| Named::new(name, Sort::Output, "string, known at run");
    let fields = action.body.entries().iter().filter_map(|entry| match entry {
        Entry::Field(field) => Some(field),
        _ => None,
    });
    for field in fields {
        match (field.key.text.as_str(), &field.value.kind) {
            ("output", _) => all.push(artifact("")),
            ("outputs", ExprKind::Record(entries)) => {
                let ids = entries.iter().filter_map(|entry| match entry {
                    Entry::Field(field) => Some(artifact(&field.key.text)),
                    _ => None,
                });
                all.extend(ids);
            }
            ("outputs", _) => all.extend(listed(&field.value).map(artifact)),
            ("variables", _) => all.extend(listed(&field.value).map(run)),
            _ => {}
        }
    }
    let template = |item: &Item| matches!(item, Item::Action(_)) && params_of(item).is_some();
    match files.resolve(source, &action.callee.text, template) {
        Some((source, Item::Action(template))) if depth < MAX_DEPTH => {
            all.extend(of(files, source, template, depth + 1));
        }
        _ => {
            if let Some(callee) = callee(files, source, &action.callee.text, false) {
                if callee.outputs.min == 1 && !all.iter().any(|output| output.sort == Sort::Artifact) {
                    all.push(artifact(""));
                }
                if let Variables::Fixed(variables) = &callee.variables {
                    all.extend(variables.iter().map(|v| Named { doc: v.doc.clone(), ..run(&v.name) }));
                }
            }
        }
    }
    all
}

/// The texts of a list that is written out.
fn listed(expr: &Expr) -> impl Iterator<Item = &str> {
    let elements = if let ExprKind::List(elements) = &expr.kind { elements.as_slice() } else { &[] };
    elements.iter().filter_map(|element| match element {
        Element::Value(Expr { kind: ExprKind::String(text), .. }) => Some(text.as_str()),
        _ => None,
    })
}
