//! Values as the service takes them: every configuration value is a text. Booleans and numbers are written out, lists are
//! joined or become JSON, what only a run knows becomes `#{namespace.key}`.

use crate::catalog::Type;
use crate::diagnostic::codes::{EXPANDED_TEXT, JSON_TEXT, TARGET_CANNOT, TARGET_TEXT, VARIABLE_IN_SOURCE};
use crate::diagnostic::{Place, Severity};
use crate::value::{Reference, Segment, Text, Value};

use super::context::{Context, Owner, Report, weaker};
use super::json::Json;
use super::{names, secrets};

/// The documented length of a configuration value, in characters.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>
const VALUE_DOCUMENTED: usize = 1_000;
/// The length that a reply of the service named in January 2025.
/// <https://github.com/hashicorp/terraform-provider-aws/issues/41023>
const VALUE_OBSERVED: usize = 50_000;

/// The length of a value of a rule. Source: the API's model of `RuleConfigurationValue`.
const RULE_VALUE: usize = 10_000;

/// The bytes of the one value with a limit of its own.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>
const OVERRIDES: (&[&str], usize) = (&["parameter_overrides", "ParameterOverrides"], 1_024);

/// Deeper values are cut off: nobody writes them by hand, and a plan from a file may be made to exhaust the stack.
const MAX_DEPTH: usize = 64;

/// Where a text stands, for what there is to say about it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    /// Whose text it is.
    pub(super) owner: Owner,
    /// The field or variable, as messages name it.
    pub(super) name: &'s str,
    /// Its place.
    pub(super) place: Place,
}

/// A text with its references as the service writes them.
pub(super) fn text(context: &Context<'_>, text: &Text, spot: Spot<'_>, report: &mut Report) -> String {
    let segments = match text {
        Text::Constant(text) => {
            check_literal(context, text, spot, report);
            return text.clone();
        }
        Text::Segments(segments) => segments,
    };
    let mut out = String::new();
    for segment in segments {
        match segment {
            Segment::Literal(literal) => {
                check_literal(context, literal, spot, report);
                out.push_str(literal);
            }
            Segment::Reference(reference) => out.push_str(&resolve(context, reference, spot, report)),
        }
    }
    out
}

fn resolve(context: &Context<'_>, reference: &Reference, spot: Spot<'_>, report: &mut Report) -> String {
    if let (Reference::Variable { variable }, Owner::Action(action)) = (reference, spot.owner)
        && context.is_source(action)
    {
        report.push(
            VARIABLE_IN_SOURCE
                .at(
                    spot.place,
                    format!("the source {} uses the variable `{variable}`", context.owner(spot.owner)),
                )
                .help(
                    "write a constant; which revision a source reads can be given when an execution starts",
                ),
        );
    }
    if matches!(reference, Reference::Deploy { .. }) {
        // Reported by `deploy`; any text will do, but an empty one would be found wanting for itself.
        return "?".to_owned();
    }
    context.reference(reference).unwrap_or_else(|| {
        let message = format!(
            "`{}` of {} refers to something that the plan does not have",
            spot.name,
            context.owner(spot.owner)
        );
        report.push(TARGET_CANNOT.at(spot.place, message));
        String::new()
    })
}

/// A constant text that looks like the service's own references: there is no way to escape them.
fn check_literal(context: &Context<'_>, literal: &str, spot: Spot<'_>, report: &mut Report) {
    let Some(found) = find_reference(literal) else { return };
    let known = found.namespace.is_some_and(|namespace| {
        ["codepipeline", "variables"].contains(&namespace)
            || context.namespaces.iter().flatten().any(|declared| declared == namespace)
    });
    let what = format!("`{}` of {} holds the text `{}`", spot.name, context.owner(spot.owner), found.text);
    report.push(if known {
        weaker(
            &EXPANDED_TEXT,
            Severity::Warning,
            spot.place,
            format!("{what}, which CodePipeline replaces by a value"),
        )
        .help("if the value is meant, refer to the action's variable, so that the order is right too")
    } else if found.closed {
        EXPANDED_TEXT
            .at(spot.place, format!("{what}, which CodePipeline takes for a reference to a variable"))
            .help("the service has no escape for `#{`; pass the text in another way")
    } else {
        weaker(
            &EXPANDED_TEXT,
            Severity::Warning,
            spot.place,
            format!("{what}, which CodePipeline may refuse"),
        )
        .help("the service has no escape for `#{`")
    });
}

struct Found<'t> {
    text: &'t str,
    namespace: Option<&'t str>,
    closed: bool,
}

/// The first `#{` of a text, as far as it goes.
fn find_reference(text: &str) -> Option<Found<'_>> {
    let rest = &text[text.find("#{")?..];
    let Some(end) = rest.find('}') else {
        let end = rest.char_indices().nth(20).map_or(rest.len(), |(i, _)| i);
        return Some(Found { text: &rest[..end], namespace: None, closed: false });
    };
    let namespace = rest[2..end].split_once('.').map(|(namespace, _)| namespace);
    Some(Found { text: &rest[..=end], namespace, closed: true })
}

