//! Generated files: every construct, with spaces, line ends, commas and comments wherever they may be.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::formatted;

type Text = BoxedStrategy<String>;

/// Spaces on one line, or none.
fn space() -> Text {
    select(vec!["", " ", "  ", "\t"]).prop_map_into().boxed()
}

/// What may stand where a line's end means nothing.
fn gap() -> Text {
    select(vec![" ", " ", "", "\n", "\r\n  ", " // gap\n", "\n\n // own\n\n\n", "\n// a\n// b\n"])
        .prop_map_into()
        .boxed()
}

/// What separates items.
fn separator() -> Text {
    let separators = vec![
        ",",
        " , ",
        "\n",
        "\r\n",
        "\n\n\n",
        " // end\n",
        ", // end\n",
        "\n  // own\n\n",
        ",\n\n// own\n// two\n",
    ];
    select(separators).prop_map_into().boxed()
}

fn name() -> Text {
    select(vec!["a", "app", "build-it", "stage", "on", "aws", "x_1", "type"]).prop_map_into().boxed()
}

fn string() -> Text {
    let strings =
        vec![r#""""#, r#""text""#, r#""a\nb \"q\" \u{1F600}""#, r##""v#{ a.b }w""##, r##""#{f("x")}""##];
    select(strings).prop_map_into().boxed()
}

/// Block strings, closed at some indentation.
fn block() -> Text {
    let line = select(vec!["", "echo hi", "  deeper  ", "// no comment", "\"quoted\"", "\t", "x\r"]);
    (vec(line, 0..4), select(vec!["", "    "]), select(vec!["\"\"\"", "\"\"\"\""]))
        .prop_map(|(lines, indent, quotes)| {
            let mut text = format!("{quotes}\n");
            for line in lines {
                text += &format!("{indent}{line}\n");
            }
            text + indent + quotes
        })
        .boxed()
}

/// Items with separators between them, and what may stand before and behind them.
fn items(item: impl Strategy<Value = String> + 'static) -> Text {
    (gap(), vec((item, separator()), 0..4), gap())
        .prop_map(|(before, items, behind)| {
            let mut text = before;
            let mut comma = true;
            for (item, separator) in items {
                // A line that begins with `if` goes on with the line before.
                if item.starts_with("if") && !comma {
                    text.push(',');
                }
                comma = separator.contains(',');
                text += &item;
                text += &separator;
            }
            text + &behind
        })
        .boxed()
}

fn infix(expr: &Text, operators: &[&'static str]) -> Text {
    (expr.clone(), space(), select(operators.to_vec()), gap(), expr.clone())
        .prop_map(|(a, space, operator, gap, b)| format!("{a}{space} {operator} {gap}{b}"))
        .boxed()
}

fn conditional(expr: &Text) -> Text {
    (expr.clone(), gap(), expr.clone(), gap(), expr.clone())
        .prop_map(|(condition, gap, then, other_gap, other)| {
            format!("if {condition} {gap}then {then}{other_gap} else {gap}{other}")
        })
        .boxed()
}

fn entry(expr: &Text) -> Text {
    let key = prop_oneof![name(), Just("\"a key\"".to_owned())];
    let field = (key, space(), gap(), expr.clone())
        .prop_map(|(key, space, gap, value)| format!("{key}{space}:{gap}{value}"));
    prop_oneof![5 => field, 1 => expr.clone().prop_map(|value| format!("...{value}"))].boxed()
}

fn record(expr: &Text) -> Text {
    items(entry(expr)).prop_map(|entries| format!("{{{entries}}}")).boxed()
}

fn for_clause(expr: &Text) -> Text {
    (select(vec!["x", "k, v", "k,\n v"]), gap(), expr.clone())
        .prop_map(|(x, gap, list)| format!("for {x} in {gap}{list}"))
        .boxed()
}

fn expr() -> Text {
    let numbers = select(vec!["0", "-12", "1h30m", "true", "null"]).prop_map_into();
    prop_oneof![3 => name(), 2 => string(), 2 => numbers, 1 => block()]
        .prop_recursive(4, 24, 3, |inner| {
            let inner = inner.boxed();
            let paren =
                (gap(), inner.clone(), gap()).prop_map(|(a, inner, b)| format!("({a}{inner}{b})")).boxed();
            let list = items(prop_oneof![inner.clone(), inner.clone().prop_map(|x| format!("... {x}"))])
                .prop_map(|items| format!("[{items}]"));
            let list_for = (gap(), paren.clone(), gap(), for_clause(&inner), gap())
                .prop_map(|(a, element, b, each, c)| format!("[{a}{element}{b}{each}{c}]"));
            let record_for = (gap(), inner.clone(), for_clause(&paren), paren.clone()).prop_map(
                |(a, value, each, condition)| format!("{{{a}\"#{{x}}\": {value} {each} if {condition}}}"),
            );
            let call = (name(), space(), gap(), vec((inner.clone(), gap()), 0..3)).prop_map(
                |(name, space, gap, arguments)| {
                    let arguments: Vec<String> =
                        arguments.into_iter().map(|(value, gap)| value + &gap).collect();
                    format!("{name}{space}({gap}{})", arguments.join(","))
                },
            );
            prop_oneof![
                list,
                list_for,
                record(&inner),
                record_for,
                call,
                conditional(&inner),
                infix(&inner, &["&&", "||", "??"]),
                infix(&paren, &["==", "<=", "in", "/"]),
                inner.clone().prop_map(|x| format!("!({x})")),
                (name(), gap(), name()).prop_map(|(a, gap, b)| format!("{a}{gap}.{b}")),
                (name(), inner.clone()).prop_map(|(a, index)| format!("{a}[{index}]")),
                paren,
            ]
        })
        .boxed()
}

fn ty() -> Text {
    select(vec![
        "string",
        "string?",
        "list<string>",
        "list < map<int?> > ?",
        "\"a\" | \"b\"",
        "\"a\"\n  |\n \"b\"?",
    ])
    .prop_map_into()
    .boxed()
}

fn clauses() -> Text {
    let each = prop_oneof![3 => Just(String::new()), 1 => for_clause(&expr())];
    let condition = prop_oneof![3 => Just(String::new()), 1 => expr().prop_map(|x| format!("if {x}"))];
    (each, condition).prop_map(|(each, condition)| format!(" {each} {condition} ")).boxed()
}

fn with_doc(declaration: impl Strategy<Value = String> + 'static) -> Text {
    let doc = select(vec!["", "", "/// Doc.\n", "/// Doc.\n/// More.\n", "// no doc\n/// Doc.\n"]);
    (doc, declaration).prop_map(|(doc, declaration)| format!("{doc}{declaration}")).boxed()
}

/// What may stand in a stage.
fn in_stage() -> Text {
    let action =
        (name(), clauses(), gap(), select(vec!["run", "aws.codebuild", "aws\n.\nrun"]), record(&expr()))
            .prop_map(|(name, clauses, gap, callee, body)| {
                format!("action {name}{clauses}={gap}{callee} {body}")
            });
    let let_ = (name(), ty(), gap(), expr())
        .prop_map(|(name, ty, gap, value)| format!("let {name} : {ty} ={gap}{value}"));
    let fixed =
        vec!["on failure retry", "on failure  rollback", "gate g on entry = aws.alarm {} else   fail"];
    let defaults = record(&expr()).prop_map(|body| format!("defaults  a.b {body}"));
    let field = (name(), expr()).prop_map(|(key, value)| format!("{key}: {value}"));
    with_doc(
        prop_oneof![3 => action, 1 => let_, 1 => select(fixed).prop_map_into(), 1 => defaults, 1 => field],
    )
}

/// What may stand in a pipeline.
fn in_pipeline() -> Text {
    let variable =
        (name(), ty(), expr()).prop_map(|(name, ty, value)| format!("variable {name}: {ty} = {value}"));
    let on = record(&expr()).prop_map(|body| format!("on   push {body}"));
    let fixed = vec!["on schedule \"cron(1)\"", "secret s {\n  a: 1 // in\n}", "stage x = y {}"];
    let engine = record(&expr()).prop_map(|body| format!("aws {body}"));
    let stage = (name(), clauses(), items(in_stage()))
        .prop_map(|(name, clauses, items)| format!("stage {name}{clauses}{{{items}}}"));
    with_doc(prop_oneof![variable, on, select(fixed).prop_map_into(), engine, stage])
}

fn file() -> Text {
    let fixed = vec!["use \"x\" { a, b as c }", "type X = { a: string, // c\n  b: int? }", "edition 2026"];
    let pipeline = (name(), clauses(), items(in_pipeline()))
        .prop_map(|(name, clauses, items)| format!("pipeline {name}{clauses}{{{items}}}"));
    let item = prop_oneof![select(fixed).prop_map_into(), with_doc(pipeline), in_stage()];
    (select(vec!["", "#!/usr/bin/env standpipe\n", "#! x\n\n\n// c\n"]), items(item))
        .prop_map(|(shebang, items)| format!("{shebang}{items}"))
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, max_shrink_iters: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn meaning_and_comments_stay(text in file()) {
        if let Err(error) = formatted(&text) {
            return Err(TestCaseError::fail(error));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(\\PC|\n|let |stage|[\\[\\]{}(),:\"#.=/])*") {
        let parsed = super::read(&text);
        if let Ok(formatted) = super::format(&parsed, &text) {
            let again = super::read(&formatted);
            prop_assert_eq!(super::format(&again, &formatted), Ok(formatted));
        }
    }
}
