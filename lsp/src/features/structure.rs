//! How a text is built: what folds, and what is selected step by step. Reads tokens, so that it works in files that cannot
//! be parsed.

use compiler::lines::Lines;
use compiler::source::SourceId;
use compiler::span::Span;
use compiler::syntax::ast::Item;
use compiler::syntax::lexer::lex;
use compiler::syntax::token::{Kind, Token};

use crate::analysis::Analysis;

/// Why lines belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fold {
    /// What stands in brackets, or a text of several lines.
    Region,
    /// Comments.
    Comment,
    /// Files that are used.
    Imports,
}

/// What can be folded: the first and the last byte that fold, and why.
pub(crate) fn folds(text: &str) -> Vec<(Span, Fold)> {
    let lexed = lex(SourceId(0), text);
    let lines = Lines::new(text);
    let spans_lines =
        |span: Span| lines.line(span.start) < lines.line(span.end.saturating_sub(1).max(span.start));
    let mut found: Vec<(Span, Fold)> = Vec::new();
    // The line of a closing bracket stays in sight.
    let inside = |(open, close): (Span, Span)| {
        let end = lines.start(lines.line(close.start), text).saturating_sub(1);
        Span::new(open.start, end.max(open.end))
    };
    found.extend(pairs(&lexed.tokens).into_iter().map(|pair| (inside(pair), Fold::Region)));
    let texts = lexed.tokens.iter().filter(|(kind, _)| *kind == Kind::Block);
    found.extend(texts.map(|(_, span)| (*span, Fold::Region)));
    found.extend(
        runs(text, &lines, |line| line.trim_start().starts_with("//")).map(|span| (span, Fold::Comment)),
    );
    found.extend(runs(text, &lines, |line| line.starts_with("use ")).map(|span| (span, Fold::Imports)));
    found.retain(|(span, _)| spans_lines(*span));
    found.sort_by_key(|(span, fold)| (span.start, std::cmp::Reverse(span.end), *fold));
    found.dedup();
    found
}

/// The brackets that belong together, by where they close.
fn pairs(tokens: &[Token]) -> Vec<(Span, Span)> {
    let (mut open, mut found): (Vec<Token>, Vec<(Span, Span)>) = (Vec::new(), Vec::new());
    for (kind, span) in tokens {
        let opens = match kind {
            Kind::LeftBrace
            | Kind::LeftBracket
            | Kind::LeftParen
            | Kind::InterpolationOpen
            | Kind::StrOpen => {
                open.push((*kind, *span));
                continue;
            }
            Kind::RightBrace => Kind::LeftBrace,
            Kind::RightBracket => Kind::LeftBracket,
            Kind::RightParen => Kind::LeftParen,
            Kind::InterpolationClose => Kind::InterpolationOpen,
            Kind::StrClose => Kind::StrOpen,
            _ => continue,
        };
        if let Some((_, start)) = open.pop_if(|(kind, _)| *kind == opens) {
            found.push((start, *span));
        }
    }
    found
}

/// Lines of one sort that follow each other.
fn runs<'t>(
    text: &'t str,
    lines: &'t Lines,
    is: impl Fn(&str) -> bool + 't,
) -> impl Iterator<Item = Span> + 't {
    let mut all = text.lines().map(is).collect::<Vec<bool>>();
    all.push(false);
    let mut first = None;
    all.into_iter().enumerate().filter_map(move |(at, is)| {
        let line = |at: usize| lines.start(u32::try_from(at).unwrap_or(u32::MAX), text);
        match (is, first) {
            (true, None) => first = Some(at),
            (false, Some(from)) => {
                first = None;
                return Some(Span::new(line(from), line(at).saturating_sub(1)));
            }
            _ => {}
        }
        None
    })
}

