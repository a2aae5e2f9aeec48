//! Secrets: what stands in the pipeline in their place.

use crate::catalog::SecretSource;
use crate::diagnostic::codes::{SECRET_PLACE, TARGET_CANNOT};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::plan::{AwsSecret, Secret};

use super::context::{Class, Context, Owner, Report, weaker};
use super::text::Spot;

/// What the service shows in the place of a secret, and takes when a pipeline is updated.
const MASK: &str = "****";
/// The types of environment variables whose value says where the secret is.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html> and
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Commands.html>
const SECRETS_MANAGER: &str = "SECRETS_MANAGER";
const PARAMETER_STORE: &str = "PARAMETER_STORE";

/// What an environment variable holds in the place of a secret.
pub(super) struct Held {
    pub(super) value: String,
    /// The variable's type; none where the value stands there itself.
    pub(super) kind: Option<&'static str>,
}

/// A secret in an environment that can hold secrets from these sources; none where that was reported.
pub(super) fn environment(
    context: &Context<'_>,
    id: &str,
    spot: Spot<'_>,
    takes: &[SecretSource],
    report: &mut Report,
) -> Option<Held> {
    let (secret, declared) = find(context, id, spot, report)?;
    let (source, name, kind) = match found(context, secret, declared, spot, report)? {
        AwsSecret::SecretsManager(name) => (SecretSource::SecretsManager, name, SECRETS_MANAGER),
        AwsSecret::ParameterStore(name) => (SecretSource::ParameterStore, name, PARAMETER_STORE),
        other => return plain(other, spot, id, report).map(|value| Held { value, kind: None }),
    };
    if !takes.contains(&source) {
        let store =
            if source == SecretSource::ParameterStore { "Parameter Store" } else { "Secrets Manager" };
        let message = format!(
            "`{}` of {} is kept in the {store}, which its action type cannot read",
            spot.name,
            context.owner(spot.owner)
        );
        let diagnostic = SECRET_PLACE.at(spot.place, message).also(declared, "the secret");
        report.push(match (spot.owner, source) {
            (Owner::Action(i), SecretSource::ParameterStore) if is_commands(context, i) => diagnostic.help(
                "keep it in Secrets Manager: `secrets_manager(\"name\")`, or make a CodeBuild action of a `run` by \
                 `aws { run: \"codebuild\" }`",
            ),
            _ => diagnostic.help("leave it out, or keep it where the action type can read it"),
        });
        return None;
    }
    Some(Held { value: name.clone(), kind: Some(kind) })
}

/// A secret as the value of a configuration key, which holds the secret itself; none where that was reported.
pub(super) fn configuration(
    context: &Context<'_>,
    id: &str,
    spot: Spot<'_>,
    report: &mut Report,
) -> Option<String> {
    let (secret, declared) = find(context, id, spot, report)?;
    let found = found(context, secret, declared, spot, report)?;
    if matches!(found, AwsSecret::SecretsManager(_) | AwsSecret::ParameterStore(_)) {
        let message = format!(
            "`{}` of {} takes the secret itself, not where it is kept",
            spot.name,
            context.owner(spot.owner)
        );
        report.push(
            SECRET_PLACE
                .at(spot.place, message)
                .also(declared, "the secret")
                .help("only the CloudFormation export can write `{{resolve:secretsmanager:…}}`")
                .help("`aws: masked` exports `****`, for you to put the secret in before you send it"),
        );
        return None;
    }
    plain(found, spot, id, report)
}

fn is_commands(context: &Context<'_>, action: usize) -> bool {
    let kind = &context.kinds[action];
    kind.class == Class::RunCommands || kind.type_id.provider == "Commands"
}

fn find<'a>(
    context: &Context<'a>,
    id: &str,
    spot: Spot<'_>,
    report: &mut Report,
) -> Option<(&'a Secret, Place)> {
    let at = context.plan.secrets.iter().position(|secret| secret.id == id);
    let Some(at) = at else {
        let message = format!(
            "`{}` of {} is a secret that the plan does not have",
            spot.name,
            context.owner(spot.owner)
        );
        report.push(TARGET_CANNOT.at(spot.place, message));
        return None;
    };
    Some((
        &context.plan.secrets[at],
        context.places.secrets.get(at).copied().unwrap_or(context.places.pipeline),
    ))
}

/// Where AWS finds a secret.
fn found<'a>(
    context: &Context<'_>,
    secret: &'a Secret,
    declared: Place,
    spot: Spot<'_>,
    report: &mut Report,
) -> Option<&'a AwsSecret> {
    let what = format!("`{}` of {}", spot.name, context.owner(spot.owner));
    let refuse = |diagnostic: Diagnostic| diagnostic.also(declared, "the secret");
    match &secret.aws {
        None => {
            let message =
                format!("{what} is the secret `{}`, which does not say where AWS finds it", secret.id);
            report.push(
                refuse(SECRET_PLACE.at(spot.place, message))
                    .help(format!("add `aws: secrets_manager(\"name\")` to `secret {}`", secret.id)),
            );
            None
        }
        Some(AwsSecret::Cloudformation(_)) => {
            let message = format!("{what} holds what only CloudFormation knows");
            report.push(
                refuse(TARGET_CANNOT.at(spot.place, message))
                    .help("only the CloudFormation export can write it; keep the secret in Secrets Manager"),
            );
            None
        }
        found => found.as_ref(),
    }
}

/// What stands in the pipeline as it is.
fn plain(secret: &AwsSecret, spot: Spot<'_>, id: &str, report: &mut Report) -> Option<String> {
    match secret {
        AwsSecret::Masked => {
            let message = format!("the secret `{id}` is exported as `{MASK}`");
            report.push(
                weaker(&SECRET_PLACE, Severity::Warning, spot.place, message)
                    .help("put the secret in before the pipeline is created; CodePipeline takes `****` only in an update"),
            );
            Some(MASK.to_owned())
        }
        AwsSecret::Literal(text) => Some(text.clone()),
        _ => None,
    }
}
