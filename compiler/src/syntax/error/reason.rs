//! Errors that the grammar makes by name, and what they say.

use super::super::token::Kind;
use super::Slip;
use crate::diagnostic::{Diagnostic, Place, codes};
use crate::span::Span;

/// Errors that the grammar makes by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) enum Reason {
    /// A bracket that opens at this range is not closed.
    Unclosed(Kind, Span),
    /// A closing bracket of another kind than the bracket at this range.
    WrongCloser(Kind, Span),
    /// A closing bracket that closes nothing.
    Unopened,
    /// `word name …` with a word that declares nothing.
    UnknownDeclaration,
    /// `key = value`
    EqualsForColon,
    /// What another language would say.
    Slip(&'static Slip),
    /// An item directly behind another, which ends at this offset.
    MissingComma(u32),
    /// `key { … }`, where the key ends at this offset.
    MissingColon(u32),
    /// `stage "build"`
    QuotedName,
    /// `key: some words`
    BareText,
    /// A word that stands for another.
    Meant(&'static str),
    /// A reserved word where a name must stand.
    Reserved,
    /// A number that does not fit 64 bits, or a duration too long.
    TooLarge,
}

impl Reason {
    pub(super) fn diagnostic(self, place: Place, word: &str, text: &str) -> Diagnostic {
        match self {
            Self::Unclosed(kind, open) => {
                let closer = closer(kind);
                let at = Place { span: open, ..place };
                codes::UNCLOSED
                    .at(at, format!("this {} is never closed", kind.describe()))
                    .label(format!("its `{closer}` is missing"))
                    .also(place, format!("`{closer}` is missing before this at the latest"))
                    .help(format!("`{closer}` belongs where the block or list ends"))
            }
            Self::WrongCloser(kind, open) => {
                let closer = closer(kind);
                codes::UNOPENED
                    .at(place, format!("this `{word}` closes a {}", kind.describe()))
                    .label(format!("`{closer}` is expected"))
                    .also(Place { span: open, ..place }, "opened here")
                    .help("a bracket is closed by one of its kind")
                    .fix(format!("replace with `{closer}`"), place, closer)
            }
            Self::Unopened => codes::UNOPENED
                .at(place, format!("this `{word}` closes nothing"))
                .help("remove it, or open its block before"),
            Self::Slip(slip) => slip.diagnostic(place, word, text),
            Self::MissingComma(end) => codes::UNEXPECTED_TOKEN
                .at(place, format!("a comma is missing before `{}`", first_word(word)))
                .label("this begins the next item")
                .help("items stand on lines of their own, or have a comma between them")
                .fix("insert `,`", Place { span: Span::at(end), ..place }, ","),
            Self::MissingColon(end) => codes::UNEXPECTED_TOKEN
                .at(place, "expected `:`, found `{`")
                .label("expected `:`")
                .help("a field is written `name: value`, with a record, too")
                .fix("insert `:`", Place { span: Span::at(end), ..place }, ":"),
            Self::QuotedName => quoted_name(place, word),
            Self::BareText => bare_text(place, word),
            Self::Meant(meant) => codes::UNKNOWN_DECLARATION
                .at(place, format!("`{word}` means nothing here"))
                .did_you_mean(meant),
            Self::UnknownDeclaration => unknown_declaration(place, word),
            Self::EqualsForColon => codes::EQUALS_FOR_COLON
                .at(place, "a field is written with `:`")
                .help("`=` is for declarations: `let name = value`, `action name = callee { … }`")
                .fix("replace with `:`", Place { span: trim_before(place.span, text), ..place }, ":"),
            Self::Reserved => codes::RESERVED_WORD
                .at(place, format!("`{word}` is a reserved word and cannot be a name"))
                .help("choose another name; an exported name can still be set with `name: \"…\"`"),
            Self::TooLarge => codes::BAD_NUMBER
                .at(place, format!("`{word}` is too large"))
                .help("whole numbers have 64 bits, durations at most 36500 days"),
        }
    }
}

const fn closer(open: Kind) -> &'static str {
    match open {
        Kind::LeftBrace => "}",
        Kind::LeftBracket => "]",
        _ => ")",
    }
}

/// The range together with white space before it, so that `key = value` becomes `key: value`.
pub(super) fn trim_before(span: Span, text: &str) -> Span {
    let before = &text[..span.start as usize];
    let trimmed = before.trim_end_matches([' ', '\t']).len();
    Span { start: u32::try_from(trimmed).unwrap_or(span.start), ..span }
}

/// Words that declare things in other languages.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("const", "let"),
    ("function", "fn"),
    ("import", "use"),
    ("include", "use"),
    ("param", "variable"),
    ("parameter", "variable"),
    ("trigger", "on"),
    ("val", "let"),
    ("var", "let"),
    ("workflow", "pipeline"),
];

/// The word that was probably meant by one that declares nothing.
pub(in crate::syntax) fn meant(word: &str) -> Option<&'static str> {
    if matches!(word, "job" | "step" | "task") {
        return None;
    }
    let words = Kind::ALL.iter().filter(|k| k.is_declaration()).map(|k| k.describe().trim_matches('`'));
    let foreign = FOREIGN_WORDS.iter().find(|(other, _)| *other == word).map(|(_, ours)| *ours);
    foreign.or_else(|| crate::diagnostic::nearest(word, words))
}

fn unknown_declaration(place: Place, word: &str) -> Diagnostic {
    let diagnostic = codes::UNKNOWN_DECLARATION
        .at(place, format!("`{word}` declares nothing"))
        .label("not a word that begins a declaration");
    if matches!(word, "job" | "step" | "task") {
        return diagnostic.help("what is done is an `action`, and actions stand in a `stage`");
    }
    match meant(word) {
        Some(near) => diagnostic.did_you_mean(near),
        None => diagnostic
            .help("a field is written `name: value`; declarations begin with `let`, `stage`, `action`, …"),
    }
}

/// The first line of what is shown of an item.
fn first_word(word: &str) -> &str {
    word.split('\n').next().unwrap_or(word)
}

fn quoted_name(place: Place, word: &str) -> Diagnostic {
    let inner = word.trim_matches('"');
    let diagnostic = codes::UNEXPECTED_TOKEN
        .at(place, "a name stands without quotes")
        .help("a name is one word; what people are shown can be said with `name: \"…\"` in the body");
    let first = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if first && plain {
        return diagnostic.fix(format!("replace with `{inner}`"), place, inner);
    }
    diagnostic
}

fn bare_text(place: Place, word: &str) -> Diagnostic {
    let text = codes::UNEXPECTED_TOKEN
        .at(place, "a text stands in quotes")
        .help("words without quotes are names of values");
    if word.contains(['"', '\\', '{', '}', '[', ']', ',', '\n']) || word.contains("//") {
        return text;
    }
    text.fix("put it in quotes", place, format!("\"{word}\""))
}
