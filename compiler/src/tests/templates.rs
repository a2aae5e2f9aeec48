//! Templates of pipelines, stages and actions, and their instances.

use super::modules::{codes, plan, project, said};
use crate::source::Sources;
use crate::{Options, compile_with, load};

const LIB: &str = r#"
type Env = "staging" | "prod"

/// Builds one part.
action build(part: string, files: string = "out/**") = run {
  env: { PART: part }
  script: "make \"$PART\""
  output: files
}

action tested(part: string) = build { part: part, timeout: 10m }

/// Ships a site.
stage ship(env: Env, site: artifact, parts: list<string> = []) {
  let bucket = "shop-#{env}"

  gate hours on entry if env == "prod" = aws.deployment_window { cron: "* * 9-16 ? * MON-FRI *" } else fail

  action upload = aws.s3_deploy { inputs: [site], bucket_name: bucket, extract: true }
  action smoke for part in parts if env == "prod" = run {
    after: [upload]
    env: { PART: part }
    script: "test -n \"$PART\""
  }
}
"#;

fn main_file(stages: &str) -> String {
    format!(
        "use \"lib.pipe\" as lib\npipeline p {{\n  variable level: string = \"info\"\n  stage source {{ action app = git {{ repository: \"a/b\", branch: \"main\" }} }}\n  stage make {{\n    action web = lib.build {{ part: \"web\", inputs: [app] }}\n  }}\n{stages}\n}}\n"
    )
}

fn check(stages: &str) -> Vec<String> {
    said(&[("main.pipe", &main_file(stages)), ("lib.pipe", LIB)])
}

fn planned(stages: &str) -> crate::plan::Plan {
    plan(&[("main.pipe", &main_file(stages)), ("lib.pipe", LIB)])
}

fn ids(plan: &crate::plan::Plan) -> Vec<&str> {
    plan.actions.iter().map(|action| action.id.as_str()).collect()
}

#[test]
fn an_instance_is_a_stage_with_the_arguments_in_it() {
    let plan = planned(
        "stage staging = lib.ship { env: \"staging\", site: make.web }\nstage prod = lib.ship { env: \"prod\", site: make.web, parts: [\"a\", \"b\"], name: \"Production\" }",
    );
    assert_eq!(
        ids(&plan),
        ["source.app", "make.web", "staging.upload", "prod.upload", "prod.smoke-a", "prod.smoke-b"]
    );
    let prod = &plan.stages[3];
    assert_eq!((prod.name.as_str(), prod.description.as_deref()), ("Production", Some("Ships a site.")));
    assert_eq!(prod.gates.len(), 1);
    assert!(plan.stages[2].gates.is_empty());
    assert_eq!(plan.actions[3].config["bucket_name"].as_str(), Some("shop-prod"));
    assert_eq!(plan.actions[4].needs, ["prod.upload"]);
    assert_eq!((plan.actions[3].source.file.as_str(), plan.actions[3].source.line), ("lib.pipe", 19));
}

#[test]
fn what_an_instance_makes_is_named_through_it() {
    let plan = planned(
        "stage a = lib.ship { env: \"prod\", site: make.web, parts: [\"x\"] }\nstage b { action last = run { after: [a.upload, a.smoke], script: \"x\" } }",
    );
    assert_eq!(plan.actions[4].needs, ["a.upload", "a.smoke-x"]);
}

#[test]
fn families_of_instances() {
    let plan = planned(
        "stage go for env, part in { staging: \"s\", prod: \"p\" } = lib.ship { env: env, site: make.web, parts: [part], needs: [make] }",
    );
    assert_eq!(ids(&plan)[2..], ["go-staging.upload", "go-prod.upload", "go-prod.smoke-p"]);
    assert_eq!(plan.stages[3].needs, ["make"]);
}

#[test]
fn templates_of_actions_build_on_each_other() {
    let plan = planned(
        "stage more {\n  action api = lib.tested { part: \"api\", env: { EXTRA: level }, when: level == \"info\" }\n}",
    );
    let api = &plan.actions[2];
    assert_eq!(api.callee, "run");
    assert_eq!(api.timeout, Some(600));
    assert_eq!(api.env.keys().collect::<Vec<_>>(), ["PART", "EXTRA"]);
    assert!(api.when.is_some());
    assert_eq!(api.outputs[0].files, ["out/**"]);
    // A common field of the instance wins.
    let plan = planned("stage more { action api = lib.tested { part: \"api\", timeout: 5m } }");
    assert_eq!(plan.actions[2].timeout, Some(300));
}

