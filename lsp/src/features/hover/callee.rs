//! Callees, rules and their fields: what the catalog says about them.

use compiler::catalog::{self, Callee, Count, Environment, Field, Required, Type, Variables};
use compiler::diagnostic::Place;
use compiler::span::Span;
use compiler::syntax::ast::{CalleeEntry, Entry, Item};

use super::Hover;
use crate::analysis::Analysis;
use crate::features::names::{at, text};
use crate::features::tree;

/// A callee or rule of the catalog.
pub(super) fn of_catalog(name: &str, is_rule: bool, span: Span) -> Option<Hover> {
    let callee = if is_rule { catalog::find_rule(name) } else { catalog::find(name) }?;
    let word = if is_rule { "rule" } else { "callee" };
    let mut hover = Hover { span, declaration: format!("{word} {name}"), paragraphs: Vec::new() };
    let out = &mut hover.paragraphs;
    out.extend(Some(callee.doc.clone()).filter(|doc| !doc.is_empty()));
    out.extend(callee.deprecated.as_ref().map(|instead| format!("**Deprecated**: {instead}")));
    if let Some(service) = &callee.service {
        let only = if service.v2_only { ", pipelines of type V2 only" } else { "" };
        out.push(format!(
            "On AWS: category `{}`, owner `{}`, provider `{}`, version `{}`{only}.",
            service.categories.join("` or `"),
            service.owner,
            service.provider,
            service.version
        ));
    }
    let count = |count: Count| if count.max == 0 { "none".to_owned() } else { count.to_string() };
    out.push(format!("Input artifacts: {}.", count(callee.inputs)));
    if !is_rule {
        out.push(format!("Output artifacts: {}.", count(callee.outputs)));
    }
    out.extend(variables(callee));
    let required: Vec<String> = callee
        .fields
        .iter()
        .filter(|field| field.required == Required::Yes)
        .map(|field| format!("`{}`", field.name))
        .collect();
    if !required.is_empty() {
        out.push(format!("Must be given: {}.", required.join(", ")));
    }
    out.extend(sources(callee));
    Some(hover)
}

fn variables(callee: &Callee) -> Option<String> {
    match &callee.variables {
        Variables::None => None,
        Variables::Fixed(all) => {
            let names: Vec<String> = all.iter().map(|variable| format!("`{}`", variable.name)).collect();
            (!names.is_empty()).then(|| format!("Variables: {}.", names.join(", ")))
        }
        Variables::Declared => Some("Variables: those that the action lists in `variables`.".to_owned()),
        Variables::Open => {
            Some("Variables: those that the action lists, or any name without a list.".to_owned())
        }
    }
}

fn sources(callee: &Callee) -> Option<String> {
    let links: Vec<String> = callee.sources.iter().map(|source| format!("<{source}>")).collect();
    (!links.is_empty()).then(|| format!("Source: {}", links.join(", ")))
}

/// The field of a call whose key stands at an offset.
pub(super) fn field(analysis: &Analysis, offset: u32) -> Option<Hover> {
    let around = tree::around(tree::items(analysis), offset);
    let item = *around.last()?;
    let (name, called_at, body) = tree::call(item)?;
    let key = body.entries().iter().find_map(|entry| match entry {
        Entry::Field(field) if field.key.span.touches(offset) => Some(&field.key),
        _ => None,
    })?;
    let is_rule = matches!(item, Item::Gate(_));
    let found = if is_rule { catalog::find_rule(name) } else { catalog::find(name) };
    let Some(callee) = found else { return of_user(analysis, called_at, &key.text, key.span) };
    if let Some(field) = callee.field(&key.text) {
        return Some(of_field(callee, field, key.span));
    }
    let environment = |callee: &Callee| match &callee.environment {
        Environment::Key(service) if key.text == "env" => Some(format!("On AWS: `{service}`, as JSON text.")),
        _ => None,
    };
    Some(Hover {
        span: key.span,
        declaration: key.text.to_string(),
        paragraphs: common(&key.text).map(ToOwned::to_owned).into_iter().chain(environment(callee)).collect(),
    })
    .filter(|hover| !hover.paragraphs.is_empty())
}

