//! Rules of single actions.

use indexmap::IndexMap;

use crate::plan::RunAs;
use crate::value::Value;

use super::super::build::{
    Build as _, With as _, action, git, joined, list, output, record, shop_with, variable,
};
use super::{Cases, approve, commands, site};

pub(super) fn actions() -> Cases {
    let source = |change: fn(&mut IndexMap<String, Value>)| {
        approve().change(move |plan| change(&mut plan.actions[0].config))
    };
    let timeout = |seconds| approve().change(move |plan| plan.actions[1].timeout = Some(seconds));
    vec![
        (
            source(|config| {
                config.shift_remove("branch");
                config.shift_remove("connection");
            }),
            "error P0406: `source.app` has no `connection`, which CodePipeline needs\n\
             error P0406: `source.app` has no `branch`, which CodePipeline needs",
        ),
        (
            source(|config| {
                config.shift_remove("branch");
                config.insert("tag".to_owned(), Value::text("v1"));
            }),
            "error P0407: `source.app` reads a tag, but a source of CodePipeline follows a branch",
        ),
        (
            source(|config| {
                config.insert("submodules".to_owned(), Value::Bool(true));
            }),
            "warning P0408: the submodules of `source.app` are not exported: a connection does not read them",
        ),
        (
            shop_with(commands()).change(|plan| {
                plan.actions[0].config.insert("full_clone".to_owned(), Value::Bool(true));
            }),
            "warning P0424: `build.all` reads a full clone, which only CodeBuild actions understand",
        ),
        (
            shop_with(action("build.x", "azure.task")),
            "error P0407: CodePipeline has no action type for `azure.task`",
        ),
        (
            approve().change(|plan| plan.actions[1].retry = Some(2)),
            "warning P0408: `retry` of `build.ok` is not exported: CodePipeline retries stages, not actions",
        ),
        (
            shop_with(site("build.eu", "eu-west-1").but(|action| action.timeout = Some(600))),
            "warning P0408: the timeout of `build.eu` is not exported: the service has its own for each action type",
        ),
        (timeout(300), ""),
        (timeout(299), "warning P0420: the timeout of `build.ok` becomes 5 minutes"),
        (timeout(60), "error P0420: the timeout of `build.ok` is not between 5 minutes and 60 days"),
        (timeout(u64::MAX), "error P0420: the timeout of `build.ok` is not between 5 minutes and 60 days"),
    ]
}

pub(super) fn action_types() -> Cases {
    vec![
        (
            shop_with(
                action("build.x", "aws.action")
                    .with("category", "Compute")
                    .with("provider", "Commands")
                    .reads("APP", "source.app", None),
            ),
            "error P0407: `build.x` has no commands: `aws.action` gives an action type its configuration only",
        ),
        (
            approve().change(|plan| {
                plan.actions[1].config.insert("notify".to_owned(), Value::text("team"));
            }),
            "warning P0415: `team` does not look like the ARN of an SNS topic",
        ),
        (
            shop_with(action("build.x", "aws.codebuild").with("project_name", "x")),
            "error P0419: `build.x` has 0 input artifacts; its action type takes 1 to 5",
        ),
        (
            shop_with(
                action("build.x", "aws.codebuild")
                    .with("project_name", "x")
                    .reads("APP", "source.app", None)
                    .gives(Some("a"), "one-a", &[])
                    .gives(Some("b"), "one_b", &[]),
            ),
            "warning P0423: CodeBuild cannot make the artifact `one-a`, because of the `-`",
        ),
        (
            shop_with(
                action("build.x", "aws.action")
                    .with("category", "Invoke")
                    .with("owner", "Custom")
                    .with("provider", "a b"),
            ),
            "error P0402: CodePipeline does not accept `a b` as the name of a provider",
        ),
        (
            shop_with(
                action("build.x", "aws.action")
                    .with("category", "Invoke")
                    .with("owner", "Custom")
                    .with("provider", "x")
                    .but(|action| action.role = Some("arn:aws:iam::111122223333:role/x".into())),
            ),
            "error P0415: `build.x` is not an action of AWS, so it has no role",
        ),
    ]
}

