//! Braces that are missing or too many, told by the indentation: a brace by itself says nothing about where its partner
//! should have been, but people indent what they mean. The parser reads the tokens as they are mended here; a file whose
//! indentation says nothing is left to the parser's own recovery.

use super::error::{Reason, SyntaxError};
use super::lexer::MAX_DEPTH;
use super::token::{Kind, Token};
use crate::diagnostic::{Diagnostic, Edit, Fix, Place, codes};
use crate::source::SourceId;
use crate::span::Span;

/// Tokens whose braces are as the indentation says, and what was wrong with them.
pub(super) struct Mended {
    pub(super) tokens: Vec<Token>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// An open bracket.
struct Open {
    kind: Kind,
    span: Span,
    /// How far its line is indented.
    indent: usize,
    /// Where in the new tokens the item begins that is read.
    item: usize,
    /// A line in it is indented more than its own.
    deeper: bool,
    /// It was not there: the report about it.
    forgotten: Option<usize>,
}

struct Mender<'t> {
    source: SourceId,
    text: &'t str,
    tokens: &'t [Token],
    out: Mended,
    open: Vec<Open>,
    /// How far the line is indented that is read.
    line: usize,
}

/// Mends the braces, where something is wrong with them.
pub(super) fn mend(source: SourceId, text: &str, tokens: &[Token]) -> Option<Mended> {
    // A head whose fields follow in its line lacks a `{` where there is a `}` for it.
    let has_spare = count(tokens, Kind::RightBrace) > count(tokens, Kind::LeftBrace);
    let opened = Mender::new(source, text, tokens).openers(has_spare);
    let tokens = if opened.diagnostics.is_empty() { tokens } else { &opened.tokens };
    let braces = |kind| count(tokens, kind);
    let (opening, closing) = (braces(Kind::LeftBrace), braces(Kind::RightBrace));
    let mender = Mender::new(source, text, tokens);
    let mut mended = match opening.cmp(&closing) {
        std::cmp::Ordering::Less => mender.strays(closing - opening),
        std::cmp::Ordering::Greater => mender.unclosed(opening - closing),
        std::cmp::Ordering::Equal if opened.diagnostics.is_empty() => return None,
        std::cmp::Ordering::Equal => return Some(opened),
    };
    mended.diagnostics.extend(opened.diagnostics);
    (!mended.diagnostics.is_empty()).then_some(mended)
}

fn count(tokens: &[Token], wanted: Kind) -> usize {
    let mut inside = false;
    let counted = tokens.iter().filter(|(kind, _)| {
        match kind {
            Kind::InterpolationOpen => inside = true,
            Kind::InterpolationClose => inside = false,
            _ => {}
        }
        !inside && *kind == wanted
    });
    counted.count()
}

impl<'t> Mender<'t> {
    fn new(source: SourceId, text: &'t str, tokens: &'t [Token]) -> Self {
        let out = Mended { tokens: Vec::new(), diagnostics: Vec::new() };
        Self { source, text, tokens, out, open: Vec::new(), line: 0 }
    }

    fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }

    /// How far a token is indented that begins its line.
    fn begins(&self, at: usize) -> Option<usize> {
        self.tokens.get(at).and_then(|(_, span)| self.indent(*span))
    }

    fn indent(&self, at: Span) -> Option<usize> {
        let before = &self.text[..at.start as usize];
        let line = before.trim_end_matches([' ', '\t']);
        (line.is_empty() || line.ends_with('\n')).then(|| before.len() - line.len())
    }

    fn push_open(&mut self, kind: Kind, span: Span, forgotten: Option<usize>) {
        let (indent, item) = (self.line, self.out.tokens.len());
        self.open.push(Open { kind, span, indent, item, deeper: false, forgotten });
    }

    /// Takes the token at `at` as it is, and follows the brackets.
    fn take(&mut self, at: usize) {
        let (kind, span) = self.tokens[at];
        self.line = self.begins(at).unwrap_or(self.line);
        self.out.tokens.push((kind, span));
        match kind {
            Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParen | Kind::InterpolationOpen => {
                self.push_open(kind, span, None);
            }
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen | Kind::InterpolationClose => {
                self.close(kind);
            }
            Kind::Newline | Kind::Comma => {
                let item = self.out.tokens.len();
                if let Some(open) = self.open.last_mut() {
                    open.item = item;
                }
            }
            _ => {}
        }
    }

    /// Closes the innermost bracket of the kind, with all that is open in it.
    fn close(&mut self, kind: Kind) {
        let opens = match kind {
            Kind::RightBrace => Kind::LeftBrace,
            Kind::RightBracket => Kind::LeftBracket,
            Kind::RightParen => Kind::LeftParen,
            _ => Kind::InterpolationOpen,
        };
        if let Some(at) = self.open.iter().rev().take(MAX_DEPTH).position(|open| open.kind == opens) {
            self.open.truncate(self.open.len() - at - 1);
        }
    }

    /// The innermost bracket, if it is a brace.
    fn brace(&self) -> Option<&Open> {
        self.open.last().filter(|open| open.kind == Kind::LeftBrace)
    }

    /// Where what was read so far ends.
    fn end(&self) -> Span {
        Span::at(self.out.tokens.last().map_or(0, |(_, span)| span.end))
    }

    /// Puts the `}` in that is missing before the token at hand. Gives the edit that writes it.
    fn insert_closer(&mut self, indent: usize) -> Edit {
        let end = self.end();
        self.out.tokens.push((Kind::RightBrace, end));
        self.close(Kind::RightBrace);
        let rest = &self.text[end.end as usize..];
        let line = rest.find('\n').map_or(rest, |at| &rest[..at]).trim_end();
        let at = end.end + u32::try_from(line.len()).unwrap_or(0);
        Edit { place: self.place(Span::at(at)), text: format!("\n{}}}", " ".repeat(indent)) }
    }

    /// Heads of declarations that lack their `{`: deeper lines follow.
    fn openers(mut self, has_spare: bool) -> Mended {
        let mut file_item = 0;
        for at in 0..self.tokens.len() {
            let (kind, _) = self.tokens[at];
            let begins = match kind {
                Kind::Newline => self.begins(at + 1),
                Kind::RightBrace => self.begins(at),
                _ => None,
            };
            // The lines of a body that was given its `{` end with it, if its `}` is missing, too.
            while let (Some(indent), Some(open)) = (begins, self.brace())
                && let Some(report) = open.forgotten
                && indent <= open.indent
                && (kind != Kind::RightBrace || indent < open.indent)
            {
                let edit = self.insert_closer(open.indent);
                if let Some(fix) = &mut self.out.diagnostics[report].fix {
                    fix.edits.push(edit);
                }
            }
            let item = self.open.last().map_or(file_item, |open| open.item);
            let in_braces = self.open.is_empty() || self.brace().is_some();
            if matches!(kind, Kind::Newline | Kind::Colon) && in_braces && self.lacks_opener(item, at) {
                self.insert_opener(item, at);
                continue;
            }
            if has_spare && in_braces && self.begins_field(at) && self.is_open_head(item) {
                self.insert_opener(item, at);
            }
            self.take(at);
            if self.open.is_empty() && matches!(kind, Kind::Newline | Kind::Comma) {
                file_item = self.out.tokens.len();
            }
        }
        while let Some(open) = self.brace()
            && let Some(report) = open.forgotten
        {
            let edit = self.insert_closer(open.indent);
            if let Some(fix) = &mut self.out.diagnostics[report].fix {
                fix.edits.push(edit);
            }
        }
        self.out
    }

    /// Whether a field begins at a token.
    fn begins_field(&self, at: usize) -> bool {
        matches!(self.tokens.get(at..at + 2), Some([(key, _), (Kind::Colon, _)]) if key.is_name())
    }

    /// Whether what was read of an item is the head of a declaration with a body, in whose line a field follows.
    fn is_open_head(&self, item: usize) -> bool {
        let head = self.out.tokens.get(item..).unwrap_or_default();
        let head = if matches!(head.first(), Some((Kind::Private, _))) { &head[1..] } else { head };
        has_body(head, self.text) && head.iter().all(|(kind, _)| *kind != Kind::LeftBrace)
    }

    /// Whether the item from `item` up to the line's end at `end` is the head of a declaration with a body, and what
    /// follows stands deeper, as a body does.
    fn lacks_opener(&self, item: usize, end: usize) -> bool {
        let head = &self.out.tokens[item.min(self.out.tokens.len())..];
        let Some((first, span)) = head.first().copied() else { return false };
        let Some(indent) = self.indent(span) else { return false };
        let body = self.tokens[end + 1..].get(..2).map(|pair| (pair[0].0, pair[1].0));
        let field = body.is_some_and(|(one, two)| {
            (one.is_name() || one == Kind::Str) && matches!(two, Kind::Colon | Kind::Equals)
        });
        let declaration = body.is_some_and(|(one, two)| {
            (matches!(one, Kind::Aws | Kind::Azure | Kind::Defaults) && two == Kind::Newline)
                || (one.is_declaration() && (two.is_name() || two == Kind::LeftBrace))
        });
        let head = if first == Kind::Private { &head[1..] } else { head };
        let braces = head.iter().any(|(kind, _)| *kind == Kind::LeftBrace);
        // A key may have a name as its value on the next line, of those words, too.
        let key = self.tokens[end].0 == Kind::Colon && is_key(head);
        self.begins(end + 1).is_some_and(|next| next > indent)
            && !braces
            && ((key && field) || (has_body(head, self.text) && (field || declaration)))
    }

    /// Puts the `{` in that the item from `item` lacks where its line ends; a `:` there stands for it, or for a field.
    fn insert_opener(&mut self, item: usize, at: usize) {
        let key = self.tokens[at].0 == Kind::Colon && is_key(&self.out.tokens[item..]);
        let colon = Some(self.tokens[at]).filter(|(kind, _)| *kind == Kind::Colon);
        if key {
            self.out.tokens.extend(colon);
        }
        let (word, span) = self.out.tokens[item];
        let word = if word == Kind::Private { self.out.tokens[item + 1].0 } else { word };
        let end = self.end();
        let last = self.out.tokens.last().map_or(end, |(_, span)| *span);
        let (message, last) = match colon {
            Some(_) if key => (format!("the `{{` of `{}` is missing", &self.text[span.range()]), last),
            Some((_, colon)) => {
                (format!("the `{{` of {} is missing, for which `:` does not stand", noun(word)), colon)
            }
            None => (format!("the `{{` of {} is missing", noun(word)), last),
        };
        let behind = colon.filter(|_| !key).map_or(end, |(_, colon)| Span::new(end.end, colon.end));
        let mut diagnostic = codes::UNEXPECTED_TOKEN
            .at(self.place(last), message)
            .label("`{` is missing here")
            .help("indentation by itself means nothing: what belongs to something stands in `{ … }`");
        diagnostic.fix = Some(Fix {
            title: "insert `{`".to_owned(),
            edits: vec![Edit { place: self.place(behind), text: " {".to_owned() }],
        });
        self.out.tokens.push((Kind::LeftBrace, end));
        let report = self.out.diagnostics.len();
        self.out.diagnostics.push(diagnostic);
        self.push_open(Kind::LeftBrace, end, Some(report));
    }

    /// Drops `excess` braces that close their block before its lines end.
    fn strays(mut self, mut excess: usize) -> Mended {
        for at in 0..self.tokens.len() {
            let (kind, span) = self.tokens[at];
            let own = self.begins(at);
            let next = (self.tokens.get(at + 1)).filter(|(kind, _)| *kind == Kind::Newline);
            let next = next.and_then(|_| self.begins(at + 2));
            let early = kind == Kind::RightBrace
                && excess > 0
                && self.brace().is_some_and(|open| {
                    own.is_some_and(|own| own > open.indent) || next.is_some_and(|next| next > open.indent)
                });
            match self.brace().filter(|_| early).map(|open| open.span) {
                Some(open) => {
                    excess -= 1;
                    self.report_stray(span, open);
                }
                None => self.take(at),
            }
        }
        self.out
    }

    fn report_stray(&mut self, span: Span, open: Span) {
        let before = self.text[..span.start as usize].trim_end_matches([' ', '\t']);
        let behind = &self.text[span.end as usize..];
        let line_end = behind.find('\n').map_or(behind.len(), |at| at + 1);
        let alone = before.ends_with('\n') && behind[..line_end].trim().is_empty();
        let start = u32::try_from(before.len()).unwrap_or(span.start);
        let end = span.end + if alone { u32::try_from(line_end).unwrap_or(0) } else { 0 };
        self.out.diagnostics.push(
            codes::UNOPENED
                .at(self.place(span), "this `}` is one too many")
                .label("closes its block too early, by the indentation")
                .also(self.place(open), "this block goes on")
                .help("remove it, or indent the lines behind it as what follows the block")
                .fix("remove it", self.place(Span::new(start, end)), ""),
        );
    }

    /// Closes up to `deficit` braces whose lines are followed by one that stands outside of them.
    fn unclosed(mut self, mut deficit: usize) -> Mended {
        for at in 0..self.tokens.len() {
            let (kind, _) = self.tokens[at];
            let (begins, closes) = match kind {
                Kind::Newline => (self.begins(at + 1), false),
                Kind::RightBrace => (self.begins(at), true),
                _ => (None, false),
            };
            while let (Some(indent), Some(open)) = (begins, self.brace())
                && deficit > 0
                && (if closes { indent < open.indent } else { open.deeper && indent <= open.indent })
            {
                deficit -= 1;
                self.report_unclosed(at + usize::from(!closes));
            }
            if let (Some(indent), Some(open)) = (self.begins(at), self.open.last_mut()) {
                open.deeper |= indent > open.indent;
            }
            self.take(at);
        }
        self.out
    }

    fn report_unclosed(&mut self, next: usize) {
        let Some(open) = self.brace() else { return };
        let (span, indent) = (open.span, open.indent);
        let here = self.tokens.get(next).map_or_else(|| self.end(), |(_, span)| *span);
        let error = SyntaxError::new(here, Reason::Unclosed(Kind::LeftBrace, span));
        let mut diagnostic = error.diagnostic(self.source, self.text);
        let edit = self.insert_closer(indent);
        diagnostic.fix = Some(Fix { title: "insert `}`".to_owned(), edits: vec![edit] });
        self.out.diagnostics.push(diagnostic);
    }
}

