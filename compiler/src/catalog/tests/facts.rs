//! The catalog against the facts that it was written from, in `facts.json` (`tests/catalog/facts.py` makes that):
//! nothing is missing, nothing is added, and where the two differ, the reason is written down.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::catalog::{Callee, Environment, Field, Required, Service, Type, Variables, all, find};

/// An action type or a rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    id: String,
    #[serde(default)]
    deprecated: bool,
    #[serde(default)]
    v2: bool,
    inputs: [Option<usize>; 2],
    outputs: [Option<usize>; 2],
    variables: FactVariables,
    beside: BTreeSet<String>,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FactVariables {
    Kind(String),
    Names(BTreeSet<String>),
}

/// A configuration key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    required: String,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    default: String,
    min: Option<i64>,
    max: Option<i64>,
    max_length: Option<usize>,
    max_items: Option<usize>,
    pattern: Option<String>,
}

/// Where the catalog differs from the facts: the id, the key (or what else of the action type), and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("Source/AWS/S3/1", "PollForSourceChanges default", POLLING),
    ("Source/AWS/CodeCommit/1", "PollForSourceChanges default", POLLING),
    ("Source/ThirdParty/GitHub/1", "PollForSourceChanges default", POLLING),
    ("Compute/AWS/Commands/1", "ComputeType type", "the list is not known to be whole, so any text goes"),
    ("Deploy/AWS/CloudFormationStackSet/1", "RegionConcurrencyType type", SPELLING),
    ("Deploy/AWS/CloudFormationStackInstances/1", "RegionConcurrencyType type", SPELLING),
    (
        "Deploy/AWS/CloudFormationStackSet/1",
        "AdministrationRoleArn limits",
        "the limit is from the facts' notes",
    ),
    ("Deploy/AWS/CloudFormationStackSet/1", "ExecutionRoleName limits", "the limit is from the facts' notes"),
    ("Deploy/AWS/CloudFormation/1", "Capabilities required", "it depends on what is in the template"),
    ("Test/AWS/DeviceFarm/1", "TestSpec required", "nothing in the action says that the mode is custom"),
    ("Test/AWS/DeviceFarm/1", "Latitude limits", "the language has no fractions: a text of that form"),
    ("Test/AWS/DeviceFarm/1", "Longitude limits", "the language has no fractions: a text of that form"),
    (
        "Deploy/AWS/Lambda/1",
        "DeployStrategy limits",
        "singular and plural of minutes are not certain: both go",
    ),
    (
        "Invoke/AWS/Lambda/1",
        "UserParameters type",
        "most functions want JSON: a record is encoded, a text goes as it is",
    ),
    (
        "Invoke/AWS/StepFunctions/1",
        "Input type",
        "a literal input is JSON: a record is encoded, a text goes as it is",
    ),
    ("Rule/AWS/CodeBuild/1", "inputs", UNKNOWN_COUNT),
    ("Rule/AWS/Commands/1", "inputs", UNKNOWN_COUNT),
    ("Rule/AWS/LambdaInvoke/1", "inputs", UNKNOWN_COUNT),
];
const POLLING: &str = "the language's own default, which exports write out";
const SPELLING: &str = "how the service spells the values is not certain, so any text goes";
const UNKNOWN_COUNT: &str = "not documented; no fewer than none and no more than the action type takes";

/// Action types of the facts that are no callee of their own.
const UNLISTED: &[(&str, &str)] = &[
    ("Source/Custom/*/1", OWN),
    ("Build/Custom/*/1", OWN),
    ("Test/Custom/*/1", OWN),
    ("Deploy/Custom/*/1", OWN),
    ("Invoke/Custom/*/1", OWN),
    ("Approval/Custom/*/1", OWN),
];
const OWN: &str = "a user declares the callee, or calls `aws.action`";

fn facts() -> Vec<Fact> {
    serde_json::from_str(include_str!("facts.json")).expect("the facts can be read")
}

/// The ids that a callee stands for.
fn ids(callee: &Callee) -> Vec<String> {
    if callee.name == "approve" {
        return vec!["Approval/AWS/Manual/1".to_owned()];
    }
    let of = |service: &Service| {
        let id = |c: &String| format!("{c}/{}/{}/{}", service.owner, service.provider, service.version);
        service.categories.iter().map(id).collect()
    };
    callee.service.as_ref().map(of).unwrap_or_default()
}

