//! Decides conditions with the values of a run, and says in words why they came out as they did.
//! Unaware of what waits for the answer.

use compiler::plan::{Comparison, Condition};
use compiler::value::{Reference, Segment, Text};

use crate::mask::Masker;

/// Why a reference has no value in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// `` `s.a.TAG` has no value in this run ``.
    pub(crate) why: String,
    /// Only a cloud could have made it.
    pub(crate) is_cloud: bool,
}

/// What came out: whether it holds, and why, as a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is true or false.
    Known(bool, String),
    /// It depends on something that has no value.
    Unknown(Missing),
}

/// Longer values are cut in reasons.
const LONGEST: usize = 80;

/// Decides a condition. Parts that have no value count only where the others do not decide. What `masker` hides is compared,
/// but not said.
///
/// # Errors
/// A pattern that only this run knows is no regular expression.
pub(crate) fn decide(
    condition: &Condition,
    resolve: &dyn Fn(&Reference) -> Result<String, Missing>,
    masker: &Masker,
) -> Result<Decision, String> {
    match condition {
        Condition::All(parts) => several(parts, false, resolve, masker),
        Condition::Any(parts) => several(parts, true, resolve, masker),
        Condition::Not(inner) => Ok(match decide(inner, resolve, masker)? {
            Decision::Known(holds, why) => Decision::Known(!holds, why),
            unknown @ Decision::Unknown(_) => unknown,
        }),
        Condition::Check { value, operator, operand } => {
            match (value.render(resolve), operand.render(resolve)) {
                (Ok(left), Ok(right)) => {
                    let (holds, why) = compare(&name(value), &left, *operator, &right, masker)?;
                    Ok(Decision::Known(holds, why))
                }
                (Err(missing), _) | (_, Err(missing)) => Ok(Decision::Unknown(missing)),
            }
        }
        Condition::OneOf { value, texts } => {
            let rendered: Result<Vec<String>, Missing> =
                texts.iter().map(|text| text.render(resolve)).collect();
            match (value.render(resolve), rendered) {
                (Ok(left), Ok(texts)) => Ok(one_of(&name(value), &left, &texts, masker)),
                (Err(missing), _) | (_, Err(missing)) => Ok(Decision::Unknown(missing)),
            }
        }
    }
}

/// Looks for the part that decides: one that is `decisive`.
fn several(
    parts: &[Condition],
    decisive: bool,
    resolve: &dyn Fn(&Reference) -> Result<String, Missing>,
    masker: &Masker,
) -> Result<Decision, String> {
    let mut unknown = None;
    let mut reasons = Vec::new();
    for part in parts {
        match decide(part, resolve, masker)? {
            Decision::Known(holds, why) if holds == decisive => return Ok(Decision::Known(holds, why)),
            Decision::Known(_, why) => reasons.push(why),
            Decision::Unknown(missing) => drop(unknown.get_or_insert(missing)),
        }
    }
    Ok(match unknown {
        Some(missing) => Decision::Unknown(missing),
        None if reasons.is_empty() => Decision::Known(!decisive, "there is nothing to check".to_owned()),
        None => Decision::Known(!decisive, reasons.join(" and ")),
    })
}

/// Compares two texts; says what was found.
///
/// # Errors
/// The pattern is no regular expression.
pub(crate) fn compare(
    name: &str,
    left: &str,
    operator: Comparison,
    right: &str,
    masker: &Masker,
) -> Result<(bool, String), String> {
    // Hidden first: of a secret that is cut off nobody would know that it is one.
    let (quoted, other) = (quote(&masker.text(left)), quote(&masker.text(right)));
    Ok(match operator {
        Comparison::Equal | Comparison::NotEqual => {
            let same = left == right;
            let why =
                if same { format!("{name} is {quoted}") } else { format!("{name} is {quoted}, not {other}") };
            (same == (operator == Comparison::Equal), why)
        }
        Comparison::Contains => {
            let holds = left.contains(right);
            let word = if holds { "contains" } else { "does not contain" };
            (holds, format!("{name} ({quoted}) {word} {other}"))
        }
        Comparison::Matches => {
            let pattern = regex::Regex::new(right)
                .map_err(|_| format!("{other}, which {name} is matched with, is no regular expression"))?;
            let holds = pattern.is_match(left);
            let word = if holds { "matches" } else { "does not match" };
            (holds, format!("{name} ({quoted}) {word} {other}"))
        }
    })
}

fn one_of(name: &str, left: &str, texts: &[String], masker: &Masker) -> Decision {
    let holds = texts.iter().any(|text| text == left);
    let all = texts.iter().map(|text| quote(&masker.text(text))).collect::<Vec<_>>().join(", ");
    let not = if holds { "" } else { "not " };
    Decision::Known(holds, format!("{name} is {}, {not}one of {all}", quote(&masker.text(left))))
}

/// A text as the user wrote it.
pub(crate) fn name(text: &Text) -> String {
    match text {
        Text::Constant(text) => quote(text),
        Text::Segments(segments) => match &segments[..] {
            [Segment::Reference(reference)] => format!("`{}`", reference_name(reference)),
            segments => {
                let all = segments.iter().map(|segment| match segment {
                    Segment::Literal(text) => text.clone(),
                    Segment::Reference(reference) => format!("#{{{}}}", reference_name(reference)),
                });
                quote(&all.collect::<String>())
            }
        },
    }
}

/// A reference as the user wrote it.
pub(crate) fn reference_name(reference: &Reference) -> String {
    match reference {
        Reference::Variable { variable } => variable.clone(),
        Reference::Output { action, output } => format!("{action}.{output}"),
        Reference::Execution { .. } => "execution.id".to_owned(),
        Reference::Deploy { cloudformation } => cloudformation.clone(),
    }
}

