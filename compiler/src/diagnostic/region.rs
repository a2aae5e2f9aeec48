//! Where a place begins and ends in lines and columns, for the formats that other programs read.

use super::Place;
use crate::lines::Lines;
use crate::source::Sources;

/// How columns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    /// In characters.
    Characters,
    /// In UTF-16 code units.
    Utf16,
}

/// Lines and columns from 1; the end is the column behind the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start_line: u32,
    pub(super) start_column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

/// The regions of places, with the lines of each file counted once.
pub(super) struct Regions<'s> {
    sources: &'s Sources,
    lines: Vec<Lines>,
    columns: Columns,
}

impl<'s> Regions<'s> {
    pub(super) fn new(sources: &'s Sources, columns: Columns) -> Self {
        let lines = sources.iter().map(|(_, source)| Lines::new(&source.text)).collect();
        Self { sources, lines, columns }
    }

    /// The region of a place; none in a file without text, which could not be read.
    pub(super) fn of(&self, place: Place) -> Option<Region> {
        let text = &*self.sources.get(place.source).text;
        if text.is_empty() {
            return None;
        }
        let lines = self.lines.get(place.source.0 as usize)?;
        // An offset inside a character, or behind the end, would have no column.
        let clamp = |offset: u32| {
            let mut offset = (offset as usize).min(text.len());
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            u32::try_from(offset).unwrap_or(u32::MAX)
        };
        let at = |offset| match self.columns {
            Columns::Characters => lines.line_column(offset, text),
            Columns::Utf16 => {
                let (line, column) = lines.utf16(offset, text);
                (line + 1, column + 1)
            }
        };
        let start = clamp(place.span.start);
        let (start_line, start_column) = at(start);
        let (end_line, end_column) = at(clamp(place.span.end).max(start));
        Some(Region { start_line, start_column, end_line, end_column })
    }
}
