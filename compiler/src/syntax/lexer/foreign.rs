//! What other languages write: comments, lists and texts of YAML and shells, arithmetic, units behind a space. Each is one
//! report, and what it stands for is a token that the parser is silent about, so that nothing follows from it.

use std::ops::Range;

use super::{Diagnostic, Kind, Lexer, codes, meant_duration};
use crate::diagnostic::{Edit, Fix};
use crate::span::Span;

/// How many lines, and hundreds of bytes, an end is looked for: else junk would be read again and again.
const FAR: usize = 500;

impl Lexer<'_> {
    /// Reads what another language would read at `span`. Gives the offset behind it; none where Pipe has to read it.
    pub(super) fn foreign(&mut self, kind: Option<Kind>, span: &Range<usize>, end: usize) -> Option<usize> {
        let behind = &self.text[span.end..end];
        match kind {
            Some(Kind::Slash) if behind.starts_with('*') => Some(self.block_comment(span.start, end)),
            Some(Kind::Pipe | Kind::Greater) if self.behind_colon() => self.yaml_text(span, end),
            Some(Kind::Less) if self.behind_colon() && behind.starts_with('<') => {
                Some(self.here_document(span.start, end))
            }
            Some(Kind::Name) => self.unit(span),
            Some(Kind::Duration) => self.split_duration(span),
            Some(Kind::Int) if self.text[span.clone()].starts_with('-') && self.behind_operand() => {
                self.arithmetic(span.start..span.start + 1);
                self.push(Kind::Int, (span.start + 1..span.end).into());
                Some(span.end)
            }
            None => self.foreign_character(span, end),
            _ => None,
        }
    }

    fn foreign_character(&mut self, span: &Range<usize>, end: usize) -> Option<usize> {
        let behind = &self.text[span.end..end];
        let next = behind.chars().next();
        match &self.text[span.clone()] {
            "#" => Some(self.hash_comment(span.start, end)),
            "-" if self.begins_line(span.start) && next.is_none_or(char::is_whitespace) => {
                Some(self.yaml_list(span.start, end))
            }
            "-" if next == Some('>') && matches!(self.out.tokens.last(), Some((Kind::RightParen, _))) => {
                Some(self.arrow(span.start))
            }
            "+" | "-" | "*" | "%" if self.behind_operand() => {
                self.arithmetic(span.clone());
                Some(span.end)
            }
            "&" if self.behind_operand() => {
                let place = self.place(span.clone());
                let diagnostic = codes::STRAY_CHARACTER.at(place, "`&` means nothing here");
                self.report(diagnostic.help("the logical operator is `&&`").fix(
                    "replace with `&&`",
                    place,
                    "&&",
                ));
                self.push(Kind::And, span.clone().into());
                Some(span.end)
            }
            "$" => self.shell_variable(span.start, end),
            ";" => {
                let rest = behind.trim_start_matches([' ', '\t', '\r']);
                let last =
                    rest.is_empty() || rest.starts_with(['\n', '}', ']', ')', ';']) || rest.starts_with("//");
                let (title, text) = if last { ("remove it", "") } else { ("replace with `,`", ",") };
                let place = self.place(span.clone());
                let diagnostic = codes::STRAY_CHARACTER.at(place, "`;` means nothing here");
                self.report(
                    diagnostic
                        .help("the end of the line ends an item, or a comma on one line")
                        .fix(title, place, text),
                );
                self.push(Kind::Comma, span.clone().into());
                Some(span.end)
            }
            _ => None,
        }
    }

    /// Whether `at` is the first of its line.
    fn begins_line(&self, at: usize) -> bool {
        let before = self.text[..at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    }

    /// How far the line of `at` is indented.
    pub(super) fn indent_at(&self, at: usize) -> usize {
        let line = &self.text[self.text[..at].rfind('\n').map_or(0, |i| i + 1)..];
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    fn line_end(&self, at: usize, end: usize) -> usize {
        self.text[at..end].find('\n').map_or(end, |i| at + i)
    }

    /// The end of the lines behind the line of `at` that belong to it: `belongs` says so for a line's indentation and text.
    fn lines_behind(&self, at: usize, end: usize, belongs: impl Fn(usize, &str) -> bool) -> usize {
        let mut stop = self.line_end(at, end);
        let mut next = stop;
        while next < end {
            let line_end = self.line_end(next + 1, end);
            let line = &self.text[next + 1..line_end];
            let content = line.trim_start_matches([' ', '\t']);
            if !line.trim().is_empty() {
                if !belongs(line.len() - content.len(), content) {
                    break;
                }
                stop = line_end;
            }
            next = line_end;
        }
        if self.text[..stop].ends_with('\r') { stop - 1 } else { stop }
    }

    fn behind_colon(&self) -> bool {
        self.newline.is_none() && matches!(self.out.tokens.last(), Some((Kind::Colon, _)))
    }

    /// Whether a value ends before this, on the same line.
    fn behind_operand(&self) -> bool {
        self.newline.is_none()
            && self.out.tokens.last().is_some_and(|(kind, _)| {
                // Not a word that declares: `edition -1` has no operator.
                matches!(
                    kind,
                    Kind::Name
                        | Kind::True
                        | Kind::False
                        | Kind::Null
                        | Kind::Int
                        | Kind::Duration
                        | Kind::Str
                        | Kind::StrClose
                        | Kind::Block
                        | Kind::Unknown
                        | Kind::RightParen
                        | Kind::RightBracket
                )
            })
    }

    fn arithmetic(&mut self, span: Range<usize>) {
        self.stray(span.clone());
        self.push(Kind::Arithmetic, span.into());
    }

    /// `fn name() -> type`
    fn arrow(&mut self, start: usize) -> usize {
        let before = self.text[..start].trim_end_matches([' ', '\t']).len();
        self.report(
            codes::STRAY_CHARACTER
                .at(self.place(start..start + 2), "`->` means nothing here")
                .help("the type of a result stands behind `:`, as in `fn name(text: string): string = value`")
                .fix("replace with `:`", self.place(before..start + 2), ":"),
        );
        self.push(Kind::Colon, (start..start + 2).into());
        start + 2
    }

    fn hash_comment(&mut self, start: usize, end: usize) -> usize {
        let stop = self.line_end(start, end);
        let marks = self.text[start..stop].bytes().take_while(|byte| *byte == b'#').count();
        let place = self.place(start..start + marks);
        self.report(
            codes::STRAY_CHARACTER.at(place, "`#` means nothing here").help("comments begin with `//`").fix(
                "replace with `//`",
                place,
                "//",
            ),
        );
        self.line_used = true;
        stop
    }

    fn block_comment(&mut self, start: usize, end: usize) -> usize {
        let behind = self.text.as_bytes()[start + 2..end].windows(2);
        let close = behind.take(100 * FAR).position(|pair| pair == b"*/").map(|at| start + 2 + at);
        let stop = close.map_or_else(|| self.line_end(start, end), |at| at + 2);
        let inner = self.text[start + 2..close.unwrap_or(stop)].trim();
        let alone = self.text[stop..self.line_end(stop, end)].trim().is_empty();
        let diagnostic = codes::STRAY_CHARACTER
            .at(self.place(start..start + 2), "`/*` begins no comment")
            .help("comments begin with `//`, and end with the line");
        self.report(if alone && !inner.contains('\n') {
            let comment = format!("// {inner}");
            diagnostic.fix("write it as `//`", self.place(start..stop), comment)
        } else {
            diagnostic
        });
        let lines: Vec<usize> =
            self.text[start..stop].match_indices('\n').map(|(at, _)| start + at).collect();
        for at in lines {
            self.line_used = true;
            self.end_line(at);
        }
        self.line_used = true;
        stop
    }

    /// `- a` on lines of their own, with what is indented below them.
    fn yaml_list(&mut self, start: usize, end: usize) -> usize {
        let indent = self.indent_at(start);
        let stop = self.lines_behind(start, end, |own, line| {
            own > indent || (own == indent && (line.starts_with("- ") || line.trim_end() == "-"))
        });
        self.report(
            codes::STRAY_CHARACTER
                .at(self.place(start..start + 1), "`-` begins no item of a list")
                .label("this is YAML")
                .help("a list stands in brackets: `[\"a\", \"b\"]`")
                .help("what an action does line by line is one text: `script: \"\"\"`, the lines, and `\"\"\"` again"),
        );
        self.push(Kind::Unknown, (start..start + 1).into());
        stop
    }

    /// `key: |` with the lines of the text below it.
    fn yaml_text(&mut self, span: &Range<usize>, end: usize) -> Option<usize> {
        let behind = &self.text[span.end..end];
        let rest = behind.trim_start_matches(['-', '+']);
        let head = &self.text[span.start..end - rest.len()];
        let rest = rest.trim_start_matches([' ', '\t', '\r']);
        if !rest.is_empty() && !rest.starts_with('\n') {
            return None;
        }
        let line_end = end - rest.len();
        let indent = self.indent_at(span.start);
        let stop = self.lines_behind(span.start, end, |own, _| own > indent);
        let place = self.place(span.start..span.start + head.len());
        let mut diagnostic = codes::STRAY_CHARACTER
            .at(place, format!("`{head}` begins no text"))
            .label("this is YAML")
            .help("a text of several lines stands between lines of `\"\"\"`");
        let lines = &self.text[line_end.min(stop)..stop];
        if !lines.trim().is_empty() && !lines.contains("\"\"\"") {
            let own = lines.lines().filter(|line| !line.trim().is_empty());
            let own = own.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min();
            let close = format!("\n{}\"\"\"", " ".repeat(own.unwrap_or(indent)));
            let at = self.place(stop..stop);
            diagnostic.fix = Some(Fix {
                title: "put it between `\"\"\"`".to_owned(),
                edits: vec![Edit { place, text: "\"\"\"".to_owned() }, Edit { place: at, text: close }],
            });
        }
        self.report(diagnostic);
        self.push(Kind::Unknown, place.span);
        Some(stop)
    }

    /// `<<EOF` with the lines up to `EOF`.
    fn here_document(&mut self, start: usize, end: usize) -> usize {
        let line_end = self.line_end(start, end);
        let head = self.text[start..line_end].trim_end();
        let word = head.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
        let lines = self.text[line_end..end].match_indices('\n').map(|(at, _)| line_end + at + 1).take(FAR);
        let last =
            lines.map(|at| at..self.line_end(at, end)).find(|line| self.text[line.clone()].trim() == word);
        let place = self.place(start..start + head.len());
        self.report(
            codes::STRAY_CHARACTER
                .at(place, format!("`{head}` begins no text"))
                .help("a text of several lines stands between lines of `\"\"\"`"),
        );
        self.push(Kind::Unknown, place.span);
        last.map_or(line_end, |line| line.end)
    }

    /// `$NAME`, `${name}`
    fn shell_variable(&mut self, start: usize, end: usize) -> Option<usize> {
        let text = &self.text[start..end];
        let close = || text.bytes().take(FAR).take_while(|byte| *byte != b'\n').position(|byte| byte == b'}');
        let braced = text.starts_with("${").then(close).flatten().map(|at| at + 1);
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = braced.unwrap_or_else(|| 1 + text.bytes().skip(1).take_while(word).count());
        if length == 1 {
            return None;
        }
        let place = self.place(start..start + length);
        self.report(
            codes::STRAY_CHARACTER
                .at(place, format!("`{}` means nothing here", &text[..length]))
                .help("values are named as they are, and in strings as `#{name}`"),
        );
        self.push(Kind::Unknown, place.span);
        Some(start + length)
    }

    /// The token before this, if it is of the kind and stands on the same line with only blanks between.
    fn before(&self, kind: Kind, at: usize) -> Option<Span> {
        let (last, span) = *self.out.tokens.last()?;
        let between = self.text.get(span.end as usize..at)?;
        let blank = !between.is_empty() && between.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
        (last == kind && blank).then_some(span)
    }

    /// `5 minutes`
    fn unit(&mut self, span: &Range<usize>) -> Option<usize> {
        let number = self.before(Kind::Int, span.start)?;
        // `a: 5 m: 6` lacks a comma.
        if self.text[span.end..].trim_start().starts_with(':') {
            return None;
        }
        let meant = meant_duration(&format!("{}{}", &self.text[number.range()], &self.text[span.clone()]))?;
        self.joined(number.start as usize..span.end, meant);
        Some(span.end)
    }

    /// `1h 30m`
    fn split_duration(&mut self, span: &Range<usize>) -> Option<usize> {
        let first = self.before(Kind::Duration, span.start)?;
        if self.brackets.last().is_some_and(|(bracket, _)| *bracket != Kind::LeftBrace) {
            return None;
        }
        let meant = format!("{}{}", &self.text[first.range()], &self.text[span.clone()]);
        self.joined(first.start as usize..span.end, meant);
        Some(span.end)
    }

    /// Reports a duration with a space in it, whose first part is the last token.
    fn joined(&mut self, span: Range<usize>, meant: String) {
        let place = self.place(span.clone());
        let written: Diagnostic = codes::BAD_NUMBER.at(place, format!("a duration is one word: `{meant}`"));
        self.report(written.help("durations are written `90s`, `15m`, `1h30m` or `7d`").fix(
            format!("replace with `{meant}`"),
            place,
            meant,
        ));
        self.out.tokens.pop();
        self.out.tokens.push((Kind::Unknown, span.into()));
    }
}
