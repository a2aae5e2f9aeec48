//! Finding and reading what a command works on.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use compiler::diagnostic::{Diagnostic, Place, Severity, codes, nearest};
use compiler::plan::Plan;
use compiler::source::{Loader, MAX_BYTES, SourceId, Sources};
use compiler::span::Span;
use compiler::syntax::Parsed;
use compiler::syntax::ast::Item;
use compiler::{Lowered, target};
use lsp::disk;
use rayon::prelude::*;

use crate::args::Input;

/// Files from the disk.
pub(crate) struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        let file = std::fs::File::open(path).map_err(|error| disk::sentence(&error))?;
        // One byte more than allowed tells that there is more; the rest is not worth reading.
        let mut bytes = Vec::new();
        file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| disk::sentence(&error))?;
        Ok(bytes)
    }

    fn in_working_tree(&self, name: &str, path: &str) -> Option<bool> {
        disk::in_working_tree(name, path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        disk::list(folder)
    }
}

/// Why a command cannot go on.
pub(crate) enum Failure {
    /// The user's text is wrong.
    Diagnostics(Vec<Diagnostic>),
    /// The command line names or lacks what these say: a file that is not there, a pipeline, a parameter.
    Named(Vec<Diagnostic>),
    /// The command line is wrong.
    Usage(String, Option<String>),
}

/// The file to work on: the given one, else `pipeline.pipe`, else the only `.pipe` file of the folder.
pub(crate) fn choose(file: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(file) = file {
        return Ok(file.to_path_buf());
    }
    let mut found = pipe_files(Path::new("."));
    let preferred = PathBuf::from("pipeline.pipe");
    if found.contains(&preferred) {
        return Ok(preferred);
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Failure::Usage(
            "this folder holds no `.pipe` file".to_owned(),
            Some("name the file: `standpipe run path/to/file.pipe`".to_owned()),
        )),
        _ => {
            let names = found.iter().map(|f| format!("`{}`", f.display())).collect::<Vec<_>>().join(", ");
            Err(Failure::Usage(
                "this folder holds several `.pipe` files".to_owned(),
                Some(format!("name one of them: {names}")),
            ))
        }
    }
}

/// The `.pipe` files of a folder, by name.
pub(crate) fn pipe_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "pipe") && path.is_file())
        .map(|path| path.strip_prefix("./").map(Path::to_path_buf).unwrap_or(path))
        .collect();
    files.sort();
    files
}

