//! One cause, one error: what follows from a mistake is not said as well, and what was meant is.

use super::modules::{project, said};

/// What is said about a file that uses `lib.pipe`.
fn with_lib(text: &str) -> Vec<String> {
    said(&[("main.pipe", text), ("lib.pipe", LIB)])
}

/// Fails unless exactly this is said about a file that uses `lib.pipe`, and mends to this where there is a fix.
#[track_caller]
fn says(text: &str, wanted: &str, fix: Option<&str>) {
    let said = with_lib(text);
    assert_eq!(said, [wanted], "{text}");
    let (_, compilation) = project(&[("main.pipe", text), ("lib.pipe", LIB)]);
    let fixes = compilation.diagnostics.iter().filter(|d| d.severity != crate::diagnostic::Severity::Hint);
    let fixes: Vec<_> = fixes.filter_map(|d| d.fix.as_ref()).map(|f| f.edits[0].text.as_str()).collect();
    assert_eq!(fixes, fix.into_iter().collect::<Vec<_>>(), "{text}");
}

const LIB: &str = "type Channel = \"a\" | \"b\"\nlet region = \"eu\"\nfn greet(x: string): string = \"hi #{x}\"\n\
    stage ship(x: Channel) { action a = run { script: \"true\" } }\n\
    action build(part: string) = run { env: { P: part }, script: \"true\", output: \"x/**\" }\n\
    rule late { service: { category: \"Rule\", provider: \"Late\" } }\n";

/// A pipeline with this in the body of its only stage.
fn stage(items: &str) -> String {
    format!("pipeline p {{\n  stage s {{\n{items}\n  }}\n}}\n")
}

fn action(fields: &str) -> String {
    stage(&format!("action x = run {{ script: \"true\", {fields} }}"))
}

#[test]
fn a_selected_name_that_is_misspelt() {
    let uses = "stage s(a: Chanel) { action x = run { script: \"true\" } }\nfn f(x: Chanel): string = \"x\"";
    let wanted = "P0214 main.pipe Chanel: `lib.pipe` does not declare `Chanel`";
    says(&format!("use \"lib.pipe\" {{ Chanel }}\n{uses}"), wanted, Some("Channel"));
    let uses = uses.replace("Chanel", "Kind");
    says(&format!("use \"lib.pipe\" {{ Chanel as Kind }}\n{uses}"), wanted, Some("Channel"));
}

#[test]
fn a_key_that_is_misspelt_is_not_missing() {
    let aws = |fields: &str| format!("pipeline p {{\n  aws {{ {fields} }}\n}}");
    let role = "role: \"arn:aws:iam::111122223333:role/p\"";
    says(
        &aws(&format!("{}, artifact_bucket: \"b\"", role.replace("role:", "rol:"))),
        "P0302 main.pipe rol: `aws` has no field `rol`",
        Some("role"),
    );
    says(
        &aws(&format!("{role}, bucket: \"b\"")),
        "P0302 main.pipe bucket: `aws` has no field `bucket`",
        Some("artifact_bucket"),
    );
    let deploy = |fields: &str| {
        stage(&format!(
            "action x = run {{ script: \"true\", output: \"x\" }}\naction y = aws.s3_deploy {{ inputs: [x], extract: true, {fields} }}"
        ))
    };
    says(
        &deploy("bucket: \"shop\""),
        "P0302 main.pipe bucket: `aws.s3_deploy` has no field `bucket`",
        Some("bucket_name"),
    );
    says(
        &deploy("bucket_name: \"shop\", local: { scrpt: \"true\" }"),
        "P0302 main.pipe scrpt: `local` has no field `scrpt`",
        Some("script"),
    );
    says(
        &stage(
            "gate g on entry = aws.alarm { alarm_nam: \"x\" } else fail\naction x = run { script: \"true\" }",
        ),
        "P0302 main.pipe alarm_nam: `aws.alarm` has no field `alarm_nam`",
        Some("alarm_name"),
    );
    says(
        &stage("action a = git { repo: \"a/b\", branch: \"main\" }"),
        "P0302 main.pipe repo: `git` has no field `repo`",
        Some("repository"),
    );
}

#[test]
fn filters_of_triggers() {
    let trigger = |filters: &str, source: &str| {
        format!(
            "pipeline p {{\n  on push {{ {filters} }}\n  stage s {{\n    action app = git {{ repository: \"a/b\", branch: \"main\" }}\n{source}\n  }}\n}}"
        )
    };
    says(
        &trigger("branchs: [\"main\"]", ""),
        "P0302 main.pipe branchs: `on push` has no field `branchs`",
        Some("branches"),
    );
    says(
        &trigger("sourc: app", "action lib = git { repository: \"a/c\", branch: \"main\" }"),
        "P0302 main.pipe sourc: `on push` has no field `sourc`",
        Some("source"),
    );
}

