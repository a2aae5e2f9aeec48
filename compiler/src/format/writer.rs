//! What items and expressions are written with: the layout, and the comments that are not written yet, in order.
//!
//! A comment has a home before an item or element, behind it at the line's end, behind an opening bracket, or before a
//! closing one. One that stands anywhere else is homeless: it moves above the item or element that it stands in.

use super::doc::{Doc, Slot};
use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::token::{Kind, Token};
use crate::syntax::trivia::{Comment, Trivia};

/// How a list of things is written.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// What opens it.
    pub(super) open: &'static str,
    /// What stands inside the brackets on one line.
    pub(super) padding: &'static str,
    /// What closes it.
    pub(super) close: &'static str,
    /// Whether commas separate even where lines do.
    pub(super) commas: bool,
    /// Whether it is broken whatever its width.
    pub(super) broken: bool,
}

/// The formatter at work.
pub(super) struct Writer<'a> {
    pub(super) text: &'a str,
    pub(super) doc: Doc<'a>,
    tokens: &'a [Token],
    trivia: &'a Trivia,
    /// The first comment that is not written yet.
    next: usize,
    /// Where what was written last ended in the source.
    last: u32,
    /// Comments to be written above the current item or element.
    homeless: Vec<&'a str>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(parsed: &'a Parsed, text: &'a str) -> Self {
        Self {
            text,
            doc: Doc::default(),
            tokens: &parsed.tokens,
            trivia: &parsed.trivia,
            next: 0,
            last: 0,
            homeless: Vec::new(),
        }
    }

    /// The text, if every comment is in it.
    pub(super) fn finish(self) -> Option<String> {
        let complete = self.next == self.trivia.comments.len() && self.homeless.is_empty();
        complete.then(|| self.doc.layout(self.text.len() + self.text.len() / 8))
    }

    /// The first line of a script.
    pub(super) fn shebang(&mut self) {
        if let Some(span) = self.trivia.shebang {
            self.doc.text(self.source(span).trim_end());
            self.last = span.end;
        }
    }

    pub(super) fn source(&self, span: Span) -> &'a str {
        &self.text[span.range()]
    }

    /// Writes a token, or a range of tokens that stays as it is.
    pub(super) fn atom(&mut self, span: Span) {
        self.reach(span.start);
        self.doc.text(self.source(span));
        self.pass(span.end);
    }

    /// Comments before `offset` have no home.
    pub(super) fn reach(&mut self, offset: u32) {
        while let Some(comment) = self.comment_before(offset) {
            self.homeless.push(comment);
        }
    }

    /// Comments before `offset` were written with the text around them.
    pub(super) fn pass(&mut self, offset: u32) {
        while self.comment_before(offset).is_some() {}
    }

    /// The start of the token before `offset`.
    pub(super) fn token_before(&self, offset: u32) -> u32 {
        let next = self.tokens.partition_point(|(_, span)| span.start < offset);
        next.checked_sub(1).map_or(offset, |last| self.tokens[last].1.start)
    }

    /// The start of the first token that begins at or behind `offset`.
    pub(super) fn token_at(&self, offset: u32) -> u32 {
        let next = self.tokens.partition_point(|(_, span)| span.start < offset);
        self.tokens[next..]
            .iter()
            .find(|(kind, _)| *kind != Kind::Newline)
            .map_or(offset, |(_, span)| span.start)
    }

    fn peek(&self, offset: u32) -> Option<Comment> {
        self.trivia.comments.get(self.next).copied().filter(|comment| comment.span.start < offset)
    }

    fn comment_before(&mut self, offset: u32) -> Option<&'a str> {
        let comment = self.peek(offset)?;
        self.next += 1;
        self.last = comment.span.end;
        Some(self.source(comment.span))
    }

    /// A comment before `offset` that stands on the line of what was written last.
    fn trailing(&mut self, offset: u32) {
        if self.peek(offset).is_some_and(|comment| !comment.own_line)
            && let Some(comment) = self.comment_before(offset)
        {
            self.doc.trailing(comment);
        }
    }

    /// Whether an empty line stands between what was written last and `offset`.
    fn blank_before(&self, offset: u32) -> bool {
        let lines = &self.trivia.blank_lines;
        lines.get(lines.partition_point(|line| *line < self.last)).is_some_and(|line| *line < offset)
    }

    /// Writes `items` between brackets; `span` is from the opening bracket to the closing one.
    pub(super) fn brackets<T>(
        &mut self,
        style: Style,
        span: Span,
        items: &'a [T],
        range: impl Fn(&Self, &T) -> Span,
        write: impl Fn(&mut Self, &'a T),
    ) {
        let (inner, close) = (span.start + 1, span.end.saturating_sub(1));
        self.reach(span.start);
        self.doc.text(style.open);
        self.last = inner;
        let first = self.peek(close).map_or(close, |comment| comment.span.start);
        if items.is_empty() && first == close {
            self.doc.text(style.close);
            self.last = span.end;
            return;
        }
        let first = items.first().map_or(first, |item| first.min(range(self, item).start));
        self.doc.open();
        // Whoever breaks behind the bracket wants it open, as small records often read better.
        if style.broken || (!style.commas && self.source(Span::new(inner, first)).contains('\n')) {
            self.doc.must_break();
        }
        let until = items.first().map_or(close, |item| range(self, item).start);
        self.trailing(until);
        self.doc.indent();
        self.elements(Some(style), close, items, range, write);
        self.doc.dedent();
        self.doc.line(style.padding, false);
        self.doc.text(style.close);
        self.doc.close();
        self.last = span.end;
    }

    /// Writes what stands between brackets, or in a file, up to `end`; each item begins a line where the group breaks.
    pub(super) fn elements<T>(
        &mut self,
        style: Option<Style>,
        end: u32,
        items: &'a [T],
        range: impl Fn(&Self, &T) -> Span,
        write: impl Fn(&mut Self, &'a T),
    ) {
        let mut separator = style.map(|style| style.padding);
        let mut first = true;
        if style.is_none() && self.trivia.shebang.is_some() {
            (separator, first) = (Some(""), false);
        }
        for (i, item) in items.iter().enumerate() {
            let span = range(self, item);
            let slot = self.leading(separator, first, span.start);
            let outer = std::mem::take(&mut self.homeless);
            write(self, item);
            self.reach(span.end);
            let homeless = std::mem::replace(&mut self.homeless, outer);
            self.doc.fill(slot, homeless);
            self.last = span.end;
            first = false;
            separator = Some(", ");
            let next = items.get(i + 1).map(|next| range(self, next).start);
            // A line that begins with `if` would go on with the line before it.
            if next.is_some_and(|next| style.is_some_and(|s| s.commas) || self.is_if(next)) {
                self.doc.text(",");
                separator = Some(" ");
            }
            self.trailing(next.unwrap_or(end));
        }
        while let Some(comment) = self.peek(end) {
            self.row(separator, first, comment.span.start);
            self.comment(comment);
            separator = Some("");
            first = false;
        }
    }

    fn is_if(&self, offset: u32) -> bool {
        let rest = self.text[offset as usize..].strip_prefix("if");
        rest.is_some_and(|rest| {
            !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        })
    }

    /// The comments above an item, and the start of its line.
    fn leading(&mut self, separator: Option<&'static str>, first: bool, start: u32) -> Slot {
        let comments = &self.trivia.comments[self.next..];
        let comments = &comments[..comments.iter().take_while(|comment| comment.span.start < start).count()];
        let docs = comments.iter().rev().take_while(|comment| comment.doc && comment.own_line).count();
        let (above, docs) = comments.split_at(comments.len() - docs);
        let (mut separator, mut first) = (separator, first);
        for comment in above {
            self.row(separator, first, comment.span.start);
            self.comment(*comment);
            (separator, first) = (Some(""), false);
        }
        self.row(separator, first, docs.first().map_or(start, |comment| comment.span.start));
        // Homeless comments come before the documentation, which must stand directly before its declaration.
        let slot = self.doc.slot();
        for (i, comment) in docs.iter().enumerate() {
            self.comment(*comment);
            self.row(Some(""), false, docs.get(i + 1).map_or(start, |next| next.span.start));
        }
        slot
    }

    /// The line's end before what begins at `start`; none before the first line of a file.
    fn row(&mut self, separator: Option<&'static str>, first: bool, start: u32) {
        if let Some(flat) = separator {
            let blank = !first && self.blank_before(start);
            self.doc.line(flat, blank);
        }
    }

    fn comment(&mut self, comment: Comment) {
        self.doc.must_break();
        self.doc.text(self.source(comment.span));
        self.next += 1;
        self.last = comment.span.end;
    }
}
