//! Where the cursor stands, told by the tokens before it: they are there whether the parser understood the line or not.

use compiler::source::SourceId;
use compiler::span::Span;
use compiler::syntax::lexer::{MAX_DEPTH, lex};
use compiler::syntax::token::{Kind, Token};

use super::head::{Head, head};
use crate::analysis::Analysis;

/// The cursor, and what stands around and before it.
pub(crate) struct Cursor<'a> {
    /// The file's text.
    pub(crate) text: &'a str,
    /// The tokens before what is being written.
    pub(crate) before: Vec<Token>,
    /// The tokens behind it.
    pub(crate) after: &'a [Token],
    /// What is being written, which a suggestion replaces.
    pub(crate) word: Span,
    /// Whether that is the inside of a string.
    pub(crate) quoted: bool,
    /// What the cursor is in, the innermost first.
    pub(crate) frames: Vec<Frame>,
    /// The tokens of the item before the cursor, without what is inside of brackets.
    pub(crate) item: Vec<Token>,
}

/// An open bracket.
pub(crate) struct Frame {
    /// Its kind.
    pub(crate) kind: Kind,
    /// Which of the tokens it is.
    pub(crate) open: usize,
    /// What it belongs to.
    pub(crate) head: Head,
    /// The tokens of its item before it, without what is inside of brackets.
    pub(crate) item: Vec<Token>,
}

/// How many tokens of an item are looked at.
const MAX_ITEM: usize = 20_000;

/// What is at an offset: nothing in comments, in texts and in numbers.
pub(crate) fn cursor(analysis: &Analysis, offset: u32) -> Option<Cursor<'_>> {
    let parsed = &analysis.compilation.as_ref()?.parsed;
    let text = analysis.text();
    text.get(..offset as usize)?;
    let comments = &parsed.trivia.comments;
    let comment = comments[..comments.partition_point(|c| c.span.start < offset)].last();
    // A comment goes on to the end of its line, though it counts without the spaces there.
    let goes_on = |end: u32| offset <= end || !text[end as usize..offset as usize].contains('\n');
    if comment.is_some_and(|c| goes_on(c.span.end)) || parsed.trivia.shebang.is_some_and(|s| offset <= s.end)
    {
        return None;
    }
    let mut count = parsed.tokens.partition_point(|(_, span)| span.start < offset);
    while count > 0 && parsed.tokens[count - 1].0 == Kind::Newline {
        count -= 1;
    }
    let after = &parsed.tokens[parsed.tokens.partition_point(|(_, span)| span.start < offset)..];
    let (word, quoted, mut before) = match parsed.tokens[..count].last() {
        Some(&(kind, span)) => written(text, &parsed.tokens[..count], kind, span, offset)?,
        None => (Span::at(offset), false, Vec::new()),
    };
    let behind_space = before.last().is_none_or(|(_, span)| span.end < word.start);
    if behind_space && before.last().is_some_and(|(kind, _)| *kind == Kind::Newline) {
        before.pop();
    }
    let frames = frames(text, &before);
    let item = current(text, &before, &frames, word);
    Some(Cursor { text, before, after, word, quoted, frames, item })
}

type Written = (Span, bool, Vec<Token>);

/// What is being written behind or in the last token that begins before the cursor.
fn written(text: &str, tokens: &[Token], kind: Kind, span: Span, offset: u32) -> Option<Written> {
    let touches = offset <= span.end;
    let others = &tokens[..tokens.len() - 1];
    match kind {
        Kind::Str => {
            let whole = text.get(span.range())?;
            let closed = whole.len() > 1 && whole.ends_with('"');
            if offset < span.end || (!closed && touches) {
                let end = if closed { span.end - 1 } else { offset };
                return Some((Span::new(span.start + 1, end), true, others.to_vec()));
            }
        }
        Kind::StrOpen | Kind::StrText | Kind::InterpolationClose => {
            return interpolated(text, tokens, offset);
        }
        Kind::Block | Kind::StrClose if offset < span.end => return None,
        Kind::Int | Kind::Duration | Kind::BadNumber if touches => return None,
        kind if touches && (kind.is_name() || kind.is_reserved()) => {
            return Some((span, false, others.to_vec()));
        }
        _ => {}
    }
    Some((Span::at(offset), false, tokens.to_vec()))
}

