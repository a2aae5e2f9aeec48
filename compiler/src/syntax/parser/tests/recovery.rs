//! How much of a file survives a mistake, anywhere in it: what keeps completion and outlines alive while one types.

use proptest::prelude::*;
use proptest::sample::select;

use super::read;
use crate::syntax::ast::{CalleeEntry, Element, Entry, Expr, ExprKind, File, Item};
use crate::syntax::token::Kind;

const SAMPLE: &str = r##"let connection = "arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e"

/// Tests the shop.
pipeline web-shop {
  variable log_level: string = "info"

  on push { branches: ["main"], paths: ["src/**", "package.json"] }

  aws {
    role: "arn:aws:iam::111122223333:role/pipeline"
    artifact_bucket: "acme-artifacts"
    mode: "queued"
  }

  defaults run { image: "node:22", timeout: 20m }

  stage source {
    action app = git { repository: "acme/shop", branch: "main", connection: connection }
  }

  stage verify {
    /// One action for each version; they run side by side.
    action test for node in ["20", "22"] = run {
      inputs: [app]
      image: "node:#{node}"
      env: { LOG_LEVEL: log_level, LEVEL: if a && !b then "x" else "y" }
      script: """
        npm ci
        npm test
        """
    }

    action bundle if log_level == "info" = aws.codebuild {
      inputs: [app, app / "sub"]
      outputs: { dist: "dist/**" }
      variables: ["TAG"]
      names: [t.name for t in test]
      cache: true
    }

    on failure retry failed_actions
  }

  stage release {
    needs: [verify]
    action ok = approve { message: "Ship #{bundle.TAG} (#{app.commit})?", timeout: 3d }
  }
}

let last = contains(connection, "aws")
"##;

/// Everything that has a name: declarations and keys.
fn names(file: &File) -> Vec<String> {
    let mut names = Vec::new();
    for item in &file.items {
        item_names(item, &mut names);
    }
    names
}

fn item_names(item: &Item, names: &mut Vec<String>) {
    match item {
        Item::Pipeline(x) | Item::Stage(x) => {
            names.push(format!("block {}", x.name.text));
            x.items.iter().for_each(|item| item_names(item, names));
        }
        Item::Let(x) => {
            names.push(format!("let {}", x.name.text));
            expr_names(&x.value, names);
        }
        Item::Variable(x) => names.push(format!("variable {}", x.name.text)),
        Item::Trigger(x) => {
            names.push(format!("on {}", x.event.text));
            expr_names(&x.body, names);
        }
        Item::OnFailure(x) => names.push(format!("failure {}", x.result.text)),
        Item::Engine(x) => {
            names.push(format!("engine {}", x.name.text));
            expr_names(&x.body, names);
        }
        Item::Defaults(x) => {
            names.push("defaults".to_owned());
            expr_names(&x.body, names);
        }
        Item::Action(x) => {
            names.push(format!("action {}", x.name.text));
            expr_names(&x.body, names);
        }
        Item::Field(x) => {
            names.push(format!("field {}", x.key.text));
            expr_names(&x.value, names);
        }
        Item::Edition(_) => names.push("edition".to_owned()),
        Item::Use(x) => names.push(format!("use {}", x.path.text)),
        Item::Private(x) => item_names(&x.item, names),
        Item::Type(x) => names.push(format!("type {}", x.name.text)),
        Item::Function(x) => {
            names.push(format!("fn {}", x.name.text));
            names.extend(x.params.list.iter().map(|param| format!("param {}", param.name.text)));
            expr_names(&x.value, names);
        }
        Item::Callee(x) => {
            names.push(format!("callee {}", x.name.text));
            names.extend(x.entries.iter().map(|entry| match entry {
                CalleeEntry::Field(field) => format!("entry {}", field.key.text),
                CalleeEntry::Fields(group) => format!("entry {} {}", group.key.text, group.list.len()),
                CalleeEntry::Variables(group) => format!("entry {} {}", group.key.text, group.list.len()),
                CalleeEntry::Error(_) => "broken".to_owned(),
            }));
        }
        Item::Secret(x) => {
            names.push(format!("secret {}", x.name.text));
            expr_names(&x.body, names);
        }
        Item::Gate(x) => {
            names.push(format!("gate {}", x.name.text));
            expr_names(&x.body, names);
        }
        Item::StageInstance(x) | Item::PipelineInstance(x) => {
            names.push(format!("instance {}", x.name.text));
            expr_names(&x.body, names);
        }
        Item::Error(_) => {}
    }
}

