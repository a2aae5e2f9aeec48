//! Configuration: the fields of a callee or a rule under the service's keys, all of them texts.

use indexmap::IndexMap;

use crate::catalog::{Callee, Environment, Type};
use crate::diagnostic::codes::{TARGET_COUNT, TARGET_NAME, TARGET_TIMEOUT};
use crate::diagnostic::{Place, Severity};
use crate::value::Value;

use super::context::{Context, Owner, Report, weaker};
use super::environment;
use super::text::{self, Spot};

/// The longest configuration key. Source: the API's models of `ActionConfigurationKey` and `RuleConfigurationKey`.
const MAX_KEY: usize = 50;
/// The most keys. Source: the API's model of `RuleConfigurationMap`.
const MAX_KEYS: usize = 200;
/// Minutes that an approval and a rule may take.
/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html>
const TIMEOUT: std::ops::RangeInclusive<u64> = 5..=86_400;
/// The field that is always written: what the service assumes without it, polling, is what nobody wants.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/update-change-detection.html>
pub(super) const POLL: &str = "poll_for_source_changes";

/// The configuration, by the catalog's keys; exact keys of the user come last.
pub(super) fn configuration(
    context: &Context<'_>,
    owner: Owner,
    callee: Option<&Callee>,
    config: &IndexMap<String, Value>,
    env: &IndexMap<String, Value>,
    report: &mut Report,
) -> IndexMap<String, String> {
    let mut to = IndexMap::new();
    let fields = callee.map_or(&[][..], |callee| &callee.fields);
    for field in fields.iter().filter(|field| !field.key.is_empty()) {
        let spot = Spot { owner, name: &field.name, place: context.place(owner, &field.name) };
        let text = match config.get(&field.name) {
            Some(value) => text::configuration(context, value, Some(&field.ty), spot, report),
            None => (field.name == POLL).then(|| "false".to_owned()),
        };
        if let Some(text) = text {
            to.insert(field.key.clone(), text);
        }
    }
    if let Some(Callee { environment: Environment::Key(key), secrets, .. }) = callee
        && let Some(environment) = environment::json(context, owner, env, secrets, false, report)
    {
        to.insert(key.clone(), environment);
    }
    if let Some(Value::Record(exact)) = config.get("configuration") {
        for (key, value) in exact {
            let spot = Spot { owner, name: key, place: context.place(owner, "configuration") };
            if key.is_empty() || key.chars().count() > MAX_KEY {
                let message = format!("CodePipeline does not accept `{key}` as a configuration key");
                report
                    .push(TARGET_NAME.at(spot.place, message).help(format!("use 1 to {MAX_KEY} characters")));
            }
            if let Some(text) = text::configuration(context, value, Some(&Type::Json), spot, report) {
                to.insert(key.clone(), text);
            }
        }
    }
    if to.len() > MAX_KEYS {
        let message = format!(
            "{} has {} configuration keys; CodePipeline takes {MAX_KEYS}",
            context.owner(owner),
            to.len()
        );
        report.push(TARGET_COUNT.at(context.place(owner, "configuration"), message));
    }
    to
}

/// The commands of a callee or a rule that takes them one by one.
pub(super) fn commands(
    context: &Context<'_>,
    owner: Owner,
    config: &IndexMap<String, Value>,
    report: &mut Report,
) -> Vec<String> {
    let spot = Spot { owner, name: "commands", place: context.place(owner, "commands") };
    let Some(Value::List(commands)) = config.get("commands") else { return Vec::new() };
    let command = |value: &Value| match value {
        Value::Text(command) => Some(text::text(context, command, spot, report)),
        _ => None,
    };
    commands.iter().filter_map(command).collect()
}

/// The timeout of an approval or a gate in minutes.
pub(super) fn timeout(
    context: &Context<'_>,
    owner: Owner,
    seconds: Option<u64>,
    report: &mut Report,
) -> Option<u64> {
    let seconds = seconds?;
    let minutes = seconds.div_ceil(60);
    let place: Place = context.place(owner, "timeout");
    let what = format!("the timeout of {}", context.owner(owner));
    if !TIMEOUT.contains(&minutes) {
        let message = format!("{what} is not between 5 minutes and 60 days");
        report.push(TARGET_TIMEOUT.at(place, message).help("the service takes `5m` to `60d`"));
    } else if seconds % 60 != 0 {
        let message = format!("{what} becomes {minutes} minutes");
        report.push(
            weaker(&TARGET_TIMEOUT, Severity::Warning, place, message)
                .help("the service takes whole minutes"),
        );
    }
    Some(minutes)
}