/// A file as the compiler names it.
pub(crate) fn display(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Whether a file that the command line names cannot be read. Those that a pipeline names have a place in it.
pub(crate) fn is_unreadable(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == &codes::UNREADABLE && diagnostic.place.span.is_empty()
}

/// What is wrong with a file as such; where it is not there, with what may have been meant.
pub(crate) fn unread(diagnostic: Box<Diagnostic>, path: &Path) -> Box<Diagnostic> {
    match meant(path).filter(|_| is_unreadable(&diagnostic)) {
        Some(help) => Box::new(diagnostic.help(help)),
        None => diagnostic,
    }
}

/// What a path that is no file was to say.
fn meant(path: &Path) -> Option<String> {
    if path.is_dir() {
        let files = pipe_files(path);
        let file = files.iter().find(|file| file.ends_with("pipeline.pipe")).or(files.first())?;
        return Some(format!("name the file: `{}`", display(file)));
    }
    if path.exists() {
        return None;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files: Vec<String> = pipe_files(folder).iter().map(|file| display(file)).collect();
    let near = nearest(&display(path), files.iter().map(String::as_str))?;
    Some(format!("did you mean `{near}`?"))
}

/// Checks pipeline files, on as many threads as the machine has; each with `aws { }`, and all for `engine`, also against
/// the engine's rules. What is wrong with a file that several others use is said once.
pub(crate) fn check(
    loader: &(dyn Loader + Sync),
    paths: &[PathBuf],
    engine: Option<&target::Target>,
) -> (Sources, Vec<Diagnostic>) {
    let (mut sources, mut diagnostics) = (Sources::default(), Vec::new());
    let (mut ids, mut failed) = (Vec::new(), HashSet::new());
    for path in paths {
        match read(loader, &mut sources, path) {
            Ok(id) => ids.push(id),
            Err(diagnostic) => {
                failed.insert(diagnostic.place.source);
                diagnostics.push(*diagnostic);
            }
        }
    }
    ids.par_iter().for_each(|id| drop(sources.parsed(*id)));
    let mut unusable = Vec::new();
    for id in &ids {
        unusable.extend(compiler::load_used(&mut sources, *id, loader));
    }
    // These are not UTF-8, or too large: reported at their own beginning, and empty.
    let of_itself = |d: &&Diagnostic| [codes::NOT_UTF8.id, codes::TOO_LARGE.id].contains(&d.code.id);
    failed.extend(unusable.iter().filter(of_itself).map(|d| d.place.source));
    // From here on nothing is added: an id means the same file in each copy. A file that is only used is checked by itself,
    // too, once for all that use it; but what it leaves undone is nobody's business here.
    let named = |id: &SourceId| ids.contains(id);
    let all: Vec<SourceId> = sources.iter().map(|(id, _)| id).filter(|id| !failed.contains(id)).collect();
    let checked = all.par_iter().map_init(
        || sources.clone(),
        |sources, id| {
            let mut found = compile(loader, sources, *id, engine);
            found.retain(|d| named(id) || d.severity == Severity::Error);
            found
        },
    );
    diagnostics.extend(checked.collect::<Vec<_>>().into_iter().flatten().chain(unusable));
    let mut seen = HashSet::new();
    diagnostics.retain(|d| seen.insert((d.place, d.code.id, d.message.clone())));
    (sources, diagnostics)
}

fn compile(
    loader: &dyn Loader,
    sources: &mut Sources,
    id: SourceId,
    engine: Option<&target::Target>,
) -> Vec<Diagnostic> {
    let options = compiler::Options { own_file_only: true, ..compiler::Options::default() };
    let compilation = compiler::compile_with(sources, id, loader, &options);
    let mut diagnostics = compilation.diagnostics;
    diagnostics.extend(target::check(&compilation.pipelines, engine));
    diagnostics.sort_by_key(|d| (d.place.source, d.place.span, d.code.id));
    diagnostics
}

/// A pipeline to work on, from a `.pipe` file or from a plan.
pub(crate) struct Loaded {
    pub(crate) pipeline: Lowered,
    /// What is wrong with it, but no error.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The file.
    pub(crate) path: PathBuf,
}

/// Reads the pipeline that a command works on.
pub(crate) fn load(sources: &mut Sources, input: &Input) -> Result<Loaded, Failure> {
    let path = choose(input.file.as_deref())?;
    if path.extension().is_some_and(|e| e == "json") {
        let plan = load_plan(sources, &path)?;
        fits_plan(&plan, input)?;
        let pipeline = Lowered { plan, places: compiler::places::Places::default() };
        return Ok(Loaded { pipeline, diagnostics: Vec::new(), path });
    }
    let options = compiler::Options {
        pipeline: input.pipeline.clone(),
        set: input.set.clone(),
        ..compiler::Options::default()
    };
    let id = read(&Disk, sources, &path).map_err(|diagnostic| {
        let failure = if is_unreadable(&diagnostic) { Failure::Named } else { Failure::Diagnostics };
        failure(vec![*diagnostic])
    })?;
    let mut compilation = compiler::compile_with(sources, id, &Disk, &options);
    if compilation.has_errors() {
        return Err(failure(compilation.diagnostics));
    }
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    let parsed = Arc::clone(&compilation.parsed);
    let has_several = !compilation.pipelines.is_empty();
    let pipeline = compilation.into_pipeline(input.pipeline.as_deref()).map_err(|diagnostic| {
        let failure = if has_several { Failure::Named } else { Failure::Diagnostics };
        failure(vec![*diagnostic])
    })?;
    takes_parameters(&parsed, &pipeline, input)?;
    Ok(Loaded { pipeline, diagnostics, path })
}

/// Errors of a pipeline; where nothing but the parameters of the command line is wrong, a failure of that.
fn failure(diagnostics: Vec<Diagnostic>) -> Failure {
    let mut errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
    if errors.all(|d| d.code == &codes::PARAMETERS) {
        Failure::Named(diagnostics)
    } else {
        Failure::Diagnostics(diagnostics)
    }
}

/// `--set` is for templates of pipelines; whatever else it was given for would go on without it.
fn takes_parameters(parsed: &Parsed, pipeline: &Lowered, input: &Input) -> Result<(), Failure> {
    let is_template = |item: &Item| {
        matches!(item, Item::Pipeline(block)
            if block.params.is_some() && block.name.text == pipeline.places.declared)
    };
    match input.set.first() {
        Some((name, value)) if !parsed.file.items.iter().any(is_template) => Err(Failure::Usage(
            format!("the pipeline `{}` has no parameter `{name}`", pipeline.plan.pipeline.name),
            Some(format!(
                "`--set` is for templates of pipelines; a variable gets its value from `run --var {name}={value}`"
            )),
        )),
        _ => Ok(()),
    }
}

/// A plan is one pipeline whose parameters have their values.
fn fits_plan(plan: &Plan, input: &Input) -> Result<(), Failure> {
    let name = &plan.pipeline.name;
    if let Some(wanted) = input.pipeline.as_ref().filter(|wanted| *wanted != name) {
        let help = format!("it is the plan of `{name}`; leave `--pipeline` out");
        return Err(Failure::Usage(format!("the plan has no pipeline `{wanted}`"), Some(help)));
    }
    if let Some((set, _)) = input.set.first() {
        let help = "give it to `standpipe compile`, which writes the plan";
        return Err(Failure::Usage(format!("a plan has no parameter `{set}`"), Some(help.to_owned())));
    }
    Ok(())
}

/// Reads a file, unless another one used it and it was read already.
fn read(loader: &dyn Loader, sources: &mut Sources, path: &Path) -> Result<SourceId, Box<Diagnostic>> {
    match sources.by_name(&display(path)) {
        Some(id) => Ok(id),
        None => {
            compiler::load(loader, sources, &display(path)).map_err(|diagnostic| unread(diagnostic, path))
        }
    }
}

fn load_plan(sources: &mut Sources, path: &Path) -> Result<Plan, Failure> {
    let name = display(path);
    let fail = |sources: &mut Sources, problems: Vec<String>| {
        let id: SourceId = sources.add(name.as_str(), "");
        let place = Place { source: id, span: Span::default() };
        let to_diagnostic = |problem: String| {
            codes::BAD_PLAN
                .at(place, format!("this is no plan: {problem}"))
                .help("a plan is what `standpipe compile` writes; compile the pipeline again")
        };
        Failure::Diagnostics(problems.into_iter().take(20).map(to_diagnostic).collect())
    };
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(fail(sources, vec!["it is not UTF-8 text".to_owned()]))
        }
        Err(error) => {
            let place = Place { source: sources.add(name.as_str(), ""), span: Span::default() };
            let reason = disk::sentence(&error);
            let diagnostic = codes::UNREADABLE.at(place, format!("`{name}` cannot be read: {reason}"));
            Err(Failure::Named(vec![*unread(Box::new(diagnostic), path)]))
        }
        Ok(text) => Plan::from_json(&text).map_err(|problems| fail(sources, problems)),
    }
}
