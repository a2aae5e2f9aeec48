//! The front end as a whole: what a user sees for a file. Parts have their own tests beside them.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::diagnostic::render::{Style, render};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::source::{Loader, SourceId, Sources};
use crate::{Compilation, Lowered, compile, load};

mod actions;
mod bounds;
mod catalogs;
mod causes;
mod conditions;
mod drawing;
mod families;
mod fixes;
mod fixing;
mod found;
mod generate;
mod limits;
mod loading;
mod marked;
mod misspelt;
mod modules;
mod pages;
mod reports;
mod scope;
mod silent;
mod stages;
mod templates;
mod types;

/// Files in memory.
#[derive(Default)]
pub(super) struct Memory(HashMap<String, Vec<u8>>);

impl Memory {
    fn with(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.insert(path.to_owned(), content.into());
        self
    }
}

impl Loader for Memory {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }
}

const NAME: &str = "shop.pipe";
const STAGES: &str = "let region = \"eu-west-1\"\nprivate let hidden = \"dash\"\n";

/// A compiled file with everything that was found in it.
struct Compiled {
    sources: Sources,
    compilation: Compilation,
}

/// Compiles a file that stands alone, but for a script `ci/test.sh` and a file `stages.pipe` with a few declarations.
fn compiled(text: &str) -> Compiled {
    let loader =
        Memory::default().with(NAME, text).with("ci/test.sh", "make test\n").with("stages.pipe", STAGES);
    let mut sources = Sources::default();
    let id = load(&loader, &mut sources, NAME).expect("the text is small and UTF-8");
    let compilation = compile(&mut sources, id, &loader);
    Compiled { sources, compilation }
}

impl Compiled {
    fn diagnostics(&self) -> &[Diagnostic] {
        &self.compilation.diagnostics
    }

    fn errors(&self) -> Vec<&Diagnostic> {
        self.diagnostics().iter().filter(|d| d.severity == Severity::Error).collect()
    }

    /// The only pipeline of a file without errors.
    fn pipeline(&self) -> &Lowered {
        let errors = self.errors();
        assert!(errors.is_empty(), "{}", rendered(&errors, &self.sources));
        &self.compilation.pipelines[0]
    }
}

/// As a terminal without colours shows them.
fn rendered(diagnostics: &[&Diagnostic], sources: &Sources) -> String {
    render(diagnostics, sources, Style::default())
}

/// All that is said about a file, a line each: `P0201 imagee: nothing here is called …`.
fn said(text: &str) -> String {
    let compiled = compiled(text);
    let source = &compiled.sources.get(SourceId(0)).text;
    let mut out = String::new();
    for d in compiled.diagnostics() {
        let at = source[d.place.span.range()].replace('\n', "\\n");
        let _ = writeln!(out, "{} {at}: {}", d.code.id, d.message);
    }
    out
}

/// All that is said about a pipeline with these items in it.
fn said_in(items: &str) -> String {
    said(&format!("pipeline p {{\n{items}\n}}"))
}

/// The edges of the plan of a pipeline with these items in it, a line each: `b <- a`, stages first.
fn edges(items: &str) -> String {
    let compiled = compiled(&format!("pipeline p {{\n{items}\n}}"));
    let plan = &compiled.pipeline().plan;
    let stages = plan.stages.iter().map(|s| (&s.id, &s.needs));
    let actions = plan.actions.iter().map(|a| (&a.id, &a.needs));
    let line =
        |(id, needs): (&String, &Vec<String>)| format!("{id} <- {}", needs.join(", ")).trim_end().to_owned();
    stages.chain(actions).map(line).collect::<Vec<_>>().join("\n")
}

/// The text with a fix applied.
fn fixed(text: &str, fix: &Fix) -> String {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.place.span);
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.place.span.range(), &edit.text);
    }
    out
}
