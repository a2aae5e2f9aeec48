//! Braces that are missing or too many: one error at the place that the indentation shows, and the rest is read.

use super::errors::reports;
use super::read;
use crate::diagnostic::Diagnostic;

/// A file with everything that has a body.
const FILE: &str = "\
pipeline p {
  aws {
    role: \"r\"
  }
  on push {
    branches: [\"main\"]
  }
  secret token {
    local: \"TOKEN\"
  }
  defaults run {
    image: \"x\"
  }
  stage s {
    gate g on entry = aws.deployment_window {
      cron: \"* * * * *\"
    } else fail
    action a = run {
      env: {
        A: \"b\"
      }
      script: \"x\"
    }
    action b = run { script: \"y\" }
  }
  stage t {
    action c = run { script: \"z\" }
  }
}

let last = 1
";

/// The text with the fixes of what is said about it.
fn fixed(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut edits: Vec<_> = diagnostics.iter().flat_map(|d| &d.fix).flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.span));
    edits.iter().fold(text.to_owned(), |mut text, edit| {
        text.replace_range(edit.place.span.range(), &edit.text);
        text
    })
}

/// What names there are, by their debug form without ranges.
fn shape(text: &str) -> String {
    let tokens = format!("{:?}", read(text).file);
    let mut shape = String::new();
    for part in tokens.split("Span {") {
        shape += part.split_once('}').map_or(part, |(_, rest)| rest);
    }
    shape
}

#[test]
fn each_missing_brace_is_one_error_and_loses_nothing() {
    assert_eq!(read(FILE).diagnostics, []);
    for (at, _) in FILE.match_indices(['{', '}']) {
        // `env` without its brace is `env: A: …`, and a brace on one line says nothing by its indentation.
        let line = FILE[..at].rfind('\n').map_or(0, |i| i + 1);
        let whole = FILE[line..].lines().next().unwrap_or_default();
        if whole.matches(['{', '}']).count() == 2 || whole.contains("else") {
            continue;
        }
        let text = format!("{}{}", &FILE[..at], &FILE[at + 1..]);
        let parsed = read(&text);
        assert_eq!(parsed.diagnostics.len(), 1, "{text}{:#?}", parsed.diagnostics);
        assert_eq!(shape(&text), shape(FILE), "{text}");
        let mended = fixed(&text, &parsed.diagnostics);
        assert_eq!(read(&mended).diagnostics, [], "{mended}");
        assert_eq!(shape(&mended), shape(FILE), "{mended}");
    }
}

#[test]
fn each_stray_brace_is_one_error_and_loses_nothing() {
    for (at, _) in FILE.match_indices("}\n") {
        let line = FILE[..at].rfind('\n').map_or(0, |i| i + 1);
        let indent = " ".repeat(FILE[line..].len() - FILE[line..].trim_start().len());
        if indent.is_empty() {
            continue;
        }
        let text = format!("{}\n{indent}}}{}", &FILE[..=at], &FILE[at + 1..]);
        let parsed = read(&text);
        let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code.id).collect();
        assert_eq!(codes, ["P0103"], "{text}{:#?}", parsed.diagnostics);
        assert_eq!(shape(&text), shape(FILE), "{text}");
        assert_eq!(read(&fixed(&text, &parsed.diagnostics)).diagnostics, [], "{text}");
    }
}

#[test]
fn braces_by_indentation() {
    insta::assert_snapshot!(reports(&[
        "pipeline p {\n  stage s {\n    action a = run\n      script: \"x\"\n    }\n  }\n}",
        "pipeline p {\n  stage s {\n    action a = run\n      script: \"x\"\n    action b = run { script: \"y\" }\n  }\n}",
        "pipeline p\n  aws\n    role: \"r\"\n  stage s:\n    action a = run { script: \"x\" }\n",
        "pipeline p {\n  stage s {\n    action a = run {\n      env:\n        A: \"b\"\n      script: \"x\"\n    }\n  }\n}",
        "pipeline p {\n  stage s {\n    action a = run { script: \"x\" } }\n    action b = run { script: \"y\" }\n  }\n}",
        "pipeline p {\n  stage s {\n    action a = run { script: \"x\" }\n  stage t {\n    action b = run { script: \"y\" }\n  }\n}",
        "pipeline p {\nstage s {\naction a = run { script: \"x\" }\n}",
        "pipeline p {\n  stage s {\n    action a = run script: \"x\" }\n    action b = run { script: \"y\" }\n  }\n}",
    ]));
}

#[test]
fn a_value_on_the_next_line_lacks_nothing() {
    for value in ["aws", "stage", "defaults\n  b: 1", "\"x\"", "if c then d else e"] {
        let text = format!("pipeline p {{\n  a:\n    {value}\n}}");
        assert_eq!(read(&text).diagnostics, [], "{text}");
    }
}
