//! The server's text is the editor's, whatever is edited.

use lsp_types::{Position, Range, TextDocumentContentChangeEvent};

use super::super::convert::Encoding;
use super::super::sync::apply;

/// Numbers that look random and are the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (bound.max(1) as u64)).unwrap_or(0)
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] = [
            "",
            "a",
            "\n",
            "\r\n",
            "é",
            "🚰",
            "\u{10ffff}",
            "\r",
            "let x = 1\n",
            "  ",
            "e\u{301}",
            "\"🚰\"\r\n",
        ];
        (0..self.below(5)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

/// The text as an editor has it that knows only units of its encoding. Written the simple way, from the protocol.
struct Model {
    units: Vec<u16>,
}

impl Model {
    /// Line and column of a unit.
    fn position(&self, at: usize) -> Position {
        let before = &self.units[..at];
        let line = before.iter().filter(|unit| **unit == u16::from(b'\n')).count();
        let start = before.iter().rposition(|unit| *unit == u16::from(b'\n')).map_or(0, |i| i + 1);
        let small = |n: usize| u32::try_from(n).expect("a small number");
        Position { line: small(line), character: small(at - start) }
    }

    /// Units between which characters end: no edit cuts a surrogate pair.
    fn boundary(&self, random: &mut Random) -> usize {
        let mut at = random.below(self.units.len() + 1);
        while at < self.units.len() && (0xdc00..0xe000).contains(&self.units[at]) {
            at += 1;
        }
        at
    }

    fn text(&self) -> String {
        String::from_utf16(&self.units).expect("no pair is cut")
    }
}

#[test]
fn random_edits_in_utf_16() {
    let mut random = Random(3);
    let mut model = Model { units: Vec::new() };
    let (mut text, mut longest) = (String::new(), 0);
    for step in 0..6000 {
        let (a, b) = (model.boundary(&mut random), model.boundary(&mut random));
        // Mostly short deletions, so that the text grows; now and then one across many lines.
        let (start, mut end) = (a.min(b), a.max(b));
        if random.below(60) > 0 {
            end = end.min(start + 2);
            while end < model.units.len() && (0xdc00..0xe000).contains(&model.units[end]) {
                end += 1;
            }
        }
        let insert = random.text();
        let range = Range { start: model.position(start), end: model.position(end) };
        model.units.splice(start..end, insert.encode_utf16());
        let change = TextDocumentContentChangeEvent { range: Some(range), range_length: None, text: insert };
        apply(&mut text, change, Encoding::Utf16);
        assert_eq!(text, model.text(), "after step {step}, {range:?}");
        longest = longest.max(text.len());
    }
    assert!(longest > 300, "the test edits a text of some size");
}

#[test]
fn random_edits_in_utf_8() {
    let mut random = Random(5);
    let mut model = String::new();
    let (mut text, mut longest) = (String::new(), 0);
    for step in 0..6000 {
        let boundary = |random: &mut Random, limit: usize| model.floor_char_boundary(random.below(limit + 1));
        let (a, b) = (boundary(&mut random, model.len()), boundary(&mut random, model.len()));
        let (start, mut end) = (a.min(b), a.max(b));
        if random.below(60) > 0 {
            end = model.floor_char_boundary(end.min(start + 4)).max(start);
        }
        let position = |at: usize| {
            let line_start = model[..at].rfind('\n').map_or(0, |i| i + 1);
            let line = model[..at].matches('\n').count();
            let small = |n: usize| u32::try_from(n).expect("a small number");
            Position { line: small(line), character: small(at - line_start) }
        };
        let range = Range { start: position(start), end: position(end) };
        let insert = random.text();
        model.replace_range(start..end, &insert);
        let change = TextDocumentContentChangeEvent { range: Some(range), range_length: None, text: insert };
        apply(&mut text, change, Encoding::Utf8);
        assert_eq!(text, model, "after step {step}, {range:?}");
        longest = longest.max(text.len());
    }
    assert!(longest > 300, "the test edits a text of some size");
}

#[test]
fn nonsense_positions_never_panic() {
    let mut random = Random(7);
    let mut text = "é 🚰\r\nb\n".to_owned();
    for _ in 0..4000 {
        let mut position = || {
            let huge = |random: &mut Random, n: usize| {
                if random.below(10) == 0 { u32::MAX } else { u32::try_from(random.below(n)).unwrap_or(0) }
            };
            Position { line: huge(&mut random, 12), character: huge(&mut random, 12) }
        };
        let range = Range { start: position(), end: position() };
        let encoding = if random.below(2) == 0 { Encoding::Utf8 } else { Encoding::Utf16 };
        let change =
            TextDocumentContentChangeEvent { range: Some(range), range_length: None, text: random.text() };
        apply(&mut text, change, encoding);
    }
}

#[test]
fn changes_of_one_message_build_on_each_other() {
    let mut text = "old".to_owned();
    for (range, new) in [(None, "a🚰c\r\n"), (Some((0, 1, 0, 3)), "b"), (Some((0, 3, 1, 0)), "")] {
        let range = range.map(|(a, b, c, d)| Range { start: Position::new(a, b), end: Position::new(c, d) });
        let change = TextDocumentContentChangeEvent { range, range_length: None, text: new.to_owned() };
        apply(&mut text, change, Encoding::Utf16);
    }
    assert_eq!(text, "abc");
}
