//! From text to tokens and comments. Strings are scanned by hand (`strings`), since interpolations nest; which line ends
//! separate items is decided here, as Go does with semicolons, so that the grammar knows only separators.

use logos::Logos;

use super::token::{Kind, Token};
use super::trivia::{Comment, Trivia};
use crate::diagnostic::{Diagnostic, Place, codes};
use crate::source::SourceId;
use crate::span::Span;

mod foreign;
mod spilled;
mod strings;

pub use strings::{block_text, unescape};

/// How deep expressions and brackets may nest, counted along one path: each bracket, operator and member access is a
/// level. Every later phase may recurse over the tree, so this bounds their stacks.
pub const MAX_DEPTH: usize = 200;

/// The tokens of a file.
#[derive(Debug, Default)]
pub struct Lexed {
    /// Tokens, with `Newline` only where it ends an item. Empty when the file nests too deeply.
    pub tokens: Vec<Token>,
    /// Comments and blank lines.
    pub trivia: Trivia,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lexes a file.
#[must_use]
pub fn lex(source: SourceId, text: &str) -> Lexed {
    let mut lexer = Lexer::new(source, text);
    let mut start = 0;
    if text.starts_with("#!") {
        start = text.find('\n').unwrap_or(text.len());
        lexer.out.trivia.shebang = Some(Span::from(0..start));
    }
    lexer.run(start, text.len());
    lexer.out
}

struct Lexer<'s> {
    source: SourceId,
    text: &'s str,
    out: Lexed,
    /// Open brackets, each with the operators seen since the last separator in it.
    brackets: Vec<(Kind, usize)>,
    /// The sum of `brackets`, which is the depth that a tree of what was read can have.
    depth: usize,
    /// A line's end was read since the last token; where the first one stood.
    newline: Option<u32>,
    /// Something other than white space was read since the last line's end.
    line_used: bool,
    /// How many `list<` and `map<` are open: their `>` is no operator, and ends an item.
    generics: usize,
    /// Whether the last token is such a `>`.
    closes_type: bool,
    /// Inside `#{ }`, where strings have no interpolation of their own.
    interpolation: bool,
}

impl<'s> Lexer<'s> {
    fn new(source: SourceId, text: &'s str) -> Self {
        let mut out = Lexed::default();
        out.tokens.reserve(text.len() / 5);
        Self {
            source,
            text,
            out,
            brackets: vec![(Kind::LeftBrace, 0)],
            depth: 0,
            newline: None,
            line_used: false,
            generics: 0,
            closes_type: false,
            interpolation: false,
        }
    }

    fn place(&self, span: impl Into<Span>) -> Place {
        Place { source: self.source, span: span.into() }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.out.diagnostics.push(diagnostic);
    }

    /// Lexes `start..end` of the text.
    fn run(&mut self, start: usize, end: usize) {
        let mut lexer = Kind::lexer(&self.text[start..end]);
        while let Some(result) = lexer.next() {
            let span = lexer.span();
            let span = start + span.start..start + span.end;
            if let Some(stop) = self.foreign(result.ok(), &span, end) {
                lexer.bump(stop - span.end);
                continue;
            }
            match result {
                Ok(Kind::Newline) => self.end_line(span.start),
                Ok(Kind::Comment) => self.comment(span.into()),
                Ok(Kind::Quote) => {
                    let end = self.string(span.start, end);
                    lexer.bump(end - span.end);
                }
                Ok(Kind::InterpolationOpen) | Err(()) => {
                    let end = self.foreign_string(&span, end);
                    match end {
                        Some(end) => lexer.bump(end - span.end),
                        None => self.stray(span),
                    }
                }
                Ok(Kind::BadNumber) => {
                    self.bad_number(&span);
                    self.push(Kind::Int, span.into());
                }
                Ok(kind) => self.push(kind, span.into()),
            }
            if self.depth > MAX_DEPTH {
                self.too_deep();
                return;
            }
        }
    }

