//! Several files: what they take from each other, and what they keep to themselves.

use super::{Memory, rendered};
use crate::diagnostic::Severity;
use crate::source::Sources;
use crate::{Compilation, compile, load};

/// Files in memory, compiled from the first.
pub(super) fn project(files: &[(&str, &str)]) -> (Sources, Compilation) {
    let mut loader = Memory::default();
    for (name, text) in files {
        loader = loader.with(name, *text);
    }
    let mut sources = Sources::default();
    let id = load(&loader, &mut sources, files[0].0).expect("the file is there");
    let compilation = compile(&mut sources, id, &loader);
    (sources, compilation)
}

/// All that is said about a project, a line each, with the file: `P0213 main.pipe hidden: …`.
pub(super) fn said(files: &[(&str, &str)]) -> Vec<String> {
    let (sources, compilation) = project(files);
    let line = |d: &crate::diagnostic::Diagnostic| {
        let source = sources.get(d.place.source);
        let at = source.text.get(d.place.span.range()).unwrap_or_default();
        format!("{} {} {at}: {}", d.code.id, source.name, d.message)
    };
    compilation.diagnostics.iter().filter(|d| d.severity != Severity::Hint).map(line).collect()
}

/// The codes of all that is said about a project.
pub(super) fn codes(files: &[(&str, &str)]) -> Vec<String> {
    said(files).iter().map(|line| line[..5].to_owned()).collect()
}

/// The plan of the only pipeline of a project without errors.
pub(super) fn plan(files: &[(&str, &str)]) -> crate::plan::Plan {
    let (sources, mut compilation) = project(files);
    let errors: Vec<_> = compilation.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{}", rendered(&errors, &sources));
    compilation.pipelines.swap_remove(0).plan
}

fn run(value: &str) -> String {
    format!("pipeline p {{ stage st {{ action act = run {{ env: {{ V: {value} }}, script: \"x\" }} }} }}")
}

/// What the environment variable `V` of the only action is.
fn value(files: &[(&str, &str)]) -> String {
    let plan = plan(files);
    plan.actions[0].env["V"].as_str().unwrap_or("not constant").to_owned()
}

#[test]
fn a_file_is_used_under_its_stem_or_another_name() {
    let lib = "let a = \"1\"\nfn twice(x: string): string = \"#{x}#{x}\"\n";
    let main = format!("use \"lib/names.pipe\"\n{}", run("names.twice(names.a)"));
    assert_eq!(value(&[("main.pipe", &main), ("lib/names.pipe", lib)]), "11");
    let main = format!("use \"./lib/names.pipe\" as n\n{}", run("n.a"));
    assert_eq!(value(&[("main.pipe", &main), ("lib/names.pipe", lib)]), "1");
    let main = format!("use \"../names.pipe\" {{ a, twice as double }}\n{}", run("double(a)"));
    assert_eq!(value(&[("deep/main.pipe", &main), ("names.pipe", lib)]), "11");
    let main = format!("use \"names.pipe\" as n {{ a }}\n{}", run("\"#{a}#{n.a}\""));
    assert_eq!(value(&[("main.pipe", &main), ("names.pipe", lib)]), "11");
}

#[test]
fn diamonds_are_one_file() {
    let files = [
        ("main.pipe", &*format!("use \"a.pipe\"\nuse \"b.pipe\"\n{}", run("\"#{a.x} #{b.x}\""))),
        ("a.pipe", "use \"base.pipe\"\nlet x = \"a#{base.x}\""),
        ("b.pipe", "use \"./base.pipe\" as base\nlet x = \"b#{base.x}\""),
        ("base.pipe", "let x = \"0\""),
    ];
    assert_eq!(value(&files), "a0 b0");
    let (sources, _) = project(&files);
    assert_eq!(sources.iter().count(), 4, "each file is read once");
}

#[test]
fn what_a_file_uses_it_does_not_pass_on() {
    let files = [
        ("main.pipe", &*format!("use \"a.pipe\" {{ x }}\n{}", run("x"))),
        ("a.pipe", "use \"b.pipe\" { x }\nlet y = x"),
        ("b.pipe", "let x = \"1\""),
    ];
    assert_eq!(said(&files), ["P0214 main.pipe x: `a.pipe` does not declare `x`"]);
}

#[test]
fn private_things_stay_in_their_file() {
    let lib = "private let x = \"1\"\nprivate type T = \"a\"\nprivate fn f(): string = x\nprivate stage s() {}\nlet y = f()\n";
    let main = |rest: &str| format!("use \"lib.pipe\"\n{rest}");
    let check = |rest: &str| said(&[("main.pipe", &main(rest)), ("lib.pipe", lib)]);
    assert_eq!(value(&[("main.pipe", &main(&run("lib.y"))), ("lib.pipe", lib)]), "1");
    assert_eq!(check(&run("lib.x")), ["P0213 main.pipe x: `x` is private to its file"]);
    assert_eq!(check(&run("lib.f()")), ["P0213 main.pipe f: `f` is private to its file"]);
    assert_eq!(check("let z: lib.T = \"a\""), ["P0213 main.pipe lib.T: `lib.T` is private to its file"]);
    assert_eq!(
        check("pipeline p { stage s = lib.s {} }"),
        ["P0213 main.pipe lib.s: `lib.s` is private to its file"]
    );
    assert_eq!(
        said(&[("main.pipe", "use \"lib.pipe\" { x }"), ("lib.pipe", lib)]),
        ["P0213 main.pipe x: `x` is private to its file"]
    );
    let misplaced =
        said(&[("main.pipe", "private pipeline p { stage s { action a = run { script: \"x\" } } }")]);
    assert_eq!(misplaced, ["P0108 main.pipe private: `private` cannot stand here"]);
}

