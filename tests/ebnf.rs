//! `grammar/pipe.ebnf` and the parser say the same: what the grammar derives is parsed, and what is parsed is derived.

use std::collections::BTreeSet;

use compiler::source::SourceId;
use compiler::syntax::token::{Kind, Token};
use compiler::syntax::{Parsed, parse};

use crate::docs::{Block, blocks};
use crate::grammar::files;
use crate::support::{read, root};

mod derive;
mod layout;
mod reader;
mod sentences;

use derive::derive;
use layout::Layout;
use reader::{Grammar, Id, Node, is_token};
use sentences::{Random, Sentences};

/// What sentences are made and derived from. Which declaration may stand where the parser leaves to the checker, so that it
/// reads the parts of a file as it reads a file.
const STARTS: &[&str] = &["file", "body_of<pipeline_item>", "body_of<stage_item>", "callee"];

fn grammar() -> Grammar {
    Grammar::read(&read("grammar/pipe.ebnf"))
}

/// The choices below a rule: each with how many ways it has.
fn choices(grammar: &Grammar, rule: &str) -> BTreeSet<(Id, usize)> {
    let mut seen = BTreeSet::new();
    let mut open = vec![grammar.rules[rule]];
    let mut found = BTreeSet::new();
    while let Some(node) = open.pop() {
        if !seen.insert(node) {
            continue;
        }
        let mut ways = 0;
        match &grammar.nodes[node] {
            Node::Choice(inner) => {
                ways = inner.len();
                open.extend(inner);
            }
            Node::Optional(inner) | Node::Repeated(inner) => {
                ways = 2;
                open.push(*inner);
            }
            Node::Sequence(parts) => open.extend(parts),
            Node::Rule(rule) => open.extend(grammar.rules.get(rule).filter(|_| rule != "BLOCK")),
            Node::Look(..) | Node::Text(_) | Node::Words(_) | Node::Between(..) => {}
        }
        found.extend((0..ways).map(|way| (node, way)));
    }
    found
}

/// The parts of a rule, without those of rules that it names.
fn parts(grammar: &Grammar, rule: &str) -> Vec<Id> {
    let mut found = Vec::new();
    let mut open = vec![grammar.rules[rule]];
    while let Some(node) = open.pop() {
        found.push(node);
        match &grammar.nodes[node] {
            Node::Choice(inner) | Node::Sequence(inner) => open.extend(inner),
            Node::Optional(inner) | Node::Repeated(inner) | Node::Look(_, inner) => open.push(*inner),
            _ => {}
        }
    }
    found
}

/// The rule that a part belongs to.
fn whose(grammar: &Grammar, part: Id) -> &str {
    grammar.rules.keys().find(|rule| parts(grammar, rule).contains(&part)).map_or("?", |rule| rule)
}

#[test]
fn what_the_grammar_derives_is_parsed() {
    let grammar = grammar();
    let layout = Layout::new(&grammar);
    let mut sentences = Sentences::new(&grammar, 7);
    let mut random = Random(11);
    let mut longest = 0;
    for number in 0..6000 {
        let start = STARTS[number % STARTS.len()];
        let sentence = sentences.sentence(start);
        let written = layout.write(&sentence, &mut random);
        let parsed = parse(SourceId(0), &written.text);
        let of = |(kind, span): &Token| {
            if *kind == Kind::Newline { "\n".to_owned() } else { written.text[span.range()].to_owned() }
        };
        let tokens: Vec<String> = parsed.tokens.iter().map(of).collect();
        if let Some(at) =
            (0..tokens.len().max(written.tokens.len())).find(|at| tokens.get(*at) != written.tokens.get(*at))
        {
            panic!(
                "{number}: token {at} is {:?}, not {:?}:\n{}",
                tokens.get(at),
                written.tokens.get(at),
                written.text
            );
        }
        if let Some(mistake) = parsed.diagnostics.first() {
            let rest = &written.text[mistake.place.span.start as usize..];
            panic!("{number}: {}: {}\nat {rest:?}\nin:\n{}", mistake.code.id, mistake.message, written.text);
        }
        if number % 20 == 0 {
            assert_eq!(derivable(&grammar, &parsed, &written.text, &[start]), Ok(()), "{}", written.text);
        }
        longest = longest.max(tokens.len());
    }
    let missing: Vec<String> = choices(&grammar, "file")
        .difference(&sentences.taken)
        .map(|(part, way)| format!("way {way} of {:?} in `{}`", grammar.nodes[*part], whose(&grammar, *part)))
        .collect();
    assert!(missing.is_empty(), "these ways were never taken:\n{}", missing.join("\n"));
    assert!(longest > 200, "the longest sentence has only {longest} tokens");
}

/// No rule is left over, and marks are those of the lexer.
#[test]
fn rules_and_marks_are_complete() {
    let grammar = grammar();
    let mut used: BTreeSet<&str> = ["file", "file_text", "goes_on_behind", "goes_on_before"].into();
    for node in &grammar.nodes {
        if let Node::Rule(rule) = node {
            used.insert(rule);
        }
    }
    let unused: Vec<_> = grammar.rules.keys().filter(|rule| !used.contains(rule.as_str())).collect();
    assert!(unused.is_empty(), "{unused:?}");
    let marks: BTreeSet<String> = grammar.texts("mark").into_iter().collect();
    let is_mark = |word: &str| word.starts_with('`') && !word[1..].starts_with(|c: char| c.is_alphabetic());
    let known = Kind::ALL.iter().map(|kind| kind.describe());
    let known: BTreeSet<String> =
        known.filter(|word| is_mark(word)).map(|word| word.trim_matches('`').to_owned()).collect();
    // The quotes of strings are part of tokens that the grammar names.
    assert_eq!(marks, known.into_iter().filter(|mark| mark != "\"").collect());
    assert!(grammar.rules.keys().filter(|rule| is_token(rule)).count() > 8);
}

