//! Projects that nobody writes: evaluation ends, whatever calls, holds or makes whatever else.

use std::fmt::Write as _;

use super::limits::bounded;
use super::modules;

/// The codes that are found in files, each once, with the stack that a thread has by default and in bounded time.
#[track_caller]
fn codes(files: Vec<(String, String)>) -> Vec<String> {
    bounded(move || {
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let mut codes = modules::codes(&files);
        codes.sort_unstable();
        codes.dedup();
        codes
    })
}

fn one(text: String) -> Vec<(String, String)> {
    vec![("main.pipe".to_owned(), text)]
}

/// A line for each number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        let _ = writeln!(text, "{}", line(at));
        text
    })
}

#[test]
fn a_thousand_files() {
    let name = |at: usize| format!("f{at}.pipe");
    // Each uses the next.
    let chain = |at: usize| format!("use \"f{}.pipe\" as next\nlet x = \"#{{next.x}}\"\n", at + 1);
    let mut files: Vec<_> = (0..1000).map(|at| (name(at), chain(at))).collect();
    files.push((name(1000), "let x = \"end\"".to_owned()));
    assert_eq!(codes(files), ["P0319"], "a value that is defined through a thousand steps");
    // One uses all.
    let mut files = one(lines(1000, |at| format!("use \"f{at}.pipe\"\nlet y{at} = f{at}.x")));
    files.extend((0..1000).map(|at| (name(at), "let x = \"end\"".to_owned())));
    assert!(codes(files).is_empty());
    // Each uses all of the two behind it: as many ways as one cannot count.
    let both = |at: usize| {
        format!("use \"f{}.pipe\" as a\nuse \"f{}.pipe\" as b\nlet x = a.y\nlet y = b.y\n", at + 1, at + 2)
    };
    let mut files: Vec<_> = (0..200).map(|at| (name(at), both(at))).collect();
    files.extend([200, 201].map(|at| (name(at), "let y = 1".to_owned())));
    assert!(codes(files).is_empty());
    // All use each other.
    let all = |_| lines(30, |at| format!("use \"f{at}.pipe\" as m{at}"));
    assert_eq!(codes((0..30).map(|at| (name(at), all(at))).collect()), ["P0212"]);
}

#[test]
fn functions_that_call_each_other_twice() {
    let twice = lines(60, |at| format!("fn f{}(x: string): string = f{at}(f{at}(x))", at + 1));
    let text = format!("fn f0(x: string): string = x\n{twice}let y = f60(\"a\")");
    assert_eq!(codes(one(text)), ["P0319"]);
    let deep = lines(5000, |at| format!("fn f{}(x: string): string = f{at}(x)", at + 1));
    let text = format!("fn f0(x: string): string = x\n{deep}let y = f5000(\"a\")");
    assert_eq!(codes(one(text)), ["P0319"]);
}

#[test]
fn types_that_double() {
    let double = lines(90, |at| format!("type T{} = {{ a: T{at}, b: T{at} }}", at + 1));
    assert!(
        codes(one(format!("type T0 = {{ x: string }}\n{double}fn f(t: T90): string = t.a.b.a.b.x")))
            .contains(&"P0210".to_owned())
    );
    let defaults = lines(90, |at| format!("type T{} = {{ a: T{at} = {{}}, b: T{at} = {{}} }}", at + 1));
    let text = format!("type T0 = {{ x: string = \"y\" }}\n{defaults}let t: T90 = {{}}");
    assert_eq!(codes(one(text)), ["P0319"]);
    let wide = lines(5000, |at| format!("  f{at}: string = \"x\""));
    assert_eq!(codes(one(format!("type W = {{\n{wide}}}\nlet w: W = {{}}"))), ["P0319"]);
    let many = lines(5000, |at| format!("type A{at} = B{at}"));
    assert_eq!(codes(one(many)), ["P0208"]);
}

#[test]
fn templates_that_make_very_much() {
    let chain = lines(200, |at| format!("action t{}(x: string) = t{at} {{ x: x }}", at + 1));
    let text = format!(
        "action t0(x: string) = run {{ env: {{ X: x }}, script: \"y\" }}\n{chain}pipeline p {{ stage s {{ action a = t200 {{ x: \"1\" }} }} }}"
    );
    assert_eq!(codes(one(text)), ["P0504"]);
    let keys = (0..400).map(|at| format!("\"k{at}\"")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "let keys = [{keys}]\nstage s(a: list<string>) {{ action x for k in a = run {{ script: \"y\" }} }}\npipeline p {{ stage t for k in keys = s {{ a: keys }} }}"
    );
    assert_eq!(codes(one(text)), ["P0319"]);
    let params = (0..5000).map(|at| format!("p{at}: string")).collect::<Vec<_>>().join(", ");
    assert_eq!(codes(one(format!("stage s({params}) {{}}"))), ["P0319"]);
    let wrong = lines(3000, |at| format!("  stage s{at} = nothing{at} {{ a: unknown{at} }}"));
    assert_eq!(codes(one(format!("pipeline p {{\n{wrong}}}"))), ["P0203"]);
    let gates =
        lines(5000, |at| format!("    gate g{at} on entry = aws.alarm {{ alarm_name: \"x\" }} else fail"));
    assert!(
        codes(one(format!(
            "pipeline p {{\n  stage s {{\n{gates}    action a = run {{ script: \"x\" }}\n  }}\n}}"
        )))
        .is_empty()
    );
}

#[test]
fn conditions_that_double() {
    let double = lines(60, |at| format!("  let c{} = c{at} && (c{at} || !c{at})", at + 1));
    let text = format!(
        "pipeline p {{\n  variable v: string\n  let c0 = v == \"x\"\n{double}  stage s {{ when: c60\n action a = run {{ script: \"x\" }} }}\n}}"
    );
    assert_eq!(codes(one(text)), ["P0319"]);
}
