//! The settings of `aws { }` and of actions whose form can be checked: ARNs, buckets, Regions, tags.

use indexmap::IndexMap;

use crate::diagnostic::codes::{REGION, TARGET_SETTING, TARGET_TEXT};
use crate::diagnostic::{Place, Severity};
use crate::plan::{ArtifactStore, ArtifactStores};
use crate::value::{Text, Value};

use super::context::{Class, Context, Owner, Report, weaker};
use super::document::{self, EncryptionKey, Tag};

/// Source: the API's models of `RoleArn`, `ArtifactStoreLocation`, `EncryptionKeyId`, `AWSRegionName` and `Tag`.
const MAX_ROLE: usize = 1024;
const BUCKET_LENGTH: std::ops::RangeInclusive<usize> = 3..=63;
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 1..=400;
const REGION_LENGTH: std::ops::RangeInclusive<usize> = 4..=30;
const MAX_TAG_KEY: usize = 128;
const MAX_TAG_VALUE: usize = 256;
/// Source: the API's models of pipeline variables.
const MAX_DEFAULT: usize = 1_000;
const MAX_DESCRIPTION: usize = 200;

/// What stands in a document that is thrown away, because `deploy` reported that something is no constant.
pub(super) const NOT_CONSTANT: &str = "?";

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let aws = context.aws;
    check_role(&aws.role, context.places.aws("role"), report);
    match &aws.artifacts {
        ArtifactStores::One(store) => {
            let key = context.places.aws("encryption_key");
            check_store(store, context.places.aws("artifact_bucket"), key, report);
        }
        ArtifactStores::PerRegion(stores) => {
            let place = context.places.aws("artifact_stores");
            for (region, store) in stores {
                check_region(region, place, report);
                check_store(store, place, place, report);
            }
        }
    }
    check_tags(&aws.tags, context.places.aws("tags"), report);
    for (i, action) in context.plan.actions.iter().enumerate() {
        check_action(context, i, report);
        check_own(context, Owner::Action(i), action.role.as_ref(), action.region.as_ref(), report);
    }
    for (s, stage) in context.plan.stages.iter().enumerate() {
        for (g, gate) in stage.gates.iter().enumerate() {
            check_own(context, Owner::Gate(s, g), gate.role.as_ref(), gate.region.as_ref(), report);
        }
    }
    check_regions(context, report);
}

/// The role and the Region of an action or a gate.
fn check_own(
    context: &Context<'_>,
    owner: Owner,
    role: Option<&Text>,
    region: Option<&Text>,
    report: &mut Report,
) {
    if let Some(role) = role {
        check_role(role, context.place(owner, "role"), report);
    }
    if let Some(region) = region.and_then(Text::as_constant) {
        check_region(region, context.place(owner, "region"), report);
    }
}

/// `arn:aws…:iam::<12 digits>:role/…`
fn is_role(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [start, partition, service, region, account, resource] = parts.as_slice() else { return false };
    let partition = partition.strip_prefix("aws").is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with('-') && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    });
    *start == "arn"
        && partition
        && *service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.chars().all(|c| c.is_ascii_digit())
        && resource.starts_with("role/")
        && arn.chars().count() <= MAX_ROLE
        && !arn.contains('\n')
}

/// Whatever is no constant was reported by `deploy`; so it is with buckets, keys and Regions.
fn check_role(role: &Text, place: Place, report: &mut Report) {
    if let Some(role) = role.as_constant().filter(|role| !is_role(role)) {
        report.push(
            TARGET_SETTING
                .at(place, format!("`{role}` is not the ARN of a role"))
                .help("roles are written `arn:aws:iam::111122223333:role/name`"),
        );
    }
}

fn check_store(store: &ArtifactStore, place: Place, key_place: Place, report: &mut Report) {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let fits = |bucket: &str| BUCKET_LENGTH.contains(&bucket.chars().count()) && bucket.chars().all(known);
    if let Some(bucket) = store.bucket.as_constant().filter(|bucket| !fits(bucket)) {
        report.push(
            TARGET_SETTING
                .at(place, format!("`{bucket}` is not the name of a bucket"))
                .help("only the name, without a folder: 3 to 63 letters, digits, `-` and `.`"),
        );
    }
    if let Some(key) = store.encryption_key.as_ref().and_then(Text::as_constant)
        && !KEY_LENGTH.contains(&key.chars().count())
    {
        let message = "the encryption key is not the id or ARN of a KMS key";
        report.push(TARGET_SETTING.at(key_place, message).help("use 1 to 400 characters, or leave it out"));
    }
}

fn check_region(region: &str, place: Place, report: &mut Report) {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !REGION_LENGTH.contains(&region.chars().count()) || !region.chars().all(known) || !region.contains('-')
    {
        report.push(
            TARGET_SETTING
                .at(place, format!("`{region}` is not the name of a Region"))
                .help("write it as in `eu-west-1`"),
        );
    }
}

fn check_tags(tags: &IndexMap<String, String>, place: Place, report: &mut Report) {
    for (key, value) in tags {
        let why = if key.is_empty() || key.chars().count() > MAX_TAG_KEY {
            format!("its key must have 1 to {MAX_TAG_KEY} characters")
        } else if value.chars().count() > MAX_TAG_VALUE {
            format!("its value must have at most {MAX_TAG_VALUE} characters")
        } else if key.to_lowercase().starts_with("aws:") {
            "keys that start with `aws:` belong to AWS".to_owned()
        } else {
            continue;
        };
        report.push(TARGET_SETTING.at(place, format!("CodePipeline does not accept the tag `{key}`: {why}")));
    }
}

