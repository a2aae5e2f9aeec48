//! What the tree does not hold: comments and blank lines, by position. The formatter puts them back; declarations find
//! their documentation here.

use crate::span::Span;

/// A comment, without the line's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the first `/` to the last character.
    pub span: Span,
    /// `///`, but not `////`.
    pub doc: bool,
    /// Whether nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// Comments and blank lines of a file, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trivia {
    /// All comments.
    pub comments: Vec<Comment>,
    /// For each run of blank lines, the offset at which the line before it ends.
    pub blank_lines: Vec<u32>,
    /// The first line, when it starts with `#!`.
    pub shebang: Option<Span>,
}

impl Trivia {
    /// The doc comments directly before `offset`, where `previous_end` is the end of the token before it.
    #[must_use]
    pub fn docs_before(&self, previous_end: u32, offset: u32) -> &[Comment] {
        let end = self.comments.partition_point(|comment| comment.span.start < offset);
        let mut start = end;
        while start > 0 {
            let comment = &self.comments[start - 1];
            if !comment.doc || !comment.own_line || comment.span.start < previous_end {
                break;
            }
            start -= 1;
        }
        &self.comments[start..end]
    }
}
