//! The Pipe compiler: pure, text in and values out.
//!
//! ```text
//!  load ──> lex ──> parse ──────────> check ──> graph ──> lower ──> Plan ──> targets
//!  Source   tokens  Parsed            Checked   Order               │
//!                   (tree, comments)  (names, values)               └─────> runtime
//! ```
//!
//! No phase knows the environment, the clock or the disk; files come through [`source::Loader`]. No phase returns a
//! `Result` for a user's mistake: it returns its value, with error nodes in it, and diagnostics.

pub mod catalog;
mod check;
pub mod diagnostic;
pub mod draw;
pub mod format;
mod graph;
pub mod index;
pub mod lines;
mod load;
mod lower;
pub mod places;
pub mod plan;
pub mod source;
pub mod span;
pub mod syntax;
pub mod target;
mod typed;
mod types;
pub mod value;
pub mod vocabulary;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use diagnostic::{Diagnostic, Place, Severity, codes, nearest};
use index::Index;
use lines::Lines;
pub use load::{join, load, load_used, relative};
pub use lower::Lowered;
use source::{Loader, SourceId, Sources};
use span::Span;
use syntax::Parsed;

/// Everything that is known about a file.
#[derive(Debug)]
pub struct Compilation {
    /// Its tree and comments.
    pub parsed: Arc<Parsed>,
    /// What its names mean.
    pub index: Index,
    /// What is wrong with it, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The plans of its pipelines, in the order written; none while there are errors.
    pub pipelines: Vec<Lowered>,
}

/// What a user says about a compilation beside its files.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which pipeline, where the file has several, or only templates of them.
    pub pipeline: Option<String>,
    /// Parameters of a pipeline template, as texts.
    pub set: Vec<(String, String)>,
    /// Whether what no pipeline uses is checked in this file only, since the files that it uses are checked by themselves.
    pub own_file_only: bool,
    /// Whether the index keeps the values of names, too: for editors.
    pub values: bool,
}

/// Checks a file with all that it uses, and plans its pipelines when nothing is wrong.
#[must_use]
pub fn compile(sources: &mut Sources, id: SourceId, loader: &dyn Loader) -> Compilation {
    compile_with(sources, id, loader, &Options::default())
}

/// The same, with what the user says about it.
#[must_use]
pub fn compile_with(
    sources: &mut Sources,
    id: SourceId,
    loader: &dyn Loader,
    options: &Options,
) -> Compilation {
    let (files, mut diagnostics) = load::program(sources, id, loader);
    for file in &files {
        diagnostics.extend(file.parsed.diagnostics.iter().cloned());
    }
    let checked = check::check(&files, loader, options);
    diagnostics.extend(checked.diagnostics);
    let has_errors = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let location = Locations::new(sources, &files);
    let text =
        |place: Place| sources.get(place.source).text.get(place.span.range()).unwrap_or_default().to_owned();
    let mut pipelines = Vec::new();
    for pipeline in checked.pipelines {
        match graph::order(&pipeline, &text) {
            Ok(order) => {
                let lowered = lower::lower(pipeline, &order, &|place| location.of(place));
                let problems = || lowered.plan.problems();
                debug_assert!(
                    has_errors || problems().is_empty(),
                    "BUG: a plan has problems: {:?}",
                    problems()
                );
                pipelines.push(lowered);
            }
            Err(cycles) => diagnostics.extend(cycles),
        }
    }
    let allowed = check::allow(&files, &mut diagnostics);
    for lowered in &mut pipelines {
        lowered.places.allowed.clone_from(&allowed);
    }
    diagnostics.sort_by_key(|d| (d.place.source, d.place.span, d.code.id));
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        pipelines.clear();
    }
    Compilation { parsed: sources.parsed(id), index: checked.index, diagnostics, pipelines }
}

/// Where places are, as plans say it: lines of files that are named from the main file's folder.
struct Locations {
    files: Vec<(SourceId, String, Lines)>,
}

impl Locations {
    fn new(sources: &Sources, files: &[load::Loaded]) -> Self {
        let folder =
            files.first().and_then(|root| root.name.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let name = |name: &str| relative(folder, name);
        let file = |f: &load::Loaded| (f.source, name(&f.name), Lines::new(&sources.get(f.source).text));
        Self { files: files.iter().map(file).collect() }
    }

    fn of(&self, place: Place) -> plan::Location {
        let found = self.files.iter().find(|(source, ..)| *source == place.source);
        found.map_or_else(plan::Location::default, |(_, name, lines)| plan::Location {
            file: name.clone(),
            line: lines.line(place.span.start) + 1,
        })
    }
}

impl Compilation {
    /// Whether something is wrong that keeps the pipelines from being used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// The pipeline of this name, or the only one.
    ///
    /// # Errors
    /// A diagnostic when there is none, or no name where there are several.
    pub fn into_pipeline(mut self, name: Option<&str>) -> Result<Lowered, Box<Diagnostic>> {
        let index = self.select(name)?;
        Ok(self.pipelines.swap_remove(index))
    }

    fn select(&self, name: Option<&str>) -> Result<usize, Box<Diagnostic>> {
        let place = Place { source: self.parsed.source, span: Span::default() };
        let names = || self.pipelines.iter().map(|p| p.plan.pipeline.name.as_str());
        let list = || names().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        let diagnostic = match (name, self.pipelines.as_slice()) {
            (None, [_]) => return Ok(0),
            (_, []) => codes::NO_PIPELINE
                .at(place, "this file declares no pipeline")
                .help("a pipeline is declared as `pipeline name { … }`"),
            (None, _) => codes::WHICH_PIPELINE
                .at(place, "this file declares several pipelines")
                .help(format!("say which with `--pipeline NAME`: {}", list())),
            (Some(name), all) => {
                let exported = all.iter().position(|p| p.plan.pipeline.name == name);
                if let Some(found) = exported.or_else(|| all.iter().position(|p| p.places.declared == name)) {
                    return Ok(found);
                }
                let message = format!("this file declares no pipeline `{name}`");
                codes::NO_PIPELINE.at(place, message).help(match nearest(name, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it declares {}", list()),
                })
            }
        };
        Err(Box::new(diagnostic))
    }
}