pub(super) fn runs() -> Cases {
    let many = |count: usize| (0..count).fold(commands(), |action, i| action.env(&format!("V{i}"), "x"));
    let names: Vec<String> = (0..16).map(|i| format!("V{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let globs: Vec<String> = (0..11).map(|i| format!("d{i}/*")).collect();
    let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
    vec![
        (shop_with(many(10)), ""),
        (
            shop_with(many(11)),
            "error P0409: `build.all` has 11 environment variables; its action type takes 10",
        ),
        (
            shop_with(commands().gives(Some("a"), "a", &["a"]).gives(Some("b"), "b", &["b"])),
            "error P0409: `build.all` has 2 output artifacts; its action type takes 1",
        ),
        (
            shop_with(commands().vars(&names)),
            "error P0409: `build.all` has 16 variables; its action type takes 15",
        ),
        (
            shop_with(commands().gives(None, "a", &globs)),
            "error P0409: `build.all` has 11 globs of an artifact; its action type takes 10",
        ),
        (
            shop_with(commands().with("image", "node:22")),
            "error P0409: `build.all` wants the image `node:22`, but a Commands action always has the service's own",
        ),
        (shop_with(commands().with("image", "node:22")).aws(|aws| aws.run = RunAs::Codebuild), ""),
        (shop_with(commands().but(|action| action.timeout = Some(55 * 60))), ""),
        (
            shop_with(commands().but(|action| action.timeout = Some(55 * 60 + 1))),
            "error P0409: `build.all` may take longer than the 55 minutes of a Commands action",
        ),
        (
            shop_with(commands().but(|action| action.timeout = Some(20 * 60))),
            "hint P0408: the timeout of `build.all` is not exported: a Commands action ends after 55 minutes",
        ),
        (
            shop_with(commands().but(|action| action.timeout = Some(61)))
                .aws(|aws| aws.run = RunAs::Codebuild),
            "warning P0420: the timeout of `build.all` becomes 5 minutes",
        ),
        (
            shop_with(commands().vars(&["a-b"])),
            "error P0402: `a-b` of `build.all` is not a name that a shell can export",
        ),
        (
            shop_with(commands().env("A.B", "x")),
            "error P0402: CodePipeline does not accept `A.B` as the name of an environment variable",
        ),
        (shop_with(commands().env("EMPTY", "")), ""),
        (
            shop_with(commands().reads("LIB", "source.lib", None))
                .action(git("source.lib").but(|action| action.outputs[0].name = "the-lib".to_owned())),
            "warning P0423: `build.all` may not find its input `the-lib` in CodeBuild",
        ),
    ]
}

pub(super) fn texts() -> Cases {
    let message = |text: &str| shop_with(action("build.ok", "approve").with("message", text));
    let overrides = |text: &str| {
        shop_with(
            action("build.stack", "aws.cloudformation")
                .with("action_mode", "CREATE_UPDATE")
                .with("stack_name", "shop")
                .with("parameter_overrides", record(&[("A", Value::text(text))]))
                .reads("APP", "source.app", None),
        )
    };
    vec![
        (overrides(&"x".repeat(1024 - 8)), ""),
        (
            overrides(&"x".repeat(1024 - 7)),
            "warning P0410: `parameter_overrides` of `build.stack` has 1025 bytes as JSON; CodePipeline documents at most 1024",
        ),
        (message(""), "error P0410: `message` of `build.ok` is empty, which CodePipeline does not accept"),
        (message(&"x".repeat(1000)), ""),
        (
            message(&"x".repeat(1001)),
            "warning P0410: `message` of `build.ok` has 1001 characters; CodePipeline documents at most 1000",
        ),
        (
            message(&"x".repeat(50_001)),
            "error P0410: `message` of `build.ok` has 50001 characters; CodePipeline takes at most 1000",
        ),
        (
            approve().variable("x", Some("")),
            "error P0410: the default of the variable `x` must have 1 to 1000 characters",
        ),
        (
            message("use #{a.b}"),
            "error P0411: `message` of `build.ok` holds the text `#{a.b}`, which CodePipeline takes for a reference to a variable",
        ),
        (
            message("id #{codepipeline.PipelineExecutionId}"),
            "warning P0411: `message` of `build.ok` holds the text `#{codepipeline.PipelineExecutionId}`, which CodePipeline \
             replaces by a value",
        ),
        (
            message("a #{ b"),
            "warning P0411: `message` of `build.ok` holds the text `#{ b`, which CodePipeline may refuse",
        ),
        (
            approve().variable("x", Some("y")).change(|plan| {
                plan.actions[0].config.insert("branch".to_owned(), joined("release/", variable("x"), ""));
            }),
            "error P0412: the source `source.app` uses the variable `x`",
        ),
        (
            shop_with(
                action("build.x", "aws.codebuild")
                    .with("project_name", "x")
                    .env("M", joined("", output("source.app", "commit_message"), ""))
                    .reads("APP", "source.app", None),
            ),
            "warning P0422: a commit message goes into the JSON of `M` of `build.x`",
        ),
        (shop_with(commands().env("M", joined("", output("source.app", "commit_message"), ""))), ""),
        (
            shop_with(
                action("build.x", "aws.action")
                    .with("category", "Invoke")
                    .with("provider", "x")
                    .with("configuration", record(&[(&"k".repeat(51), list(&["a"]))])),
            ),
            "error P0402: CodePipeline does not accept `kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk` as a configuration key",
        ),
        (
            shop_with(
                action("build.ok", "approve").with("message", joined("", output("source.none", "x"), "")),
            ),
            "error P0407: `message` of `build.ok` refers to something that the plan does not have\n\
             error P0410: `message` of `build.ok` is empty, which CodePipeline does not accept",
        ),
    ]
}
