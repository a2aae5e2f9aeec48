//! Decisions taken from bytes. Bytes that are used up, or zero, stand for the simplest choice, so that a failing program
//! shrinks to a plain one by making its bytes fewer and smaller.

/// Bytes, read once from the front.
pub(super) struct Choices {
    bytes: Vec<u8>,
    at: usize,
    names: usize,
}

impl Choices {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), at: 0, names: 0 }
    }

    /// A number below `limit`; 0 where there is no choice.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        if limit == 0 { 0 } else { usize::from(byte) % limit }
    }

    /// Whether something happens that happens `part` times in `whole`.
    pub(super) fn chance(&mut self, part: usize, whole: usize) -> bool {
        self.below(whole) >= whole - part
    }

    pub(super) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    /// A name that nothing else has.
    pub(super) fn name(&mut self) -> String {
        self.names += 1;
        let stem = self.pick(&["n", "x_", "stage-", "type", "Upper", "action-x-", "let", "_"]);
        format!("{stem}{}", self.names)
    }

    /// What may stand where the end of a line means nothing.
    pub(super) fn gap(&mut self) -> &'static str {
        self.pick::<&'static str>(&[
            "",
            "",
            " ",
            "",
            "  ",
            "\n",
            "\r\n    ",
            " // gap\n",
            "\n\n // own\n\n\n",
            "\t",
        ])
    }

    /// What separates two items.
    pub(super) fn separator(&mut self) -> &'static str {
        self.pick::<&'static str>(&[
            "\n",
            ", ",
            "\n\n",
            " , ",
            ",\n",
            "\r\n",
            " // end\n",
            ", // end\n",
            "\n  // own \"#{\n\n\n",
            "\n\t\n",
        ])
    }

    /// Items of a list or body, with separators between them.
    pub(super) fn items(&mut self, open: &str, items: &[String], close: &str) -> String {
        let mut text = open.to_owned();
        text += self.gap();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                // Between parentheses the end of a line separates nothing.
                let separator = self.separator();
                if open.ends_with('(') && !separator.contains(',') {
                    text.push(',');
                }
                text += separator;
            }
            text += item;
        }
        if !items.is_empty() && self.chance(1, 4) {
            text.push(',');
        }
        text += self.gap();
        text + close
    }

    /// The same on one line, for what stands in a text.
    pub(super) fn flat(items: &[String]) -> String {
        items.join(", ")
    }
}
