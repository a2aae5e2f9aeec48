//! Between the compiler's byte offsets and the protocol's lines and columns. Nothing else counts columns.
//!
//! A line ends after `\n`. The protocol also names a lone `\r`, but editors either never send one (they turn it into
//! `\n` when they read the file) or show it as a character within its line.

use std::ops::Range;

use compiler::lines::Lines;
use compiler::span::Span;
use lsp_types::Position;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what is spoken unless something else was agreed on.
    #[default]
    Utf16,
}

impl Encoding {
    fn width(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }

    fn char_width(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
        }
    }
}

/// The positions of a text as the editor has it.
pub(super) struct Positions<'t> {
    text: &'t str,
    lines: Lines,
    encoding: Encoding,
    /// The length of the byte order mark, which the editor's text may have, and the compiler's never has.
    mark: usize,
}

impl<'t> Positions<'t> {
    /// The positions of `text`.
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, lines: Lines::new(text), encoding, mark }
    }

    /// The offset of a position. One outside the text is moved to the nearest inside: a column behind the line's end to
    /// the end, one in the middle of a character to its start.
    pub(super) fn offset(&self, position: Position) -> usize {
        let start = self.lines.start(position.line, self.text) as usize;
        let end = self.lines.start(position.line.saturating_add(1), self.text) as usize;
        let rest = self.text.get(start..end).unwrap_or_default();
        let line = rest.strip_suffix('\n').unwrap_or(rest);
        let column = position.character as usize;
        let mut width = 0;
        for (i, c) in line.char_indices() {
            width += self.encoding.char_width(c);
            if width > column {
                return start + i;
            }
        }
        // Between `\r` and `\n` only if asked for exactly: an editor for which they are one line end asks for more than
        // there is when it means the end of the line.
        let content = if line.len() < rest.len() && width < column {
            line.strip_suffix('\r').unwrap_or(line)
        } else {
            line
        };
        start + content.len()
    }

    /// The position of an offset. One outside the text is its end, one in the middle of a character its start.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.line(u32::try_from(offset).unwrap_or(u32::MAX));
        let start = self.lines.start(line, self.text) as usize;
        let column = self.encoding.width(self.text.get(start..offset).unwrap_or_default());
        Position { line, character: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// The bytes of a range of the editor's text. One whose ends are swapped is put right.
    pub(super) fn bytes(&self, range: lsp_types::Range) -> Range<usize> {
        let (a, b) = (self.offset(range.start), self.offset(range.end));
        a.min(b)..a.max(b)
    }

    /// The span of a range, in the compiler's text.
    pub(super) fn span(&self, range: lsp_types::Range) -> Span {
        let bytes = self.bytes(range);
        Span::from(bytes.start.saturating_sub(self.mark)..bytes.end.saturating_sub(self.mark))
    }

    /// The range of a span of the compiler's text.
    pub(super) fn range(&self, span: Span) -> lsp_types::Range {
        let position = |offset: u32| self.position(offset as usize + self.mark);
        lsp_types::Range { start: position(span.start), end: position(span.end.max(span.start)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a é 🚰 z\r\n\r\nlast 🚰";

    fn position(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn every_offset_comes_back() {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for text in [TEXT, "", "\n", "\r\n", "\r", "a\rb\r\r\n\n\r", "\u{feff}é\n"] {
                let positions = Positions::new(text, encoding);
                for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                    assert_eq!(positions.offset(positions.position(offset)), offset, "{text:?} {encoding:?}");
                }
            }
        }
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let z = TEXT.find('z').expect("it is there");
        assert_eq!(Positions::new(TEXT, Encoding::Utf16).position(z), position(0, 7));
        assert_eq!(Positions::new(TEXT, Encoding::Utf8).position(z), position(0, 10));
        assert_eq!(Positions::new(TEXT, Encoding::Utf16).offset(position(0, 7)), z);
        assert_eq!(Positions::new(TEXT, Encoding::Utf8).offset(position(0, 10)), z);
    }

    #[test]
    fn positions_outside_move_inside() {
        let utf16 = Positions::new(TEXT, Encoding::Utf16);
        let first_end = TEXT.find('\r').expect("it is there");
        assert_eq!(utf16.offset(position(0, 8)), first_end);
        assert_eq!(
            utf16.offset(position(0, 9)),
            first_end + 1,
            "between the two characters of the line's end"
        );
        assert_eq!(utf16.offset(position(0, 10)), first_end);
        assert_eq!(utf16.offset(position(0, u32::MAX)), first_end);
        assert_eq!(utf16.offset(position(1, 7)), first_end + 2);
        assert_eq!(utf16.offset(position(2, u32::MAX)), TEXT.len());
        assert_eq!(utf16.offset(position(3, 0)), TEXT.len());
        assert_eq!(utf16.offset(position(u32::MAX, u32::MAX)), TEXT.len());
        let emoji = TEXT.find('🚰').expect("it is there");
        assert_eq!(utf16.offset(position(0, 5)), emoji, "the middle of a surrogate pair");
        assert_eq!(utf16.position(emoji + 2), utf16.position(emoji));
        assert_eq!(utf16.position(usize::MAX), utf16.position(TEXT.len()));
        let backwards = lsp_types::Range { start: position(2, 2), end: position(0, 1) };
        assert_eq!(utf16.bytes(backwards).start, 1);
    }

    #[test]
    fn the_compiler_never_sees_a_byte_order_mark() {
        let positions = Positions::new("\u{feff}let", Encoding::Utf16);
        assert_eq!(positions.range(Span::new(0, 3)).start, position(0, 1));
        assert_eq!(positions.span(positions.range(Span::new(1, 3))), Span::new(1, 3));
        assert_eq!(positions.span(lsp_types::Range::default()), Span::new(0, 0));
    }
}
