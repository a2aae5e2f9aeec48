//! Whether any run can fulfil a condition.

use std::collections::HashMap;
use std::rc::Rc;

use crate::plan::Comparison;
use crate::types::{Segment, Test, TestForm, Ty, lone_variable};

/// How much is tried. What is larger may hold.
const MAX_WORK: usize = 200_000;
const MAX_SUBJECTS: usize = 16;

/// Whether no run fulfils the condition. Tries all that its texts can be, with one text in place of all that it does not
/// name.
pub(super) fn holds(test: &Test) -> bool {
    if test.size() > MAX_WORK {
        return false;
    }
    let mut tried = Tried::default();
    if !tried.look_at(test) {
        return false;
    }
    let mut work = test.size();
    for subject in &tried.subjects {
        work = work.saturating_mul(subject.values.len());
    }
    work <= MAX_WORK && !tried.some(test, 0)
}

/// A text that a run knows, and what it can be.
struct Subject<'t> {
    text: &'t [Segment],
    /// None is any text that the condition does not name.
    values: Vec<Option<Rc<str>>>,
    /// It is one of `values`, and nothing else.
    closed: bool,
    /// The value that is being tried.
    at: usize,
}

#[derive(Default)]
struct Tried<'t> {
    subjects: Vec<Subject<'t>>,
    patterns: HashMap<Rc<str>, Option<regex::Regex>>,
}

/// What stands on one side of a comparison.
#[derive(Clone, Copy, PartialEq)]
enum Side<'t> {
    Known(&'t str),
    /// Of this subject, something that is not named.
    Other(usize),
}

impl<'t> Tried<'t> {
    /// Collects the texts of a condition; `false` where there are too many.
    fn look_at(&mut self, test: &'t Test) -> bool {
        match &test.form {
            TestForm::All(parts) | TestForm::Any(parts) => parts.iter().all(|part| self.look_at(part)),
            TestForm::Not(inner) => self.look_at(inner),
            TestForm::Check(value, operator, operand) => {
                if *operator == Comparison::Matches
                    && let Some(pattern) = constant(operand)
                {
                    let compiled = || regex::Regex::new(&pattern).ok();
                    self.patterns.entry(pattern.clone()).or_insert_with(compiled);
                }
                self.name(value, operand)
            }
            TestForm::OneOf(value, texts) => {
                self.name(value, &[]) && texts.iter().all(|text| self.name(value, text))
            }
        }
    }

    /// Two texts are compared: each that a run knows can be the other.
    fn name(&mut self, a: &'t [Segment], b: &'t [Segment]) -> bool {
        for (text, other) in [(a, b), (b, a)] {
            if constant(text).is_some() {
                continue;
            }
            let at = self.subjects.iter().position(|subject| subject.text == text).unwrap_or_else(|| {
                self.subjects.push(Subject::new(text));
                self.subjects.len() - 1
            });
            let subject = &mut self.subjects[at];
            if let Some(named) = constant(other).filter(|_| !subject.closed)
                && !subject.values.contains(&Some(named.clone()))
            {
                subject.values.push(Some(named));
            }
        }
        self.subjects.len() <= MAX_SUBJECTS
    }

    /// Whether some values of the subjects from `first` on fulfil the condition.
    fn some(&mut self, test: &Test, first: usize) -> bool {
        if first == self.subjects.len() {
            return self.decide(test) != Some(false);
        }
        (0..self.subjects[first].values.len()).any(|at| {
            self.subjects[first].at = at;
            self.some(test, first + 1)
        })
    }

    /// Whether it holds for the values that are tried; none where it may or may not.
    fn decide(&self, test: &Test) -> Option<bool> {
        match &test.form {
            TestForm::All(parts) => self.several(parts, false),
            TestForm::Any(parts) => self.several(parts, true),
            TestForm::Not(inner) => self.decide(inner).map(|holds| !holds),
            TestForm::Check(value, operator, operand) => self.with_side(value, |value| {
                self.with_side(operand, |operand| self.compare(value, *operator, operand))
            }),
            TestForm::OneOf(value, texts) => self.with_side(value, |value| {
                let mut open = false;
                for text in texts {
                    match self.with_side(text, |text| self.compare(value, Comparison::Equal, text)) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => open = true,
                    }
                }
                (!open).then_some(false)
            }),
        }
    }

    fn several(&self, parts: &[Rc<Test>], decisive: bool) -> Option<bool> {
        let mut open = false;
        for part in parts {
            match self.decide(part) {
                Some(holds) if holds == decisive => return Some(decisive),
                Some(_) => {}
                None => open = true,
            }
        }
        (!open).then_some(!decisive)
    }

    fn compare(&self, a: Side<'_>, operator: Comparison, b: Side<'_>) -> Option<bool> {
        let equal = match (a, b) {
            (Side::Known(a), Side::Known(b)) => Some(a == b),
            (Side::Other(subject), Side::Known(text)) | (Side::Known(text), Side::Other(subject)) => {
                let named = |value: &Option<Rc<str>>| value.as_deref() == Some(text);
                self.subjects[subject].values.iter().any(named).then_some(false)
            }
            (Side::Other(a), Side::Other(b)) => (a == b).then_some(true),
        };
        match (operator, a, b) {
            (Comparison::Equal, ..) => equal,
            (Comparison::NotEqual, ..) => equal.map(|equal| !equal),
            (Comparison::Contains, Side::Known(a), Side::Known(b)) => Some(a.contains(b)),
            (Comparison::Matches, Side::Known(a), Side::Known(b)) => {
                self.patterns.get(b)?.as_ref().map(|pattern| pattern.is_match(a))
            }
            (Comparison::Contains | Comparison::Matches, ..) => None,
        }
    }

    fn with_side<R>(&self, text: &[Segment], look: impl FnOnce(Side<'_>) -> R) -> R {
        if let Some(text) = constant(text) {
            return look(Side::Known(&text));
        }
        let at = self.subjects.iter().position(|subject| subject.text == text).unwrap_or_default();
        let subject = &self.subjects[at];
        match &subject.values[subject.at] {
            Some(text) => look(Side::Known(text)),
            None => look(Side::Other(at)),
        }
    }
}

impl<'t> Subject<'t> {
    fn new(text: &'t [Segment]) -> Self {
        let all = |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| Some(text.into())).collect();
        let values: Option<Vec<_>> = match lone_variable(text) {
            Some((_, Ty::Literals(texts))) => Some(all(&mut texts.iter().map(String::as_str))),
            Some((_, Ty::Bool)) => Some(all(&mut ["true", "false"].into_iter())),
            _ => None,
        };
        let closed = values.is_some();
        Self { text, values: values.unwrap_or_else(|| vec![None]), closed, at: 0 }
    }
}

/// The text, where it is known while compiling.
fn constant(segments: &[Segment]) -> Option<Rc<str>> {
    match segments {
        [] => Some("".into()),
        [Segment::Literal(text)] => Some(text.clone()),
        _ => None,
    }
}