/// Whether a body in braces belongs behind this head.
fn has_body(head: &[Token], text: &str) -> bool {
    let Some(((word, _), rest)) = head.split_first() else { return false };
    let second = rest.first().map(|(kind, _)| *kind);
    let last = rest.last().map(|(kind, _)| *kind);
    match word {
        Kind::Aws | Kind::Azure => rest.is_empty(),
        Kind::Defaults => rest.iter().all(|(kind, _)| kind.is_name() || *kind == Kind::Dot),
        Kind::On => {
            let failure = rest.first().is_some_and(|(_, span)| &text[span.range()] == "failure");
            rest.len() == 1 && second.is_some_and(Kind::is_name) && !failure
        }
        Kind::Pipeline
        | Kind::Stage
        | Kind::Action
        | Kind::Gate
        | Kind::Secret
        | Kind::Callee
        | Kind::Rule => second.is_some_and(Kind::is_name) && last != Some(Kind::Str),
        _ => false,
    }
}

/// Whether this is the key of a field.
fn is_key(head: &[Token]) -> bool {
    matches!(head, [(kind, _)] if kind.is_name() || *kind == Kind::Str)
}

/// What a word declares.
const fn noun(word: Kind) -> &'static str {
    match word {
        Kind::Pipeline => "this pipeline",
        Kind::Stage => "this stage",
        Kind::Action => "this action",
        Kind::Gate => "this gate",
        Kind::Secret => "this secret",
        Kind::Callee => "this callee",
        Kind::Rule => "this rule",
        Kind::On => "this trigger",
        Kind::Defaults => "these defaults",
        _ => "this engine",
    }
}
