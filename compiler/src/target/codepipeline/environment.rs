//! Environment variables: as the action's own list, or as JSON in its configuration.

use indexmap::IndexMap;

use crate::catalog::SecretSource;
use crate::diagnostic::codes::RUN_TOO_BIG;
use crate::value::{Text, Value, is_variable_name};

use super::context::{Class, Context, Owner, Report};
use super::document::EnvironmentVariable;
use super::json::Json;
use super::secrets;
use super::text::{self, Spot};

/// The longest value of an environment variable in the API's model; the user guide asks for the length that holds for
/// configuration values.
const ENV_MAX: usize = 2_000;
/// What a Commands action can read; Parameter Store is for CodeBuild only.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Commands.html>
const COMMANDS_SECRETS: &[SecretSource] = &[SecretSource::SecretsManager];

/// Environment variables as the action's own list, and what that cannot hold, for the commands to set.
pub(super) fn list<'a>(
    context: &Context<'a>,
    index: usize,
    report: &mut Report,
) -> (Vec<EnvironmentVariable>, Vec<(&'a str, &'a str)>) {
    let (mut variables, mut exports) = (Vec::new(), Vec::new());
    let run = context.kinds[index].class == Class::RunCommands;
    let declared = context.kinds[index].callee.map_or(&[][..], |callee| &callee.secrets);
    let takes = if run { COMMANDS_SECRETS } else { declared };
    for (name, value) in &context.plan.actions[index].env {
        let owner = Owner::Action(index);
        let spot = Spot { owner, name, place: context.place(owner, "env") };
        text::check_env_name(name, spot, report);
        if let Some(constant) = value.as_str()
            && run
            && is_variable_name(name)
            && (constant.is_empty() || constant.contains("#{"))
            && !constant.contains(['\n', '\r'])
        {
            exports.push((name.as_str(), constant));
            continue;
        }
        let (value, kind) = match value {
            Value::Text(value) => (text::text(context, value, spot, report), None),
            Value::Secret(id) => match secrets::environment(context, id, spot, takes, report) {
                Some(held) => (held.value, held.kind.map(str::to_owned)),
                None => continue,
            },
            _ => continue,
        };
        check_value(context, &value, spot, report);
        variables.push(EnvironmentVariable { name: name.clone(), value, kind });
    }
    (variables, exports)
}

fn check_value(context: &Context<'_>, value: &str, spot: Spot<'_>, report: &mut Report) {
    let length = value.chars().count();
    if length <= ENV_MAX {
        text::check_length(context, value, spot, report);
        return;
    }
    let message = format!(
        "`{}` of {} has {length} characters; an environment variable takes {ENV_MAX}",
        spot.name,
        context.owner(spot.owner)
    );
    report.push(RUN_TOO_BIG.at(spot.place, message).help("keep the text in a file of the repository"));
}

/// Environment variables as JSON text, as CodeBuild's action and rule take them; none where there are none. The commands
/// of a project of our own set what `by_commands` lets them set.
pub(super) fn json(
    context: &Context<'_>,
    owner: Owner,
    env: &IndexMap<String, Value>,
    takes: &[SecretSource],
    by_commands: bool,
    report: &mut Report,
) -> Option<String> {
    let mut list = Vec::new();
    for (name, value) in env {
        let spot = Spot { owner, name, place: context.place(owner, "env") };
        text::check_env_name(name, spot, report);
        let (value, kind) = match value {
            Value::Text(value) if by_commands && set_by_commands(value).is_some() => continue,
            Value::Text(value) => {
                text::check_json_text(context, value, spot, report);
                (text::text(context, value, spot, report), None)
            }
            Value::Secret(id) => match secrets::environment(context, id, spot, takes, report) {
                Some(held) => (held.value, held.kind),
                None => continue,
            },
            _ => continue,
        };
        let member = |name: &str, value: String| (name.to_owned(), Json::String(value));
        let members = [member("name", name.clone()), member("value", value)];
        let kind = kind.map(|kind| member("type", kind.to_owned()));
        list.push(Json::Object(members.into_iter().chain(kind).collect()));
    }
    let spot = Spot { owner, name: "env", place: context.place(owner, "env") };
    let json = (!list.is_empty()).then(|| Json::Array(list).compact());
    if let Some(json) = &json {
        text::check_length(context, json, spot, report);
    }
    json
}

/// A constant that the service would expand, but that the project's own commands can set.
pub(super) fn set_by_commands(value: &Text) -> Option<&str> {
    value.as_constant().filter(|text| text.contains("#{"))
}
