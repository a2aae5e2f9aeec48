//! Types, functions, and when values are known.

use super::modules::{codes, plan, said};

fn of(top: &str, env: &str) -> Vec<String> {
    said(&[("main.pipe", &file(top, env))])
}

fn file(top: &str, env: &str) -> String {
    format!(
        "{top}\npipeline p {{\n  variable level: string = \"info\"\n  stage source {{ action app = git {{ repository: \"a/b\", branch: \"main\" }} }}\n  stage st {{ action act = run {{ inputs: [app], env: {{ V: {env} }}, script: \"x\" }} }}\n}}\n"
    )
}

fn value(top: &str, env: &str) -> String {
    let plan = plan(&[("main.pipe", &file(top, env))]);
    plan.actions[1].env["V"].as_str().unwrap_or("not constant").to_owned()
}

#[test]
fn records_have_optional_fields_and_defaults() {
    let top = "type Site = { name: string, region: string = \"eu\", note: string?, size: { cpu: int = 2 }? }\nlet site: Site = { name: \"shop\", size: {} }";
    assert_eq!(
        value(top, "\"#{site.name} #{site.region} #{site.note ?? \"none\"} #{site.size.cpu}\""),
        "shop eu none 2"
    );
    let list = "type Site = { name: string, region: string = \"eu\" }\nlet sites: list<Site> = [{ name: \"a\" }, { name: \"b\", region: \"us\" }]";
    assert_eq!(value(list, "join([\"#{s.name}-#{s.region}\" for s in sites], \" \")"), "a-eu b-us");
}

#[test]
fn a_wrong_record_is_one_error_that_names_the_field() {
    let ty = "type Site = { name: string, ports: list<int> = [] }";
    assert_eq!(
        of(&format!("{ty}\nlet s: Site = {{ nam: \"x\" }}"), "s.name"),
        ["P0302 main.pipe nam: `s` has no field `nam`"]
    );
    assert_eq!(
        of(&format!("{ty}\nlet s: Site = {{}}"), "s.name"),
        ["P0303 main.pipe {}: `s` needs the field `name`"]
    );
    assert_eq!(
        of(&format!("{ty}\nlet s: Site = {{ name: \"x\", ports: [\"80\"] }}"), "s.name"),
        ["P0301 main.pipe \"80\": each element of `ports` of `s` is an int, and this is a string"]
    );
    assert_eq!(
        of(&format!("{ty}\nlet s: Site = {{ name: \"x\" }}"), "s.nmae"),
        ["P0210 main.pipe nmae: this record has no field `nmae`"]
    );
}

#[test]
fn enumerations() {
    let ty = "type Env = \"staging\" | \"prod\"";
    assert_eq!(value(&format!("{ty}\nlet e: Env = \"prod\""), "e"), "prod");
    assert_eq!(
        of(&format!("{ty}\nlet e: Env = \"prd\""), "e"),
        ["P0305 main.pipe \"prd\": `e` cannot be `prd`"]
    );
    assert_eq!(value(&format!("{ty}\nfn f(e: Env?): string = e ?? \"none\""), "f(null)"), "none");
    assert_eq!(value("let e: \"a\" | \"b\"? = null", "e ?? \"null\""), "null");
}

#[test]
fn declared_types_are_checked_themselves() {
    assert_eq!(
        of("type A = { b: B }\ntype B = list<A>", "\"\""),
        ["P0504 main.pipe A: the type `A` holds itself"]
    );
    assert_eq!(of("type A = strng", "\"\""), ["P0208 main.pipe strng: there is no type `strng`"]);
    assert_eq!(
        of("type A = { b: int = \"x\" }", "\"\""),
        ["P0301 main.pipe \"x\": the default is an int, and this is a string"]
    );
    assert_eq!(
        of("type A = { b: string = upper(\"x\") }", "\"\""),
        ["P0306 main.pipe upper(\"x\"): the default of a type's field is written out"]
    );
    assert_eq!(
        of("type A = { b: int, b: int }", "\"\""),
        ["P0304 main.pipe b: the field `b` is declared twice"]
    );
    assert_eq!(of("type A = \"a\"\ntype A = \"b\"", "\"\""), ["P0202 main.pipe A: `A` is declared twice"]);
}

