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

#[cfg(test)]
mod tests;

use diagnostic::{Diagnostic, Place, Severity, codes, nearest};
use index::Index;
use lines::Lines;
pub use lower::Lowered;
use source::{Loader, MAX_BYTES, SourceId, Sources};
use span::Span;
use syntax::Parsed;

/// Everything that is known about a file.
#[derive(Debug)]
pub struct Compilation {
    /// Its tree and comments.
    pub parsed: Parsed,
    /// What its names mean.
    pub index: Index,
    /// What is wrong with it, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The plans of its pipelines, in the order written; none while there are errors.
    pub pipelines: Vec<Lowered>,
}

/// Reads a file into `sources`.
///
/// # Errors
/// The diagnostic, and the file that it is about, when it cannot be read, is too large or is not UTF-8.
pub fn load(loader: &dyn Loader, sources: &mut Sources, path: &str) -> Result<SourceId, Box<Diagnostic>> {
    let place = |id, span| Place { source: id, span };
    let bytes = match loader.load(path) {
        Ok(bytes) => bytes,
        Err(reason) => {
            let id = sources.add(path, "");
            let message = format!("`{path}` cannot be read: {reason}");
            return Err(Box::new(codes::UNREADABLE.at(place(id, Span::default()), message)));
        }
    };
    if bytes.len() > MAX_BYTES {
        let id = sources.add(path, "");
        let (size, limit) = (bytes.len().div_ceil(1 << 20), MAX_BYTES >> 20);
        let message = format!("`{path}` has {size} MiB, and a pipeline file at most {limit} MiB");
        let diagnostic = codes::TOO_LARGE.at(place(id, Span::default()), message);
        return Err(Box::new(diagnostic.help("is it a pipeline? data belongs into files that scripts read")));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(sources.add(path, text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let id = sources.add(path, text);
            let at = u32::try_from(valid).unwrap_or(u32::MAX);
            let diagnostic = codes::NOT_UTF8
                .at(place(id, Span::new(at, at + 3)), format!("`{path}` is not UTF-8 text"))
                .label("not a character")
                .help("save the file as UTF-8");
            Err(Box::new(diagnostic))
        }
    }
}

/// Checks a file, and plans its pipelines when nothing is wrong.
#[must_use]
pub fn compile(sources: &Sources, id: SourceId, loader: &dyn Loader) -> Compilation {
    let source = sources.get(id);
    let text = &*source.text;
    let parsed = syntax::parse(id, text);
    let checked = check::check(&parsed, text, &source.name, loader);
    let mut diagnostics = parsed.diagnostics.clone();
    diagnostics.extend(checked.diagnostics);
    let lines = Lines::new(text);
    let file = source.name.rsplit('/').next().unwrap_or(&source.name);
    let mut pipelines = Vec::new();
    let has_errors = diagnostics.iter().any(|d| d.severity == Severity::Error);
    for pipeline in checked.pipelines {
        match graph::order(&pipeline, text) {
            Ok(order) => {
                let lowered = lower::lower(pipeline, &order, &lines, file);
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
    diagnostics.sort_by_key(|d| (d.place.source, d.place.span, d.code.id));
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        pipelines.clear();
    }
    Compilation { parsed, index: checked.index, diagnostics, pipelines }
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
                if let Some(found) = all.iter().position(|p| p.plan.pipeline.name == name) {
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