/// What is selected at an offset, step by step: each holds the one before it.
pub(crate) fn selections(analysis: &Analysis, offset: u32) -> Vec<Span> {
    let text = analysis.text();
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let tokens = lex(SourceId(0), text).tokens;
    let touches = |span: Span| span.start <= offset && offset <= span.end && !span.is_empty();
    let mut found = parts(&tokens);
    // Between two tokens the word is meant, or what begins there.
    let pointed = tokens.iter().filter(|(kind, span)| touches(*span) && *kind != Kind::Newline);
    let is_word = |kind: Kind| {
        kind.is_name() || kind.is_reserved() || matches!(kind, Kind::Int | Kind::Duration | Kind::Str)
    };
    found.extend(pointed.max_by_key(|(kind, span)| (is_word(*kind), span.start)).map(|(_, span)| *span));
    if let Some(compilation) = &analysis.compilation {
        items(&compilation.parsed.file.items, &mut found);
    }
    found.push(Span::new(0, end));
    found.retain(|span| touches(*span));
    found.sort_by_key(|span| (span.end - span.start, span.start));
    found.dedup();
    let mut steps: Vec<Span> = Vec::new();
    for span in found {
        if steps.last().is_none_or(|last| span.start <= last.start && last.end <= span.end) {
            steps.push(span);
        }
    }
    steps
}

/// What stands between brackets, without and with them, and between the commas and line ends in them.
fn parts(tokens: &[Token]) -> Vec<Span> {
    /// An open bracket: what was read in it, and of the item that is being read.
    #[derive(Default)]
    struct Frame {
        all: Option<Span>,
        item: Option<Span>,
    }
    let grown = |span: Option<Span>, by: Span| Some(span.map_or(by, |span| span.to(by)));
    let mut found = Vec::new();
    let mut frames = vec![Frame::default()];
    let closes: std::collections::HashMap<u32, Span> =
        pairs(tokens).into_iter().map(|(open, close)| (close.start, open)).collect();
    let opens: std::collections::HashSet<u32> = closes.values().map(|open| open.start).collect();
    for (kind, span) in tokens {
        let whole = match (kind, closes.get(&span.start)) {
            (_, Some(open)) if frames.len() > 1 => {
                let frame = frames.pop().unwrap_or_default();
                found.extend(frame.item.into_iter().chain(frame.all));
                found.push(open.to(*span));
                open.to(*span)
            }
            (Kind::Newline | Kind::Comma, _) => {
                found.extend(frames.last_mut().and_then(|frame| frame.item.take()));
                continue;
            }
            _ if opens.contains(&span.start) => {
                frames.push(Frame::default());
                continue;
            }
            _ => *span,
        };
        if let Some(frame) = frames.last_mut() {
            (frame.all, frame.item) = (grown(frame.all, whole), grown(frame.item, whole));
        }
    }
    found.extend(frames.into_iter().filter_map(|frame| frame.item));
    found
}

/// The declarations, however deep.
fn items(all: &[Item], found: &mut Vec<Span>) {
    for item in all {
        found.push(item.span());
        match item {
            Item::Pipeline(block) | Item::Stage(block) => items(&block.items, found),
            Item::Private(private) => items(std::slice::from_ref(&private.item), found),
            _ => {}
        }
    }
}

/// The innermost block in braces that closes right before an offset.
pub(crate) fn closed_at(text: &str, offset: u32) -> Option<Span> {
    let tokens = lex(SourceId(0), text).tokens;
    let found = pairs(&tokens).into_iter().find(|(_, close)| close.end == offset)?;
    Some(Span::new(found.0.start, found.1.end))
}

/// The files that are named in a file: where, and their paths from the file's folder.
pub(crate) fn links(analysis: &Analysis) -> Vec<(Span, String)> {
    let Some(compilation) = &analysis.compilation else { return Vec::new() };
    let uses = compilation.parsed.file.items.iter().filter_map(|item| match item {
        Item::Use(use_) => Some((inner(use_.path.span), use_.path.text.to_string())),
        _ => None,
    });
    let text = analysis.text();
    let tokens = lex(SourceId(0), text).tokens;
    let files = tokens.windows(4).filter_map(|window| {
        let [(Kind::Name, name), (Kind::LeftParen, _), (Kind::Str, path), (Kind::RightParen, _)] = window
        else {
            return None;
        };
        let path = inner(*path);
        (&text[name.range()] == "file").then(|| (path, text[path.range()].to_owned()))
    });
    uses.chain(files).filter(|(_, path)| !path.is_empty()).collect()
}

fn inner(quoted: Span) -> Span {
    Span::new(quoted.start + 1, quoted.end.saturating_sub(1).max(quoted.start + 1))
}