#[test]
fn a_template_of_actions_sees_its_file_only() {
    let lib = "action t() = run { env: { V: secret_plan }, after: [other], script: \"x\" }";
    let main = "use \"lib.pipe\"\npipeline p { stage s { let secret_plan = \"x\"\n action other = run { script: \"x\" }\n action a = lib.t {} } }";
    let found = said(&[("main.pipe", main), ("lib.pipe", lib)]);
    assert_eq!(
        found.iter().map(|line| &line[..14]).collect::<Vec<_>>(),
        ["P0201 lib.pipe", "P0201 lib.pipe"],
        "{found:#?}"
    );
}

#[test]
fn what_a_condition_keeps_out_is_no_mistake() {
    let lib = "type R = { a: string }\nstage s(x: string?, r: R?) {\n  let text = if x == null then \"none\" else \"<#{x}>\"\n  let field = if r == null then \"none\" else r.a\n  action a = run { env: { T: text, F: field }, script: \"x\" }\n}";
    let plan = plan(&[
        (
            "main.pipe",
            "use \"lib.pipe\"\npipeline p { stage one = lib.s {}\n stage two = lib.s { x: \"y\", r: { a: \"z\" } } }",
        ),
        ("lib.pipe", lib),
    ]);
    let values: Vec<_> =
        plan.actions.iter().flat_map(|a| a.env.values().filter_map(|v| v.as_str())).collect();
    assert_eq!(values, ["none", "none", "<y>", "z"]);
}

#[test]
fn defaults_of_the_user_apply_inside() {
    let text = main_file("stage more { action api = lib.tested { part: \"api\" } }")
        .replace("variable level", "defaults run { image: \"node:22\", timeout: 1h }\n  variable level");
    let plan = plan(&[("main.pipe", &text), ("lib.pipe", LIB)]);
    assert_eq!(plan.actions[2].config["image"].as_str(), Some("node:22"));
    assert_eq!(plan.actions[2].timeout, Some(600), "what the template says is nearer");
}

#[test]
fn arguments_are_checked() {
    assert_eq!(
        check("stage s = lib.ship { env: \"prod\" }"),
        ["P0303 main.pipe lib.ship: the template `ship` needs `site`"]
    );
    assert_eq!(
        check("stage s = lib.ship { env: \"prd\", site: make.web }"),
        ["P0305 main.pipe \"prd\": `env` cannot be `prd`"]
    );
    assert_eq!(
        check("stage s = lib.ship { env: \"prod\", sit: make.web }"),
        ["P0302 main.pipe sit: the template `ship` has no parameter `sit`"],
        "one cause, one error"
    );
    assert_eq!(
        check("stage s = lib.ship { env: \"prod\", site: app.commit }"),
        ["P0301 main.pipe app.commit: `site` is an artifact, and this is a string that is known only at run"]
    );
    assert_eq!(
        check("stage s = lib.ship { env: level, site: make.web }"),
        [
            "P0301 main.pipe level: `env` is one of a few texts, and this is a string that is known only at run"
        ]
    );
    assert_eq!(
        check("stage s { action a = lib.build { part: \"x\", scirpt: \"y\" } }"),
        ["P0302 main.pipe scirpt: the template `build` has no parameter `scirpt`"]
    );
    assert_eq!(
        check("stage s { action a = lib.ship { } }"),
        ["P0215 main.pipe lib.ship: `lib.ship` is a stage template and makes no action"]
    );
    assert_eq!(
        check("stage s = run { script: \"x\" }"),
        ["P0215 main.pipe run: `run` is an action type, and a template is wanted"]
    );
}

#[test]
fn a_mistake_in_a_template_shows_the_instance() {
    let lib = "stage s(x: artifact) {\n  action a = run { env: { V: x.COUNT }, script: \"y\" }\n}";
    let main = "use \"lib.pipe\"\npipeline p {\n  stage b { action m = run { script: \"x\", output: \"o/**\" } }\n  stage one = lib.s { x: b.m }\n  stage two = lib.s { x: b.m }\n}";
    let (_, compilation) = project(&[("main.pipe", main), ("lib.pipe", lib)]);
    let [error] = compilation.diagnostics.iter().filter(|d| d.code.id != "P0603").collect::<Vec<_>>()[..]
    else {
        panic!("one error for both instances: {:?}", compilation.diagnostics)
    };
    assert_eq!(error.code.id, "P0205");
    assert_eq!(error.labels.last().map(|l| l.text.as_str()), Some("in the stage `one`, an instance of `s`"));
}

