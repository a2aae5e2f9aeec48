//! Gates: the rule that each becomes.
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RuleDeclaration.html>

use crate::catalog::Environment;
use crate::diagnostic::Severity;
use crate::diagnostic::codes::{TARGET_ARTIFACTS, TARGET_CANNOT};
use crate::plan::Gate;
use crate::value::Text;

use super::context::{Context, Owner, Report, weaker};
use super::document::{InputArtifact, Rule, RuleTypeId};
use super::{configuration, cron, limits};

/// How many artifacts the rules take that the documentation does not say it of: what the actions of the same name take.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html>
const LIKE_ACTIONS: &[(&str, usize, usize)] =
    &[("CodeBuild", 1, 5), ("Commands", 1, 10), ("LambdaInvoke", 0, 1)];

/// The identity of one of the service's rules.
pub(super) fn type_id(provider: &str, version: &str) -> RuleTypeId {
    RuleTypeId {
        category: "Rule".to_owned(),
        owner: Some("AWS".to_owned()),
        provider: provider.to_owned(),
        version: Some(version.to_owned()),
    }
}

/// The document's form of a gate.
pub(super) fn rule(context: &Context<'_>, owner: Owner, gate: &Gate, report: &mut Report) -> Rule {
    let called = context.owner(owner);
    let callee = context.plan.rule(&gate.rule);
    let Some((callee, service)) = callee.and_then(|callee| Some((callee, callee.service.as_ref()?))) else {
        let message = format!("CodePipeline has no rule for `{}` of {called}", gate.rule);
        report.push(
            TARGET_CANNOT
                .at(context.place(owner, ""), message)
                .help("use one of the `aws.` rules, or declare it: `rule name { service: { … } }`"),
        );
        return Rule::default();
    };
    let mut to = Rule {
        name: gate.name.clone(),
        rule_type_id: type_id(&service.provider, &service.version),
        configuration: configuration::configuration(
            context,
            owner,
            Some(callee),
            &gate.config,
            &gate.env,
            report,
        ),
        commands: configuration::commands(context, owner, &gate.config, report),
        input_artifacts: inputs(context, gate),
        role_arn: gate.role.as_ref().and_then(Text::as_constant).map(str::to_owned),
        region: gate.region.as_ref().and_then(Text::as_constant).map(str::to_owned),
        timeout_in_minutes: configuration::timeout(context, owner, gate.timeout, report),
    };
    if !gate.env.is_empty() && !matches!(callee.environment, Environment::Key(_)) {
        let message = format!("`env` of {called} has no place in a rule");
        report.push(TARGET_CANNOT.at(context.place(owner, "env"), message).help("leave it out"));
    }
    if callee.field("commands").is_some_and(|field| field.key.is_empty()) {
        limits::check_commands(context, owner, &to.commands, report);
    }
    // As in the action of the same name, the first input is the primary one.
    if service.provider == "CodeBuild"
        && !to.configuration.contains_key("PrimarySource")
        && let [first, _, ..] = to.input_artifacts.as_slice()
    {
        to.configuration.insert("PrimarySource".to_owned(), first.name.clone());
    }
    if service.provider == "DeploymentWindow" {
        cron::check(context, owner, gate, report);
    }
    let count = to.input_artifacts.len();
    if !callee.inputs.contains(count) {
        let message = format!("{called} has {count} input artifacts; its rule takes {}", callee.inputs);
        report.push(TARGET_ARTIFACTS.at(context.place(owner, "inputs"), message).help("change the list"));
    } else if let Some((_, min, max)) =
        LIKE_ACTIONS.iter().find(|(provider, ..)| *provider == service.provider)
        && !(*min..=*max).contains(&count)
    {
        let message = format!("{called} has {count} input artifacts; its rule may take {min} to {max} only");
        report.push(
            weaker(&TARGET_ARTIFACTS, Severity::Warning, context.place(owner, "inputs"), message)
                .help("the action of the same name does; what the rule takes is not documented"),
        );
    }
    to
}

fn inputs(context: &Context<'_>, gate: &Gate) -> Vec<InputArtifact> {
    let mut inputs: Vec<InputArtifact> = Vec::new();
    for name in gate.inputs.iter().filter_map(|input| context.artifact(&input.artifact)) {
        if inputs.iter().all(|input| input.name != name) {
            inputs.push(InputArtifact { name: name.to_owned() });
        }
    }
    inputs
}
