//! What there is to say about the name under the cursor: how it is declared, what it means, when its value is known, and
//! what it becomes on AWS.

mod callee;
mod planned;

use std::fmt::Write as _;

use compiler::diagnostic::Place;
use compiler::index::{EntityKind, Index, Occurrence, Phase};
use compiler::span::Span;
use compiler::syntax::ast::Item;

use super::names::{Entity, at, bare, text};
use super::tree;
use crate::analysis::Analysis;

/// How many lines of a declaration are shown.
const MAX_LINES: usize = 12;

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hover {
    /// What it is about.
    pub(crate) span: Span,
    /// How it is declared, as Pipe.
    pub(crate) declaration: String,
    /// Paragraphs, in Markdown that reads well as it is.
    pub(crate) paragraphs: Vec<String>,
}

impl Hover {
    /// As Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::new();
        if !self.declaration.is_empty() {
            let _ = write!(out, "```pipe\n{}\n```\n\n", self.declaration);
        }
        out + &self.paragraphs.join("\n\n")
    }

    /// For who does not read Markdown.
    pub(crate) fn plain(&self) -> String {
        let declaration = Some(&self.declaration).filter(|text| !text.is_empty());
        declaration.into_iter().chain(&self.paragraphs).cloned().collect::<Vec<_>>().join("\n\n")
    }
}

/// What there is to say about what stands at an offset.
pub(crate) fn hover(analysis: &Analysis, offset: u32) -> Option<Hover> {
    let index = &analysis.compilation.as_ref()?.index;
    let found = at(analysis, offset);
    match found.first() {
        Some(first) => named(analysis, index, &found, *first),
        None => callee::field(analysis, offset),
    }
}

fn named(analysis: &Analysis, index: &Index, found: &[Occurrence], first: Occurrence) -> Option<Hover> {
    let span = bare(analysis, first.place);
    if matches!(first.kind, EntityKind::Callee | EntityKind::Rule) && first.place == first.definition {
        let name = text(analysis, first.place.source, first.place.span);
        if let Some(hover) = callee::of_catalog(name, first.kind == EntityKind::Rule, span) {
            return Some(hover);
        }
    }
    let mut hover = Hover { span, declaration: String::new(), paragraphs: Vec::new() };
    // A name that stands for several things leads to each.
    for meant in found.iter().filter(|o| o.place == first.place) {
        describe(analysis, index, *meant, &mut hover);
    }
    hover.paragraphs.dedup();
    (!hover.declaration.is_empty() || !hover.paragraphs.is_empty()).then_some(hover)
}

fn describe(analysis: &Analysis, index: &Index, meant: Occurrence, hover: &mut Hover) {
    let definition = meant.definition;
    if meant.kind == EntityKind::Module {
        let file = &analysis.sources.get(definition.source).name;
        hover.declaration = format!("use {}", text(analysis, definition.source, definition.span));
        hover.paragraphs.extend(
            module(analysis, definition)
                .filter(|path| path != file)
                .map(|path| format!("The file `{path}`.")),
        );
        return;
    }
    let (declaration, doc) =
        tree::with_declaration(analysis, definition, |item| Some(declared(analysis, item, definition)))
            .unwrap_or_default();
    if hover.declaration.is_empty() {
        hover.declaration = declaration;
    }
    hover.paragraphs.extend(doc);
    // Parameters are bound as what `for` binds is.
    let is_param = |item: &Item| tree::param(item, definition.span).is_some();
    let kind = if tree::with_declaration(analysis, definition, |item| Some(is_param(item))) == Some(true) {
        EntityKind::Param
    } else {
        meant.kind
    };
    hover.paragraphs.extend(phase(kind).map(ToOwned::to_owned));
    for known in index.values(definition) {
        let when = match known.phase {
            Phase::Compiling => "known while compiling",
            Phase::Deploying => "known when the pipeline is deployed",
            Phase::Running => "known only at run",
        };
        let what = known.what.trim_end_matches(" that is known only at run");
        hover.paragraphs.push(match &known.text {
            Some(text) => format!("`{text}`: {what}, {when}."),
            None => format!("It is {what}, {when}."),
        });
    }
    planned::describe(analysis, meant, hover);
    // Nothing uses a gate, and of the others the plan says more.
    let counted = !matches!(
        kind,
        EntityKind::Pipeline
            | EntityKind::Stage
            | EntityKind::Action
            | EntityKind::Artifact
            | EntityKind::Gate
    );
    if counted {
        let entity = Entity::of(analysis, &meant);
        let used = super::navigation::references(analysis, &entity, false).len();
        let times = if used == 1 { "once".to_owned() } else { format!("{used} times") };
        hover.paragraphs.push(if used == 0 { "Not used.".to_owned() } else { format!("Used {times}.") });
    }
}

/// What is known of values of a kind without looking at one.
const fn phase(kind: EntityKind) -> Option<&'static str> {
    match kind {
        EntityKind::Variable => Some("Known only at run: a run is given it when it starts."),
        EntityKind::Secret => Some("Known only at run, and masked in everything that a run prints."),
        EntityKind::Output => {
            Some("A variable of the action: known only at run, when the action has succeeded.")
        }
        EntityKind::Artifact => Some("An artifact: files that the action makes when it runs."),
        EntityKind::Binding => Some("Known while compiling: one value for each member of the family."),
        EntityKind::Template => Some("A template: its instances give it arguments."),
        _ => None,
    }
}

/// The path of a file that is used, as it was found.
fn module(analysis: &Analysis, definition: Place) -> Option<String> {
    tree::with_declaration(analysis, definition, |item| match item {
        Item::Use(used) => Some(used.path.text.to_string()),
        _ => None,
    })
}

/// The declaration that a name belongs to, as text, and its documentation.
fn declared(analysis: &Analysis, item: &Item, definition: Place) -> (String, Option<String>) {
    let source = definition.source;
    let at = |span: Span| text(analysis, source, span).trim().to_owned();
    if let Some(param) = tree::param(item, definition.span) {
        return (at(param.span), param.doc.as_ref().map(|doc| doc.text.clone()));
    }
    let doc = item.doc().map(|doc| doc.text.clone());
    let own = tree::name(item).is_some_and(|name| name.span == definition.span);
    let start = item.doc().map_or(item.span().start, |doc| doc.span.end.max(item.span().start));
    let end = match item {
        Item::Pipeline(x) | Item::Stage(x) => x.body.start,
        Item::Callee(x) => x.body.start,
        Item::Action(x) => x.body.span.start,
        Item::Gate(x) => x.body.span.start,
        Item::Secret(x) => x.body.span.start,
        Item::StageInstance(x) | Item::PipelineInstance(x) => x.body.span.start,
        _ => item.span().end,
    };
    let declaration = shortened(&at(Span::new(start, end.max(start))));
    // What stands inside a declaration is not what its documentation is about.
    (declaration, doc.filter(|_| own))
}

fn shortened(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    match lines.get(..MAX_LINES) {
        Some(first) if lines.len() > MAX_LINES => format!("{}\n…", first.join("\n")),
        _ => text.to_owned(),
    }
}
