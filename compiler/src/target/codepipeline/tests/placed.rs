//! Where diagnostics stand: from a pipeline as it is written to the place that is responsible.

use std::fmt::Write as _;

use crate::source::{Loader, Sources};
use crate::target::codepipeline::check;
use crate::{compile, load};

struct OneFile<'t>(&'t str);

impl Loader for OneFile<'_> {
    fn load(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(self.0.as_bytes().to_vec())
    }
}

const AWS: &str =
    "aws { role: \"arn:aws:iam::111122223333:role/pipeline\", artifact_bucket: \"acme-artifacts\" }";
const SOURCE: &str = "stage source {\naction app = git { repository: \"acme/shop\", branch: \"main\", connection: \"arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e\" }\n}\n";

/// All that the target says about a pipeline with these items, a line each, with the text of its place.
fn said_with(aws: &str, items: &str) -> String {
    let text = format!("pipeline shop {{\n{aws}\n{SOURCE}{items}\n}}\n");
    let loader = OneFile(&text);
    let mut sources = Sources::default();
    let id = load(&loader, &mut sources, "shop.pipe").unwrap();
    let compilation = compile(&mut sources, id, &loader);
    let errors: Vec<_> = compilation.diagnostics.iter().map(|d| (d.code.id, d.message.as_str())).collect();
    assert!(!compilation.has_errors(), "{errors:?}");
    let lowered = &compilation.pipelines[0];
    let mut out = String::new();
    for d in check(&lowered.plan, &lowered.places) {
        let _ = writeln!(out, "{} [{}] {}", d.code.id, &text[d.place.span.range()], d.message);
    }
    out
}

fn said(items: &str) -> String {
    said_with(AWS, items)
}

#[test]
fn conditions_are_refused_where_they_stand() {
    let stage = |when: &str| {
        format!("variable env: string = \"x\"\nstage prod {{\nwhen: {when}\naction ok = approve {{}}\n}}")
    };
    assert_eq!(said(&stage("app.branch == \"main\" && env in [\"a\", \"b\"]")), "");
    assert_eq!(
        said(&stage("app.branch == \"main\" || env == \"x\"")),
        "P0407 [app.branch == \"main\" || env == \"x\"] CodePipeline has no `||`, but of the values of one variable\n"
    );
    assert_eq!(
        said("stage prod {\naction a = approve { when: app.branch == \"main\" }\naction b = approve {}\n}"),
        "P0407 [app.branch == \"main\"] `prod.a` has a condition of its own, but CodePipeline skips whole stages only\n"
    );
}

#[test]
fn gates_are_refused_where_they_stand() {
    let gate = |gate: &str| said(&format!("stage prod {{\n{gate}\naction ok = approve {{}}\n}}"));
    assert_eq!(
        gate("gate hours on entry = aws.deployment_window { cron: \"0 9 * * 1-5\" } else fail"),
        "P0415 [\"0 9 * * 1-5\"] the window `0 9 * * 1-5` has 5 fields; CodePipeline takes 6 or 7\n"
    );
    assert_eq!(
        gate("gate calm on success = aws.alarm { alarm_name: \"x\", timeout: 1m } else fail"),
        "P0420 [1m] the timeout of the gate `calm` of `prod` is not between 5 minutes and 60 days\n"
    );
    assert_eq!(
        gate("gate calm on entry = aws.alarm { alarm_name: \"x\" } else skip"),
        "P0425 [calm] a rule of the type CloudWatchAlarm cannot skip a stage\n"
    );
}

#[test]
fn what_only_cloudformation_knows_is_said_once_for_each_place() {
    let many = "defaults { region: aws.cfn({ Ref: \"Region\" }) }\nstage prod {\naction a = approve {}\naction b = approve {}\n}";
    let said_many = said(many);
    assert_eq!(said_many.lines().count(), 1, "{said_many}");
    assert!(said_many.starts_with("P0407 [aws.cfn({ Ref: \"Region\" })]"), "{said_many}");
    let settings = "aws { role: aws.cfn({ \"Fn::GetAtt\": [\"Role\", \"Arn\"] }), artifact_bucket: aws.cfn({ Ref: \"Bucket\" }) }";
    assert_eq!(
        said_with(
            settings,
            "stage prod { action a = approve { message: \"to #{aws.cfn({ Ref: \"Url\" })}\" } }"
        ),
        "P0407 [aws.cfn({ \"Fn::GetAtt\": [\"Role\", \"Arn\"] })] `role` holds what only CloudFormation knows\n\
         P0407 [aws.cfn({ Ref: \"Bucket\" })] `artifact_bucket` holds what only CloudFormation knows\n\
         P0407 [\"to #{aws.cfn({ Ref: \"Url\" })}\"] `message` of `prod.a` holds what only CloudFormation knows\n"
    );
}

#[test]
fn secrets_are_refused_where_they_are_used() {
    let with = |aws: &str| {
        said(&format!(
            "secret token {{ local: env(\"T\"){aws} }}\nstage prod {{\naction a = run {{ inputs: [app], env: {{ T: token }}, script: \"make\" }}\n}}"
        ))
    };
    assert_eq!(
        with(""),
        "P0426 [{ T: token }] `T` of `prod.a` is the secret `token`, which does not say where AWS finds it\n"
    );
    assert_eq!(with(", aws: masked"), "P0426 [{ T: token }] the secret `token` is exported as `****`\n");
}

#[test]
fn a_comment_allows_what_is_no_error() {
    let scheduled = |comment: &str| {
        said(&format!("{comment}\non schedule \"rate(12 hours)\"\nstage prod {{ action a = approve {{}} }}"))
    };
    assert!(scheduled("").starts_with("P0408 [on schedule "), "{}", scheduled(""));
    assert_eq!(scheduled("// allow P0408: the rule is there"), "");
    assert_eq!(scheduled("// allow p0408"), "");
    assert!(scheduled("// allow P0413: something else").starts_with("P0408"));
    let refused = said(
        "stage prod {\n// allow P0407: errors are always said\nwhen: app.branch == \"a\" || app.commit == \"b\"\naction a = approve {}\n}",
    );
    assert!(refused.starts_with("P0407"), "{refused}");
}
