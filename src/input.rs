//! Finding and reading what a command works on.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use compiler::diagnostic::{Diagnostic, Place, codes};
use compiler::plan::Plan;
use compiler::source::{Loader, MAX_BYTES, SourceId, Sources};
use compiler::span::Span;
use compiler::{Lowered, target};
use lsp::disk;
use rayon::prelude::*;

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

/// Checks pipeline files, on as many threads as the machine has; each with `aws { }`, and all for `engine`, also against
/// the engine's rules. What is wrong with a file that several others use is said once.
pub(crate) fn check(
    loader: &(dyn Loader + Sync),
    paths: &[PathBuf],
    engine: Option<&target::Target>,
) -> (Sources, Vec<Diagnostic>) {
    let (mut sources, mut diagnostics) = (Sources::default(), Vec::new());
    let mut ids = Vec::new();
    for path in paths {
        match read(loader, &mut sources, path) {
            Ok(id) => ids.push(id),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    ids.par_iter().for_each(|id| drop(sources.parsed(*id)));
    let mut unusable = Vec::new();
    for id in &ids {
        unusable.extend(compiler::load_used(&mut sources, *id, loader));
    }
    // From here on nothing is added: an id means the same file in each copy.
    let checked =
        ids.par_iter().map_init(|| sources.clone(), |sources, id| compile(loader, sources, *id, engine));
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
    let compilation = compiler::compile(sources, id, loader);
    let mut diagnostics = compilation.diagnostics;
    for pipeline in &compilation.pipelines {
        let codepipeline = pipeline.plan.aws.as_ref().and_then(|_| target::find("codepipeline"));
        if let Some(target) = engine.or(codepipeline) {
            diagnostics.extend((target.check)(&pipeline.plan, &pipeline.places));
        }
    }
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
pub(crate) fn load(sources: &mut Sources, input: &crate::args::Input) -> Result<Loaded, Failure> {
    let path = choose(input.file.as_deref())?;
    if path.extension().is_some_and(|e| e == "json") {
        let plan = load_plan(sources, &path)?;
        let pipeline = Lowered { plan, places: compiler::places::Places::default() };
        return Ok(Loaded { pipeline, diagnostics: Vec::new(), path });
    }
    let options =
        compiler::Options { pipeline: input.pipeline.clone(), set: input.set.clone(), values: false };
    let id = read(&Disk, sources, &path).map_err(|diagnostic| Failure::Diagnostics(vec![*diagnostic]))?;
    let mut compilation = compiler::compile_with(sources, id, &Disk, &options);
    if compilation.has_errors() {
        return Err(Failure::Diagnostics(compilation.diagnostics));
    }
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    let pipeline = compilation
        .into_pipeline(input.pipeline.as_deref())
        .map_err(|diagnostic| Failure::Diagnostics(vec![*diagnostic]))?;
    Ok(Loaded { pipeline, diagnostics, path })
}

/// Reads a file, unless another one used it and it was read already.
fn read(loader: &dyn Loader, sources: &mut Sources, path: &Path) -> Result<SourceId, Box<Diagnostic>> {
    match sources.by_name(&display(path)) {
        Some(id) => Ok(id),
        None => compiler::load(loader, sources, &display(path)),
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
        Err(error) => Err(fail(sources, vec![error.to_string()])),
        Ok(text) => Plan::from_json(&text).map_err(|problems| fail(sources, problems)),
    }
}