/// Derives a file that the compiler has read, from one of these rules.
fn derivable(grammar: &Grammar, parsed: &Parsed, text: &str, rules: &[&str]) -> Result<(), String> {
    let words: Vec<_> = parsed
        .tokens
        .iter()
        .map(|(kind, span)| {
            (*kind, &text[span.range().start.min(text.len())..span.range().end.min(text.len())])
        })
        .collect();
    let mut furthest = 0;
    for rule in rules {
        match derive(grammar, rule, &words) {
            Ok(()) => return Ok(()),
            Err(at) => furthest = furthest.max(at),
        }
    }
    let start = parsed.tokens.get(furthest).map_or(text.len(), |(_, span)| span.range().start);
    Err(format!("not derived from {:?}", &text[start..text.len().min(start + 40)]))
}

fn is_lexical(parsed: &Parsed) -> bool {
    parsed.diagnostics.iter().any(|d| d.code.id < "P0100" || d.code.id == "P0107")
}

/// Where Pipe stands in the repository: whole files, and what pages show.
fn pipe() -> Vec<(String, String)> {
    let mut paths = [files("pipe"), files("md")].concat();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let name = path.strip_prefix(root()).expect("it is below").display().to_string();
        if name.ends_with(".pipe") {
            found.push((name, text));
        } else if name != "grammar/codes.md" {
            // That page shows again what the page of each code shows.
            let shown = blocks(&text).into_iter().filter(Block::is_pipe);
            found.extend(shown.map(|block| (name.clone(), block.text)));
        }
    }
    found
}

/// Whether a text is Pipe by the grammar, given how the compiler reads it. What has no tokens has no derivation.
fn derived(grammar: &Grammar, parsed: &Parsed, text: &str) -> Result<(), String> {
    if is_lexical(parsed) {
        return Err("its tokens cannot be read".to_owned());
    }
    derivable(grammar, parsed, text, STARTS)
}

/// Texts that show what stands where it cannot, which the parser leaves to the checker.
fn is_misplaced(name: &str) -> bool {
    name.ends_with("/P0108.md") || name.ends_with("tests/grammar/sample.pipe")
}

#[test]
fn what_the_repository_has_of_pipe_is_derived() {
    let grammar = grammar();
    let (mut accepted, mut refused) = (0, 0);
    for (name, text) in pipe() {
        let parsed = parse(SourceId(0), &text);
        let derived = derived(&grammar, &parsed, &text);
        if is_misplaced(&name) {
            // It shows what stands where it cannot: the grammar knows that, the parser leaves it to the checker.
        } else if parsed.diagnostics.is_empty() {
            assert_eq!(derived, Ok(()), "{name}:\n{text}");
            accepted += 1;
        } else {
            assert!(derived.is_err(), "{name}: {}\n{text}", parsed.diagnostics[0].message);
            refused += 1;
        }
    }
    assert!(accepted > 200 && refused > 10, "{accepted} texts are Pipe and {refused} are not");
}

/// What the parser reads and the grammar does not derive, and why.
const LEFT_TO_THE_CHECKER: &[(&str, &str)] =
    &[("private private ", "what `private` stands before is looked at by the checker, which reports P0108")];

/// Without one of its tokens, or with one of them twice, a text is still Pipe for both or for neither.
#[test]
fn mutations_are_refused_by_both() {
    let grammar = grammar();
    let mut random = Random(3);
    let (mut refused, mut kept) = (0, 0);
    for (name, text) in pipe().into_iter().filter(|(name, _)| !is_misplaced(name)) {
        let parsed = parse(SourceId(0), &text);
        if !parsed.diagnostics.is_empty() || text.len() > 6000 {
            continue;
        }
        for (kind, span) in parsed.tokens {
            if kind == Kind::Newline || !random.one_in(8) {
                continue;
            }
            let (before, own, behind) =
                (&text[..span.range().start], &text[span.range()], &text[span.range().end..]);
            let twice = if random.one_in(3) { format!("{own} {own}") } else { " ".to_owned() };
            let changed = format!("{before}{twice}{behind}");
            let parsed = parse(SourceId(0), &changed);
            let derived = derived(&grammar, &parsed, &changed);
            let excused = LEFT_TO_THE_CHECKER.iter().any(|(text, _)| changed.contains(text));
            if !excused {
                let said = parsed.diagnostics.first().map(|d| &d.message);
                assert_eq!(said.is_none(), derived.is_ok(), "{name}: {said:?}, {derived:?} in:\n{changed}");
            }
            *if derived.is_ok() { &mut kept } else { &mut refused } += 1;
        }
    }
    assert!(refused > 1000 && kept > 30, "{refused} mutations are refused and {kept} are Pipe");
}