/// A configuration value; none where the field counts as not given.
pub(super) fn configuration(
    context: &Context<'_>,
    value: &Value,
    ty: Option<&Type>,
    spot: Spot<'_>,
    report: &mut Report,
) -> Option<String> {
    let out = match (value, ty) {
        (Value::Null, _) => return None,
        (Value::Secret(id), _) => secrets::configuration(context, id, spot, report)?,
        (Value::Text(value), _) => text(context, value, spot, report),
        (Value::List(items), Some(ty)) if *ty != Type::Json => {
            let items: Vec<String> =
                items.iter().filter_map(|item| configuration(context, item, None, spot, report)).collect();
            if let Some(item) = items.iter().find(|item| item.contains(',')) {
                let message = format!(
                    "`{item}` in `{}` of {} holds a comma, by which CodePipeline would take it apart",
                    spot.name,
                    context.owner(spot.owner)
                );
                report.push(TARGET_TEXT.at(spot.place, message).help("write each part as an element"));
            }
            items.join(",")
        }
        (Value::List(_) | Value::Record(_), _) => json(context, value, spot, report, 0).compact(),
        (Value::Bool(_) | Value::Int(_) | Value::Duration(_) | Value::Artifact(_) | Value::File(_), _) => {
            match json(context, value, spot, report, 0) {
                Json::String(text) => text,
                other => other.compact(),
            }
        }
    };
    check_length(context, &out, spot, report);
    Some(out)
}

/// Whether the service takes a text of this length as a configuration value.
pub(super) fn check_length(context: &Context<'_>, value: &str, spot: Spot<'_>, report: &mut Report) {
    let length = value.chars().count();
    let what = format!("`{}` of {}", spot.name, context.owner(spot.owner));
    if length == 0 {
        let message = format!("{what} is empty, which CodePipeline does not accept");
        report.push(TARGET_TEXT.at(spot.place, message).help("leave it out"));
    } else if !matches!(spot.owner, Owner::Action(_)) {
        if length > RULE_VALUE {
            let message = format!("{what} has {length} characters; CodePipeline takes at most {RULE_VALUE}");
            report.push(TARGET_TEXT.at(spot.place, message).help("keep the text in a file of an artifact"));
        }
    } else if length > VALUE_OBSERVED {
        let message =
            format!("{what} has {length} characters; CodePipeline takes at most {VALUE_DOCUMENTED}");
        report.push(TARGET_TEXT.at(spot.place, message).help("keep the text in a file of an artifact"));
    } else if OVERRIDES.0.contains(&spot.name) {
        let (bytes, max) = (value.len(), OVERRIDES.1);
        if bytes > max {
            let message = format!("{what} has {bytes} bytes as JSON; CodePipeline documents at most {max}");
            report.push(weaker(&TARGET_TEXT, Severity::Warning, spot.place, message).help(
                "put parameters into a file of an artifact: `template_configuration: app / \"prod.json\"`",
            ));
        }
    } else if length > VALUE_DOCUMENTED {
        let message =
            format!("{what} has {length} characters; CodePipeline documents at most {VALUE_DOCUMENTED}");
        report.push(
            weaker(&TARGET_TEXT, Severity::Warning, spot.place, message)
                .help("the service has been seen to take more, but does not promise it"),
        );
    }
}

/// A value as JSON, with artifacts under their exported names.
pub(super) fn json(
    context: &Context<'_>,
    value: &Value,
    spot: Spot<'_>,
    report: &mut Report,
    depth: usize,
) -> Json {
    if depth > MAX_DEPTH {
        report.push(TARGET_TEXT.at(spot.place, format!("`{}` is nested too deeply", spot.name)));
        return Json::Null;
    }
    match value {
        Value::Null => Json::Null,
        Value::Secret(id) => {
            secrets::configuration(context, id, spot, report).map_or(Json::Null, Json::String)
        }
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::Int(*value),
        Value::Duration(seconds) => Json::Seconds(*seconds),
        Value::Text(value) => {
            if depth > 0 {
                check_json_text(context, value, spot, report);
            }
            Json::String(text(context, value, spot, report))
        }
        Value::List(items) => {
            Json::Array(items.iter().map(|item| json(context, item, spot, report, depth + 1)).collect())
        }
        Value::Record(fields) => Json::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), json(context, value, spot, report, depth + 1)))
                .collect(),
        ),
        Value::Artifact(artifact) => Json::String(context.artifact(artifact).unwrap_or_default().to_owned()),
        Value::File(file) => {
            let artifact = context.artifact(&file.artifact).unwrap_or_default();
            Json::String(format!("{artifact}::{}", file.path))
        }
    }
}

/// The service puts values into JSON as they are: a quote or a line break in one breaks it.
pub(super) fn check_json_text(context: &Context<'_>, value: &Text, spot: Spot<'_>, report: &mut Report) {
    for reference in value.references() {
        let Reference::Output { action, output } = reference else { continue };
        let Some(producer) = context.index(action) else { continue };
        if context.variable_key(producer, output) != "CommitMessage" {
            continue;
        }
        let message = format!(
            "a commit message goes into the JSON of `{}` of {}",
            spot.name,
            context.owner(spot.owner)
        );
        report.push(
            JSON_TEXT
                .at(spot.place, message)
                .label("a quote or a line break in it makes the JSON invalid")
                .help("pass the commit's id and read the message from it where it is needed"),
        );
    }
}

/// Reports a key that is no environment variable for the service.
pub(super) fn check_env_name(name: &str, spot: Spot<'_>, report: &mut Report) {
    names::ENVIRONMENT.check(name, spot.place, report);
}
