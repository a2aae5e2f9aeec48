//! The grammar, in chumsky. It never fails: what cannot be read becomes an `Error` node and one diagnostic, and reading
//! goes on at the next item. How it gets there is in `recover`.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use chumsky::input::{Input as _, MappedInput};
use chumsky::prelude::*;

pub(crate) use expr::duration;

use super::ast::{Doc, File, Name};
use super::error::{Rule, SyntaxError};
use super::layout;
use super::lexer::{Lexed, lex};
use super::token::{Kind, Token};
use super::trivia::Trivia;
use crate::diagnostic::{Diagnostic, Label, Place, codes};
use crate::source::SourceId;
use crate::span::Span;

mod decl;
mod expr;
mod field;
mod item;
mod lookahead;
mod on;
mod recover;
mod slips;
mod type_;

/// A file, read.
#[derive(Debug)]
pub struct Parsed {
    /// Which file.
    pub source: SourceId,
    /// The tree.
    pub file: File,
    /// Comments and blank lines.
    pub trivia: Trivia,
    /// The tokens, for the formatter's check of itself and for editors.
    pub tokens: Vec<Token>,
    /// Lexical and syntax errors, by position.
    pub diagnostics: Vec<Diagnostic>,
}

/// How many mistakes of a file are told: one with more is no Pipe at all.
const MAX_ERRORS: usize = 1000;

type Input<'t> = MappedInput<'t, Kind, Span, &'t [Token]>;
type Extra = extra::Err<SyntaxError>;
type Grammar<'t, T> = Boxed<'t, 't, Input<'t>, T, Extra>;

/// What the grammar looks things up in: the source, and the comments around tokens.
#[derive(Clone, Copy)]
struct Context<'t> {
    text: &'t str,
    tokens: &'t [Token],
    trivia: &'t Trivia,
    /// Closing brackets of a kind that is not open where they stand, by their start.
    wrong: &'t [u32],
}

/// Reads a file. `text` is at most `source::MAX_BYTES` long.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed {
    let Lexed { tokens, trivia, mut diagnostics } = lex(source, text);
    let mended = layout::mend(source, text, &tokens);
    let read = mended.as_ref().map_or(&tokens, |mended| &mended.tokens);
    let wrong = recover::wrong_closers(read);
    let context = Context { text, tokens: read, trivia: &trivia, wrong: &wrong };
    let end = Span::at(u32::try_from(text.trim_end().len()).unwrap_or(u32::MAX));
    let (file, errors) = item::file(context).parse(read.split_token_span(end)).into_output_errors();
    diagnostics.sort_by_key(|d| d.place.span);
    let lexical: Vec<Span> = diagnostics.iter().map(|d| d.place.span).collect();
    // A syntax error at a place that the lexer complained about only follows from it. (Such places hardly ever overlap.)
    let follows = |error: &SyntaxError| {
        let before = lexical.partition_point(|span| span.start <= error.span.start);
        lexical[..before].iter().rev().take(4).any(|span| error.span.start <= span.end)
    };
    let syntax = errors.iter().filter(|error| !follows(error)).take(MAX_ERRORS);
    diagnostics.extend(syntax.map(|error| error.diagnostic(source, text)));
    let by_layout = mended.map(|mended| mended.diagnostics).unwrap_or_default();
    let told = by_layout.iter().any(|d| d.code == &codes::UNCLOSED);
    diagnostics.extend(by_layout);
    diagnostics.sort_by_key(|d| d.place.span);
    keep_one_per_place(&mut diagnostics);
    merge_unclosed(&mut diagnostics);
    if !told
        && let Some(diagnostic) = diagnostics.iter_mut().find(|d| d.code == &codes::UNCLOSED)
        && let Some(span) = recover::outdented(&tokens, text, diagnostic.place.span.start)
    {
        let place = Place { span, ..diagnostic.place };
        diagnostic
            .labels
            .push(Label { place, text: "perhaps it is this one, by the indentation".to_owned() });
    }
    diagnostics.truncate(MAX_ERRORS);
    let file = file.unwrap_or_default();
    Parsed { source, file, trivia, tokens, diagnostics }
}

/// Of several syntax errors at one place the first says it.
fn keep_one_per_place(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.dedup_by(|later, earlier| {
        later.place.span.start == earlier.place.span.start && later.code != &codes::UNCLOSED
    });
}

/// Brackets that are missed at one place are one mistake, most often a file that is being written. The innermost, which
/// was opened last, says it.
fn merge_unclosed(diagnostics: &mut Vec<Diagnostic>) {
    let found = |d: &Diagnostic| {
        (d.code == &codes::UNCLOSED).then(|| d.labels.first().map(|label| label.place)).flatten()
    };
    // An item that breaks off at the same place is what is being written there; what is open around it follows from that.
    let broken_off: HashSet<u32> = diagnostics
        .iter()
        .filter(|d| d.code == &codes::UNEXPECTED_TOKEN)
        .map(|d| d.place.span.start)
        .collect();
    let mut innermost: HashMap<Place, usize> = HashMap::new();
    for (i, diagnostic) in diagnostics.iter().enumerate() {
        if let Some(place) = found(diagnostic) {
            innermost.insert(place, i);
        }
    }
    let mut outer: HashMap<Place, Vec<Label>> = HashMap::new();
    let mut i = 0;
    diagnostics.retain_mut(|diagnostic| {
        i += 1;
        let Some(place) = found(diagnostic) else { return true };
        if broken_off.contains(&place.span.start) {
            return false;
        }
        if innermost.get(&place) == Some(&(i - 1)) {
            diagnostic.labels.extend(outer.remove(&place).unwrap_or_default());
            return true;
        }
        outer
            .entry(place)
            .or_default()
            .push(Label { place: diagnostic.place, text: "neither is this".to_owned() });
        false
    });
}

impl chumsky::span::Span for Span {
    type Context = ();
    type Offset = u32;

    fn new((): (), range: Range<u32>) -> Self {
        // An empty match lies between two tokens, and its end is the end of the one before it.
        Self { start: range.start, end: range.end.max(range.start) }
    }

    fn context(&self) {}

    fn start(&self) -> u32 {
        self.start
    }

    fn end(&self) -> u32 {
        self.end
    }
}

impl Context<'_> {
    /// The doc comment of the declaration that begins at `offset`.
    fn doc(&self, offset: u32) -> Option<Doc> {
        let before = self.trivia.comments.partition_point(|c| c.span.start < offset);
        if before == 0 || !self.trivia.comments[before - 1].doc {
            return None;
        }
        let previous = self.tokens.partition_point(|(_, span)| span.start < offset).checked_sub(1);
        let previous_end = previous.map_or(0, |i| self.tokens[i].1.start);
        let comments = self.trivia.docs_before(previous_end, offset);
        let (first, last) = (comments.first()?, comments.last()?);
        let lines = comments.iter().map(|c| {
            let line = &self.text[c.span.range()][3..];
            line.strip_prefix(' ').unwrap_or(line)
        });
        Some(Doc { text: lines.collect::<Vec<_>>().join("\n"), span: first.span.to(last.span) })
    }
}

/// Any word that can be a name.
fn name<'t>(context: Context<'t>) -> Grammar<'t, Name> {
    any()
        .filter(|kind: &Kind| kind.is_name())
        .map_with(move |_, e| name_at(context, e.span()))
        .labelled(Rule::Name)
        .boxed()
}

fn name_at(context: Context<'_>, span: Span) -> Name {
    Name { text: context.text[span.range()].into(), span }
}

#[cfg(test)]
mod tests;
