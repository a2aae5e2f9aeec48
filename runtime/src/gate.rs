//! What the rules of gates mean in a local run, as far as that is known before a run: which are decided here, and whether
//! what they say makes sense. Unaware of how and when they are decided.

pub(crate) mod cron;
pub(crate) mod window;

use std::str::FromStr;

use compiler::plan::{Action, Comparison, Gate, Stage};
use compiler::value::Value;

use window::Window;

/// The rule that looks at the clock.
pub(crate) const WINDOW: &str = "aws.deployment_window";
/// The rule that compares a text.
pub(crate) const VARIABLE: &str = compiler::plan::VARIABLE_CHECK;
/// The rule that runs commands.
pub(crate) const COMMANDS: &str = "aws.commands";
/// The rule that looks at an alarm.
pub(crate) const ALARM: &str = "aws.alarm";

/// A state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// All is well.
    Ok,
    /// It rings.
    Alarm,
    /// Nothing is known.
    InsufficientData,
}

impl AlarmState {
    /// The word for it, which `FromStr` reads.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Alarm => "alarm",
            Self::InsufficientData => "insufficient_data",
        }
    }
}

impl FromStr for AlarmState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Ok, Self::Alarm, Self::InsufficientData];
        let found = all.into_iter().find(|state| state.word().eq_ignore_ascii_case(text));
        found.ok_or_else(|| format!("`{text}` is none of `ok`, `alarm` and `insufficient_data`"))
    }
}

/// A gate as the action that decides it.
pub(crate) fn work(stage: &Stage, gate: &Gate) -> Action {
    Action {
        // No workspace or log of the action that may have the gate's id.
        id: format!("{}.gate.{}", stage.id, gate.id),
        name: gate.name.clone(),
        stage: stage.id.clone(),
        callee: gate.rule.clone(),
        config: gate.config.clone(),
        inputs: gate.inputs.clone(),
        env: gate.env.clone(),
        timeout: gate.timeout,
        region: gate.region.clone(),
        role: gate.role.clone(),
        source: gate.source.clone(),
        ..Action::default()
    }
}

/// Whether the rule is decided here; otherwise it is taken to pass.
pub(crate) fn is_real(rule: &str) -> bool {
    matches!(rule, WINDOW | VARIABLE | COMMANDS)
}

/// Looks at what a gate says before anything runs.
///
/// # Errors
/// What makes no sense.
pub(crate) fn check(gate: &Gate) -> Result<(), String> {
    let text = |field: &str| gate.config.get(field).and_then(Value::as_str);
    match gate.rule.as_str() {
        WINDOW => match (text("cron"), gate.config.get("time_zone")) {
            (Some(cron), None | Some(Value::Null)) => Window::new(cron, None).map(drop),
            (Some(cron), Some(zone)) => {
                zone.as_str().map_or(Ok(()), |zone| Window::new(cron, Some(zone)).map(drop))
            }
            (None, _) if gate.config.contains_key("cron") => Ok(()),
            (None, _) => Err("it has no `cron`".to_owned()),
        },
        VARIABLE => {
            if let Some(field) =
                ["variable", "operator", "value"].iter().find(|f| !gate.config.contains_key(**f))
            {
                return Err(format!("it has no `{field}`"));
            }
            let Some(word) = text("operator") else { return Ok(()) };
            let operator = Comparison::of_rule(word)
                .ok_or_else(|| format!("its `operator` is `{word}`, not EQ, NE, CONTAINS or MATCHES"))?;
            match text("value").map(regex::Regex::new) {
                Some(Err(_)) if operator == Comparison::Matches => Err(format!(
                    "its `value` `{}` is no regular expression",
                    text("value").unwrap_or_default()
                )),
                _ => Ok(()),
            }
        }
        COMMANDS if !gate.config.contains_key("commands") => Err("it has no `commands`".to_owned()),
        _ => Ok(()),
    }
}
