//! Conditions that a run decides.

use std::rc::Rc;

use super::Segment;
use crate::plan::Comparison;

/// A condition that a run decides. Its parts may be shared, so that it knows how large it is.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) form: TestForm,
    size: usize,
    depth: usize,
}

/// Forms of conditions.
#[derive(Debug)]
pub(crate) enum TestForm {
    All(Vec<Rc<Test>>),
    Any(Vec<Rc<Test>>),
    Not(Rc<Test>),
    /// Two texts, of which a run knows at least one.
    Check(Rc<[Segment]>, Comparison, Rc<[Segment]>),
    OneOf(Rc<[Segment]>, Vec<Rc<[Segment]>>),
}

impl Test {
    pub(crate) fn new(form: TestForm) -> Rc<Self> {
        let (size, depth) = match &form {
            TestForm::All(parts) | TestForm::Any(parts) => parts
                .iter()
                .fold((1, 0), |(size, depth), part| (part.size.saturating_add(size), part.depth.max(depth))),
            TestForm::Not(inner) => (inner.size.saturating_add(1), inner.depth),
            TestForm::Check(a, _, b) => (1 + a.len() + b.len(), 0),
            TestForm::OneOf(value, texts) => {
                (texts.iter().fold(value.len(), |size, text| size + text.len() + 1), 0)
            }
        };
        Rc::new(Self { form, size, depth: depth + 1 })
    }

    /// How many parts it has, all the way down, however much of it is shared.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// How many conditions stand in each other.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn segments(&self, visit: &mut impl FnMut(&[Segment])) {
        match &self.form {
            TestForm::All(parts) | TestForm::Any(parts) => parts.iter().for_each(|part| part.segments(visit)),
            TestForm::Not(inner) => inner.segments(visit),
            TestForm::Check(a, _, b) => {
                visit(a);
                visit(b);
            }
            TestForm::OneOf(value, texts) => {
                visit(value);
                texts.iter().for_each(|text| visit(text));
            }
        }
    }
}
