//! A program, its parts one after the other: tree, layout, check, plan, export.

use compiler::diagnostic::fix::apply;
use compiler::diagnostic::render::{Style, render};
use compiler::diagnostic::{Diagnostic, Place, Severity};
use compiler::format::{Unformattable, format};
use compiler::plan::Plan;
use compiler::source::{Loader, SourceId, Sources};
use compiler::target::{Output, TARGETS};
use compiler::{Compilation, compile, syntax};

/// A line that is no Pipe: what stands behind it is the second file.
pub(crate) const SEPARATOR: &str = "%%%%\n";
const MAIN: &str = "a.pipe";
const OTHER: &str = "b.pipe";

/// Two files; nothing else can be read.
struct Files<'t> {
    other: &'t str,
}

impl Loader for Files<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == OTHER { Ok(self.other.as_bytes().to_vec()) } else { Err("no such file".to_owned()) }
    }

    fn list(&self, _: &str) -> Vec<String> {
        vec![MAIN.to_owned(), OTHER.to_owned()]
    }
}

/// Panics unless everything holds that must hold for any text.
pub(crate) fn holds(text: &str) {
    let (main, other) = text.split_once(SEPARATOR).unwrap_or((text, "let region = \"eu-west-1\"\n"));
    let files = Files { other };
    let mut sources = Sources::default();
    let id = sources.add(MAIN, main);
    let compilation = compile(&mut sources, id, &files);
    said(&compilation.diagnostics, &sources);
    planned(&compilation, &sources);
    for text in [main, other] {
        laid_out(text);
    }
    fixed(&compilation, &sources, &files);
}

/// Everything that is said has places inside of their files, and edits that can be made.
fn said(diagnostics: &[Diagnostic], sources: &Sources) {
    let inside = |place: &Place, what: &Diagnostic| {
        let text = &sources.get(place.source).text;
        assert!(
            text.get(place.span.range()).is_some(),
            "a place outside of its file or in a character: {what:?}"
        );
    };
    for d in diagnostics {
        inside(&d.place, d);
        d.labels.iter().for_each(|label| inside(&label.place, d));
        assert!(!d.message.is_empty(), "a diagnostic says nothing: {d:?}");
        let Some(fix) = &d.fix else { continue };
        assert!(!fix.edits.is_empty(), "a fix changes nothing: {d:?}");
        fix.edits.iter().for_each(|edit| inside(&edit.place, d));
        let mut edits: Vec<Place> = fix.edits.iter().map(|edit| edit.place).collect();
        edits.sort();
        for pair in edits.windows(2) {
            let apart = pair[0].source != pair[1].source || pair[0].span.end <= pair[1].span.start;
            assert!(apart, "edits overlap: {d:?}");
        }
    }
    // Drawing walks lines and columns.
    let few: Vec<&Diagnostic> = diagnostics.iter().take(3).collect();
    assert!(few.is_empty() || !render(&few, sources, Style::default()).is_empty());
}

/// A program without errors has plans that can be written, read and exported.
fn planned(compilation: &Compilation, sources: &Sources) {
    let errors = compilation.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert!(!errors || compilation.pipelines.is_empty(), "a program with errors has plans");
    for lowered in &compilation.pipelines {
        let json = lowered.plan.to_json();
        match Plan::from_json(&json) {
            Ok(again) => assert_eq!(again, lowered.plan, "a plan is not read as it was written"),
            Err(problems) => panic!("a compiled plan is refused: {problems:?}\n{json}"),
        }
        for target in TARGETS {
            let output = (target.export)(&lowered.plan, &lowered.places);
            said(&output.diagnostics, sources);
            exported(&output);
        }
    }
}

/// An export is either refused with an error or a document.
pub(crate) fn exported(output: &Output) {
    let refused = output.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(output.text.is_none(), refused, "an export has no text exactly where it is refused");
}

/// The layout of a file is a fixed point, and nothing that parses is refused.
fn laid_out(text: &str) {
    let parsed = syntax::parse(SourceId(0), text);
    match format(&parsed, text) {
        Ok(once) => {
            let again = syntax::parse(SourceId(0), &once);
            assert_eq!(format(&again, &once).as_deref(), Ok(once.as_str()), "a layout is not stable");
        }
        Err(Unformattable::Errors) => {}
        Err(Unformattable::Internal) => panic!("the formatter would have damaged a file"),
    }
}

/// The first fix of a main file can be made, and what comes out compiles to its end.
fn fixed(compilation: &Compilation, sources: &Sources, files: &Files<'_>) {
    let Some(fix) = compilation.diagnostics.iter().find_map(|d| d.fix.as_ref()) else { return };
    if fix.edits.iter().any(|edit| edit.place.source != SourceId(0)) {
        return;
    }
    let Some(applied) = apply([fix], sources).remove(&SourceId(0)) else { return };
    let mut sources = Sources::default();
    let id = sources.add(MAIN, applied.text);
    let again = compile(&mut sources, id, files);
    said(&again.diagnostics, &sources);
}