fn of_field(callee: &Callee, field: &Field, span: Span) -> Hover {
    let mark = if field.required == Required::Yes { "" } else { "?" };
    let mut out: Vec<String> = Some(field.doc.clone()).filter(|doc| !doc.is_empty()).into_iter().collect();
    out.extend(required(&field.required));
    if !field.default.is_empty() {
        out.push(format!("The service's default: `{}`.", field.default));
    }
    let limits = &field.limits;
    let bounds = [
        limits.min.map(|n| format!("at least {n}")),
        limits.max.map(|n| format!("at most {n}")),
        limits.max_length.map(|n| format!("at most {n} characters")),
        limits.max_items.map(|n| format!("at most {n} elements")),
        limits.pattern.as_ref().map(|pattern| format!("matches `{pattern}`")),
    ];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    if !bounds.is_empty() {
        out.push(format!("Limits: {}.", bounds.join(", ")));
    }
    if !field.key.is_empty() && callee.service.is_some() {
        out.push(format!("On AWS: `{}`.", field.key));
    }
    out.extend(sources(callee));
    Hover { span, declaration: format!("{}: {}{mark}", field.name, type_text(&field.ty)), paragraphs: out }
}

/// When a field must be given.
fn required(required: &Required) -> Option<String> {
    let list =
        |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
    Some(match required {
        Required::No => return None,
        Required::Yes => "Must be given.".to_owned(),
        Required::When(field, values) => format!("Must be given when `{field}` is {}.", list(values)),
        Required::Unless(fields) => format!("Must be given without {}.", list(fields)),
        Required::With(fields) => format!("Must be given with {}.", list(fields)),
        Required::SeveralInputs => "Must be given when the action has more than one input.".to_owned(),
        Required::NoInputs => "Must be given when the action has no input.".to_owned(),
    })
}

/// A type as declarations of callees write it, nearly.
fn type_text(ty: &Type) -> String {
    let union = |all: &[String]| all.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" | ");
    match ty {
        Type::String | Type::ConstString => "string".to_owned(),
        Type::Script => "script".to_owned(),
        Type::Commands | Type::StringList => "list<string>".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Enum(all) => union(all),
        Type::EnumList(all) => format!("list<{}>", union(all)),
        Type::Artifact => "artifact".to_owned(),
        Type::File => "file".to_owned(),
        Type::Json => "json".to_owned(),
        Type::StringMap => "map<string>".to_owned(),
        Type::Globs => "globs".to_owned(),
        Type::Secret => "secret".to_owned(),
    }
}

/// A field of a callee that the user declared.
fn of_user(analysis: &Analysis, called_at: Span, key: &str, span: Span) -> Option<Hover> {
    let declared = at(analysis, called_at.end).into_iter().find(|o| o.place.span.end == called_at.end)?;
    let Place { source, .. } = declared.definition;
    tree::with_declaration(analysis, declared.definition, |item| {
        let Item::Callee(callee) = item else { return None };
        let groups = callee.entries.iter().filter_map(|entry| match entry {
            CalleeEntry::Fields(group) => Some(group),
            _ => None,
        });
        let field =
            groups.flat_map(|group| group.list.iter().flatten()).find(|field| field.name.text == key)?;
        Some(Hover {
            span,
            declaration: text(analysis, source, field.span).trim().to_owned(),
            paragraphs: field.doc.iter().map(|doc| doc.text.clone()).collect(),
        })
    })
}

/// The fields that actions and gates have whatever they call.
fn common(name: &str) -> Option<&'static str> {
    Some(match name {
        "after" => "Actions that must be done before this one starts, beside those whose values it uses.",
        "configuration" => {
            "Configuration keys of the service, exactly as it writes them; they are not checked."
        }
        "env" => "Environment variables: texts and secrets.",
        "inputs" => "The artifacts that it reads; the first is primary, and a script starts in it.",
        "local" => "What a local run does in its place.",
        "name" => "The exported name, where it is to be another.",
        "namespace" => "The exported name space of its variables.",
        "output" => "The files of its only artifact: globs.",
        "outputs" => "Its artifacts by name, each with globs of its files.",
        "region" => "The Region that it works in.",
        "retry" => "How many times it is tried again after a failure.",
        "role" => "ARN of the role that it assumes.",
        "timeout" => "How long it may take.",
        "variables" => "Names of the variables that it produces.",
        "when" => "What must hold when it could start; otherwise it is skipped.",
        _ => return None,
    })
}
