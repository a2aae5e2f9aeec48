//! The words that the grammars know are those of the compiler and of the reference.

use std::collections::BTreeSet;

use compiler::syntax::token::Kind;

use super::compare::words;
use super::textmate::textmate_grammar;
use super::{grammar, read};

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words.dedup();
    words
}

/// The texts between double quotes.
fn quoted(text: &str) -> Vec<String> {
    sorted(text.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// What stands between two texts.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("there is no {start:?}"));
    rest.split_once(end).unwrap_or_else(|| panic!("there is no {end:?} behind {start:?}")).0
}

#[test]
fn words_are_those_of_the_compiler() {
    let declaration = sorted(words(Kind::is_declaration));
    let reserved = sorted(words(Kind::is_reserved));

    let ebnf = read("grammar/pipe.ebnf");
    assert_eq!(quoted(between(&ebnf, "\ndeclaration_word\n", ";")), declaration, "pipe.ebnf");
    assert_eq!(quoted(between(&ebnf, "\nreserved ", ";")), reserved, "pipe.ebnf");

    let json: serde_json::Value =
        serde_json::from_str(&read(grammar().join("src/grammar.json"))).expect("grammar.json is JSON");
    let keys = strings(&json["rules"]["_item_field"]);
    assert_eq!(keys.into_iter().filter(|word| word != ":").collect::<Vec<_>>(), declaration, "tree-sitter");
    // Words that only their declaration knows, and no `match`, which nothing uses yet.
    let mut all = [declaration.clone(), reserved.clone()].concat();
    all.extend(["as", "failure", "fields"].map(str::to_owned));
    all.retain(|word| word != "match");
    let is_word = |text: &String| text.starts_with(|c: char| c.is_ascii_alphabetic());
    let used: Vec<_> = strings(&json["rules"]).into_iter().filter(is_word).collect();
    assert_eq!(used, sorted(all), "tree-sitter");
    let highlights = read(grammar().join("queries/highlights.scm"));
    let misused = between(&highlights, "] @error\n", "))");
    assert_eq!(quoted(misused), reserved, "highlights.scm");

    let textmate = textmate_words();
    let of = |scope: &str| -> Vec<String> {
        let found = textmate.iter().filter(|(name, _)| name.starts_with(scope));
        sorted(found.map(|(_, word)| word.clone()).collect())
    };
    let mut declares = of("storage.");
    declares.retain(|word| word != "failure");
    assert_eq!(declares, declaration, "TextMate");
    let mut reserves = [of("keyword.control"), of("constant.language"), of("keyword.operator.in")].concat();
    reserves = sorted(reserves);
    assert_eq!(reserves, reserved, "TextMate");
}

#[test]
fn functions_are_those_of_the_reference() {
    let reference = read("grammar/README.md");
    let table = between(&reference, "\n## Built-in functions\n", "\n## ");
    let rows = table.lines().filter_map(|row| row.strip_prefix("| `"));
    let functions = rows.flat_map(|row| {
        let forms = row.split(" | ").next().unwrap_or_default().split('`');
        forms.filter_map(|form| Some(form.split_once('(')?.0.to_owned())).collect::<Vec<_>>()
    });
    let functions = sorted(functions.collect());
    assert!(functions.contains(&"starts_with".to_owned()) && functions.len() > 10, "{functions:?}");
    let highlights = read(grammar().join("queries/highlights.scm"));
    for capture in ["any-of? @function.builtin", "not-any-of? @function.call"] {
        assert_eq!(quoted(between(&highlights, capture, "))")), functions, "{capture}");
    }
    let textmate = textmate_words();
    let builtin = textmate.iter().filter(|(scope, _)| scope == "support.function.builtin.pipe");
    assert_eq!(sorted(builtin.map(|(_, word)| word.clone()).collect()), functions);
}

/// The strings that rules of the generated grammar match, sorted.
fn strings(rules: &serde_json::Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![rules];
    while let Some(value) = open.pop() {
        if value["type"] == "STRING" {
            found.extend(value["value"].as_str().map(str::to_owned));
        }
        match value {
            serde_json::Value::Array(values) => open.extend(values),
            serde_json::Value::Object(values) => open.extend(values.values()),
            _ => {}
        }
    }
    found.into_iter().collect()
}

/// The words that groups of the `TextMate` grammar list, each with the scope that the group gives.
fn textmate_words() -> Vec<(String, String)> {
    let json: serde_json::Value =
        serde_json::from_str(&read(textmate_grammar())).expect("the TextMate grammar is JSON");
    let mut found = Vec::new();
    let mut open = vec![&json];
    while let Some(value) = open.pop() {
        for (expression, captures) in [("match", "captures"), ("begin", "beginCaptures")] {
            let Some(groups) = value[expression].as_str().map(groups) else { continue };
            for (number, capture) in value[captures].as_object().into_iter().flatten() {
                let group =
                    number.parse::<usize>().ok().and_then(|number| groups.get(number.checked_sub(1)?));
                let (Some(group), Some(scope)) = (group, capture["name"].as_str()) else { continue };
                let words =
                    group.split('|').filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
                found.extend(words.map(|word| (scope.to_owned(), word.to_owned())));
            }
        }
        match value {
            serde_json::Value::Array(values) => open.extend(values),
            serde_json::Value::Object(values) => open.extend(values.values()),
            _ => {}
        }
    }
    found
}

/// The texts of the capturing groups of a regular expression.
fn groups(expression: &str) -> Vec<&str> {
    let bytes = expression.as_bytes();
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut open = Vec::new();
    let (mut at, mut class) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'(' if !class && bytes.get(at + 1) == Some(&b'?') => open.push(None),
            b'(' if !class => {
                open.push(Some(groups.len()));
                groups.push((at + 1, at + 1));
            }
            b')' if !class => {
                if let Some(Some(group)) = open.pop() {
                    groups[group].1 = at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    groups.into_iter().map(|(start, end)| &expression[start..end]).collect()
}