#[test]
fn what_an_action_offers_is_not_missed_where_its_field_is_wrong() {
    let pair = |first: &str, second: &str| {
        let items = format!("action a = {first}\naction b = run {{ script: \"true\", {second} }}");
        format!("action t(x: string) = run {{ env: {{ X: x }}, script: \"true\" }}\n{}", stage(&items))
    };
    for (field, use_, near) in [
        ("ouputs: [\"x\"]", "env: { X: a.x }, inputs: [a.x]", "outputs"),
        ("ouput: \"x/**\"", "inputs: [a]", "output"),
        ("varables: [\"TAG\"]", "env: { X: a.TAG }", "variables"),
    ] {
        let key = field.split(':').next().unwrap_or_default();
        says(
            &pair(&format!("run {{ script: \"true\", {field} }}"), use_),
            &format!("P0302 main.pipe {key}: `run` has no field `{key}`"),
            Some(near),
        );
    }
    for (field, use_) in [
        ("outputs: { z: \"z/**\" }", "inputs: [a.z]"),
        ("output: \"z/**\"", "inputs: [a]"),
        ("variables: [\"TAG\"]", "env: { X: a.TAG }"),
    ] {
        let key = field.split(':').next().unwrap_or_default();
        says(
            &pair(&format!("t {{ x: \"y\", {field} }}"), use_),
            &format!("P0302 main.pipe {key}: the template `t` has no parameter `{key}`"),
            None,
        );
    }
    says(
        &pair("run { script: \"true\", outputs: nope }", "inputs: [a.x]"),
        "P0301 main.pipe nope: `outputs` is a record: an id and its files for each artifact",
        None,
    );
}

#[test]
fn families() {
    let family = |head: &str| stage(&format!("action a for {head} = run {{ script: \"true\" }}"));
    says(&family("lang in lang"), "P0201 main.pipe lang: nothing here is called `lang`", None);
    let (_, compilation) = project(&[("main.pipe", &family("lang in lang"))]);
    assert!(compilation.diagnostics[0].help[0].starts_with("`for` gives `lang` a meaning behind it only"));
    says(
        &family("x in [\"a\", \"b\", \"a\", \"b\"]"),
        "P0312 main.pipe \"a\": `a` and `b` are in this list twice",
        None,
    );
    says(&family("x in [\"a\", \"a\", \"a\"]"), "P0312 main.pipe \"a\": `a` is in this list twice", None);
    let itself = "pipeline p {\n  stage t for t in t { action y = run { script: \"true\" } }\n}";
    says(itself, "P0202 main.pipe t: `t` is declared twice", None);
}

#[test]
fn an_action_without_an_artifact_is_not_waited_for() {
    let text = "pipeline p {\n  stage s { action a = run { script: \"true\", inputs: [b] } }\n  stage t { action b = run { script: \"true\" } }\n}";
    says(text, "P0311 main.pipe b: `b` makes no artifact", None);
}

#[test]
fn functions_that_call_each_other_are_one_circle() {
    let text = "fn a(x: int): int = b(x)\nfn b(x: int): int = c(x)\nfn c(x: int): int = a(x)\nlet v = c(1)\n";
    says(text, "P0504 main.pipe b(x): these functions call each other: `a` → `b` → `c` → `a`", None);
    says(
        "fn a(x: int): int = a(x)\nlet v = a(1)",
        "P0504 main.pipe a(x): the function `a` calls itself",
        None,
    );
}

#[test]
fn the_name_of_a_file_is_suggested_wherever_it_stands() {
    let of = |text: &str| format!("use \"lib.pipe\" as deploy\n{text}");
    says(
        &of("fn f(x: deplyo.Channel): string = \"x\""),
        "P0208 main.pipe deplyo.Channel: there is no type `deplyo.Channel`",
        Some("deploy.Channel"),
    );
    says(
        &of("pipeline p { stage one = deplyo.ship { x: \"a\" } }"),
        "P0203 main.pipe deplyo.ship: there is no template `deplyo.ship`",
        Some("deploy.ship"),
    );
    says(
        &of(&stage("action a = deplyo.build { part: \"x\" }")),
        "P0203 main.pipe deplyo.build: there is no action type `deplyo.build`",
        Some("deploy.build"),
    );
    says(
        &of(&stage("gate g on entry = deplyo.late { } else fail\naction a = run { script: \"true\" }")),
        "P0203 main.pipe deplyo.late: there is no rule `deplyo.late`",
        Some("deploy.late"),
    );
    for value in ["deplyo.region", "deplyo.greet(\"x\")"] {
        says(
            &of(&action(&format!("env: {{ X: {value} }}"))),
            "P0201 main.pipe deplyo: nothing here is called `deplyo`",
            Some("deploy"),
        );
    }
    // A declaration of such a file that is named without it.
    says(
        &of("pipeline p { stage one = ship { x: \"a\" } }"),
        "P0203 main.pipe ship: there is no template `ship`",
        Some("deploy.ship"),
    );
}

