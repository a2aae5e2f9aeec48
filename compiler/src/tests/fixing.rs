//! All fixes of a file at once, and again, until nothing is left to mend.

use proptest::prelude::*;

use super::NAME;
use super::modules::project;
use crate::diagnostic::fix::{Checked, MAX_ROUNDS, Mended, apply, mend};
use crate::diagnostic::{Edit, Fix, Place, Severity};
use crate::source::{SourceId, Sources};
use crate::span::Span;

/// A fix of these edits: file, start, end, text.
fn fix(edits: &[(u32, u32, u32, &str)]) -> Fix {
    let edit = |(source, start, end, text): &(u32, u32, u32, &str)| Edit {
        place: Place { source: SourceId(*source), span: Span::new(*start, *end) },
        text: (*text).to_owned(),
    };
    Fix { title: "mend".to_owned(), edits: edits.iter().map(edit).collect() }
}

fn applied(texts: &[(&str, &str)], fixes: &[Fix]) -> Vec<(u32, String, usize)> {
    let mut sources = Sources::default();
    for (name, text) in texts {
        sources.add(*name, *text);
    }
    apply(fixes, &sources).into_iter().map(|(id, applied)| (id.0, applied.text, applied.count)).collect()
}

#[test]
fn a_fix_is_applied_whole_or_not_at_all() {
    let texts = [("a", "abcdef"), ("b", "uvwxyz")];
    let fixes = [
        fix(&[(0, 0, 1, "A"), (1, 0, 1, "U")]),
        // Meets the first in one file, and so changes the other neither.
        fix(&[(0, 3, 4, "D"), (1, 0, 2, "")]),
        // Touches the first.
        fix(&[(0, 1, 1, "-")]),
        fix(&[(0, 3, 3, "+")]),
        fix(&[(1, 5, 6, "")]),
    ];
    let expected = vec![(0, "Abc+def".to_owned(), 2), (1, "Uvwxy".to_owned(), 2)];
    assert_eq!(applied(&texts, &fixes), expected);
}

#[test]
fn wrong_fixes_are_left_out() {
    let texts = [("a", "ä-z")];
    let fixes = [
        fix(&[]),
        fix(&[(0, 1, 2, "x")]),
        fix(&[(0, 3, 9, "x")]),
        fix(&[(0, 3, 2, "x")]),
        fix(&[(0, 0, 2, "x"), (0, 0, 2, "y")]),
        // Changes nothing.
        fix(&[(0, 2, 3, "-")]),
    ];
    assert_eq!(applied(&texts, &fixes), []);
}

#[test]
fn line_ends_stay_and_a_file_named_twice_is_changed_once() {
    let fixes = [fix(&[(0, 0, 1, "x\ny")]), fix(&[(1, 0, 1, "x\ny")])];
    let expected = vec![(0, "x\r\ny\r\nb\n".to_owned(), 1)];
    assert_eq!(applied(&[("f", "a\r\nb\n"), ("f", "a\r\nb\n")], &fixes), expected);
}

fn check(text: &str) -> Checked {
    let (sources, compilation) = project(&[(NAME, text)]);
    Checked { sources, diagnostics: compilation.diagnostics }
}

fn errors(checked: &Checked) -> usize {
    checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
}

/// What is made of a text, and how often it was checked.
fn mended(text: &str) -> (Mended, usize) {
    let mut checks = 0;
    let mended = mend(false, |texts| {
        checks += 1;
        check(texts.get(NAME).map_or(text, String::as_str))
    });
    (mended, checks)
}

#[test]
fn everything_that_can_be_mended_is() {
    let text = "piepline p {\n  stage s {\n    action a = rnu { scirpt = \":\", env: { N: 5 } }\n  }\n}\n";
    let (mended, _) = mended(text);
    let right =
        "pipeline p {\n  stage s {\n    action a = run { script: \":\", env: { N: \"5\" } }\n  }\n}\n";
    assert_eq!(mended.files[NAME].text, right);
    assert_eq!(mended.files[NAME].count, 5);
    assert_eq!(errors(&mended.left), 0);
}

/// What stands behind a text that does not end may be that text: nothing there is surely a mistake.
#[test]
fn a_torn_script_is_left_as_it_is() {
    let script = "script: \"\n        cp public/* dist\n        echo 'x'\n        \"\"\"";
    let torn = mended(&format!(
        "pipeline p {{\n  stage s {{\n    action a = run {{\n      {script}\n    }}\n  }}\n}}\n"
    ));
    assert!(torn.0.files.is_empty() && errors(&torn.0.left) > 1, "{:?}", torn.0.files);
    let alone = mended("pipeline p {\n  stage s { action a = run { script: \"x } }\n}\n");
    assert!(errors(&alone.0.left) <= 1);
}

/// A fix that only uncovers other errors is not applied.
#[test]
fn nothing_gets_worse() {
    let bad = fix(&[(0, 0, 1, "222")]);
    let good = fix(&[(0, 3, 4, "0")]);
    let report = |text: &str| {
        let mut sources = Sources::default();
        let id = sources.add(NAME, text);
        let place = Place { source: id, span: Span::at(0) };
        let count = text.bytes().filter(u8::is_ascii_digit).filter(|d| *d != b'0').count();
        let mut diagnostics = vec![crate::diagnostic::codes::UNEXPECTED_TOKEN.at(place, "x"); count];
        for (diagnostic, fix) in diagnostics.iter_mut().zip([&bad, &good]) {
            diagnostic.fix = Some(fix.clone());
        }
        Checked { sources, diagnostics }
    };
    let mended = mend(false, |texts| report(texts.get(NAME).map_or("1, 1", String::as_str)));
    assert_eq!(mended.files[NAME].text, "1, 0");
}

/// A text cut into words, numbers, white space and single other characters.
fn pieces(text: &str) -> Vec<String> {
    let kind = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            1
        } else if c.is_whitespace() {
            2
        } else {
            0
        }
    };
    let mut pieces: Vec<String> = Vec::new();
    let mut last = 0;
    for c in text.chars() {
        match pieces.last_mut() {
            Some(piece) if kind(c) != 0 && kind(c) == last => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        last = kind(c);
    }
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mending_never_makes_it_worse_and_ends(
        which in 0..3_usize,
        mutations in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8), 1..5),
    ) {
        let example = [
            include_str!("../../../examples/hello/pipeline.pipe"),
            include_str!("../../../examples/web-shop/pipeline.pipe"),
            include_str!("../../../examples/demo-release/pipeline.pipe"),
        ][which];
        let mut pieces = pieces(example);
        for (index, what) in mutations {
            let at = index.index(pieces.len());
            match what {
                0 => drop(pieces.remove(at)),
                1 => pieces.insert(at, pieces[at].clone()),
                2 => pieces.swap(at, 0),
                // A letter is left out of a word.
                _ => drop(pieces[at].pop()),
            }
        }
        let text = pieces.concat();
        let before = errors(&check(&text));
        let (mended, checks) = mended(&text);
        prop_assert!(errors(&mended.left) <= before, "{text}");
        prop_assert!(checks <= 1 + MAX_ROUNDS * 101);
        if let Some(file) = mended.files.get(NAME) {
            prop_assert!(file.count > 0);
            prop_assert_eq!(errors(&check(&file.text)), errors(&mended.left));
        } else {
            prop_assert_eq!(errors(&mended.left), before);
        }
    }
}
