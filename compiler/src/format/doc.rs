//! A layout to be decided: a flat list of texts, possible line ends and groups, and the one pass that writes it out.
//! A group is written on one line if that fits, otherwise each of its own line ends breaks. Nothing here recurses, and
//! every operation is looked at a constant number of times.

use crate::syntax::lexer::block_text;

/// How wide a line may be, in characters.
const WIDTH: usize = 100;
/// How far a level is indented.
const INDENT: usize = 2;

/// An instruction to the layout.
enum Op<'a> {
    /// Text without a line's end.
    Text(&'a str),
    /// A block string, from quotes to quotes.
    Block(&'a str),
    /// Lines that stay as they are, but for the indentation of the first.
    Verbatim(&'a str),
    /// A comment that ends its line. It does not count for the width.
    Trailing(&'a str),
    /// A line's end where the group breaks, otherwise `flat`; with an empty line behind it.
    Line { flat: &'static str, blank: bool },
    /// A group begins; whether it must break.
    Open { broken: bool },
    /// A group ends.
    Close,
    /// Lines from here on are a level deeper.
    Indent,
    /// A level less deep.
    Dedent,
    /// Comments on lines of their own that were found later than their place: an index into `Doc::slots`.
    Slot(usize),
}

/// The place of comments that are found later.
#[derive(Clone, Copy)]
pub(super) struct Slot(usize);

/// A layout to be decided.
#[derive(Default)]
pub(super) struct Doc<'a> {
    ops: Vec<Op<'a>>,
    /// Where the groups that are not closed yet begin.
    open: Vec<usize>,
    slots: Vec<Vec<&'a str>>,
}

impl<'a> Doc<'a> {
    pub(super) fn text(&mut self, text: &'a str) {
        self.ops.push(Op::Text(text));
    }

    pub(super) fn block(&mut self, token: &'a str) {
        self.must_break();
        self.ops.push(Op::Block(token));
    }

    pub(super) fn verbatim(&mut self, lines: &'a str) {
        self.must_break();
        self.ops.push(Op::Verbatim(lines));
    }

    pub(super) fn trailing(&mut self, comment: &'a str) {
        self.must_break();
        self.ops.push(Op::Trailing(comment));
    }

    pub(super) fn line(&mut self, flat: &'static str, blank: bool) {
        self.ops.push(Op::Line { flat, blank });
    }

    pub(super) fn indent(&mut self) {
        self.ops.push(Op::Indent);
    }

    pub(super) fn dedent(&mut self) {
        self.ops.push(Op::Dedent);
    }

    pub(super) fn open(&mut self) {
        self.open.push(self.ops.len());
        self.ops.push(Op::Open { broken: false });
    }

    pub(super) fn close(&mut self) {
        self.ops.push(Op::Close);
        // What breaks inside breaks everything around it.
        if let Some(start) = self.open.pop()
            && matches!(self.ops[start], Op::Open { broken: true })
        {
            self.must_break();
        }
    }

    /// The innermost open group cannot stand on one line.
    pub(super) fn must_break(&mut self) {
        if let Some(start) = self.open.last() {
            self.ops[*start] = Op::Open { broken: true };
        }
    }

    pub(super) fn slot(&mut self) -> Slot {
        self.slots.push(Vec::new());
        self.ops.push(Op::Slot(self.slots.len() - 1));
        Slot(self.slots.len() - 1)
    }

    /// Puts comments into a slot of the innermost open group.
    pub(super) fn fill(&mut self, slot: Slot, comments: Vec<&'a str>) {
        if !comments.is_empty() {
            self.must_break();
            self.slots[slot.0] = comments;
        }
    }

    /// Writes it out. `capacity` is about how long the text gets.
    pub(super) fn layout(&self, capacity: usize) -> String {
        let widths = self.widths();
        let mut out =
            Out { text: String::with_capacity(capacity), column: 0, level: 0, line_level: 0, fresh: true };
        let mut broken = Vec::new();
        for (i, op) in self.ops.iter().enumerate() {
            let breaks = broken.last().copied().unwrap_or(true);
            match op {
                Op::Text(text) => out.write(text),
                Op::Block(token) => out.block(token),
                Op::Verbatim(lines) => out.verbatim(lines),
                Op::Trailing(comment) => {
                    out.write(" ");
                    out.write(comment);
                }
                Op::Line { blank, .. } if breaks => out.end_line(*blank),
                Op::Line { flat, .. } => out.write(flat),
                Op::Open { broken: must } => broken.push(breaks && (*must || !out.fits(widths[i]))),
                Op::Close => {
                    broken.pop();
                }
                Op::Indent => out.level += 1,
                Op::Dedent => out.level -= 1,
                Op::Slot(slot) => {
                    for comment in &self.slots[*slot] {
                        out.write(comment);
                        out.end_line(false);
                    }
                }
            }
        }
        if !out.text.is_empty() && !out.fresh {
            out.end_line(false);
        }
        out.text
    }

    /// For each group the width of its line if it does not break: its own, and that of what follows up to the next
    /// place where a line can end.
    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.ops.len()];
        // From the back: the flat width from here to the end, to the next line's end, and at each group's end both.
        let (mut total, mut tail) = (0, 0);
        let mut closes = Vec::new();
        for (i, op) in self.ops.iter().enumerate().rev() {
            let width = match op {
                Op::Text(text) => width(text),
                Op::Line { flat, .. } => {
                    tail = 0;
                    total += flat.len();
                    continue;
                }
                Op::Block(_) | Op::Verbatim(_) => {
                    tail = 0;
                    3
                }
                Op::Close => {
                    closes.push((total, tail));
                    0
                }
                Op::Open { .. } => {
                    let (end, tail) = closes.pop().unwrap_or_default();
                    widths[i] = total - end + tail;
                    0
                }
                _ => 0,
            };
            total += width;
            tail += width;
        }
        widths
    }
}

/// The text so far.
struct Out {
    text: String,
    column: usize,
    level: usize,
    /// The level of this line: that of the line's end before it, since an expression may begin the line and a level.
    line_level: usize,
    /// Whether nothing stands on the line yet, not even its indentation.
    fresh: bool,
}

impl Out {
    fn fits(&self, width: usize) -> bool {
        let column = if self.fresh { self.line_level * INDENT } else { self.column };
        column + width <= WIDTH
    }

    fn spaces(&mut self, count: usize) {
        const SPACES: &str = "                                                                ";
        let mut left = count;
        while left > 0 {
            let some = left.min(SPACES.len());
            self.text.push_str(&SPACES[..some]);
            left -= some;
        }
        self.column += count;
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.fresh {
            self.fresh = false;
            self.spaces(self.line_level * INDENT);
        }
        self.text.push_str(text);
        self.column += width(text);
    }

    fn end_line(&mut self, blank: bool) {
        self.text.push_str(if blank { "\n\n" } else { "\n" });
        self.column = 0;
        self.line_level = self.level;
        self.fresh = true;
    }

    /// Text that begins its line is indented as its quotes are, otherwise a level deeper.
    fn block(&mut self, token: &str) {
        let quotes = &token[..token.bytes().take_while(|b| *b == b'"').count()];
        let indentation = if self.fresh { self.line_level * INDENT } else { (self.level + 1) * INDENT };
        self.write(quotes);
        self.end_line(false);
        let text = block_text(token);
        for line in text.split_terminator('\n') {
            if !line.is_empty() {
                self.spaces(indentation);
                self.text.push_str(line);
            }
            // One carriage return belongs to the line's end when it is read.
            if line.ends_with('\r') {
                self.text.push('\r');
            }
            self.end_line(false);
        }
        self.spaces(indentation);
        self.fresh = false;
        self.write(quotes);
    }

    fn verbatim(&mut self, lines: &str) {
        for (i, line) in lines.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if i > 0 {
                self.end_line(false);
                self.fresh = false;
            }
            self.write(line);
        }
        self.fresh = false;
    }
}

fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}