/// What is being written in an interpolation that is not closed yet, which the lexer takes for text.
fn interpolated(text: &str, tokens: &[Token], offset: u32) -> Option<Written> {
    let open = tokens.iter().rposition(|(kind, _)| *kind == Kind::StrOpen)?;
    let start = tokens[open].1.start as usize;
    let inside = text.get(start..offset as usize)?;
    let at = start + inside.rfind("#{")? + 2;
    let fragment = text.get(at..offset as usize)?;
    if fragment.contains(['}', '\n']) {
        return None;
    }
    let shift = u32::try_from(at).ok()?;
    let mut before = tokens[..open].to_vec();
    before.push((Kind::InterpolationOpen, Span::new(shift - 2, shift)));
    let lexed = lex(SourceId::default(), fragment).tokens;
    before.extend(
        lexed.into_iter().map(|(kind, span)| (kind, Span::new(span.start + shift, span.end + shift))),
    );
    let last = *before.last()?;
    if last.1.end == offset && (last.0.is_name() || last.0.is_reserved()) {
        before.pop();
        return Some((last.1, false, before));
    }
    Some((Span::at(offset), false, before))
}

/// How a token changes how deep one is, read backwards.
const fn depth(kind: Kind) -> isize {
    match kind {
        Kind::RightBrace | Kind::RightBracket | Kind::RightParen | Kind::InterpolationClose => 1,
        Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParen | Kind::InterpolationOpen => -1,
        _ => 0,
    }
}

/// What closes an open bracket.
const fn closer(open: Kind) -> Kind {
    match open {
        Kind::LeftBracket => Kind::RightBracket,
        Kind::LeftParen => Kind::RightParen,
        Kind::InterpolationOpen => Kind::InterpolationClose,
        _ => Kind::RightBrace,
    }
}

