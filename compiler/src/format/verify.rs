//! Whether two texts differ in nothing but their layout.

use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::lexer::{block_text, lex};
use crate::syntax::token::{Kind, Token};
use crate::syntax::trivia::Comment;

/// Whether `formatted` has the tokens and comments of `text`, which `parsed` was read from.
pub(super) fn same(parsed: &Parsed, text: &str, formatted: &str) -> bool {
    let lexed = lex(parsed.source, formatted);
    shebang(parsed.trivia.shebang, text) == shebang(lexed.trivia.shebang, formatted)
        && same_tokens(&parsed.tokens, text, &lexed.tokens, formatted)
        && same_comments(&parsed.trivia.comments, text, &lexed.trivia.comments, formatted)
}

fn shebang(span: Option<Span>, text: &str) -> Option<&str> {
    span.map(|span| text[span.range()].trim_end())
}

fn same_tokens(before: &[Token], text: &str, after: &[Token], formatted: &str) -> bool {
    let (mut before, mut after) = (Significant::new(before), Significant::new(after));
    loop {
        match (before.next(), after.next()) {
            (None, None) => return true,
            (Some((kind, a)), Some((other, b))) if kind == other => {
                let (a, b) = (&text[a.range()], &formatted[b.range()]);
                let equal = match kind {
                    // A line's end and a comma mean the same.
                    Kind::Newline => true,
                    Kind::Block => a == b || block_text(a) == block_text(b),
                    _ => a == b,
                };
                if !equal {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Tokens with each run of line ends and commas as one `Newline`, and none where a separator means nothing: beside
/// brackets and at the ends of the file.
struct Significant<'t> {
    tokens: &'t [Token],
    next: usize,
    last: Option<Kind>,
}

impl<'t> Significant<'t> {
    fn new(tokens: &'t [Token]) -> Self {
        Self { tokens, next: 0, last: None }
    }
}

impl Iterator for Significant<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        use Kind::{Comma, LeftBrace, LeftBracket, LeftParen, Newline, RightBrace, RightBracket, RightParen};
        let mut separator = None;
        loop {
            let (kind, span) = *self.tokens.get(self.next)?;
            if matches!(kind, Newline | Comma) {
                separator = Some((Newline, span));
                self.next += 1;
                continue;
            }
            let matters = !matches!(self.last, None | Some(LeftBrace | LeftBracket | LeftParen | Newline))
                && !matches!(kind, LeftBrace | RightBrace | RightBracket | RightParen);
            if let Some(separator) = separator
                && matters
            {
                self.last = Some(Newline);
                return Some(separator);
            }
            self.next += 1;
            self.last = Some(kind);
            return Some((kind, span));
        }
    }
}

fn same_comments(before: &[Comment], text: &str, after: &[Comment], formatted: &str) -> bool {
    let mut before: Vec<&str> = before.iter().map(|comment| &text[comment.span.range()]).collect();
    let mut after: Vec<&str> = after.iter().map(|comment| &formatted[comment.span.range()]).collect();
    if before != after {
        // Comments without a place of their own move in front of those beside them.
        before.sort_unstable();
        after.sort_unstable();
    }
    before == after
}
