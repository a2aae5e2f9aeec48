//! `when`: what `VariableCheck` rules can say of a condition. Their results are joined by "and", and each compares one
//! variable with one constant, so a condition is first brought into that form.

use crate::plan::{Comparison, Condition};
use crate::value::Text;

/// A variable and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check<'c> {
    pub(super) value: &'c Text,
    pub(super) test: Test<'c>,
}

/// What is asked of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test<'c> {
    /// It is one of these.
    OneOf(Vec<&'c str>),
    /// It is none of these.
    NoneOf(Vec<&'c str>),
    /// It holds this.
    Contains(&'c str),
    /// This regular expression finds something in it.
    Matches(&'c str),
}

/// Why a condition cannot be said, and the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) message: &'static str,
    pub(super) help: &'static str,
}

const fn refuse<T>(message: &'static str, help: &'static str) -> Result<T, Refusal> {
    Err(Refusal { message, help })
}

const DECIDE: &str = "let an action before it decide, and export the answer: `when: decide.GO == \"yes\"`, with `variables: [\"GO\"]` there";

/// The checks that all must hold; none where the condition always does.
pub(super) fn checks(condition: &Condition) -> Result<Vec<Check<'_>>, Refusal> {
    let mut checks = Vec::new();
    // What is open, and whether it is negated.
    let mut open = vec![(condition, false)];
    while let Some((condition, negated)) = open.pop() {
        match (condition, negated) {
            (Condition::Not(inner), _) => open.push((inner, !negated)),
            (Condition::All(parts), false) | (Condition::Any(parts), true) => {
                open.extend(parts.iter().rev().map(|part| (part, negated)));
            }
            (Condition::Any(parts), false) | (Condition::All(parts), true) => match parts.as_slice() {
                [only] => open.push((only, negated)),
                parts => checks.push(alternatives(parts, negated)?),
            },
            (leaf, _) => checks.push(check(leaf, negated)?),
        }
    }
    Ok(checks)
}

/// `a || b`: only where both ask the same variable to be something.
fn alternatives(parts: &[Condition], negated: bool) -> Result<Check<'_>, Refusal> {
    let mut joined: Option<(&Text, Vec<&str>)> = None;
    let mut open: Vec<(&Condition, bool)> = parts.iter().rev().map(|part| (part, negated)).collect();
    while let Some((part, negated)) = open.pop() {
        let check = match (part, negated) {
            (Condition::Not(inner), _) => {
                open.push((inner, !negated));
                continue;
            }
            (Condition::Any(parts), false) | (Condition::All(parts), true) => {
                open.extend(parts.iter().rev().map(|part| (part, negated)));
                continue;
            }
            (Condition::All(_), false) | (Condition::Any(_), true) => return no_or(),
            (leaf, _) => check(leaf, negated)?,
        };
        let Test::OneOf(texts) = check.test else { return no_or() };
        let (value, all) = joined.get_or_insert((check.value, Vec::new()));
        if *value != check.value {
            return no_or();
        }
        for text in texts {
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    match joined {
        Some((value, texts)) => Ok(Check { value, test: Test::OneOf(texts) }),
        None => never(),
    }
}

fn no_or<T>() -> Result<T, Refusal> {
    refuse("CodePipeline has no `||`, but of the values of one variable", DECIDE)
}

fn never<T>() -> Result<T, Refusal> {
    refuse("this condition never holds", "remove the stage, or the condition")
}

/// A comparison.
fn check(condition: &Condition, negated: bool) -> Result<Check<'_>, Refusal> {
    match condition {
        Condition::Check { value, operator, operand } => compare(value, *operator, operand, negated),
        Condition::OneOf { value, texts } => {
            if value.as_constant().is_some() {
                return known();
            }
            let mut all: Vec<&str> = Vec::new();
            for text in texts {
                let Some(text) = text.as_constant() else { return both_run() };
                if !all.contains(&text) {
                    all.push(text);
                }
            }
            match (all.is_empty(), negated) {
                (true, false) => never(),
                (true, true) => known(),
                (false, true) => Ok(Check { value, test: Test::NoneOf(all) }),
                (false, false) => Ok(Check { value, test: Test::OneOf(all) }),
            }
        }
        // The callers take these apart.
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) => no_or(),
    }
}

