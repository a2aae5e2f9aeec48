//! Lists and records that know how large they are when written out. Parts are shared, so a few lines can make a value that
//! no walk over it would ever finish; its size is known without one.

use std::ops::Deref;
use std::rc::Rc;

use indexmap::IndexMap;
use smol_str::SmolStr;

use super::{Segment, Val};

/// A list's or record's content, and its measures.
#[derive(Debug)]
pub(crate) struct Whole<T> {
    content: T,
    size: usize,
    depth: usize,
}

impl<T> Deref for Whole<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

/// The size and depth of what holds these parts.
fn measure<'v>(parts: impl Iterator<Item = (usize, &'v Val)>) -> (usize, usize) {
    let (size, depth) = parts.fold((1_usize, 0), |(size, depth), (own, value)| {
        (size.saturating_add(own).saturating_add(value.size()), depth.max(value.depth()))
    });
    (size, depth + 1)
}

/// What a text of this many bytes counts, beside elements that each count one.
const fn text_size(bytes: usize) -> usize {
    1 + bytes / 8
}

impl Val {
    pub(crate) fn list(items: Vec<Self>) -> Self {
        let (size, depth) = measure(items.iter().map(|item| (0, item)));
        Self::List(Rc::new(Whole { content: items, size, depth }))
    }

    pub(crate) fn record(fields: IndexMap<SmolStr, Self>) -> Self {
        let (size, depth) = measure(fields.iter().map(|(key, value)| (text_size(key.len()), value)));
        Self::Record(Rc::new(Whole { content: fields, size, depth }))
    }

    /// How many elements and texts it has, all the way down, however much of it is shared.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text_size(text.len()),
            Self::Run(segments) => segments.iter().fold(1, |sum: usize, segment| match segment {
                Segment::Literal(text) => sum.saturating_add(text_size(text.len())),
                _ => sum + 1,
            }),
            Self::List(items) => items.size,
            Self::Record(fields) => fields.size,
            Self::Family(members) => members.len() + 1,
            Self::StageFamily(members) => members.len() + 1,
            Self::Test(test) => test.size(),
            _ => 1,
        }
    }

    /// How many lists and records stand in each other.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::List(items) => items.depth,
            Self::Record(fields) => fields.depth,
            Self::Test(test) => test.depth(),
            _ => 0,
        }
    }
}
