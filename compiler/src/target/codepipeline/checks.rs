//! What a `when` becomes: a `VariableCheck` rule for each thing that must hold.
//! <https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html>

use crate::diagnostic::codes::{CONDITION, TARGET_CANNOT};
use crate::diagnostic::{Place, Severity};
use crate::plan::Condition;
use crate::value::{Segment, Text};

use super::context::{Context, Owner, Report, weaker};
use super::document::Rule;
use super::text::{self, Spot};
use super::{gates, names, when};

/// The rules that say a condition of a stage; none where it cannot be said, which is reported.
pub(super) fn rules(
    context: &Context<'_>,
    stage: usize,
    condition: &Condition,
    place: Place,
    report: &mut Report,
) -> Vec<Rule> {
    let checks = match when::checks(condition) {
        Ok(checks) => checks,
        Err(refusal) => {
            report.push(TARGET_CANNOT.at(place, refusal.message).help(refusal.help));
            return Vec::new();
        }
    };
    let spot = Spot { owner: Owner::When(stage), name: "when", place };
    let mut rules = Vec::new();
    for check in &checks {
        check_variable(check.value, place, report);
        if let when::Test::Matches(pattern) = check.test {
            check_pattern(pattern, place, report);
        }
        let variable = text::text(context, check.value, spot, report);
        for (operator, value) in when::rules(&check.test) {
            let value = text::text(context, &Text::Constant(value), spot, report);
            text::check_length(context, &value, spot, report);
            let configuration =
                [("Variable", variable.clone()), ("Value", value), ("Operator", operator.to_owned())];
            rules.push(Rule {
                name: names::rule(context, stage, rules.len() + 1),
                rule_type_id: gates::type_id("VariableCheck", "1"),
                configuration: configuration
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect(),
                ..Rule::default()
            });
        }
    }
    rules
}

/// The service documents a single variable; whether it fills in a text that is made of several parts nobody says.
fn check_variable(value: &Text, place: Place, report: &mut Report) {
    let single =
        matches!(value, Text::Segments(segments) if matches!(segments.as_slice(), [Segment::Reference(_)]));
    if !single {
        let message =
            "CodePipeline documents conditions of a single variable, and this looks at a text with one in it";
        report.push(
            weaker(&CONDITION, Severity::Warning, place, message)
                .help("compare the variable itself, and leave the rest out on both sides"),
        );
    }
}

fn check_pattern(pattern: &str, place: Place, report: &mut Report) {
    if let Some(part) = when::unknown_to_java(pattern) {
        let message = format!("CodePipeline reads regular expressions as Java does, which has no `{part}`");
        report.push(TARGET_CANNOT.at(place, message).help("use a plain group, or a class like `[0-9]`"));
    } else if !when::is_anchored(pattern) {
        let message = format!("CodePipeline may want all of the text to match `{pattern}`, not a part of it");
        report.push(
            weaker(&CONDITION, Severity::Warning, place, message)
                .help("say what stands around it: `^release/.*$`, which means the same in both ways"),
        );
    }
}