#[test]
fn a_template_sees_nothing_of_the_pipeline() {
    let lib = "stage s() { action a = run { inputs: [app], script: \"y\" } }";
    let main = "use \"lib.pipe\"\npipeline p {\n  stage source { action app = git { repository: \"a/b\", branch: \"main\" } }\n  stage one = lib.s {}\n}";
    assert_eq!(
        said(&[("main.pipe", main), ("lib.pipe", lib)]),
        ["P0201 lib.pipe app: a template does not see `app` of the pipeline that uses it"]
    );
}

#[test]
fn templates_are_checked_without_instances() {
    assert!(said(&[("lib.pipe", LIB)]).is_empty());
    let wrong = "type R = { a: string, b: int? }\nstage s(r: R, x: artifact, n: int) {\n  action a = run { inputs: [n], env: { V: r.c }, script: \"#{r.a}\" }\n}\nfn f(n: int): string = n\naction t(x: string) = runn { }\npipeline q(n: int) { stage s { action a = run { script: n } } }";
    assert_eq!(
        codes(&[("lib.pipe", wrong)]),
        ["P0301", "P0210", "P0307", "P0301", "P0203", "P0301"],
        "{:#?}",
        said(&[("lib.pipe", wrong)])
    );
}

#[test]
fn templates_cannot_be_made_from_themselves() {
    let text = "action a(x: string) = b { y: x }\naction b(y: string) = a { x: y }\npipeline p { stage s { action z = a { x: \"1\" } } }";
    let said = said(&[("main.pipe", text)]);
    assert!(said.iter().all(|line| line.starts_with("P0504")), "{said:#?}");
    assert!(!said.is_empty());
}

#[test]
fn parameters_have_names_of_their_own() {
    let text =
        "stage s(needs: string, a: int, a: int) {}\naction t(timeout: duration) = run { script: \"x\" }";
    assert_eq!(codes(&[("main.pipe", text)]), ["P0202", "P0202", "P0202"]);
}

const PIPELINES: &str = "/// Both.\npipeline shop(region: string, retries: int = 1) {\n  defaults { region: region }\n  stage s { action a = run { retry: retries, script: \"x\" } }\n}\n";

#[test]
fn templates_of_pipelines() {
    let main = "use \"lib.pipe\"\npipeline eu = lib.shop { region: \"eu-west-1\" }\npipeline us = lib.shop { region: \"us-east-1\", retries: 2, name: \"shop-us\" }";
    let (_, compilation) = project(&[("main.pipe", main), ("lib.pipe", PIPELINES)]);
    let plans: Vec<_> = compilation.pipelines.iter().map(|p| &p.plan).collect();
    assert_eq!(plans.iter().map(|p| p.pipeline.name.as_str()).collect::<Vec<_>>(), ["eu", "shop-us"]);
    assert_eq!(plans[1].actions[0].retry, Some(2));
    assert_eq!(plans[0].actions[0].region, Some("eu-west-1".into()));
    assert_eq!(plans[0].pipeline.description.as_deref(), Some("Both."));
}

fn with_set(set: &[(&str, &str)]) -> (Vec<String>, Vec<Option<u32>>) {
    let loader = super::Memory::default().with("lib.pipe", PIPELINES);
    let mut sources = Sources::default();
    let id = load(&loader, &mut sources, "lib.pipe").expect("the file is there");
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let compilation = compile_with(&mut sources, id, &loader, &Options { set, ..Options::default() });
    let said = compilation.diagnostics.iter().map(|d| format!("{}: {}", d.code.id, d.message)).collect();
    (said, compilation.pipelines.iter().map(|p| p.plan.actions[0].retry).collect())
}

#[test]
fn parameters_come_from_the_command_line() {
    assert_eq!(with_set(&[("region", "eu"), ("retries", "3")]), (vec![], vec![Some(3)]));
    assert_eq!(with_set(&[]), (vec![], vec![]));
    let (said, _) = with_set(&[("retries", "2")]);
    assert_eq!(said, ["P0704: the template `shop` needs `region`"]);
    let (said, _) = with_set(&[("region", "eu"), ("retries", "many")]);
    assert_eq!(said, ["P0704: `--set retries=many` is not an int"]);
    let (said, _) = with_set(&[("region", "eu"), ("retires", "1")]);
    assert_eq!(said, ["P0704: the template `shop` has no parameter `retires`"]);
}