#[test]
fn a_mistake_in_a_template_is_one_in_all_its_instances() {
    let template = "stage s(x: string) {\n  action a = run { name: \"n-#{x}\", script: \"true\" }\n  action b = run { name: \"n-#{x}\", script: \"true\" }\n}\n";
    let text = format!(
        "{template}pipeline p {{\n  stage one = s {{ x: \"1\" }}\n  stage two = s {{ x: \"2\" }}\n  stage three = s {{ x: \"3\" }}\n}}"
    );
    says(&text, "P0209 main.pipe \"n-#{x}\": two actions are exported as `n-1`", None);
    let (_, compilation) = project(&[("main.pipe", &text)]);
    let label = compilation.diagnostics[0].labels.last().map(|label| label.text.as_str());
    assert_eq!(label, Some("in the stage `one`, an instance of `s`, and in 2 more"));
    let unknown = text.replace("name: \"n-#{x}\"", "env: { X: x, Y: nope }");
    let (_, compilation) = project(&[("main.pipe", &unknown)]);
    let labels = compilation.diagnostics.iter().filter(|d| d.code.id == "P0201").flat_map(|d| &d.labels);
    let labels: Vec<&str> = labels.map(|label| label.text.as_str()).collect();
    assert_eq!(labels, ["in the stage `one`, an instance of `s`, and in 2 more", "and here"]);
}

#[test]
fn what_is_built_in_is_not_hidden() {
    let wanted = "P0202 main.pipe run: `run` is an action type that is built in";
    says("callee run { inputs: 0..1 }", wanted, None);
    // Whoever uses the name may mean either.
    says(&format!("callee run {{ inputs: 0..1 }}\n{}", action("image: \"x\"")), wanted, None);
    says("action run(x: string) = approve { message: x }", wanted, None);
    says("use \"lib.pipe\" { build as run }", wanted, None);
    let lib = "action run(x: string) = approve { message: x }";
    let said = said(&[("main.pipe", "use \"l.pipe\" { run }\nuse \"l.pipe\""), ("l.pipe", lib)]);
    assert_eq!(said, [wanted.replace("main", "l")]);
    says("fn len(x: string): string = x", "P0202 main.pipe len: `len` is a function that is built in", None);
}

#[test]
fn callees_are_described_as_they_must_be() {
    let field = |field: &str| format!("callee c {{\n  fields: {{ {field} }}\n}}");
    says(
        &field("n: int = \"x\""),
        "P0320 main.pipe \"x\": the default of this field is a whole number",
        None,
    );
    says(
        &field("n: \"a\" | \"b\" = \"c\""),
        "P0320 main.pipe \"c\": the default of this field is `a` or `b`",
        None,
    );
    says(&field("n: string { max: 3 }"), "P0320 main.pipe max: `max` is for a field that is an `int`", None);
    says(
        &field("n: int { pattern: \"x\" }"),
        "P0320 main.pipe pattern: `pattern` is for a field that is a text",
        None,
    );
    for right in ["n: int = 3 { max: 3 }", "n: duration = 15m", "n: list<string> = [\"a\"] { max_items: 2 }"]
    {
        assert!(with_lib(&field(right)).is_empty(), "{right}");
    }
    let service = |service: &str| format!("callee c {{\n  service: {{ provider: \"X\", {service} }}\n}}");
    says(
        &service("category: \"Biuld\""),
        "P0320 main.pipe \"Biuld\": `category` cannot be `Biuld`",
        Some("\"Build\""),
    );
    says(
        &service("category: \"Build\", owner: \"Me\""),
        "P0320 main.pipe \"Me\": `owner` cannot be `Me`",
        None,
    );
    says("callee c { owner: \"AWS\" }", "P0302 main.pipe owner: an action type has no field `owner`", None);
}

#[test]
fn variables_of_the_environment_have_names() {
    let secret = |name: &str| format!("pipeline p {{\n  secret t {{ local: env(\"{name}\") }}\n}}");
    says(
        &secret("1BAD-NAME"),
        "P0313 main.pipe \"1BAD-NAME\": `1BAD-NAME` cannot be the name of an environment variable",
        None,
    );
    assert!(with_lib(&secret("TOKEN")).is_empty());
}

#[test]
fn what_is_missing_is_listed() {
    says(
        &stage("action a = aws.step_functions { }"),
        "P0303 main.pipe aws.step_functions: `aws.step_functions` needs `state_machine_arn`",
        None,
    );
    let text = "stage s(a: string, b: string, c: string) { action x = run { env: { A: a, B: b, C: c }, script: \"true\" } }\npipeline p { stage one = s { } }";
    says(text, "P0303 main.pipe s: the template `s` needs `a`, `b` and `c`", None);
}

#[test]
fn files_that_are_used_are_checked_whole() {
    let lib = "let a = nope\nfn f(n: int): string = n\naction t(x: string) = runn { }\nstage u(x: string) { action y = run { script: x, env: { A: none_such } } }";
    let said = said(&[("main.pipe", "use \"lib.pipe\"\npipeline p {}"), ("lib.pipe", lib)]);
    let codes: Vec<&str> = said.iter().map(|line| &line[..14]).collect();
    assert_eq!(codes, ["P0201 lib.pipe", "P0301 lib.pipe", "P0203 lib.pipe", "P0201 lib.pipe"], "{said:#?}");
}