    fn end_line(&mut self, at: usize) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        if !self.line_used
            && self.newline.is_some()
            && self.out.trivia.blank_lines.last() != self.newline.as_ref()
        {
            self.out.trivia.blank_lines.extend(self.newline);
        }
        self.newline = Some(at);
        self.line_used = false;
    }

    fn comment(&mut self, span: Span) {
        let text = self.text[span.range()].trim_end();
        let doc = text.starts_with("///") && !text.starts_with("////");
        let own_line = !self.line_used;
        let span = Span::new(span.start, span.start + u32::try_from(text.len()).unwrap_or(0));
        self.out.trivia.comments.push(Comment { span, doc, own_line });
        self.line_used = true;
    }

    /// Adds a token, before it the line's end if it ends an item, and counts the depth.
    fn push(&mut self, kind: Kind, span: Span) {
        if self.newline.take().is_some()
            && let Some((last, last_span)) = self.out.tokens.last().copied()
            && self.brackets.last().is_some_and(|(bracket, _)| *bracket != Kind::LeftParen)
            && (!last.continues_after() || self.closes_type)
            && !kind.continues_before()
            && !matches!(kind, Kind::RightBrace | Kind::RightBracket)
        {
            self.out.tokens.push((Kind::Newline, Span::new(last_span.end, last_span.end + 1)));
            self.generics = 0;
            self.separator();
        }
        self.line_used = true;
        self.generic(kind);
        self.count(kind);
        self.out.tokens.push((kind, span));
    }

    /// Follows the brackets of generic types, which a comparison's signs are, too.
    fn generic(&mut self, kind: Kind) {
        self.closes_type = kind == Kind::Greater && self.generics > 0;
        match kind {
            Kind::Less => {
                let last = self.out.tokens.last().filter(|(kind, _)| *kind == Kind::Name);
                let word = last.map_or("", |(_, span)| &self.text[span.range()]);
                self.generics += usize::from(matches!(word, "list" | "map"));
            }
            Kind::Greater => self.generics = self.generics.saturating_sub(1),
            // No type goes on behind these.
            Kind::LeftParen | Kind::RightParen | Kind::RightBrace => self.generics = 0,
            _ => {}
        }
    }

    fn count(&mut self, kind: Kind) {
        match kind {
            Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParen => {
                self.brackets.push((kind, 0));
                self.depth += 1;
            }
            // An unbalanced closer is the parser's to report.
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen if self.brackets.len() > 1 => {
                let (_, operators) = self.brackets.pop().unwrap_or((kind, 0));
                self.depth -= 1 + operators;
                self.operator();
            }
            Kind::Comma => self.separator(),
            Kind::If
            | Kind::For
            | Kind::In
            | Kind::Bang
            | Kind::Coalesce
            | Kind::And
            | Kind::Or
            | Kind::Dot
            | Kind::Slash
            | Kind::Arithmetic
            | Kind::Question => self.operator(),
            kind if kind.is_comparison() => self.operator(),
            _ => {}
        }
    }

    fn operator(&mut self) {
        if let Some((_, operators)) = self.brackets.last_mut() {
            *operators += 1;
            self.depth += 1;
        }
    }

    fn separator(&mut self) {
        if let Some((_, operators)) = self.brackets.last_mut() {
            self.depth -= *operators;
            *operators = 0;
        }
    }

    fn too_deep(&mut self) {
        let at = self.out.tokens.last().map_or(Span::at(0), |(_, span)| *span);
        let place = self.place(at);
        self.out.tokens.clear();
        // Everything found before would only follow from a file that is not read further.
        self.out.diagnostics.retain(|d| d.code == &codes::STRAY_CHARACTER);
        self.report(
            codes::TOO_DEEP
                .at(place, format!("this nests more than {MAX_DEPTH} levels deep"))
                .label("the rest of the file is not read")
                .help("give parts of the expression a name with `let`"),
        );
    }

    fn stray(&mut self, span: std::ops::Range<usize>) {
        let stray = &self.text[span.clone()];
        let place = self.place(span.clone());
        self.line_used = true;
        // A run of stray characters is one mistake.
        if let Some(last) = self.out.diagnostics.last_mut()
            && last.code == &codes::STRAY_CHARACTER
            && last.place.span.end == place.span.start
        {
            last.place.span.end = place.span.end;
            if let Some(edit) = last.fix.as_mut().and_then(|fix| fix.edits.last_mut()) {
                edit.place.span.end = place.span.end;
            }
            return;
        }
        let shown = stray
            .chars()
            .next()
            .filter(|c| !c.is_control())
            .map_or_else(|| stray.chars().take(1).flat_map(char::escape_debug).collect(), String::from);
        let mut diagnostic = codes::STRAY_CHARACTER.at(place, format!("`{shown}` means nothing here"));
        diagnostic = match stray.chars().next() {
            Some('\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}') => {
                diagnostic.help("strings stand in `\"` double quotes")
            }
            Some('#') => diagnostic.help("`#{name}` stands in strings; elsewhere a value is named as it is"),
            Some('$') => diagnostic.help("values are named as they are, and in strings as `#{name}`"),
            Some('&') => diagnostic.help("the logical operator is `&&`"),
            Some(space) if space.is_whitespace() || matches!(space, '\u{200b}' | '\u{feff}') => {
                diagnostic.message = "this space is not one of Pipe's".to_owned();
                diagnostic.help("it is a special character that looks like a space").fix(
                    "replace with a space",
                    place,
                    " ",
                )
            }
            Some('+' | '-' | '*' | '%') => {
                diagnostic.help("Pipe has no arithmetic; texts are joined by interpolation: `\"#{a}#{b}\"`")
            }
            _ => diagnostic,
        };
        self.report(diagnostic);
    }

    fn bad_number(&mut self, span: &std::ops::Range<usize>) {
        let text = &self.text[span.clone()];
        let place = self.place(span.clone());
        let diagnostic = codes::BAD_NUMBER
            .at(place, format!("`{text}` is neither a number nor a duration"))
            .help("durations are written `90s`, `15m`, `1h30m` or `7d`; other texts need quotes: `\"20x\"`");
        self.report(match meant_duration(text) {
            Some(duration) => diagnostic.fix(format!("replace with `{duration}`"), place, duration),
            None => diagnostic,
        });
    }
}

/// The duration that `20min` or `2hours` means.
fn meant_duration(text: &str) -> Option<String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        _ => return None,
    };
    (!number.is_empty()).then(|| format!("{number}{unit}"))
}

#[cfg(test)]
mod tests;
