//! The tree of what is well formed, what is reported about what is not (`errors`), and how much of a file survives a
//! mistake (`recovery`).

use super::{Parsed, parse};
use crate::source::SourceId;
use crate::syntax::ast::{ExprKind, Item};

mod errors;
mod layout;
mod recovery;
mod slips;

fn read(text: &str) -> Parsed {
    parse(SourceId(0), text)
}

/// A well-formed file.
fn items(text: &str) -> Vec<Item> {
    let parsed = read(text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    parsed.file.items
}

/// An expression with brackets around every operation.
fn grouping(text: &str) -> String {
    let [Item::Let(let_)] = &items(&format!("let a = {text}"))[..] else { panic!("{text}") };
    group(&let_.value.kind)
}

fn group(kind: &ExprKind) -> String {
    match kind {
        ExprKind::Name(name) => name.to_string(),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Int(number) => number.to_string(),
        ExprKind::Duration(seconds) => format!("{seconds}s"),
        ExprKind::Binary(operator, sides) => {
            format!("({} {} {})", group(&sides[0].kind), operator.text(), group(&sides[1].kind))
        }
        ExprKind::Not(value) => format!("(!{})", group(&value.kind)),
        ExprKind::Member(value, name) => format!("{}.{}", group(&value.kind), name.text),
        ExprKind::Index(value, index) => format!("{}[{}]", group(&value.kind), group(&index.kind)),
        ExprKind::File(artifact, path) => format!("({} / {})", group(&artifact.kind), group(&path.kind)),
        ExprKind::Call(function, arguments) => {
            let arguments: Vec<_> = arguments.iter().map(|argument| group(&argument.kind)).collect();
            format!("{}({})", group(&function.kind), arguments.join(", "))
        }
        ExprKind::If(parts) => {
            let [condition, then, other] = &**parts;
            format!("(if {} then {} else {})", group(&condition.kind), group(&then.kind), group(&other.kind))
        }
        ExprKind::Paren(inner) => format!("<{}>", group(&inner.kind)),
        other => format!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_the_reference_says() {
    let samples = [
        ("a ?? b ?? c", "(a ?? (b ?? c))"),
        ("a || b ?? c", "((a || b) ?? c)"),
        ("a || b && c", "(a || (b && c))"),
        ("a && b && c", "((a && b) && c)"),
        ("a && b == c", "(a && (b == c))"),
        ("!a == b", "((!a) == b)"),
        ("!a.b", "(!a.b)"),
        ("!!a", "(!(!a))"),
        ("a in b && c", "((a in b) && c)"),
        ("a.b[0].c(d)", "a.b[0].c(d)"),
        ("a.b / \"x\" == c", "((a.b / \"x\") == c)"),
        ("if a then b else c ?? d", "(if a then b else (c ?? d))"),
        ("if a then b else if c then d else e", "(if a then b else (if c then d else e))"),
        ("(a || b) && c", "(<(a || b)> && c)"),
        ("f(a, b,\n  c\n)", "f(a, b, c)"),
        ("1h30m", "5400s"),
        ("-5", "-5"),
    ];
    for (text, expected) in samples {
        assert_eq!(grouping(text), expected, "{text}");
    }
}

#[test]
fn declaration_words_are_names_elsewhere() {
    for text in [
        "pipeline pipeline { stage stage { action action = run {} } }",
        "pipeline p { stage s { action on = action.secret { stage: stage, let: let.variable } } }",
        "let let = aws",
        "let type: type = [use, fn, gate]",
    ] {
        items(text);
    }
    let [Item::Field(_), Item::Field(_)] = &items("stage: 1\n\"on\": 2")[..] else { panic!("fields") };
}

#[test]
fn documentation_belongs_to_the_declaration_below_it() {
    let doc = |text| items(text)[0].doc().map(|doc| doc.text.clone());
    assert_eq!(doc("/// One.\n///  Two.\nlet a = 1").as_deref(), Some("One.\n Two."));
    assert_eq!(doc("/// One.\n// no\nlet a = 1"), None);
    assert_eq!(doc("//// One.\nlet a = 1"), None);
    assert_eq!(doc("// no\n/// One.\nlet a = 1").as_deref(), Some("One."));
    assert_eq!(items("let a = 1 /// behind\nlet b = 2")[1].doc(), None);
}

#[test]
fn a_brace_may_stand_on_the_next_line() {
    items("pipeline p\n{\n  stage s\n  {\n    action a = run\n    {\n    }\n  }\n}");
    items("pipeline p {\n  on push\n  {}\n  aws\n  {}\n  defaults\n  {}\n}");
}

#[test]
fn declarations_of_files_are_told_apart() {
    let text = "use \"x\" as y\nfn f(a: int): int = a\nstage s(a: int) { action x = run {} }\nstage t = s { a: 1 }\nlet z = 1";
    let items = items(text);
    assert!(matches!(
        items[..],
        [Item::Use(_), Item::Function(_), Item::Stage(_), Item::StageInstance(_), Item::Let(_)]
    ));
}

#[test]
fn deep_files_are_read() {
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{a:", "}"), ("f(", ")"), ("!", ""), ("if x then y else ", "")]
    {
        let text = format!("let a = {}x{}", open.repeat(90), close.repeat(90));
        items(&text);
    }
}

#[test]
fn closing_brackets_of_another_kind_end_the_reading() {
    for open in ["[", "(", "{", "f(", "[{x: ", "\"#{[", "pipeline p {"] {
        for close in ["]", ")", "}", "])}", "})]", ")]}"] {
            for tail in ["", "\nlet b = 1", ", x", "x: 1"] {
                let parsed = read(&format!("let a = {open}x{close}{tail}"));
                assert!(!parsed.file.items.is_empty());
            }
        }
    }
}
