//! The expressions of a deployment window, as far as their form can be checked.
//! <https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html>

use crate::diagnostic::Severity;
use crate::diagnostic::codes::TARGET_SETTING;
use crate::diagnostic::words::counted;
use crate::plan::Gate;
use crate::value::Value;

use super::context::{Context, Owner, Report, weaker};

/// What a field of an expression may be.
struct Field {
    what: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
    /// The special characters.
    marks: &'static str,
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The fields of an expression, in order; the last may be missing.
static FIELDS: &[Field] = &[
    // The text wants `*` here, the example on the same page has `0`.
    Field { what: "seconds", min: 0, max: 0, names: &[], marks: "*" },
    Field { what: "minutes", min: 0, max: 59, names: &[], marks: "*/" },
    Field { what: "hours", min: 0, max: 23, names: &[], marks: "*/" },
    Field { what: "day of month", min: 1, max: 31, names: &[], marks: "*/?LW" },
    Field { what: "month", min: 1, max: 12, names: MONTHS, marks: "*/" },
    Field { what: "day of week", min: 1, max: 7, names: DAYS, marks: "*/?L#" },
    Field { what: "year", min: 1970, max: 2199, names: &[], marks: "*/" },
];

/// Says what is wrong with the window of a gate; what is known only at run cannot be looked at.
pub(super) fn check(context: &Context<'_>, owner: Owner, gate: &Gate, report: &mut Report) {
    if let Some(cron) = gate.config.get("cron").and_then(Value::as_str) {
        let place = context.place(owner, "cron");
        let fields: Vec<&str> = cron.split_whitespace().collect();
        if !(6..=7).contains(&fields.len()) {
            let message = format!(
                "the window `{cron}` has {}; CodePipeline takes 6 or 7",
                counted(fields.len(), "field")
            );
            report.push(TARGET_SETTING.at(place, message).help(
                "seconds, minutes, hours, day of month, month, day of week and perhaps year: `* * 9-17 ? * MON-FRI *`",
            ));
        } else if let Some((field, text)) =
            FIELDS.iter().zip(&fields).find(|(field, text)| !field.accepts(text))
        {
            let message = format!("CodePipeline may not take `{text}` as the {} of a window", field.what);
            report.push(weaker(&TARGET_SETTING, Severity::Warning, place, message).help(format!(
                "{} are {}",
                field.what,
                field.range()
            )));
        }
    }
    if let Some(zone) = gate.config.get("time_zone").and_then(Value::as_str)
        && !is_zone(zone)
    {
        let message = format!("CodePipeline may not know the time zone `{zone}`");
        report.push(
            weaker(&TARGET_SETTING, Severity::Warning, context.place(owner, "time_zone"), message)
                .help("write `Region/City`, `UTC` or `UTC+01:00`"),
        );
    }
}

impl Field {
    fn range(&self) -> String {
        if self.max == 0 { "`*` or `0`".to_owned() } else { format!("{} to {}", self.min, self.max) }
    }

    fn accepts(&self, text: &str) -> bool {
        text.split(',').all(|item| self.accepts_item(item))
    }

    fn accepts_item(&self, item: &str) -> bool {
        let has = |mark: char| self.marks.contains(mark);
        if let Some((start, step)) = item.split_once('/') {
            return has('/') && step.parse::<u32>().is_ok_and(|step| step > 0) && self.accepts_range(start);
        }
        if let Some((day, nth)) = item.split_once('#') {
            return has('#') && self.is_value(day) && matches!(nth, "1" | "2" | "3" | "4" | "5");
        }
        match item.to_ascii_uppercase().as_str() {
            "?" => has('?'),
            "L" => has('L'),
            "LW" => has('L') && has('W'),
            item if item.ends_with('L') && has('L') => self.is_value(&item[..item.len() - 1]),
            item if item.ends_with('W') && has('W') => self.is_value(&item[..item.len() - 1]),
            item => self.accepts_range(item),
        }
    }

    fn accepts_range(&self, text: &str) -> bool {
        text == "*"
            || text.split_once('-').map_or_else(
                || self.is_value(text),
                |(from, to)| self.max > 0 && self.is_value(from) && self.is_value(to),
            )
    }

    fn is_value(&self, text: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(text))
            || text.parse::<u32>().is_ok_and(|number| (self.min..=self.max).contains(&number))
    }
}

/// `Region/City`, `UTC`, `UTC+01:00`, or an abbreviation of 3 to 5 letters.
fn is_zone(zone: &str) -> bool {
    let letters = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_-+".contains(c));
    if let Some((region, city)) = zone.split_once('/') {
        return !region.is_empty() && !city.is_empty() && letters(region) && city.split('/').all(letters);
    }
    if let Some(offset) = zone.strip_prefix("UTC").filter(|offset| !offset.is_empty()) {
        let Some((hours, minutes)) = offset.trim_start_matches(['+', '-']).split_once(':') else {
            return false;
        };
        let number = |text: &str, max: u32| text.len() == 2 && text.parse::<u32>().is_ok_and(|n| n <= max);
        return offset.starts_with(['+', '-']) && number(hours, 18) && number(minutes, 59);
    }
    (3..=5).contains(&zone.len()) && zone.chars().all(|c| c.is_ascii_alphabetic())
}
