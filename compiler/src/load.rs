//! Reading files: one, or a file with all that it uses, however far.

use std::collections::HashMap;
use std::sync::Arc;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::diagnostic::{Diagnostic, Place, codes, nearest};
use crate::source::{Loader, MAX_BYTES, SourceId, Sources, normal};
use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::ast::{Item, Use};

/// How many files may take part: far above any project, so that a chain of files ends.
const MAX_FILES: usize = 10_000;

/// A file that takes part in a compilation.
pub(crate) struct Loaded {
    pub(crate) source: SourceId,
    pub(crate) name: String,
    pub(crate) text: Arc<str>,
    pub(crate) parsed: Arc<Parsed>,
    /// For each `use`, in order, the file that it names; none where that cannot be read.
    pub(crate) uses: Vec<Option<usize>>,
}

/// Reads a file into `sources`.
///
/// # Errors
/// The diagnostic, and the file that it is about, when it cannot be read, is too large or is not UTF-8.
pub fn load(loader: &dyn Loader, sources: &mut Sources, path: &str) -> Result<SourceId, Box<Diagnostic>> {
    match loader.load(path) {
        Ok(bytes) => add(sources, path, bytes),
        Err(reason) => {
            let place = Place { source: sources.add(path, ""), span: Span::default() };
            Err(Box::new(codes::UNREADABLE.at(place, format!("`{path}` cannot be read: {reason}"))))
        }
    }
}

/// Reads all that a file uses, however far: what compiles it afterwards adds nothing to `sources`. Gives what is wrong with
/// the files that are read.
#[must_use]
pub fn load_used(sources: &mut Sources, id: SourceId, loader: &dyn Loader) -> Vec<Diagnostic> {
    program(sources, id, loader).1
}