#[test]
fn circles_of_files_show_each_step() {
    let files = [
        ("a.pipe", "use \"b.pipe\"\nlet x = b.y"),
        ("b.pipe", "use \"c.pipe\"\nlet y = c.z"),
        ("c.pipe", "use \"a.pipe\"\nlet z = \"1\""),
    ];
    let (_, compilation) = project(&files);
    let circle = compilation.diagnostics.iter().find(|d| d.code.id == "P0212").expect("a circle");
    assert_eq!(circle.message, "these files use each other: `a.pipe` → `b.pipe` → `c.pipe` → `a.pipe`");
    assert_eq!(circle.labels.len(), 2, "the other two steps");
    assert_eq!(compilation.diagnostics.iter().filter(|d| d.severity == Severity::Error).count(), 1);
}

#[test]
fn a_missing_file_is_one_error() {
    let main = "use \"lib.pipe\" { Env, ship }\nuse \"lib.pipe\" as lib\nlet x: Env = lib.y\npipeline p { stage s = ship {} }";
    assert_eq!(
        said(&[("main.pipe", main)]),
        [
            "P0003 main.pipe \"lib.pipe\": `lib.pipe` cannot be read: no such file",
            "P0003 main.pipe \"lib.pipe\": `lib.pipe` cannot be read: no such file"
        ]
    );
    // What is wrong in a used file is said there, and nothing that follows from it here.
    let files = [
        ("main.pipe", &*format!("use \"lib.pipe\"\n{}", run("lib.x"))),
        ("lib.pipe", "let x =\nlet y = \"1\""),
    ];
    assert_eq!(said(&files), ["P0101 lib.pipe let: expected a value, found `let`"]);
}

#[test]
fn names_of_files_are_checked() {
    let lib = "let region = \"eu\"\nstage ship() {}\ntype Env = \"a\"\n";
    let check = |rest: &str| said(&[("main.pipe", &format!("use \"lib.pipe\"\n{rest}")), ("lib.pipe", lib)]);
    assert_eq!(check(&run("lib.regoin")), ["P0214 main.pipe regoin: `lib.pipe` does not declare `regoin`"]);
    assert_eq!(check(&run("lib.f()")), ["P0214 main.pipe f: `lib.pipe` does not declare a function `f`"]);
    assert_eq!(
        check("let x: lib.Evn = \"a\""),
        ["P0208 main.pipe lib.Evn: `lib.pipe` does not declare a type `Evn`"]
    );
    assert_eq!(
        check("pipeline p { stage s = lib.shp {} }"),
        ["P0214 main.pipe lib.shp: `lib.pipe` does not declare `shp`"]
    );
    assert_eq!(
        check(&run("lib")),
        ["P0301 main.pipe lib: `lib` is a file that is used, and no value by itself"]
    );
    assert_eq!(
        said(&[("main.pipe", "use \"lib.pipe\" as aws"), ("lib.pipe", lib)]),
        ["P0202 main.pipe aws: `aws` is the name of an engine's catalog"]
    );
    // A value of the pipeline hides a file of the same name, which still is a file behind `=`.
    let main = "use \"lib.pipe\"\npipeline p { stage lib = lib.ship {}\n stage s { action a = run { script: \"x\" } } }";
    assert!(said(&[("main.pipe", main), ("lib.pipe", lib)]).is_empty());
}

#[test]
fn files_are_relative_to_the_file_that_names_them() {
    let files = [
        ("main.pipe", &*format!("use \"lib/a.pipe\"\n{}", run("a.text"))),
        ("lib/a.pipe", "use \"b.pipe\"\nlet text = \"#{b.text}#{file(\"a.txt\")}\""),
        ("lib/b.pipe", "let text = file(\"b.txt\")"),
        ("lib/a.txt", "A"),
        ("lib/b.txt", "B"),
    ];
    assert_eq!(value(&files), "BA");
}

#[test]
fn editions_and_places_of_declarations() {
    assert!(said(&[("main.pipe", "edition 2026\nlet x = 1")]).is_empty());
    assert_eq!(
        said(&[("main.pipe", "let x = 1\nedition 2026")]),
        ["P0111 main.pipe edition 2026: `edition` is the first statement of a file"]
    );
    assert_eq!(
        said(&[("main.pipe", "edition 1999")]),
        ["P0111 main.pipe 1999: this version does not know the edition 1999"]
    );
    let inside =
        "pipeline p {\n  type T = \"a\"\n  stage s { fn f(): int = 1\n action a = run { script: \"x\" } }\n}";
    assert_eq!(
        said(&[("main.pipe", inside)]),
        [
            "P0108 main.pipe T: this declaration cannot stand here",
            "P0108 main.pipe f: this declaration cannot stand here"
        ]
    );
}

#[test]
fn an_allow_allows_what_is_below_it() {
    let text = "pipeline p {\n  stage s {\n    // allow P0325: the branch is ours\n    action a = aws.commands {\n      inputs: [app],\n      // allow P0325: a commit id is no code\n      commands: [\"echo #{app.commit}\"]\n    }\n  }\n  stage src { needs: []\n action app = git { repository: \"a/b\", branch: \"main\" } }\n}";
    let text = text.replace("stage s {", "stage s {\n    needs: [src]");
    assert_eq!(
        said(&[("main.pipe", &text)]),
        [
            "P0604 main.pipe // allow P0325: the branch is ours: this allows `P0325`, which is not reported here"
        ]
    );
    let error = said(&[("main.pipe", "// allow P0201: no\nlet x = y")]);
    assert_eq!(error, ["P0201 main.pipe y: nothing here is called `y`"], "errors are not allowed");
}
