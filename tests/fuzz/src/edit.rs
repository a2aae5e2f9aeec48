//! Edits of well-formed files. What is edited is a list of tokens, so that what comes out mostly parses: the checker
//! sees it, not only the parser.

use std::fmt::Write as _;

use compiler::source::SourceId;
use compiler::syntax::lexer::lex;
use compiler::syntax::token::Kind;

use crate::program::SEPARATOR;

/// The files that are edited, and whose tokens are put into each other.
const SEEDS: &[&str] = &[
    include_str!("../../../examples/hello/pipeline.pipe"),
    include_str!("../../../examples/web-shop/pipeline.pipe"),
    include_str!("../../../examples/demo-release/pipeline.pipe"),
    include_str!("../corpus/compile/tour"),
    include_str!("../corpus/compile/everything"),
    include_str!("../corpus/compile/modules"),
    include_str!("../corpus/compile/catalog"),
];

/// Words and values that the seeds may lack.
const WORDS: &[&str] = &[
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "-1",
    "0s",
    "9223372036854775807",
    "\"#{a}\"",
    "a",
    "execution.id",
    "string",
    "list<string>",
    "map<int>",
    "any",
    "artifact",
    "secret",
    "x: string?",
    "= null",
    "...",
    "..",
    "?",
    "private",
    "é",
    "for x in [1, 2]",
    "for k, v in { a: 1 }",
    "if true",
    "if false",
    "\"\"\"\na\n\"\"\"",
    "in",
    "/ \"x\"",
    "[0]",
    "()",
    "{ a: 1 }",
    "fn f() = f()",
    "\n",
    ",",
    "name: \"x\"",
    "needs: []",
    "when: true",
    "after: []",
    "file(\"a\")",
];

/// Bytes as numbers; zeros when they are used up.
struct Numbers<'d>(&'d [u8]);

impl Numbers<'_> {
    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first)
    }

    fn below(&mut self, limit: usize) -> usize {
        let number = self.byte() << 8 | self.byte();
        if limit == 0 { 0 } else { number % limit }
    }
}

/// Where the items of a seed's brackets end: with the closing bracket of the one that opens at `at`, or at `at`.
fn group(tokens: &[&str], at: usize) -> usize {
    let mut depth = 0;
    for (offset, token) in tokens[at..].iter().enumerate() {
        match *token {
            "{" | "[" | "(" => depth += 1,
            "}" | "]" | ")" => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return at + offset;
        }
    }
    at
}

/// The tokens of a text, each with the space before it.
fn tokens(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut end = 0;
    let mut string = None;
    for (kind, span) in lex(SourceId(0), text).tokens {
        let (start, stop) = (span.start as usize, span.end as usize);
        match kind {
            Kind::StrOpen => string = Some(start),
            Kind::StrClose => {
                let from = string.take().unwrap_or(start);
                push(&mut parts, text, &mut end, from, stop);
            }
            _ if string.is_some() => {}
            _ => push(&mut parts, text, &mut end, start, stop),
        }
    }
    parts
}

fn push<'t>(parts: &mut Vec<&'t str>, text: &'t str, end: &mut usize, start: usize, stop: usize) {
    if start >= *end && stop > start {
        parts.push(&text[start..stop]);
        *end = stop;
    }
}

/// A seed with the edits that the bytes say, and another one as the file that it uses.
pub(crate) fn edited(data: &[u8]) -> String {
    let mut numbers = Numbers(data);
    let seed = SEEDS[numbers.byte() % SEEDS.len()];
    let (main, other) = seed.split_once(SEPARATOR).unwrap_or((seed, ""));
    let mut main = tokens(main);
    let mut other = tokens(other);
    let donor = tokens(SEEDS[numbers.byte() % SEEDS.len()].split(SEPARATOR).next().unwrap_or_default());
    for _ in 0..64 {
        if numbers.0.is_empty() {
            break;
        }
        let choice = numbers.byte();
        let target = if choice & 0x80 == 0 || other.is_empty() { &mut main } else { &mut other };
        once(target, &donor, choice & 0x7f, &mut numbers);
    }
    let mut text = String::new();
    write_tokens(&mut text, &main);
    text.push_str(SEPARATOR);
    write_tokens(&mut text, &other);
    text.truncate(text.floor_char_boundary(16 << 10));
    text
}

fn once<'t>(tokens: &mut Vec<&'t str>, donor: &[&'t str], choice: usize, numbers: &mut Numbers<'_>) {
    if tokens.is_empty() {
        return;
    }
    let at = numbers.below(tokens.len());
    let end = group(tokens, at);
    match choice % 9 {
        0 => drop(tokens.drain(at..=end)),
        1 => drop(tokens.remove(at)),
        2 => tokens.insert(at, WORDS[numbers.below(WORDS.len())]),
        3 => drop(tokens.splice(at..=end, [WORDS[numbers.below(WORDS.len())]])),
        4 => {
            let other = numbers.below(tokens.len());
            tokens.swap(at, other);
        }
        5 => tokens[at] = tokens[numbers.below(tokens.len())],
        6 if !donor.is_empty() => tokens[at] = donor[numbers.below(donor.len())],
        7 if !donor.is_empty() => {
            let from = numbers.below(donor.len());
            let to = group(donor, from).min(from + 200);
            tokens.splice(at..at, donor[from..=to].iter().copied());
        }
        _ => {
            let copy: Vec<&str> = tokens[at..=end.min(at + 200)].to_vec();
            let to = numbers.below(tokens.len() + 1);
            tokens.splice(to..to, copy);
        }
    }
}

fn write_tokens(text: &mut String, tokens: &[&str]) {
    for token in tokens {
        let _ = write!(text, "{token} ");
    }
    text.push('\n');
}