fn expr_names(expr: &Expr, names: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Record(entries) => {
            for entry in entries {
                if let Entry::Field(field) = entry {
                    names.push(format!("key {}", field.key.text));
                    expr_names(&field.value, names);
                }
            }
        }
        ExprKind::List(elements) => {
            for element in elements {
                if let Element::Value(value) = element {
                    expr_names(value, names);
                }
            }
        }
        _ => {}
    }
}

/// What became of the mutations of one kind.
#[derive(Debug, Default)]
struct Outcome {
    count: usize,
    expected: usize,
    kept: usize,
    diagnostics: usize,
    /// The mutations with most diagnostics, for whoever wants to improve them.
    worst: Vec<(usize, String)>,
}

impl Outcome {
    /// Reads `text` and compares with what it should still hold.
    fn add(&mut self, text: &str, expected: &[String], at: usize) {
        let parsed = read(text);
        let mut found = names(&parsed.file);
        let kept = expected
            .iter()
            .filter(|name| found.iter().position(|f| f == *name).map(|i| found.swap_remove(i)).is_some());
        let kept = kept.count();
        self.count += 1;
        self.expected += expected.len();
        self.kept += kept;
        self.diagnostics += parsed.diagnostics.len();
        let lost = expected.len() - kept;
        if parsed.diagnostics.len() > 2 || lost > 3 {
            let line = text[..at.min(text.len())].rfind('\n').map_or(0, |i| i + 1);
            let line = text[line..].lines().next().unwrap_or_default();
            self.worst.push((parsed.diagnostics.len(), format!("{lost} lost at {at}: {line}")));
        }
    }

    fn share(&self) -> f64 {
        100.0 * self.kept as f64 / self.expected as f64
    }

    fn each(&self) -> f64 {
        self.diagnostics as f64 / self.count as f64
    }

    fn report(&mut self, kind: &str) {
        self.worst.sort_by(|a, b| b.cmp(a));
        println!(
            "{kind}: {:.1} % kept, {:.2} diagnostics each, {} mutations",
            self.share(),
            self.each(),
            self.count
        );
        for (diagnostics, text) in self.worst.iter().take(12) {
            println!("    {diagnostics} diagnostics, {text}");
        }
    }
}

/// The tokens of the sample that one can delete or stand before.
fn positions() -> Vec<(usize, usize)> {
    let tokens = read(SAMPLE).tokens;
    tokens
        .iter()
        .filter(|(kind, _)| *kind != Kind::Newline)
        .map(|(_, s)| (s.start as usize, s.end as usize))
        .collect()
}

#[test]
fn the_sample_is_well_formed() {
    let parsed = read(SAMPLE);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(names(&parsed.file).len(), 40);
}

#[test]
fn deleting_a_token_loses_little() {
    let all = names(&read(SAMPLE).file);
    let mut outcome = Outcome::default();
    for (start, end) in positions() {
        outcome.add(&format!("{}{}", &SAMPLE[..start], &SAMPLE[end..]), &all, start);
    }
    outcome.report("delete");
    assert!(outcome.share() >= 90.0 && outcome.each() <= 1.5, "{outcome:?}");
}

#[test]
fn a_stray_token_loses_little() {
    let all = names(&read(SAMPLE).file);
    for stray in ["=", "stray", "}", "]", "{", "(", ",", ":", "\"", "if", "stage"] {
        let mut outcome = Outcome::default();
        for (start, _) in positions() {
            outcome.add(&format!("{} {stray} {}", &SAMPLE[..start], &SAMPLE[start..]), &all, start);
        }
        outcome.report(&format!("stray {stray}"));
        if matches!(stray, "=" | "stray") {
            assert!(outcome.share() >= 90.0 && outcome.each() <= 1.5, "{outcome:?}");
        }
    }
}