fn frames(text: &str, before: &[Token]) -> Vec<Frame> {
    let mut found = Vec::new();
    let mut closed: Vec<Kind> = Vec::new();
    for (at, (kind, _)) in before.iter().enumerate().rev() {
        // No file that can be read nests more deeply.
        if closed.len().max(found.len()) > 2 * MAX_DEPTH {
            break;
        }
        if closed.is_empty() && begins_file_item(text, before, at) {
            break;
        }
        match depth(*kind) {
            1 => closed.push(*kind),
            -1 => {
                match closed.iter().rposition(|close| *close == closer(*kind)) {
                    // Whatever else was closed in it was never open.
                    Some(close) if close + 1 == closed.len() || *kind == Kind::LeftBrace => {
                        closed.truncate(close);
                    }
                    None if !closed.contains(&Kind::RightBrace) => {
                        closed.clear();
                        let item = skeleton(before, at);
                        found.push(Frame { kind: *kind, open: at, head: head(text, *kind, &item), item });
                    }
                    // It was forgotten to be closed in something that is.
                    _ => {}
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a declaration begins with a token that only files have, by where it stands: what is open before it was forgotten
/// to be closed.
fn begins_file_item(text: &str, before: &[Token], at: usize) -> bool {
    let (kind, span) = before[at];
    let only = matches!(
        kind,
        Kind::Pipeline | Kind::Use | Kind::Fn | Kind::Type | Kind::Callee | Kind::Rule | Kind::Private
    );
    let line_starts = || text.get(..span.start as usize).is_some_and(|text| text.ends_with('\n'));
    only && before.get(at + 1).is_some_and(|(next, _)| next.is_name() || *next == Kind::Str) && line_starts()
}

/// The tokens of the item that ends before a token, without what is inside of brackets.
fn skeleton(before: &[Token], end: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut open = 0;
    for (at, token) in before[..end].iter().enumerate().rev().take(MAX_ITEM) {
        let change = depth(token.0);
        // The comma of `for k, v in` separates nothing.
        let pair = token.0 == Kind::Comma && at > 1 && before[at - 2].0 == Kind::For;
        if open == 0 && !pair && (change < 0 || matches!(token.0, Kind::Newline | Kind::Comma)) {
            break;
        }
        if open == 0 || (open == 1 && change < 0) {
            tokens.push(*token);
        }
        open += change;
    }
    tokens.reverse();
    tokens
}

/// The tokens of the item that the cursor is in: none where the item before it ended with its line.
fn current(text: &str, before: &[Token], frames: &[Frame], word: Span) -> Vec<Token> {
    let Some((last, span)) = before.last() else { return Vec::new() };
    let lines = frames.first().is_none_or(|frame| matches!(frame.kind, Kind::LeftBrace | Kind::LeftBracket));
    let between = text.get(span.end as usize..word.start as usize).unwrap_or_default();
    if lines && between.contains('\n') && (!last.continues_after() || *last == Kind::Greater) {
        return Vec::new();
    }
    skeleton(before, before.len())
}

impl Cursor<'_> {
    /// The text of a token.
    pub(crate) fn of(&self, token: Token) -> &str {
        self.text.get(token.1.range()).unwrap_or_default()
    }

    /// The keys that are written in the record whose bracket is the frame `at`, before and behind the cursor.
    pub(crate) fn keys(&self, at: usize) -> Vec<&str> {
        let start = self.frames.get(at).map_or(0, |frame| frame.open + 1);
        let mut keys = Vec::new();
        let mut open = 0;
        let tokens = self.before[start..].iter().chain(self.after);
        let mut last: Option<Token> = None;
        for token in tokens {
            open -= depth(token.0);
            if open < 0 {
                break;
            }
            if let Some(key) =
                last.filter(|key| token.0 == Kind::Colon && (key.0.is_name() || key.0 == Kind::Str))
                && open == 0
            {
                keys.push(self.of(key).trim_matches('"'));
            }
            last = Some(*token);
        }
        keys
    }

    /// The names that the list holds which the cursor is in, where they stand alone.
    pub(crate) fn listed(&self) -> Vec<&str> {
        let Some(frame) = self.frames.first().filter(|frame| frame.kind == Kind::LeftBracket) else {
            return Vec::new();
        };
        let inside = |token: &&Token| !matches!(token.0, Kind::RightBracket | Kind::RightBrace);
        let (before, after) = (&self.before[frame.open + 1..], self.after.iter().take_while(inside));
        let tokens: Vec<Token> = before.iter().chain(after).copied().collect();
        let parts = tokens.split(|(kind, _)| matches!(kind, Kind::Comma | Kind::Newline));
        let lone = parts.filter_map(|part| if let [token] = part { Some(*token) } else { None });
        lone.filter(|(kind, _)| kind.is_name()).map(|token| self.of(token)).collect()
    }

    /// The first token behind the word that is no white space.
    pub(crate) fn next_char(&self) -> Option<char> {
        self.text.get(self.word.end as usize..)?.trim_start_matches([' ', '\t']).chars().next()
    }

    /// The dotted path before the word, with its last dot: `a.b.` gives `["a", "b"]`, and where it begins. An index counts as
    /// nothing.
    pub(crate) fn path(&self) -> Option<(Vec<String>, u32)> {
        path_before(self.text, &self.before)
    }
}

/// The dotted path that ends with a dot at the end of tokens.
fn path_before(text: &str, tokens: &[Token]) -> Option<(Vec<String>, u32)> {
    let (mut at, mut names) = (tokens.len(), Vec::new());
    let mut start = 0;
    while at >= 1 && tokens[at - 1].0 == Kind::Dot {
        at -= 1;
        while at >= 1 && tokens[at - 1].0 == Kind::RightBracket {
            let mut open = 0;
            while at >= 1 {
                at -= 1;
                open += depth(tokens[at].0);
                if open == 0 {
                    break;
                }
            }
        }
        let (kind, span) = *tokens.get(at.checked_sub(1)?)?;
        if !kind.is_name() {
            return None;
        }
        names.push(text.get(span.range())?.to_owned());
        start = span.start;
        at -= 1;
    }
    names.reverse();
    (!names.is_empty()).then_some((names, start))
}
