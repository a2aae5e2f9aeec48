//! Conditions and texts in words.

use crate::plan::{Comparison, Condition};
use crate::value::{ExecutionFact, Reference, Segment, Text};

/// A condition as Pipe would write it.
pub(super) fn words(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) => joined(parts, " && "),
        Condition::Any(parts) => joined(parts, " || "),
        Condition::Not(inner) => format!("!{}", operand(inner)),
        Condition::Check { value, operator, operand } => {
            let (value, operand) = (text(value), text(operand));
            match operator {
                Comparison::Equal => format!("{value} == {operand}"),
                Comparison::NotEqual => format!("{value} != {operand}"),
                Comparison::Contains => format!("contains({value}, {operand})"),
                Comparison::Matches => format!("matches({value}, {operand})"),
            }
        }
        Condition::OneOf { value, texts } => {
            let texts: Vec<String> = texts.iter().map(text).collect();
            format!("{} in [{}]", text(value), texts.join(", "))
        }
    }
}

fn joined(parts: &[Condition], operator: &str) -> String {
    parts.iter().map(operand).collect::<Vec<_>>().join(operator)
}

fn operand(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) | Condition::Any(parts) if parts.len() != 1 => {
            format!("({})", words(condition))
        }
        _ => words(condition),
    }
}

/// A text: a lone reference bare, everything else in quotes.
fn text(text: &Text) -> String {
    match text {
        Text::Constant(text) => format!("\"{text}\""),
        Text::Segments(segments) => match segments.as_slice() {
            [Segment::Reference(one)] => reference(one),
            many => {
                let parts = many.iter().map(|segment| match segment {
                    Segment::Literal(text) => text.clone(),
                    Segment::Reference(one) => format!("#{{{}}}", reference(one)),
                });
                format!("\"{}\"", parts.collect::<String>())
            }
        },
    }
}

fn reference(reference: &Reference) -> String {
    match reference {
        Reference::Variable { variable } => variable.clone(),
        Reference::Output { action, output } => format!("{action}.{output}"),
        Reference::Deploy { cloudformation } => cloudformation.clone(),
        Reference::Execution { execution: ExecutionFact::Id } => "execution.id".to_owned(),
    }
}

/// Calls `found` for every text of a condition.
pub(super) fn texts<'c>(condition: &'c Condition, found: &mut impl FnMut(&'c Text)) {
    // A stack instead of recursion: nothing bounds the depth of a condition here.
    let mut rest = vec![condition];
    while let Some(condition) = rest.pop() {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => rest.extend(parts.iter().rev()),
            Condition::Not(inner) => rest.push(inner),
            Condition::Check { value, operand, .. } => [value, operand].into_iter().for_each(&mut *found),
            Condition::OneOf { value, texts } => std::iter::once(value).chain(texts).for_each(&mut *found),
        }
    }
}