#[test]
fn functions() {
    let top =
        "fn host(name: string, env: string = \"staging\", n: int = 1): string = \"#{name}.#{env}-#{n}\"";
    assert_eq!(value(top, "host(\"a\")"), "a.staging-1");
    assert_eq!(value(top, "host(\"a\", \"prod\", 2)"), "a.prod-2");
    assert_eq!(value("fn f(a: string, b: string = a): string = \"#{a}#{b}\"", "f(\"x\")"), "xx");
    assert_eq!(
        of(top, "host()"),
        ["P0308 main.pipe host(): `host` takes 1 to 3 arguments, and none is given"]
    );
    assert_eq!(of(top, "host(1)"), ["P0301 main.pipe 1: `name` is a string, and this is an int"]);
    assert_eq!(
        of("fn f(n: int): string = \"x\"", "f(\"x\")"),
        ["P0301 main.pipe \"x\": `n` is an int, and this is a string"]
    );
    assert_eq!(
        of("fn f(n: int): string = n", "f(1)"),
        ["P0301 main.pipe n: what `f` gives is a string, and this is an int"]
    );
    assert_eq!(
        of("fn f(n: int): int = g(n)\nfn g(n: int): int = f(n)", "\"#{f(1)}\"").len(),
        1,
        "it is one circle"
    );
    assert_eq!(of(top, "hst(\"a\")"), ["P0207 main.pipe hst: there is no function `hst`"]);
    assert_eq!(of(top, "host"), ["P0301 main.pipe host: `host` is a function, and no value by itself"]);
    // What a run knows passes through, as long as nothing looks at it.
    assert_eq!(value("fn f(a: string): string = \"<#{a}>\"", "f(app.commit)"), "not constant");
    assert_eq!(of("fn f(a: string): string = upper(a)", "f(app.commit)").len(), 1);
}

#[test]
fn what_cloudformation_knows() {
    let top = "let bucket = aws.cfn({ \"Ref\": \"Bucket\" })";
    assert_eq!(value(top, "\"s3://#{bucket}\""), "not constant");
    let codes =
        |top: &str, env: &str| -> Vec<String> { of(top, env).iter().map(|l| l[..5].to_owned()).collect() };
    assert_eq!(codes(top, "if bucket == \"x\" then \"a\" else \"b\""), ["P0322"]);
    assert_eq!(codes(top, "upper(bucket)"), ["P0306"]);
    assert_eq!(codes("let b = aws.cfn(\"x\")", "b"), ["P0301"]);
    assert_eq!(codes("let b = aws.cfn()", "\"\""), ["P0308"]);
    assert_eq!(codes("", "aws.cfn({ Ref: app.commit })"), ["P0322"]);
}

#[test]
fn secrets_flow_only_where_they_may() {
    let said_in = |items: &str, action: &str| {
        said(&[(
            "main.pipe",
            &format!(
                "pipeline p {{\n  secret token {{ local: env(\"T\") }}\n{items}\n  stage s {{ action a = {action} }}\n}}"
            ),
        )])
    };
    assert!(said_in("let alias = token", "run { env: { T: alias }, script: \"x\" }").is_empty());
    let refused = |action: &str| {
        let said = said_in("", action);
        assert_eq!(said.len(), 1, "{said:#?}");
        assert!(said[0].starts_with("P0321"), "{said:#?}");
    };
    refused("run { env: { T: \"x#{token}\" }, script: \"x\" }");
    refused("run { env: { T: upper(token) }, script: \"x\" }");
    refused("run { env: { T: if token == \"x\" then \"a\" else \"b\" }, script: \"x\" }");
    refused("approve { message: token }");
    refused("run { script: \"x\", image: token }");
    refused("aws.action { category: \"Invoke\", provider: \"X\", configuration: { K: token } }");
    assert_eq!(said_in("", "run { script: token }").len(), 1);
}

#[test]
fn secrets_say_where_they_are_found() {
    let secret = |body: &str| {
        let text = format!(
            "pipeline p {{\n  secret t {body}\n  stage s {{ action a = run {{ env: {{ T: t }}, script: \"x\" }} }}\n}}"
        );
        codes(&[("main.pipe", &text)])
    };
    assert!(secret("{ local: dotenv(\"T\"), aws: parameter_store(\"/x\") }").is_empty());
    assert!(secret("{ local: command(\"pass t\"), aws: masked }").is_empty());
    assert!(secret("{ aws: aws.cfn({ Ref: \"Token\" }) }").is_empty());
    assert_eq!(secret("{ aws: literal(\"x\") }"), ["P0324"]);
    assert_eq!(secret("{}"), ["P0303"]);
    assert_eq!(secret("{ locl: env(\"T\") }"), ["P0302"]);
    assert_eq!(secret("{ local: evn(\"T\") }"), ["P0207"]);
    assert_eq!(secret("{ local: \"T\" }"), ["P0301"]);
    assert_eq!(secret("{ local: env(1) }"), ["P0301"]);
    assert_eq!(secret("{ local: env(\"\") }"), ["P0313"]);
    assert_eq!(secret("{ aws: vault(\"x\") }"), ["P0207"]);
}