#[test]
fn a_file_cut_off_keeps_what_is_there() {
    // What the file held before the cut: names that end before it, and whose declaration can be told by then.
    let mut outcome = Outcome::default();
    let complete = read(SAMPLE);
    for (start, _) in positions() {
        let mut known = Vec::new();
        let mut before = complete.file.clone();
        truncate(&mut before.items, start);
        for item in &before.items {
            item_names(item, &mut known);
        }
        outcome.add(&SAMPLE[..start], &known, start);
    }
    outcome.report("cut");
    assert!(outcome.share() >= 98.0 && outcome.each() <= 1.5, "{outcome:?}");
}

#[test]
fn a_misspelt_declaration_is_read_as_what_was_meant() {
    let all = names(&read(SAMPLE).file);
    for (word, wrong) in [
        ("pipeline ", "pipline "),
        ("stage ", "stge "),
        ("stage ", "stages "),
        ("action ", "actoin "),
        ("let ", "var "),
        ("let ", "const "),
    ] {
        let mut places = SAMPLE.match_indices(word).filter(|(at, _)| {
            let line = SAMPLE[..*at].rfind('\n').map_or(0, |i| i + 1);
            SAMPLE[line..*at].trim().is_empty()
        });
        let (at, _) = places.next().expect("the sample has one");
        let text = format!("{}{wrong}{}", &SAMPLE[..at], &SAMPLE[at + word.len()..]);
        let parsed = read(&text);
        let found: Vec<_> = parsed.diagnostics.iter().map(|d| d.code.id).collect();
        assert_eq!((found, names(&parsed.file)), (vec!["P0104"], all.clone()), "{wrong}");
    }
}

/// Drops what is not complete before `end`, but for blocks that are open there.
fn truncate(items: &mut Vec<Item>, end: usize) {
    items.retain(|item| match item {
        Item::Pipeline(x) | Item::Stage(x) => (x.body.start as usize) < end,
        item => item.span().end as usize <= end,
    });
    for item in items {
        if let Item::Pipeline(x) | Item::Stage(x) = item {
            truncate(&mut x.items, end);
        }
    }
}

#[test]
fn nothing_makes_it_panic() {
    let places = positions();
    for window in places.windows(7) {
        // Swapped, doubled and dropped neighbours.
        let (a, b) = (window[0], window[6]);
        let (before, first, between) = (&SAMPLE[..a.0], &SAMPLE[a.0..a.1], &SAMPLE[a.1..b.0]);
        let (last, behind) = (&SAMPLE[b.0..b.1], &SAMPLE[b.1..]);
        for text in [
            format!("{before}{last}{between}{first}{behind}"),
            format!("{before}{behind}"),
            format!("{before}{first}{between}{between}{last}{behind}"),
        ] {
            let _ = read(&text);
        }
    }
}

/// Tokens in any order.
fn soup() -> impl Strategy<Value = String> {
    let tokens = "a stage action pipeline let on aws defaults variable use if then else for in null 1 5m \"s\" \"#{ }\" \
                  { } [ ] ( ) { } [ ] ( ) : , = == && ?? ! . ... / | ? < >";
    let token = select(tokens.split_whitespace().collect::<Vec<_>>());
    let token = prop_oneof![8 => token, 1 => Just("\"a #{"), 1 => Just("\"\"\"\n x\n \"\"\"")];
    let space = prop_oneof![4 => Just(" "), 1 => Just("\n"), 1 => Just("\n  ")];
    proptest::collection::vec((token, space), 0..60)
        .prop_map(|tokens| tokens.into_iter().map(|(token, space)| format!("{token}{space}")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tokens_give_a_tree(text in soup()) {
        let parsed = read(&text);
        for diagnostic in &parsed.diagnostics {
            prop_assert!(text.get(diagnostic.place.span.range()).is_some(), "{diagnostic:?}");
        }
        // What is lost was reported: a file without diagnostics holds no broken item.
        if parsed.diagnostics.is_empty() {
            prop_assert!(!format!("{:?}", parsed.file).contains("Error"), "{text}");
        }
    }
}
