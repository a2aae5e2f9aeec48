//! The difference of two texts as replacements of whole lines, so that cursors, marks and folds elsewhere stay.

use compiler::span::Span;

/// The largest table of a comparison, in cells. Beyond it everything between the common ends is one edit.
const MAX_CELLS: usize = 4_000_000;

/// Lines that are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineEdit {
    /// The lines, with their ends; empty to insert before a line.
    pub(crate) span: Span,
    /// What stands there instead.
    pub(crate) text: String,
}

/// Edits that turn `old` into `new`: in order, apart from each other, none when both are the same.
pub(crate) fn line_edits(old: &str, new: &str) -> Vec<LineEdit> {
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let prefix = old_lines.iter().zip(&new_lines).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old_lines[prefix..], &new_lines[prefix..]);
    let suffix = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let old_middle = &old_rest[..old_rest.len() - suffix];
    let new_middle = &new_rest[..new_rest.len() - suffix];

    let mut edits = Edits { at: old_lines[..prefix].iter().map(|line| line.len()).sum(), edits: Vec::new() };
    let (rows, columns) = (old_middle.len(), new_middle.len());
    if (rows + 1).saturating_mul(columns + 1) > MAX_CELLS {
        edits.replace(&old_middle.concat(), &new_middle.concat());
        return edits.edits;
    }
    let common = common_lengths(old_middle, new_middle);
    let (mut row, mut column) = (0, 0);
    while row < rows || column < columns {
        if row < rows && column < columns && old_middle[row] == new_middle[column] {
            edits.keep(old_middle[row]);
            (row, column) = (row + 1, column + 1);
        } else if column == columns || (row < rows && common[row + 1][column] >= common[row][column + 1]) {
            edits.replace(old_middle[row], "");
            row += 1;
        } else {
            edits.replace("", new_middle[column]);
            column += 1;
        }
    }
    edits.edits
}

/// How many lines `old[row..]` and `new[column..]` have in common at most, for every row and column.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            table[row][column] = if old[row] == new[column] {
                table[row + 1][column + 1] + 1
            } else {
                table[row + 1][column].max(table[row][column + 1])
            };
        }
    }
    table
}

/// Edits under construction, from the start of the old text to its end.
struct Edits {
    at: usize,
    edits: Vec<LineEdit>,
}

impl Edits {
    fn keep(&mut self, line: &str) {
        self.at += line.len();
    }

    fn replace(&mut self, old: &str, new: &str) {
        let (start, end) = (self.at, self.at + old.len());
        self.at = end;
        let span = Span::from(start..end);
        match self.edits.last_mut() {
            Some(last) if last.span.end == span.start => {
                last.span.end = span.end;
                last.text.push_str(new);
            }
            _ => self.edits.push(LineEdit { span, text: new.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(old: &str, edits: &[LineEdit]) -> String {
        let mut text = old.to_owned();
        for edit in edits.iter().rev() {
            text.replace_range(edit.span.range(), &edit.text);
        }
        text
    }

    #[test]
    fn the_same_text_needs_no_edit() {
        assert!(line_edits("", "").is_empty());
        assert!(line_edits("a\nb", "a\nb").is_empty());
    }

    #[test]
    fn only_lines_that_change_are_touched() {
        let edits = line_edits("a\n  b\nc\nd\n", "a\nb\nc\nd\ne\n");
        let expected = [
            LineEdit { span: Span::new(2, 6), text: "b\n".to_owned() },
            LineEdit { span: Span::new(10, 10), text: "e\n".to_owned() },
        ];
        assert_eq!(edits, expected);
    }

    #[test]
    fn edits_lead_from_one_text_to_the_other() {
        // Every pair of texts of up to four lines out of three, with and without an end of the last line.
        let lines = ["a\n", "b\n", "\n"];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> =
                texts.iter().flat_map(|t| lines.map(|line| format!("{t}{line}"))).collect();
            texts.extend(longer);
            texts.sort();
            texts.dedup();
        }
        texts.extend(texts.clone().iter().map(|t| t.trim_end_matches('\n').to_owned()));
        for old in &texts {
            for new in &texts {
                assert_eq!(&apply(old, &line_edits(old, new)), new, "{old:?} -> {new:?}");
            }
        }
    }

    #[test]
    fn large_differences_are_one_edit() {
        let old: String = (0..3000).map(|i| format!("old {i}\n")).collect();
        let new: String = (0..3000).map(|i| format!("new {i}\n")).collect();
        let edits = line_edits(&old, &new);
        assert_eq!(edits.len(), 1);
        assert_eq!(apply(&old, &edits), new);
    }
}