fn compare<'c>(
    value: &'c Text,
    operator: Comparison,
    operand: &'c Text,
    negated: bool,
) -> Result<Check<'c>, Refusal> {
    let (value, text) = match (value.as_constant(), operand.as_constant(), operator) {
        (None, Some(text), _) => (value, text),
        (Some(text), None, Comparison::Equal | Comparison::NotEqual) => (operand, text),
        (Some(_), None, _) => {
            return refuse("CodePipeline looks into variables only, and this looks into a constant", DECIDE);
        }
        (None, None, _) => return both_run(),
        (Some(_), Some(_), _) => return known(),
    };
    let test = match (operator, negated) {
        (Comparison::Equal, false) | (Comparison::NotEqual, true) => Test::OneOf(vec![text]),
        (Comparison::NotEqual, false) | (Comparison::Equal, true) => Test::NoneOf(vec![text]),
        (Comparison::Contains, false) => Test::Contains(text),
        (Comparison::Matches, false) => Test::Matches(text),
        (Comparison::Contains, true) => {
            return refuse("CodePipeline has no `!` of `contains`", DECIDE);
        }
        (Comparison::Matches, true) => {
            return refuse(
                "CodePipeline has no `!` of `matches`",
                "say what the text may be, or let an action before it decide, and export the answer",
            );
        }
    };
    Ok(Check { value, test })
}

fn both_run<T>() -> Result<T, Refusal> {
    refuse(
        "CodePipeline compares a variable with a constant only, and both sides of this are known only at run",
        DECIDE,
    )
}

fn known<T>() -> Result<T, Refusal> {
    refuse(
        "CodePipeline compares a variable with a constant, and this holds no variable",
        "what is known now stands behind the name: `stage x if condition { … }`",
    )
}

/// Operator and value of the rules that say a test. There are no empty values, which a regular expression goes around.
pub(super) fn rules(test: &Test<'_>) -> Vec<(&'static str, String)> {
    let equal = |text: &str| match text {
        "" => ("MATCHES", "^$".to_owned()),
        text => ("EQ", text.to_owned()),
    };
    let differs = |text: &&str| match *text {
        "" => ("MATCHES", r"^[\s\S]+$".to_owned()),
        text => ("NE", text.to_owned()),
    };
    match test {
        Test::OneOf(texts) => match texts.as_slice() {
            [only] => vec![equal(only)],
            texts => {
                let escaped: Vec<String> = texts.iter().map(|text| escape(text)).collect();
                vec![("MATCHES", format!("^({})$", escaped.join("|")))]
            }
        },
        Test::NoneOf(texts) => texts.iter().map(differs).collect(),
        Test::Contains(text) => vec![("CONTAINS", (*text).to_owned())],
        Test::Matches(pattern) => vec![("MATCHES", (*pattern).to_owned())],
    }
}

/// A text as a regular expression of `java.util.regex` that matches it alone: a backslash before anything that is no
/// letter or digit always means the character itself.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation()
            && !matches!(c, '-' | '_' | '/' | ':' | ',' | '@' | '%' | '=' | '~' | '"' | '\'')
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether a regular expression means the same to a tool that searches and to one that wants the whole text.
pub(super) fn is_anchored(pattern: &str) -> bool {
    let Some(inner) = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')) else { return false };
    let (mut depth, mut class, mut escaped) = (0_usize, false, false);
    for c in inner.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth = depth.saturating_sub(1),
            '|' if depth == 0 && !class => return false,
            _ => {}
        }
    }
    // A backslash at the very end belonged to the `$`.
    !escaped
}

/// What Java's regular expressions do not have, or mean differently.
pub(super) fn unknown_to_java(pattern: &str) -> Option<&'static str> {
    ["(?P<", "[[:", "(?R"].into_iter().find(|part| pattern.contains(part))
}