#[test]
fn every_action_type_and_rule_is_there_once() {
    let mut callees: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for callee in all() {
        for id in ids(callee) {
            callees.entry(id).or_default().push(&callee.name);
        }
    }
    let unlisted: Vec<&str> = UNLISTED.iter().map(|(id, _)| *id).collect();
    for fact in facts() {
        let found = callees.remove(&fact.id).unwrap_or_default();
        let wanted = usize::from(!unlisted.contains(&fact.id.as_str()));
        assert_eq!(found.len(), wanted, "{} is called {found:?}", fact.id);
    }
    assert!(callees.is_empty(), "no facts are known of {callees:?}");
    // What engines share is declared without a service.
    let portable: Vec<&str> =
        all().filter(|callee| callee.service.is_none()).map(|callee| callee.name.as_str()).collect();
    assert_eq!(portable, ["approve", "aws.action", "git", "run"]);
}

#[test]
fn everything_is_as_the_facts_say() {
    let facts: BTreeMap<String, Fact> = facts().into_iter().map(|fact| (fact.id.clone(), fact)).collect();
    let mut differences = BTreeSet::new();
    for callee in all() {
        for id in ids(callee) {
            let mut found = Vec::new();
            compare(callee, &facts[&id], &mut found);
            differences.extend(found.into_iter().map(|what| format!("{id}: {what}")));
        }
    }
    let expected: BTreeSet<String> = EXCEPTIONS.iter().map(|(id, what, _)| format!("{id}: {what}")).collect();
    let unexpected: Vec<&String> = differences.difference(&expected).collect();
    assert!(unexpected.is_empty(), "the catalog differs from the facts: {unexpected:#?}");
    let stale: Vec<&String> = expected.difference(&differences).collect();
    assert!(stale.is_empty(), "these are no exceptions any more: {stale:#?}");
}

fn compare(callee: &Callee, fact: &Fact, found: &mut Vec<String>) {
    let mut hold = |same: bool, what: &str| {
        if !same {
            found.push(what.to_owned());
        }
    };
    hold(callee.deprecated.is_some() == fact.deprecated, "deprecated");
    if let Some(service) = &callee.service {
        hold(service.v2_only == fact.v2, "v2");
    }
    hold([Some(callee.inputs.min), Some(callee.inputs.max)] == fact.inputs, "inputs");
    hold([Some(callee.outputs.min), Some(callee.outputs.max)] == fact.outputs, "outputs");
    hold(same_variables(&callee.variables, &fact.variables), "variables");
    let beside = |name: &str| fact.beside.contains(name);
    hold((callee.environment == Environment::Process) == beside("environmentVariables"), "environment");
    hold(callee.globs == beside("outputArtifacts[].files"), "globs");
    hold(matches!(callee.variables, Variables::Declared) == beside("outputVariables"), "outputVariables");
    let commands = callee.fields.iter().any(|field| field.ty == Type::Commands && field.key.is_empty());
    hold(commands == beside("commands"), "commands");

    let environment = match &callee.environment {
        Environment::Key(key) => Some(key.as_str()),
        _ => None,
    };
    hold(environment.is_none_or(|name| fact.keys.iter().any(|key| key.name == name)), "environment's key");
    for field in callee.fields.iter().filter(|field| field.ty != Type::Commands) {
        let known = fact.keys.iter().any(|key| key.name == field.key);
        hold(known, &format!("`{}` is the key of no fact", field.name));
    }
    for key in fact.keys.iter().filter(|key| key.name != "*" && environment != Some(&key.name)) {
        let Some(field) = callee.fields.iter().find(|field| field.key == key.name) else {
            hold(false, &format!("{} is missing", key.name));
            continue;
        };
        hold(same_type(field, key), &format!("{} type", key.name));
        hold(same_required(&field.required, key), &format!("{} required", key.name));
        hold(field.default == key.default, &format!("{} default", key.name));
        hold(same_limits(field, key), &format!("{} limits", key.name));
    }
}