/// Roles and Regions that the action's type does not have, and the topic of an approval.
fn check_action(context: &Context<'_>, index: usize, report: &mut Report) {
    let action = &context.plan.actions[index];
    let kind = &context.kinds[index];
    let foreign = matches!(kind.type_id.owner.as_str(), "ThirdParty" | "Custom");
    if foreign && action.role.is_some() {
        let message = format!("{} is not an action of AWS, so it has no role", context.called(index));
        report.push(TARGET_SETTING.at(context.field(index, &["role"]), message).help("leave `role` out"));
    }
    let topic = action.config.get("notify").and_then(Value::as_str);
    if kind.class == Class::Approve
        && let Some(topic) = topic.filter(|topic| !(topic.starts_with("arn:") && topic.contains(":sns:")))
    {
        let message = format!("`{topic}` does not look like the ARN of an SNS topic");
        report.push(
            weaker(&TARGET_SETTING, Severity::Warning, context.field(index, &["notify"]), message)
                .help("topics are written `arn:aws:sns:eu-west-1:111122223333:name`"),
        );
    }
}

/// Actions of several Regions need a store in each, the pipeline's own included. Which Region that is nobody says before
/// the document is sent, so one bucket is wrong for sure only when the actions themselves name two Regions; sources and
/// actions that are not AWS's own always work in the pipeline's.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html>
fn check_regions(context: &Context<'_>, report: &mut Report) {
    let stores = context.stores();
    let mut first: Option<(usize, &str)> = None;
    let mut home: Option<(usize, &str)> = None;
    for (i, action) in context.plan.actions.iter().enumerate() {
        let Some(region) = action.region.as_ref().and_then(Text::as_constant) else { continue };
        let place = context.field(i, &["region"]);
        let called = context.called(i);
        let stays = context.is_source(i) || context.kinds[i].type_id.owner != "AWS";
        if stays && let Some((other, home)) = home.filter(|(_, home)| *home != region) {
            let message = format!("{called} cannot work in `{region}`: the pipeline is in `{home}`");
            report.push(
                REGION
                    .at(place, message)
                    .also(context.field(other, &["region"]), "an action that works in the pipeline's Region")
                    .help("sources and actions of others than AWS work in the pipeline's own Region"),
            );
            continue;
        }
        if stays {
            home = home.or(Some((i, region)));
        }
        match &stores {
            Some(stores) if !stores.contains(&region) => {
                report.push(
                    REGION
                        .at(place, format!("{called} works in `{region}`, which has no artifact store"))
                        .also(context.places.aws("artifact_stores"), "the artifact stores")
                        .help(format!("add `\"{region}\": {{ bucket: \"…\" }}` to `artifact_stores`")),
                );
            }
            None if first.is_some_and(|(_, known)| known != region) => {
                let (other, known) = first.unwrap_or((i, region));
                let message = format!(
                    "{called} works in `{region}`, another action in `{known}`, with one artifact bucket"
                );
                report.push(
                    REGION
                        .at(place, message)
                        .also(context.field(other, &["region"]), "the other Region")
                        .help("write `artifact_stores` with a bucket for each Region"),
                );
            }
            _ => first = first.or(Some((i, region))),
        }
    }
}

/// The document's artifact store, or stores.
pub(super) fn stores(context: &Context<'_>, pipeline: &mut document::Pipeline) {
    match &context.aws.artifacts {
        ArtifactStores::One(one) => pipeline.artifact_store = Some(store(one)),
        ArtifactStores::PerRegion(many) => {
            pipeline.artifact_stores =
                many.iter().map(|(region, one)| (region.clone(), store(one))).collect();
        }
    }
}

fn store(store: &ArtifactStore) -> document::ArtifactStore {
    let key = store.encryption_key.as_ref().and_then(Text::as_constant);
    document::ArtifactStore {
        kind: "S3".to_owned(),
        location: store.bucket.as_constant().unwrap_or(NOT_CONSTANT).to_owned(),
        encryption_key: key.map(|id| EncryptionKey { id: id.to_owned(), kind: "KMS".to_owned() }),
    }
}

/// The document's tags.
pub(super) fn tags(context: &Context<'_>) -> Vec<Tag> {
    context.aws.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// The document's variables; their types are checked by Pipe alone.
pub(super) fn variables(context: &Context<'_>, report: &mut Report) -> Vec<document::Variable> {
    let mut variables = Vec::new();
    for (i, variable) in context.plan.variables.iter().enumerate() {
        let place = context.variable_place(i);
        if let Some(default) = &variable.default
            && !(1..=MAX_DEFAULT).contains(&default.chars().count())
        {
            let message = format!(
                "the default of the variable `{}` must have 1 to {MAX_DEFAULT} characters",
                variable.name
            );
            report.push(
                TARGET_TEXT
                    .at(place, message)
                    .help("CodePipeline has no empty values: use a word that means it"),
            );
        }
        let mut description = variable.description.clone().filter(|text| !text.is_empty());
        if let Some(text) = &mut description
            && text.chars().count() > MAX_DESCRIPTION
        {
            let message =
                format!("only the first {MAX_DESCRIPTION} characters of the description are exported");
            report.push(weaker(&TARGET_TEXT, Severity::Hint, place, message));
            *text = text.chars().take(MAX_DESCRIPTION - 1).chain(['…']).collect();
        }
        variables.push(document::Variable {
            name: variable.name.clone(),
            default_value: variable.default.clone(),
            description,
        });
    }
    variables
}
