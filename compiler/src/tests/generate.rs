//! Generated programs: several files that use each other, with everything that the language has, and no mistake or
//! exactly one. What must hold for all of them is written here; how they are made is beside.

mod actions;
mod choices;
mod expressions;
mod mistakes;
mod pipeline;
mod program;
mod types;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::modules::project;
use super::rendered;
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::Plan;
use crate::source::{SourceId, Sources};
use crate::{Compilation, format, syntax, target};
use types::Program;

/// How many programs each property sees.
const CASES: u32 = 256;

/// Texts of files by name, the main one first.
type Files = Vec<(String, String)>;

fn files(program: &Program) -> Files {
    program.files.iter().map(|file| (file.name.clone(), file.text())).collect()
}

fn compiled(files: &Files) -> (Sources, Compilation) {
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    project(&files)
}

fn errors(compilation: &Compilation) -> Vec<&Diagnostic> {
    compilation.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect()
}

/// All files, and what is said about them: what a failure shows.
fn shown(files: &Files, sources: &Sources, compilation: &Compilation) -> String {
    let texts: String = files.iter().map(|(name, text)| format!("==== {name}\n{text}\n")).collect();
    format!("{texts}\n{}", rendered(&errors(compilation), sources))
}

/// Runs a property over the same programs in every run.
fn for_programs(length: usize, property: impl Fn(&[u8], &Program) -> Result<(), String>) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, max_shrink_iters: 600, failure_persistence: None, ..Config::default() };
    let seed = std::env::var("PROPTEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7_u8);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(&vec(any::<u8>(), 0..length), |bytes| {
        let program = program::program(&bytes);
        property(&bytes, &program).map_err(TestCaseError::fail)
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn they_compile_to_the_same_bytes_each_time() {
    for_programs(900, |_, program| {
        let files = files(program);
        let (sources, first) = compiled(&files);
        if !errors(&first).is_empty() {
            return Err(shown(&files, &sources, &first));
        }
        let (_, second) = compiled(&files);
        for (one, other) in first.pipelines.iter().zip(&second.pipelines) {
            if one.plan.to_json() != other.plan.to_json() {
                return Err(format!("two plans\n{}", shown(&files, &sources, &first)));
            }
        }
        if first.pipelines.is_empty() || first.diagnostics != second.diagnostics {
            return Err(format!("no plan, or other words\n{}", shown(&files, &sources, &first)));
        }
        Ok(())
    });
}

#[test]
fn plans_are_read_as_they_were_written() {
    for_programs(900, |_, program| {
        for lowered in compiled(&files(program)).1.pipelines {
            let again = Plan::from_json(&lowered.plan.to_json()).map_err(|problems| problems.join("\n"))?;
            if again != lowered.plan {
                return Err(format!("read as\n{}", again.to_json()));
            }
        }
        Ok(())
    });
}

/// The plans as JSON, without the lines where their parts stand.
fn unplaced(compilation: &Compilation) -> Vec<String> {
    let plan = |lowered: &crate::Lowered| {
        let json = lowered.plan.to_json();
        let lines = json.lines().filter(|line| !line.trim_start().starts_with("\"line\": "));
        lines.collect::<Vec<_>>().join("\n")
    };
    compilation.pipelines.iter().map(plan).collect()
}

#[test]
fn their_layout_changes_nothing_but_lines() {
    for_programs(900, |_, program| {
        let files = files(program);
        let mut formatted = Files::new();
        for (name, text) in &files {
            let once = format::format(&syntax::parse(SourceId(0), text), text)
                .map_err(|error| format!("{name}: {error}\n{text}"))?;
            let again = format::format(&syntax::parse(SourceId(0), &once), &once);
            if again.as_ref() != Ok(&once) {
                return Err(format!("{name} is laid out anew: {again:?}\n{once}"));
            }
            formatted.push((name.clone(), once));
        }
        let (before, after) = (compiled(&files).1, compiled(&formatted));
        if unplaced(&before) != unplaced(&after.1) {
            return Err(format!("another plan\n{}", shown(&formatted, &after.0, &after.1)));
        }
        Ok(())
    });
}

#[test]
fn exports_are_documents_or_refused() {
    let mut exported = std::cell::Cell::new(0);
    for_programs(900, |_, program| {
        for lowered in compiled(&files(program)).1.pipelines {
            let export = target::codepipeline::export(&lowered.plan, &lowered.places);
            let refused = export.diagnostics.iter().any(|d| d.severity == Severity::Error);
            let Some(document) = export.document else {
                if refused {
                    continue;
                }
                return Err("no document, and no error".to_owned());
            };
            exported.set(exported.get() + 1);
            let json = document.to_json();
            let again: target::codepipeline::document::CreatePipeline =
                serde_json::from_str(&json).map_err(|error| format!("{error}\n{json}"))?;
            if again != document {
                return Err(format!("read as\n{}", again.to_json()));
            }
        }
        Ok(())
    });
    assert!(*exported.get_mut() > 20, "only {} programs could be exported", exported.get_mut());
}

#[test]
fn what_is_used_cannot_be_taken_away() {
    for_programs(900, |bytes, program| {
        let mut used = Vec::new();
        for (file, written) in program.files.iter().enumerate() {
            let pieces = written.pieces.iter().enumerate();
            let needed = |declares: &Option<types::Key>| {
                declares.as_ref().is_some_and(|key| program.used.contains(key))
            };
            used.extend(pieces.filter(|(_, piece)| needed(&piece.declares)).map(|(piece, _)| (file, piece)));
        }
        if used.is_empty() {
            return Ok(());
        }
        let at = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % used.len();
        let (file, piece) = used[at];
        let mut files = files(program);
        files[file].1 = program.files[file].text_without(Some(piece));
        let (sources, compilation) = compiled(&files);
        if errors(&compilation).is_empty() {
            let gone = &program.files[file].pieces[piece].text;
            return Err(format!("nothing misses\n{gone}\n{}", shown(&files, &sources, &compilation)));
        }
        Ok(())
    });
}

#[test]
fn one_mistake_is_one_error_at_its_place() {
    for_programs(900, |bytes, program| {
        let kind = usize::from(bytes.last().copied().unwrap_or(0));
        let Some(mistake) = mistakes::mistake(program, kind) else { return Ok(()) };
        let mut files = files(program);
        files[mistake.file].1.push_str(&mistake.text);
        let (sources, compilation) = compiled(&files);
        let errors = errors(&compilation);
        let what =
            |d: &&Diagnostic| (d.code.id, sources.get(d.place.source).text[d.place.span.range()].to_owned());
        let found: Vec<(&str, String)> = errors.iter().map(what).collect();
        if found != [(mistake.code, mistake.at.clone())] {
            let wanted = format!("{} at `{}`", mistake.code, mistake.at);
            return Err(format!("wanted {wanted}\n{}", shown(&files, &sources, &compilation)));
        }
        Ok(())
    });
}
