//! Strings: on one line with escapes and interpolation, and blocks of verbatim lines.

use std::ops::Range;

use super::{Kind, Lexer, MAX_DEPTH, Place, codes};
use crate::span::Span;

impl Lexer<'_> {
    /// Scans the string whose opening quote stands at `start`; `end` bounds the search. Gives the offset behind it.
    pub(super) fn string(&mut self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let quotes = bytes[start..end].iter().take_while(|b| **b == b'"').count();
        match quotes {
            2 => {
                self.push(Kind::Str, (start..start + 2).into());
                start + 2
            }
            1 => self.line_string(start, end),
            _ => self.block_string(start, quotes, end),
        }
    }

    /// Scans `"…"`.
    fn line_string(&mut self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        let mut text_start = at;
        let mut opened = false;
        loop {
            match bytes[..end].get(at) {
                None | Some(b'\n') => {
                    if !opened
                        && !self.interpolation
                        && let Some(stop) = self.spilled(start, at, end)
                    {
                        self.push(Kind::Str, (start..stop).into());
                        return stop;
                    }
                    let at = if at > start && bytes.get(at - 1) == Some(&b'\r') { at - 1 } else { at };
                    let at = self.before_closers(start, at).max(text_start);
                    self.unterminated(start..at);
                    self.close(start, text_start..at, at, opened);
                    return at;
                }
                Some(b'"') => {
                    self.close(start, text_start..at, at + 1, opened);
                    return at + 1;
                }
                Some(b'\\') => at = self.escape(at, end),
                Some(b'#') if bytes[..end].get(at + 1) == Some(&b'{') => {
                    if self.interpolation {
                        self.nested_interpolation(at);
                        at += 2;
                        continue;
                    }
                    if !opened {
                        opened = true;
                        self.push(Kind::StrOpen, (start..start + 1).into());
                    }
                    self.text_part(text_start..at);
                    at = self.interpolate(at, end);
                    text_start = at;
                }
                Some(_) => at += 1,
            }
        }
    }

    fn text_part(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.push(Kind::StrText, range.into());
        }
    }

    fn close(&mut self, start: usize, text: Range<usize>, end: usize, opened: bool) {
        if opened {
            let close = text.end..end;
            self.text_part(text);
            self.push(Kind::StrClose, close.into());
        } else {
            self.push(Kind::Str, (start..end).into());
        }
    }

    /// Lexes the interpolation whose `#` stands at `at`. Gives the offset behind its `}`.
    fn interpolate(&mut self, at: usize, end: usize) -> usize {
        let inner = at + 2;
        let close = closing_brace(&self.text.as_bytes()[..end], inner);
        let Some(close) = close.or_else(|| self.wrong_brace(inner, end)) else {
            let line_end = self.text[at..end].find('\n').map_or(end, |i| at + i);
            // Most likely the string went on behind the expression: give its quote back to it.
            let stop = self.text[inner..line_end].find('"').map_or(line_end, |i| inner + i);
            let place = self.place(at..stop);
            self.report(
                codes::UNTERMINATED_STRING
                    .at(place, "this interpolation is not closed")
                    .label("its `}` is missing on this line")
                    .help("write `#{name}`; for the two characters themselves write `\\#{`"),
            );
            return stop;
        };
        self.push(Kind::InterpolationOpen, (at..inner).into());
        // A closing bracket in it closes nothing outside of it.
        let outside = std::mem::replace(&mut self.brackets, vec![(Kind::LeftParen, 0)]);
        let depth = self.depth;
        self.depth += 1;
        self.interpolation = true;
        self.run(inner, close);
        self.interpolation = false;
        self.brackets = outside;
        if self.depth <= MAX_DEPTH {
            self.depth = depth;
        }
        self.push(Kind::InterpolationClose, (close..close + 1).into());
        close + 1
    }

    /// Checks the escape at `at`. Gives the offset behind it.
    fn escape(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.text[at + 1..end];
        let width = match rest.chars().next() {
            Some('n' | 't' | 'r' | '"' | '\\') => return at + 2,
            Some('#') if rest.starts_with("#{") => return at + 3,
            Some('u') => {
                let digits =
                    rest.strip_prefix("u{").and_then(|r| r.split_once('}')).map(|(digits, _)| digits);
                match digits {
                    Some(digits) if decode_unicode(digits).is_some() => return at + 4 + digits.len(),
                    Some(digits) if !digits.contains(['"', '\n']) => 3 + digits.len(),
                    _ => 1,
                }
            }
            None | Some('\n' | '\r') => return at + 1,
            Some(c) => c.len_utf8(),
        };
        let place = self.place(at..at + 1 + width);
        let shown = &self.text[at..at + 1 + width];
        self.report(
            codes::BAD_ESCAPE
                .at(place, format!("`{shown}` is no escape"))
                .help("the escapes are `\\n` `\\t` `\\r` `\\\"` `\\\\` `\\#{` and `\\u{1F600}`; a backslash itself is `\\\\`")
                .fix("double the backslash", self.place(at..at), "\\"),
        );
        at + 1 + width
    }

    fn nested_interpolation(&mut self, at: usize) {
        let place = self.place(at..at + 2);
        self.report(
            codes::NESTED_INTERPOLATION
                .at(place, "a string inside an interpolation cannot interpolate itself")
                .help("bind the inner text with `let` and use its name"),
        );
    }

    fn unterminated(&mut self, range: Range<usize>) {
        let escaped = self.text[range.clone()].ends_with('\\');
        let place = self.place(range);
        // An interpolation that is not closed takes the rest of the line, and was reported.
        if let Some(last) = self.out.diagnostics.last()
            && last.code == &codes::UNTERMINATED_STRING
            && last.place.span.end == place.span.end
        {
            return;
        }
        let diagnostic = codes::UNTERMINATED_STRING
            .at(place, "this string is not closed")
            .label("its `\"` is missing on this line")
            .help("text of several lines stands between lines of three quotes: `\"\"\"`");
        let end = Place { span: Span::at(place.span.end), ..place };
        self.report(if escaped { diagnostic } else { diagnostic.fix("close the string", end, "\"") });
    }

    /// Scans a string in the quotes of another language, up to its end on the same line. Gives the offset behind it.
    pub(super) fn foreign_string(&mut self, open: &Range<usize>, end: usize) -> Option<usize> {
        let close = match &self.text[open.clone()] {
            "'" => '\'',
            "`" => '`',
            "\u{2018}" | "\u{2019}" => '\u{2019}',
            "\u{201c}" | "\u{201d}" => '\u{201d}',
            _ => return None,
        };
        let rest = &self.text[open.end..end];
        let inner = rest.lines().next()?.split_once(close)?.0;
        let stop = open.end + inner.len() + close.len_utf8();
        let place = self.place(open.start..stop);
        let quote = &self.text[open.clone()];
        let diagnostic = codes::STRAY_CHARACTER
            .at(place, format!("`{quote}` quotes nothing in Pipe"))
            .help("strings stand in `\"` double quotes");
        let plain = !inner.contains(['"', '\\']);
        self.report(if plain {
            diagnostic.fix("replace the quotes", place, format!("\"{inner}\""))
        } else {
            diagnostic
        });
        self.push(Kind::Str, (open.start..stop).into());
        Some(stop)
    }

    /// Scans a block string with `quotes` opening quotes. Its end is a line that begins with as many.
    fn block_string(&mut self, start: usize, quotes: usize, end: usize) -> usize {
        let fence = &self.text[start..start + quotes];
        let text = self.text;
        let first_end = text[start..end].find('\n').map_or(end, |i| start + i);
        let after = text[start + quotes..first_end].trim();
        if !after.is_empty() {
            return self.block_on_one_line(start, quotes, first_end);
        }
        if self.unopened_block(start..start + quotes) {
            return start + quotes;
        }
        // Where its lines end, if the quotes below belong to another block string.
        let lines = self.lines_of_block(start, end);
        let mut others = false;
        let mut line_start = (first_end + 1).min(end);
        while line_start < end {
            let line_end = text[line_start..end].find('\n').map_or(end, |i| line_start + i);
            let line = &text[line_start..line_end];
            let content = line.trim_start();
            if content.starts_with(fence) && !content[quotes..].starts_with('"') {
                let indent = &line[..line.len() - content.len()];
                if let Some(stop) =
                    lines.filter(|stop| *stop < line_start && others && indent.len() > self.indent_at(start))
                {
                    self.unclosed_block(start, quotes, stop);
                    self.push(Kind::Block, (start..stop).into());
                    return stop;
                }
                self.check_indents(first_end + 1..line_start, indent);
                let close = line_start + indent.len() + quotes;
                self.push(Kind::Block, (start..close).into());
                return close;
            }
            others |= line.trim_end().ends_with(fence);
            line_start = line_end + 1;
        }
        if let Some(stop) = lines {
            self.unclosed_block(start, quotes, stop);
            self.push(Kind::Block, (start..stop).into());
            return stop;
        }
        let place = self.place(start..start + quotes);
        self.report(
            codes::UNTERMINATED_STRING
                .at(place, "this block string is not closed")
                .label("the rest of the file belongs to it")
                .help(format!("end it with a line that holds only `{fence}`")),
        );
        self.push(Kind::Block, (start..end).into());
        end
    }

    fn block_on_one_line(&mut self, start: usize, quotes: usize, line_end: usize) -> usize {
        let text = self.text;
        let fence = &text[start..start + quotes];
        let close = text[start + quotes..line_end].find(fence).map(|i| start + quotes + i + quotes);
        let stop = close.unwrap_or(line_end);
        let place = self.place(start..stop);
        let diagnostic = codes::BLOCK_LAYOUT
            .at(place, "the text of a block string begins on the next line")
            .help(format!("put the text on lines of its own, and `{fence}` on the line behind them"));
        let inner = close.map(|close| &text[start + quotes..close - quotes]);
        let plain = inner.filter(|inner| !inner.contains(['"', '\\']) && !inner.contains("#{"));
        self.report(match plain {
            Some(inner) => diagnostic.fix("use one pair of quotes", place, format!("\"{inner}\"")),
            None => diagnostic,
        });
        self.push(Kind::Block, (start..stop).into());
        stop
    }

    /// Every line that is not blank must begin with the closing line's white space.
    fn check_indents(&mut self, lines: Range<usize>, indent: &str) {
        let text = self.text;
        let mut at = lines.start;
        while at < lines.end {
            let line_end = text[at..lines.end].find('\n').map_or(lines.end, |i| at + i);
            let line = &text[at..line_end];
            if !line.trim().is_empty() && !line.starts_with(indent) {
                let own = line.len() - line.trim_start().len();
                let first = line.chars().next().map_or(0, char::len_utf8);
                let place = self.place(at..at + own.max(first));
                self.report(
                    codes::BLOCK_INDENT
                        .at(place, "this line is indented less than the line that closes the block")
                        .help("the closing line's white space is cut from every line of the text")
                        .fix("indent the line", self.place(at..at + own), indent),
                );
            }
            at = line_end + 1;
        }
    }
}

