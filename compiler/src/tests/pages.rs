//! Every code has a page whose examples are true: the wrong one is refused with this code, the right one is not even
//! frowned upon. The snapshots show what a user sees.

use std::fmt::Write as _;

use super::{Compiled, compiled, fixed, rendered};
use crate::diagnostic::{Code, Diagnostic, Severity, codes};
use crate::target;

/// Pages whose examples are no Pipe files, or whose mistake is not made in the file. `loading` tests these codes.
const ELSEWHERE: &[(&str, &str)] = &[
    ("P0001", "a text cannot be other than UTF-8"),
    ("P0002", "nobody wants to read 16 MiB"),
    ("P0701", "the file is fine, but not what the command needs"),
    ("P0702", "the file is fine, but not what the command needs"),
    ("P0703", "it is about plans, which are JSON"),
    ("P0704", "it is about the command line"),
];

/// An example of a page: the first block below its heading.
pub(super) fn example(code: &Code, heading: &str, language: &str) -> String {
    let section = code.page.split_once(&format!("\n## {heading}\n"));
    let (_, section) = section.unwrap_or_else(|| panic!("{} has a section {heading}", code.id));
    let block = section.split_once(&format!("```{language}\n"));
    let (_, block) = block.unwrap_or_else(|| panic!("{} has a block {language} below {heading}", code.id));
    block.split_once("```").expect("the block ends").0.to_owned()
}

fn has_own_test(code: &Code) -> bool {
    ELSEWHERE.iter().any(|(id, _)| *id == code.id)
}

/// What is said about a file; for codes of a target also what the target says.
fn found(code: &Code, text: &str) -> (Compiled, Vec<Diagnostic>) {
    let compiled = compiled(text);
    let mut diagnostics = compiled.diagnostics().to_vec();
    if code.id.starts_with("P04") {
        let target = target::find("codepipeline").expect("the target is in the table");
        for lowered in &compiled.compilation.pipelines {
            diagnostics.extend((target.check)(&lowered.plan, &lowered.places));
        }
    }
    // What is said about any such pipeline belongs to the pages that explain it.
    let always = [&codes::NOT_CHECKED, &codes::UNTESTED_DEPLOY];
    diagnostics.retain(|d| d.code == code || !always.contains(&d.code));
    (compiled, diagnostics)
}

fn shown(compiled: &Compiled, diagnostics: &[Diagnostic]) -> String {
    rendered(&diagnostics.iter().collect::<Vec<_>>(), &compiled.sources)
}

#[test]
fn every_code_has_a_page() {
    for code in codes::ALL {
        let (prose, _) =
            code.page.split_once("\n## Wrong\n").unwrap_or_else(|| panic!("{} has no page", code.id));
        assert!(prose.len() > 60, "{} explains itself", code.id);
        assert!(code.page.contains("\n## Right\n"), "{} shows what is right", code.id);
    }
}

#[test]
fn codes_are_in_order_and_their_titles_plain() {
    assert!(codes::ALL.windows(2).all(|pair| pair[0].id < pair[1].id));
    for code in codes::ALL {
        assert!(!code.title.is_empty() && !code.title.ends_with('.'), "{}", code.id);
    }
}

#[test]
fn the_wrong_example_is_refused_with_this_code_only() {
    let mut problems = String::new();
    for code in codes::ALL.iter().filter(|code| !has_own_test(code)) {
        let text = example(code, "Wrong", "pipe");
        let (compiled, diagnostics) = found(code, &text);
        let strange = diagnostics.iter().any(|d| d.code != *code && d.severity == Severity::Error);
        if strange || diagnostics.iter().all(|d| d.code != *code) {
            let _ = writeln!(problems, "{}:\n{text}\n{}", code.id, shown(&compiled, &diagnostics));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn there_is_nothing_to_say_about_the_right_example() {
    let mut problems = String::new();
    for code in codes::ALL.iter().filter(|code| !has_own_test(code)) {
        let text = example(code, "Right", "pipe");
        let (compiled, diagnostics) = found(code, &text);
        if !diagnostics.is_empty() {
            let _ = writeln!(problems, "{}:\n{text}\n{}", code.id, shown(&compiled, &diagnostics));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn what_a_user_sees() {
    for code in codes::ALL.iter().filter(|code| !has_own_test(code)) {
        let text = example(code, "Wrong", "pipe");
        let (compiled, diagnostics) = found(code, &text);
        let mut snapshot = format!("{text}\n----\n\n{}", shown(&compiled, &diagnostics));
        for diagnostic in &diagnostics {
            let Some(fix) = &diagnostic.fix else { continue };
            let mended = fixed(&text, fix);
            let _ = write!(snapshot, "----\n\nfix: {}\n\n{mended}\n", fix.title);
            let (compiled, left) = found(code, &mended);
            let same = left.iter().any(|d| d.code == diagnostic.code && d.message == diagnostic.message);
            assert!(!same, "the fix of {} mends nothing:\n{mended}\n{}", code.id, shown(&compiled, &left));
        }
        insta::with_settings!({ omit_expression => true, description => code.title }, {
            insta::assert_snapshot!(code.id, snapshot);
        });
    }
}