fn add(sources: &mut Sources, path: &str, bytes: Vec<u8>) -> Result<SourceId, Box<Diagnostic>> {
    let place = |id, span| Place { source: id, span };
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

/// Parses a file and all that it uses, the file itself first, and what is wrong with how they use each other.
pub(crate) fn program(
    sources: &mut Sources,
    root: SourceId,
    loader: &dyn Loader,
) -> (Vec<Loaded>, Vec<Diagnostic>) {
    let mut files = vec![loaded(sources, root)];
    let mut by_name: HashMap<String, Option<usize>> = HashMap::from([(normal(&files[0].name), Some(0))]);
    let mut diagnostics = Vec::new();
    let mut next = 0;
    while next < files.len() {
        let parsed = files[next].parsed.clone();
        for use_ in uses(&parsed) {
            let path = join(&files[next].name, &use_.path.text);
            let place = Place { source: files[next].source, span: use_.path.span };
            let known = by_name.get(&path).copied();
            let found = match known {
                Some(found) => found,
                None if files.len() >= MAX_FILES => None,
                None => {
                    let found = open(sources, &path, loader, &mut diagnostics).map(|id| {
                        files.push(loaded(sources, id));
                        files.len() - 1
                    });
                    by_name.insert(path.clone(), found);
                    found
                }
            };
            if found.is_none() && (known.is_some() || sources.by_name(&path).is_none()) {
                diagnostics.push(missing(&path, &use_.path.text, place, loader));
            }
            files[next].uses.push(found);
        }
        next += 1;
    }
    cycles(&files, &mut diagnostics);
    (files, diagnostics)
}

fn loaded(sources: &Sources, source: SourceId) -> Loaded {
    let file = sources.get(source);
    let (name, text) = (file.name.clone(), file.text.clone());
    Loaded { source, name, text, parsed: sources.parsed(source), uses: Vec::new() }
}

/// The `use` declarations of a file, in order.
pub(crate) fn uses(parsed: &Parsed) -> impl Iterator<Item = &Use> {
    parsed.file.items.iter().filter_map(|item| match item {
        Item::Use(use_) => Some(use_),
        _ => None,
    })
}

/// The file at `path`, read now or before. A file that is there but cannot be used is reported at its own beginning.
fn open(
    sources: &mut Sources,
    path: &str,
    loader: &dyn Loader,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<SourceId> {
    if let Some(id) = sources.by_name(path) {
        return Some(id);
    }
    match add(sources, path, loader.load(path).ok()?) {
        Ok(id) => Some(id),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

fn missing(path: &str, written: &str, place: Place, loader: &dyn Loader) -> Diagnostic {
    let reason = loader.load(path).err().unwrap_or_else(|| "it is not usable".to_owned());
    let diagnostic = codes::UNREADABLE.at(place, format!("`{written}` cannot be read: {reason}"));
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let names = loader.list(folder);
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => {
            let start = written.len() - written.rsplit('/').next().map_or(0, str::len);
            let fixed = format!("{}{near}", &written[..start]);
            diagnostic.help(format!("did you mean `{fixed}`?")).fix(
                format!("replace with `\"{fixed}\"`"),
                place,
                format!("\"{fixed}\""),
            )
        }
        None => diagnostic.help("the path is relative to the folder of the file that uses it"),
    }
}

/// Files that use each other in a circle: one diagnostic for each circle, with every step.
fn cycles(files: &[Loaded], diagnostics: &mut Vec<Diagnostic>) {
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    files.iter().for_each(|_| _ = graph.add_node(()));
    for (from, file) in files.iter().enumerate() {
        for to in file.uses.iter().flatten() {
            graph.update_edge(NodeIndex::new(from), NodeIndex::new(*to), ());
        }
    }
    let step = |from: usize, to: usize| {
        let at = files[from].uses.iter().position(|used| *used == Some(to))?;
        let span = uses(&files[from].parsed).nth(at)?.path.span;
        Some(Place { source: files[from].source, span })
    };
    for component in kosaraju_scc(&graph) {
        let Some(first) = component.iter().map(|node| node.index()).min() else { continue };
        let Some(circle) = circle(files, first, &component) else { continue };
        let names: Vec<&str> = circle.iter().map(|at| files[*at].name.as_str()).collect();
        let path = names.iter().chain(names.first()).map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let message = match names.as_slice() {
            [one] => format!("`{one}` uses itself"),
            _ => format!("these files use each other: {}", path.join(" → ")),
        };
        let hops = (0..circle.len()).filter_map(|at| {
            let (from, to) = (circle[at], circle[(at + 1) % circle.len()]);
            Some((step(from, to)?, format!("`{}` uses `{}` here", files[from].name, files[to].name)))
        });
        let mut hops = hops;
        let Some((place, label)) = hops.next() else { continue };
        let mut diagnostic = codes::USE_CYCLE.at(place, message).label(label);
        for (place, label) in hops {
            diagnostic = diagnostic.also(place, label);
        }
        diagnostics.push(diagnostic.help("move what both need into a third file that uses neither"));
    }
}

/// The shortest way from a file back to itself, inside a group of files that reach each other.
fn circle(files: &[Loaded], start: usize, inside: &[NodeIndex]) -> Option<Vec<usize>> {
    let inside: std::collections::HashSet<usize> = inside.iter().map(|node| node.index()).collect();
    let mut from: HashMap<usize, usize> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for used in files[file].uses.iter().flatten().filter(|used| inside.contains(used)) {
            if *used == start {
                let mut circle = vec![file];
                let mut at = file;
                while let Some(previous) = from.get(&at) {
                    circle.push(*previous);
                    at = *previous;
                }
                circle.reverse();
                return Some(circle);
            }
            if !from.contains_key(used) {
                from.insert(*used, file);
                queue.push_back(*used);
            }
        }
    }
    None
}

/// A path that is relative to the folder of the file `base`, without `.` and `..` where that can be.
pub(crate) fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') {
        return normal(path);
    }
    match base.rsplit_once('/') {
        Some((folder, _)) => normal(&format!("{folder}/{path}")),
        None => normal(path),
    }
}

/// The name of a file as seen from a folder; both relative to the same place. A file outside is named by the way up.
pub(crate) fn relative(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        return name.to_owned();
    }
    let (from, to): (Vec<&str>, Vec<&str>) = (folder.split('/').collect(), name.split('/').collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common == 0 && name.starts_with('/') != folder.starts_with('/') {
        return name.to_owned();
    }
    let up = from[common..].iter().map(|_| "..");
    up.chain(to[common..].iter().copied()).collect::<Vec<_>>().join("/")
}
