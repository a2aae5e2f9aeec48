//! Lines and columns of byte offsets. Only the rim uses it: messages, the plan's locations, the language server.

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// The line index of `text`. A line ends after `\n`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(i, _)| u32::try_from(i + 1).unwrap_or(u32::MAX)));
        Self { starts: starts.collect() }
    }

    /// The line of `offset`, from 0.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset).saturating_sub(1))
            .unwrap_or(u32::MAX)
    }

    /// The offset at which `line` (from 0) begins; the text's end for a line behind the last.
    #[must_use]
    pub fn start(&self, line: u32, text: &str) -> u32 {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.starts.get(line as usize).copied().unwrap_or(end)
    }

    /// Line and column of `offset`, both from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, offset: u32, text: &str) -> (u32, u32) {
        let line = self.line(offset);
        let before = text.get(self.starts[line as usize] as usize..offset as usize).unwrap_or_default();
        (line + 1, u32::try_from(before.chars().count()).unwrap_or(u32::MAX) + 1)
    }

    /// Line and UTF-16 column of `offset`, both from 0, as the language server protocol counts.
    #[must_use]
    pub fn utf16(&self, offset: u32, text: &str) -> (u32, u32) {
        let line = self.line(offset);
        let before = text.get(self.starts[line as usize] as usize..offset as usize).unwrap_or_default();
        (line, u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX))
    }

    /// The offset of a line and UTF-16 column, both from 0. Positions outside the text are moved to the nearest inside:
    /// a column behind the line's end to the end, one in the middle of a character to its start.
    #[must_use]
    pub fn from_utf16(&self, line: u32, column: u32, text: &str) -> u32 {
        let start = self.start(line, text);
        let end = self.start(line.saturating_add(1), text);
        let line_text =
            text.get(start as usize..end as usize).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (i, c) in line_text.char_indices() {
            let width = u32::try_from(c.len_utf16()).unwrap_or(2);
            if units + width > column {
                return start + u32::try_from(i).unwrap_or(0);
            }
            units += width;
        }
        start + u32::try_from(line_text.len()).unwrap_or(0)
    }
}