fn same_variables(ours: &Variables, theirs: &FactVariables) -> bool {
    match (ours, theirs) {
        (Variables::Fixed(ours), FactVariables::Names(theirs)) => {
            ours.len() == theirs.len() && ours.iter().all(|variable| theirs.contains(&variable.key))
        }
        (Variables::None, FactVariables::Kind(kind)) => kind == "none",
        (Variables::Declared, FactVariables::Kind(kind)) => kind == "declared",
        (Variables::Open, FactVariables::Kind(kind)) => kind == "user",
        _ => false,
    }
}

fn same_type(field: &Field, key: &Key) -> bool {
    match (key.ty.as_str(), &field.ty) {
        ("string" | "arn" | "cron" | "number", Type::String | Type::ConstString)
        | ("csv", Type::StringList)
        | ("boolean", Type::Bool)
        | ("integer", Type::Int)
        | ("json", Type::Json)
        | ("artifactName", Type::Artifact)
        | ("artifactPath", Type::File)
        | ("secret", Type::Secret) => key.values.is_empty(),
        ("enum" | "string", Type::Enum(values)) | ("csv", Type::EnumList(values)) => *values == key.values,
        _ => false,
    }
}

fn same_required(ours: &Required, key: &Key) -> bool {
    match key.required.as_str() {
        "yes" => *ours == Required::Yes,
        "no" => *ours == Required::No,
        _ => !matches!(ours, Required::Yes | Required::No),
    }
}

fn same_limits(field: &Field, key: &Key) -> bool {
    let ours = &field.limits;
    (ours.min, ours.max, ours.max_length, ours.max_items, &ours.pattern)
        == (key.min, key.max, key.max_length, key.max_items, &key.pattern)
}

/// Every name in a condition is a field, and every value one that it can have.
#[test]
fn conditions_name_fields() {
    let mut conditions = 0;
    for callee in all() {
        for field in &callee.fields {
            let others = match &field.required {
                Required::When(other, values) => {
                    match &callee.field(other).expect("the field exists").ty {
                        Type::Enum(known) => {
                            assert!(values.iter().all(|value| known.contains(value)), "{values:?}");
                        }
                        ty => assert_eq!(*ty, Type::Bool, "{}.{other}", callee.name),
                    }
                    vec![other.clone()]
                }
                Required::Unless(others) | Required::With(others) => others.clone(),
                _ => continue,
            };
            conditions += 1;
            for other in others {
                assert!(other != field.name && callee.field(&other).is_some(), "{}: {other}", callee.name);
            }
        }
    }
    assert!(conditions > 10, "{conditions}");
}

/// No field is hidden by one that every action has.
#[test]
fn no_field_has_the_name_of_a_common_one() {
    let common = crate::check::COMMON_FIELDS;
    for callee in all() {
        for field in &callee.fields {
            let name = field.name.as_str();
            let taken = common.contains(&name) || (name == "category" && callee.service.is_some());
            assert!(!taken, "{}.{name}", callee.name);
        }
    }
    assert!(find("aws.eks").is_some_and(|callee| callee.field("kubernetes_namespace").is_some()));
}

/// Fields whose names are not the service's keys in `snake_case`: those that every action has, and what engines share.
const ALIASES: &[(&str, &str)] = &[
    ("approve", "message"),
    ("approve", "notify"),
    ("approve", "url"),
    ("aws.eks", "kubernetes_namespace"),
    ("aws.pipeline", "pipeline_variables"),
    ("aws.step_functions", "execution_input"),
    ("git", "branch"),
    ("git", "connection"),
    ("git", "repository"),
];

/// Who reads the service's documentation can guess a field's name.
#[test]
fn fields_are_called_as_the_service_calls_them() {
    let mut aliases = Vec::new();
    for callee in all() {
        for field in &callee.fields {
            let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(field.name.chars().all(snake), "{}.{}", callee.name, field.name);
            if !field.key.is_empty() && field.name.replace('_', "") != field.key.to_ascii_lowercase() {
                aliases.push((callee.name.as_str(), field.name.as_str()));
            }
        }
    }
    aliases.sort_unstable();
    assert_eq!(aliases, ALIASES);
}