/// The offset of the `}` that closes an interpolation, on the same line; strings in it are passed over.
fn closing_brace(bytes: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return None,
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            b'"' => {
                at += 1;
                while !matches!(bytes.get(at), Some(b'"')) {
                    match bytes.get(at) {
                        None | Some(b'\n') => return None,
                        Some(b'\\') => at += 2,
                        Some(_) => at += 1,
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The character of `\u{digits}`.
pub(crate) fn decode_unicode(digits: &str) -> Option<char> {
    if digits.is_empty() || digits.len() > 6 || digits.starts_with('+') {
        return None;
    }
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}

/// The text that the escapes of a one-line string stand for. Escapes that mean nothing were reported; they stay as they
/// are written.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mut chars = rest.chars();
        let (decoded, width) = match chars.next() {
            Some('n') => ('\n', 1),
            Some('t') => ('\t', 1),
            Some('r') => ('\r', 1),
            Some(c @ ('"' | '\\' | '#')) => (c, 1),
            Some('u') => {
                let digits =
                    rest.strip_prefix("u{").and_then(|r| r.split_once('}')).map(|(digits, _)| digits);
                digits
                    .and_then(|digits| Some((decode_unicode(digits)?, digits.len() + 3)))
                    .unwrap_or(('\\', 0))
            }
            _ => ('\\', 0),
        };
        out.push(decoded);
        rest = &rest[width..];
    }
    out.push_str(rest);
    out
}

/// The text of a block string, from the source of the whole token.
#[must_use]
pub fn block_text(token: &str) -> String {
    let quotes = token.bytes().take_while(|b| *b == b'"').count();
    let Some((_, body)) = token.split_once('\n') else {
        // On one line, which was reported.
        return token.trim_matches('"').to_owned();
    };
    let (lines, last) = body.rsplit_once('\n').unwrap_or(("", body));
    let closed = last.trim_start().bytes().take_while(|b| *b == b'"').count() >= quotes;
    let indent = if closed { &last[..last.len() - last.trim_start().len()] } else { "" };
    let lines = if closed { lines } else { body };
    if lines.is_empty() && !body.starts_with('\n') {
        return String::new();
    }
    let mut out = String::with_capacity(lines.len() + 1);
    for line in lines.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line =
            line.strip_prefix(indent).unwrap_or(if line.trim().is_empty() { "" } else { line.trim_start() });
        out.push_str(line);
        out.push('\n');
    }
    out
}
