//! The declarations that the compiler brings along.

use std::sync::OnceLock;

use super::callee::Callee;
use super::read::read;
use crate::source::SourceId;
use crate::syntax;
use crate::syntax::ast::Item;

/// A file with one declaration.
struct Embedded {
    name: &'static str,
    text: &'static str,
    read: OnceLock<Option<Callee>>,
}

macro_rules! embedded {
    ($folder:literal: $($name:literal = $file:literal,)*) => {
        [$(Embedded {
            name: $name,
            text: include_str!(concat!($folder, "/", $file, ".pipe")),
            read: OnceLock::new(),
        }),*]
    };
}

static ACTIONS: [Embedded; 42] = embedded! { "actions":
    "alexa_skill" = "alexa_skill",
    "approve" = "approve",
    "aws.action" = "aws/action",
    "aws.app_config" = "aws/app_config",
    "aws.cloudformation" = "aws/cloudformation",
    "aws.codebuild" = "aws/codebuild",
    "aws.codecommit" = "aws/codecommit",
    "aws.codedeploy" = "aws/codedeploy",
    "aws.commands" = "aws/commands",
    "aws.connection" = "aws/connection",
    "aws.device_farm" = "aws/device_farm",
    "aws.ec2" = "aws/ec2",
    "aws.ecr" = "aws/ecr",
    "aws.ecr_build" = "aws/ecr_build",
    "aws.ecs" = "aws/ecs",
    "aws.ecs_blue_green" = "aws/ecs_blue_green",
    "aws.eks" = "aws/eks",
    "aws.elastic_beanstalk" = "aws/elastic_beanstalk",
    "aws.inspector_scan" = "aws/inspector_scan",
    "aws.lambda" = "aws/lambda",
    "aws.lambda_deploy" = "aws/lambda_deploy",
    "aws.opsworks" = "aws/opsworks",
    "aws.pipeline" = "aws/pipeline",
    "aws.s3_deploy" = "aws/s3_deploy",
    "aws.s3_source" = "aws/s3_source",
    "aws.service_catalog" = "aws/service_catalog",
    "aws.stack_instances" = "aws/stack_instances",
    "aws.stack_set" = "aws/stack_set",
    "aws.step_functions" = "aws/step_functions",
    "blaze_meter" = "blaze_meter",
    "cloud_bees" = "cloud_bees",
    "ghost_inspector" = "ghost_inspector",
    "git" = "git",
    "github_v1" = "github_v1",
    "jenkins" = "jenkins",
    "nouvola" = "nouvola",
    "run" = "run",
    "runscope" = "runscope",
    "snyk" = "snyk",
    "storm_runner_load" = "storm_runner_load",
    "team_city" = "team_city",
    "xebia_labs" = "xebia_labs",
};

static RULES: [Embedded; 6] = embedded! { "rules":
    "aws.alarm" = "aws/alarm",
    "aws.codebuild" = "aws/codebuild",
    "aws.commands" = "aws/commands",
    "aws.deployment_window" = "aws/deployment_window",
    "aws.lambda" = "aws/lambda",
    "aws.variable_check" = "aws/variable_check",
};

impl Embedded {
    fn callee(&self) -> Option<&Callee> {
        self.read.get_or_init(|| declared(self.name, self.text)).as_ref()
    }
}

/// The declaration of a file. A test holds that every file has one, and that there is nothing to say about it.
fn declared(name: &str, text: &str) -> Option<Callee> {
    let parsed = syntax::parse(SourceId::default(), text);
    let declaration = parsed.file.items.iter().find_map(|item| match item {
        Item::Callee(declaration) => Some(declaration),
        _ => None,
    })?;
    let (callee, problems) = read(SourceId::default(), declaration, name.to_owned(), &mut |_| None);
    debug_assert!(
        parsed.diagnostics.is_empty() && problems.is_empty(),
        "BUG: the catalog's `{name}`: {:?} {problems:?}",
        parsed.diagnostics
    );
    Some(callee)
}

/// The callee with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Callee> {
    in_table(&ACTIONS, name)
}

/// The rule with this name.
#[must_use]
pub fn find_rule(name: &str) -> Option<&'static Callee> {
    in_table(&RULES, name)
}

fn in_table(table: &'static [Embedded], name: &str) -> Option<&'static Callee> {
    table.iter().find(|embedded| embedded.name == name)?.callee()
}

/// The names of all callees, in order.
pub fn action_names() -> impl Iterator<Item = &'static str> + Clone {
    ACTIONS.iter().map(|embedded| embedded.name)
}

/// The names of all rules, in order.
pub fn rule_names() -> impl Iterator<Item = &'static str> + Clone {
    RULES.iter().map(|embedded| embedded.name)
}

/// All callees and rules. Reads what was not read yet, so it is for error messages and the reference.
pub fn all() -> impl Iterator<Item = &'static Callee> {
    ACTIONS.iter().chain(&RULES).filter_map(Embedded::callee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Variables;

    #[test]
    fn every_file_declares_what_it_is_called() {
        for (table, is_rule) in [(&ACTIONS[..], false), (&RULES[..], true)] {
            assert!(table.windows(2).all(|pair| pair[0].name < pair[1].name));
            for embedded in table {
                let parsed = syntax::parse(SourceId::default(), embedded.text);
                assert!(parsed.diagnostics.is_empty(), "{}: {:?}", embedded.name, parsed.diagnostics);
                let [Item::Callee(declaration)] = parsed.file.items.as_slice() else {
                    panic!("{} has one declaration", embedded.name)
                };
                let last = embedded.name.rsplit('.').next();
                assert_eq!(Some(declaration.name.text.as_str()), last);
                assert_eq!(declaration.is_rule, is_rule);
                let name = embedded.name.to_owned();
                let (callee, problems) = read(SourceId::default(), declaration, name, &mut |_| None);
                assert!(problems.is_empty(), "{}: {problems:?}", embedded.name);
                assert!(!callee.doc.is_empty(), "{} is documented", embedded.name);
                for field in &callee.fields {
                    assert!(!field.doc.is_empty(), "{}.{} is documented", embedded.name, field.name);
                }
                if let Variables::Fixed(variables) = &callee.variables {
                    for variable in variables {
                        assert!(
                            !variable.doc.is_empty(),
                            "{}.{} is documented",
                            embedded.name,
                            variable.name
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn files_are_laid_out() {
        for embedded in ACTIONS.iter().chain(&RULES) {
            let parsed = syntax::parse(SourceId::default(), embedded.text);
            let formatted = crate::format::format(&parsed, embedded.text);
            assert_eq!(formatted.as_deref(), Ok(embedded.text), "{}", embedded.name);
        }
    }
}