/// A value in a sentence: on one line, harmless, and not too long.
fn quote(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    let shown: String = text.chars().take(LONGEST).map(escape).collect();
    let more = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

/// What a condition says, for those that cannot be decided yet.
pub(crate) fn words(condition: &Condition) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let inner = |part: &Condition| match part {
            Condition::All(_) | Condition::Any(_) => format!("({})", words(part)),
            _ => words(part),
        };
        parts.iter().map(inner).collect::<Vec<_>>().join(word)
    };
    match condition {
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::Not(inner) => format!("not ({})", words(inner)),
        Condition::Check { value, operator, operand } => {
            let word = match operator {
                Comparison::Equal => "is",
                Comparison::NotEqual => "is not",
                Comparison::Contains => "contains",
                Comparison::Matches => "matches",
            };
            format!("{} {word} {}", name(value), name(operand))
        }
        Condition::OneOf { value, texts } => {
            let all = texts.iter().map(name).collect::<Vec<_>>().join(", ");
            format!("{} is one of {all}", name(value))
        }
    }
}

/// All texts of a condition, in order.
pub(crate) fn texts(condition: &Condition) -> Vec<&Text> {
    let mut found = Vec::new();
    // A list of its own instead of recursion: the depth comes from the plan.
    let mut left = vec![condition];
    while let Some(condition) = left.pop() {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => left.extend(parts.iter().rev()),
            Condition::Not(inner) => left.push(inner),
            Condition::Check { value, operand, .. } => found.extend([value, operand]),
            Condition::OneOf { value, texts } => {
                found.push(value);
                found.extend(texts);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn decided(condition: Value) -> Decision {
        let condition: Condition = serde_json::from_value(condition).unwrap();
        let resolve = |reference: &Reference| match reference {
            Reference::Variable { variable } if variable == "env" => Ok("dev".to_owned()),
            Reference::Variable { variable } if variable == "long" => {
                Ok(format!("{}hunter2", "x".repeat(77)))
            }
            other => Err(Missing { why: format!("`{}` is unknown", reference_name(other)), is_cloud: false }),
        };
        decide(&condition, &resolve, &Masker::new(["hunter2"].into_iter()).unwrap()).unwrap()
    }

    fn check(variable: &str, operator: &str, operand: &str) -> Value {
        json!({ "check": { "value": [{ "variable": variable }], "operator": operator, "operand": operand } })
    }

    fn known(condition: Value) -> (bool, String) {
        match decided(condition) {
            Decision::Known(holds, why) => (holds, why),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_comparison_says_what_it_found() {
        for (operator, operand, holds, why) in [
            ("equal", "dev", true, "`env` is `dev`"),
            ("equal", "prod", false, "`env` is `dev`, not `prod`"),
            ("not_equal", "dev", false, "`env` is `dev`"),
            ("not_equal", "prod", true, "`env` is `dev`, not `prod`"),
            ("contains", "ev", true, "`env` (`dev`) contains `ev`"),
            ("contains", "x", false, "`env` (`dev`) does not contain `x`"),
            ("matches", "^d", true, "`env` (`dev`) matches `^d`"),
            ("matches", "^e", false, "`env` (`dev`) does not match `^e`"),
        ] {
            assert_eq!(
                known(check("env", operator, operand)),
                (holds, why.to_owned()),
                "{operator} {operand}"
            );
        }
        let one_of = json!({ "one_of": { "value": [{ "variable": "env" }], "texts": ["a", "b"] } });
        assert_eq!(known(one_of.clone()), (false, "`env` is `dev`, not one of `a`, `b`".to_owned()));
        assert!(known(json!({ "not": one_of })).0);
        let mixed = json!({ "check": { "value": ["v-", { "variable": "env" }], "operator": "equal", "operand": "x\n" } });
        assert_eq!(known(mixed).1, "`v-#{env}` is `v-dev`, not `x\\n`");
    }

    #[test]
    fn a_missing_value_counts_only_where_others_do_not_decide() {
        let (yes, no) = (check("env", "equal", "dev"), check("env", "equal", "prod"));
        let missing = check("none", "equal", "x");
        assert_eq!(known(json!({ "all": [missing, no] })), (false, "`env` is `dev`, not `prod`".to_owned()));
        assert!(known(json!({ "any": [missing, yes] })).0);
        for unknown in [
            json!({ "all": [missing, yes] }),
            json!({ "any": [no, missing] }),
            json!({ "not": missing }),
            json!({ "one_of": { "value": "a", "texts": [[{ "variable": "none" }]] } }),
        ] {
            let Decision::Unknown(missing) = decided(unknown.clone()) else { panic!("{unknown}") };
            assert_eq!(missing.why, "`none` is unknown");
        }
        assert_eq!(
            known(json!({ "any": [no, no] })).1,
            "`env` is `dev`, not `prod` and `env` is `dev`, not `prod`"
        );
    }

    #[test]
    fn a_secret_is_compared_but_not_said() {
        let (holds, why) = known(check("long", "contains", "hunter2"));
        assert!(holds);
        assert_eq!(why, format!("`long` (`{}***`) contains `***`", "x".repeat(77)));
    }

    #[test]
    fn conditions_read_as_sentences() {
        let condition = json!({ "all": [check("env", "not_equal", "dev"), { "any": [check("a", "matches", "x"), check("b", "contains", "y")] }] });
        let condition: Condition = serde_json::from_value(condition).unwrap();
        assert_eq!(words(&condition), "`env` is not `dev` and (`a` matches `x` or `b` contains `y`)");
        assert_eq!(texts(&condition).len(), 6);
    }
}
