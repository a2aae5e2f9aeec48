//! Strings whose quotes are not where they should be: where they most likely end, so that one missing quote does not make
//! nonsense of what stands behind it.

use std::ops::Range;

use super::{Kind, Lexer, codes};
use crate::diagnostic::Place;
use crate::span::Span;

impl Lexer<'_> {
    /// Where a string without its closing quote ends: before the brackets at the line's end that the line opened.
    pub(super) fn before_closers(&self, start: usize, line_end: usize) -> usize {
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let mut open = Vec::new();
        for (kind, _) in self.out.tokens.iter().rev().take_while(|(_, span)| span.start as usize >= line) {
            match kind {
                Kind::RightBrace | Kind::RightBracket | Kind::RightParen => return line_end,
                Kind::LeftBrace => open.push('}'),
                Kind::LeftBracket => open.push(']'),
                Kind::LeftParen => open.push(')'),
                _ => {}
            }
        }
        let text = &self.text[start + 1..line_end];
        let tail = text.trim_end_matches([' ', '\t', '\r', ',', ')', ']', '}']).len();
        let positions = text[tail..].char_indices().map(|(at, _)| tail + at);
        let closes = |at: usize| {
            let closers = text[at..].chars().filter(|c| matches!(c, ')' | ']' | '}'));
            let mut expected = open.iter();
            text[at..].starts_with([')', ']', '}']) && closers.clone().all(|c| expected.next() == Some(&c))
        };
        let mut positions = positions.filter(|at| closes(*at));
        positions.next().map_or(line_end, |at| start + 1 + text[..at].trim_end().len())
    }

    /// Where a string ends that goes on over lines, as other languages allow: at the first quote, if all lines up to it are
    /// indented more than the one with the opening quote.
    pub(super) fn spilled(&mut self, start: usize, line_end: usize, end: usize) -> Option<usize> {
        let indent = self.indent_at(start);
        let mut at = line_end;
        while self.text[at..end].starts_with('\n') {
            let next = self.text[at + 1..end].find('\n').map_or(end, |i| at + 1 + i);
            let line = &self.text[at + 1..next];
            let own = line.len() - line.trim_start_matches([' ', '\t']).len();
            if !line.trim().is_empty() && own <= indent {
                return None;
            }
            if let Some((before, behind)) = line.split_once('"') {
                if !behind.trim().trim_end_matches([',', '}', ']', ')', ' ']).is_empty()
                    || before.ends_with('\\')
                {
                    return None;
                }
                let place = self.place(start..start + 1);
                self.report(
                    codes::UNTERMINATED_STRING
                        .at(place, "this string goes on over its line")
                        .label("a string ends on its line")
                        .help("text of several lines stands between lines of three quotes: `\"\"\"`"),
                );
                return Some(at + 1 + before.len() + 1);
            }
            at = next;
        }
        None
    }

    /// The offset of the bracket that was written for the `}` of an interpolation: `"#{name)"`.
    pub(super) fn wrong_brace(&mut self, inner: usize, end: usize) -> Option<usize> {
        let line = self.text[inner..end].lines().next()?;
        let value = &line[..line.find('"')?];
        let (open, close) = match value.chars().next_back()? {
            ')' => ('(', ')'),
            ']' => ('[', ']'),
            _ => return None,
        };
        if value.matches(open).count() >= value.matches(close).count() {
            return None;
        }
        let at = inner + value.len() - 1;
        let place = self.place(at..at + 1);
        self.report(
            codes::UNTERMINATED_STRING
                .at(place, format!("this `{close}` does not close the interpolation"))
                .label("`}` is expected")
                .help("an interpolation is written `#{name}`")
                .fix("replace with `}`", place, "}"),
        );
        Some(at)
    }

    /// The end of a block string whose closing quotes are missing: its lines are indented more than the line with the
    /// opening quotes. None where the indentation says nothing.
    pub(super) fn lines_of_block(&self, start: usize, end: usize) -> Option<usize> {
        let indent = self.indent_at(start);
        let mut at = start + self.text[start..end].find('\n')?;
        let mut last = None;
        while self.text[at..end].starts_with('\n') {
            let next = self.text[at + 1..end].find('\n').map_or(end, |i| at + 1 + i);
            let line = &self.text[at + 1..next];
            let own = line.len() - line.trim_start_matches([' ', '\t']).len();
            if !line.trim().is_empty() {
                if own <= indent {
                    return last;
                }
                last = Some(at + 1 + line.trim_end().len());
            }
            at = next;
        }
        None
    }

    /// Reports a block string that `lines_of_block` ended.
    pub(super) fn unclosed_block(&mut self, start: usize, quotes: usize, stop: usize) {
        let fence = &self.text[start..start + quotes];
        let own = self.indent_at(start + self.text[start..stop].find('\n').map_or(0, |at| at + 1));
        let place = self.place(start..start + quotes);
        let at = self.place(stop..stop);
        self.report(
            codes::UNTERMINATED_STRING
                .at(place, "this block string is not closed")
                .label("by the indentation its lines end before the block does")
                .help(format!("end it with a line that holds only `{fence}`"))
                .fix("close it", at, format!("\n{}{fence}", " ".repeat(own))),
        );
    }

    /// Whether the quotes at `fence` end a text whose opening quotes were forgotten behind `key:`. Then what was read of
    /// the text is forgotten, and it is a block string.
    pub(super) fn unopened_block(&mut self, fence: Range<usize>) -> bool {
        let before = self.text[..fence.start].trim_end_matches([' ', '\t']);
        if !before.ends_with('\n') || self.out.tokens.last().is_none_or(|(kind, _)| kind.continues_after()) {
            return false;
        }
        let indent = self.indent_at(fence.start);
        let found = self.out.tokens.iter().rposition(|(kind, span)| {
            if *kind == Kind::Newline {
                return false;
            }
            let rest = self.text[span.end as usize..].trim_start_matches([' ', '\t', '\r']);
            self.indent_at(span.start as usize) < indent || (*kind == Kind::Colon && rest.starts_with('\n'))
        });
        let Some(at) = found else { return false };
        let (kind, colon) = self.out.tokens[at];
        let rest = self.text[colon.end as usize..].trim_start_matches([' ', '\t', '\r']);
        if kind != Kind::Colon || !rest.starts_with('\n') || self.indent_at(colon.start as usize) >= indent {
            return false;
        }
        self.out.tokens.truncate(at + 1);
        self.out.diagnostics.retain(|d| d.place.span.start < colon.end);
        self.recount();
        let place = self.place(colon);
        let marks = self.text[fence.clone()].to_owned();
        self.report(
            codes::UNTERMINATED_STRING
                .at(place, "the text behind this lacks its opening quotes")
                .label(format!("`{marks}` is missing"))
                .also(self.place(fence.clone()), "closed here")
                .help(format!("text of several lines stands between lines of `{marks}`"))
                .fix(
                    format!("insert `{marks}`"),
                    Place { span: Span::at(colon.end), ..place },
                    format!(" {marks}"),
                ),
        );
        self.push(Kind::Block, Span::new(colon.end, u32::try_from(fence.end).unwrap_or(u32::MAX)));
        true
    }

    /// Counts the open brackets again, behind tokens that were taken back.
    fn recount(&mut self) {
        self.brackets.truncate(1);
        self.generics = 0;
        self.depth = 0;
        self.brackets[0].1 = 0;
        let kinds: Vec<Kind> = self.out.tokens.iter().map(|(kind, _)| *kind).collect();
        for kind in kinds {
            if kind == Kind::Newline { self.separator() } else { self.count(kind) }
        }
    }
}
