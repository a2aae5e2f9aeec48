//! What folds, what is selected, what leads to files.

use compiler::lines::Lines;
use compiler::span::Span;
use insta::assert_snapshot;

use super::{Fixture, each, lines, project};
use crate::features::structure::{closed_at, folds, links, selections};

#[test]
fn what_spans_lines_folds() {
    let fixture = project("pipeline shop");
    let analysis = fixture.analysis();
    let all = Lines::new(analysis.text());
    let found = folds(analysis.text())
        .into_iter()
        .map(|(span, fold)| format!("{:?} {}-{}", fold, all.line(span.start) + 1, all.line(span.end) + 1));
    assert_snapshot!(lines(found));
}

#[test]
fn half_written_files_fold() {
    let text = "pipeline p {\n  stage s {\n    action a = run {\n      script: \"\"\"\n        x\n        \"\"\"\n    }\n  // a\n  // b\n";
    let found: Vec<(u32, u32)> = {
        let all = Lines::new(text);
        folds(text).into_iter().map(|(span, _)| (all.line(span.start), all.line(span.end))).collect()
    };
    // The brackets that close, the script, and the comments.
    assert_eq!(found, [(2, 5), (3, 5), (7, 8)]);
    assert!(folds("").is_empty() && folds("}}}{{{\n\n").is_empty());
}

fn steps(cursor: &str) -> String {
    let fixture = project(cursor);
    let analysis = fixture.analysis();
    let short = |span: Span| {
        let text: String = analysis.text()[span.range()].split_whitespace().collect::<Vec<_>>().join(" ");
        if text.len() < 60 { text } else { format!("{} … {}", &text[..25], &text[text.len() - 25..]) }
    };
    lines(selections(&analysis, fixture.offset()).into_iter().map(short))
}

#[test]
fn selections_grow() {
    assert_snapshot!(each(["here)}", "app]", "\"make\"", "LEVEL: level"], steps));
}

#[test]
fn each_step_holds_the_one_before() {
    let fixture = project("pipeline shop");
    let analysis = fixture.analysis();
    for offset in 0..=u32::try_from(analysis.text().len()).expect("a small file") {
        let steps = selections(&analysis, offset);
        let grows = |pair: &[Span]| {
            pair[0].start >= pair[1].start && pair[0].end <= pair[1].end && pair[0] != pair[1]
        };
        assert!(steps.windows(2).all(grows), "{offset}: {steps:?}");
        assert!(steps.iter().all(|span| span.start <= offset && offset <= span.end));
    }
}

#[test]
fn files_are_linked() {
    let text = "use \"./lib/a.pipe\" { x }\nlet script = file(\"./ci/build.sh\")\nlet no = lower(\"./x\")\n";
    let analysis = Fixture::new(text).analysis();
    let found: Vec<String> = links(&analysis)
        .into_iter()
        .map(|(span, path)| {
            assert_eq!(&text[span.range()], path);
            path
        })
        .collect();
    assert_eq!(found, ["./lib/a.pipe", "./ci/build.sh"]);
}

#[test]
fn a_brace_closes_its_block() {
    let text = "stage s {\n  x { }\n}";
    assert_eq!(closed_at(text, 19).map(|span| &text[span.range()]), Some("{\n  x { }\n}"));
    assert_eq!(closed_at(text, 17).map(|span| &text[span.range()]), Some("{ }"));
    assert_eq!(closed_at(text, 3), None);
}
