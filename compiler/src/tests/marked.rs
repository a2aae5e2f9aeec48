//! A mistake in a part of something is shown at that part, and says what is meant by the word that stands there.

use super::compiled;

/// Code, marked text, message and replacement of each error of a file.
fn marked(text: &str) -> Vec<(String, String, String, Option<String>)> {
    let found = compiled(text);
    let errors = found.errors().into_iter().map(|error| {
        let place = &found.sources.get(error.place.source).text[error.place.span.range()];
        let fix = error.fix.as_ref().and_then(|fix| fix.edits.first()).map(|edit| edit.text.clone());
        (error.code.id.to_owned(), place.to_owned(), error.message.clone(), fix)
    });
    errors.collect()
}

#[track_caller]
fn only(text: &str) -> (String, String, String, Option<String>) {
    let mut all = marked(text);
    assert_eq!(all.len(), 1, "{text}\n{all:#?}");
    all.remove(0)
}

#[track_caller]
fn says(text: &str, code: &str, at: &str, message: &str, fix: Option<&str>) {
    let wanted = (code.to_owned(), at.to_owned(), message.to_owned(), fix.map(str::to_owned));
    assert_eq!(only(text), wanted, "{text}");
}

const TYPES: &str = "type Env = \"staging\" | \"prod\"\n\
    type Place = { region: string, keep: duration?, tags: map<int>, envs: list<Env>? }\n";

fn place(value: &str) -> String {
    format!("{TYPES}let here: Place = {value}\n{}", action("env: { R: here.region }"))
}

fn action(field: &str) -> String {
    format!("pipeline p {{\n  stage s {{\n    action a = run {{ script: \"true\", {field} }}\n  }}\n}}\n")
}

#[test]
fn a_record_is_wrong_in_one_of_its_fields() {
    says(
        &place("{ region: \"x\", kep: 3m, tags: {} }"),
        "P0302",
        "kep",
        "`here` has no field `kep`",
        Some("keep"),
    );
    says(
        &place("{ region: 3, tags: {} }"),
        "P0301",
        "3",
        "`region` of `here` is a string, and this is an int",
        Some("\"3\""),
    );
    says(
        &place("{ \"region\": \"x\", keep: \"3m\", tags: {} }"),
        "P0301",
        "\"3m\"",
        "`keep` of `here` is a duration, and this is a string",
        Some("3m"),
    );
    says(
        &place("{\n  region: \"x\" // why\n\n  tags: { a: 1, b: \"2\" }\n}"),
        "P0301",
        "\"2\"",
        "`b` of `tags` of `here` is an int, and this is a string",
        Some("2"),
    );
    says(
        &place("{ region: \"x\", tags: {}, envs: [\"prod\", \"stagin\"] }"),
        "P0305",
        "\"stagin\"",
        "each element of `envs` of `here` cannot be `stagin`",
        Some("\"staging\""),
    );
    says(&place("{ tags: {} }"), "P0303", "{ tags: {} }", "`here` needs the field `region`", None);
}

/// What is not written out there is shown as a whole, and nothing is replaced in it.
#[test]
fn a_part_that_comes_from_elsewhere_is_not_guessed() {
    let text = format!(
        "{TYPES}let base = {{ region: 3 }}\nlet here: Place = {{ ...base, tags: {{}} }}\n{}",
        action("")
    );
    let message = "`region` of `here` is a string, and this is an int";
    says(&text, "P0301", "{ ...base, tags: {} }", message, None);
    let text =
        format!("{TYPES}let base = {{ regio: \"x\", tags: {{}} }}\nlet here: Place = base\n{}", action(""));
    says(&text, "P0302", "base", "`here` has no field `regio`", None);
    let text = format!("let l: list<int> = [\"#{{x}}\" for x in [1, 2]]\n{}", action(""));
    let wanted = "each element of `l` is an int, and element 0 is a string";
    says(&text, "P0301", "[\"#{x}\" for x in [1, 2]]", wanted, None);
    let text = format!("let m = [1]\nlet l: list<int> = [...m, \"2\"]\n{}", action(""));
    says(&text, "P0301", "[...m, \"2\"]", "each element of `l` is an int, and element 1 is a string", None);
}

#[test]
fn records_that_settings_hold_are_wrong_in_one_of_their_fields() {
    says(&action("output: { fils: \"x\" }"), "P0302", "fils", "an output has no field `fils`", Some("files"));
    says(
        &action("local: { script: \"true\", envs: {} }"),
        "P0302",
        "envs",
        "`local` has no field `envs`",
        Some("env"),
    );
    let source = "stage source { action app = git { repository: \"a/b\", branch: \"main\" } }";
    says(
        &format!("pipeline p {{\n  on push {{ branches: {{ includ: [\"main\"] }} }}\n  {source}\n}}\n"),
        "P0302",
        "includ",
        "a filter has no field `includ`",
        Some("include"),
    );
    says(
        &format!("pipeline p {{\n  variable v: string = \"x\" {{ nme: \"V\" }}\n  {source}\n}}\n"),
        "P0302",
        "nme",
        "a variable has no field `nme`",
        Some("name"),
    );
}

#[test]
fn words_of_other_languages_are_translated() {
    for (word, meant) in [("yes", "true"), ("off", "false"), ("True", "true"), ("None", "null")] {
        let text = action("").replace("action a =", &format!("action a if {word} ="));
        says(&text, "P0201", word, &format!("nothing here is called `{word}`"), Some(meant));
        // Whoever has something of that name means it.
        let text = format!("let {word} = false\n{text}");
        assert!(marked(&text).is_empty(), "{text}");
    }
    let text = action("").replace("action a =", "action a if \"true\" =");
    says(&text, "P0301", "\"true\"", "a condition is a bool, and this is a string", Some("true"));
}

#[test]
fn a_bare_word_as_an_argument_gets_its_quotes() {
    let text = |word: &str| {
        format!(
            "{TYPES}stage ship(env: Env) {{\n  action a = run {{ script: \"true\", env: {{ E: env }} }}\n}}\n\
             pipeline p {{\n  stage s = ship {{ env: {word} }}\n}}\n"
        )
    };
    says(&text("prod"), "P0309", "prod", "`prod` is a text and stands in quotes", Some("\"prod\""));
    says(&text("\"prodd\""), "P0305", "\"prodd\"", "`env` cannot be `prodd`", Some("\"prod\""));
    assert!(marked(&format!("let prod = \"prod\"\n{}", text("prod"))).is_empty());
}

#[test]
fn what_is_called_and_of_another_kind_is_said_to_be() {
    let file = |callee: &str| {
        format!(
            "use \"stages.pipe\" as lib\ntype T = \"a\" | \"b\"\nfn f(): string = \"x\"\nstage st() {{}}\n\
             pipeline p {{\n  stage s {{\n    action a = {callee} {{}}\n  }}\n}}\n"
        )
    };
    for (callee, message) in [
        ("aws.alarm", "`aws.alarm` is a rule, and an action type is wanted"),
        ("T", "`T` is a type, and an action type is wanted"),
        ("f", "`f` is a function, and an action type is wanted"),
        ("lib", "`lib` is a file that is used, and an action type is wanted"),
        ("lib.region", "`lib.region` is a value, and an action type or a template is wanted"),
        ("st", "`st` is a stage template and makes no action"),
    ] {
        says(&file(callee), "P0215", callee, message, None);
    }
    let gate = "gate g on entry = run { script: \"true\" } else fail\n    action a =";
    let text = action("").replace("action a =", gate);
    says(&text, "P0215", "run", "`run` is an action type, and a rule is wanted", None);
    let text =
        action("").replace("action a = run { script: \"true\",  }", "action a = run { script: \"true\" }");
    let text = text.replace("  stage s {", "  stage q = aws.alarm { alarm_name: \"x\" }\n  stage s {");
    says(&text, "P0215", "aws.alarm", "`aws.alarm` is a rule, and a template is wanted", None);
}

#[test]
fn what_grows_too_large_is_said_once() {
    let lists: String = (1..64).map(|n| format!("let l{n} = [...l{m}, ...l{m}]\n", m = n - 1)).collect();
    let (code, at, ..) = only(&format!("let l0 = [\"x\"]\n{lists}{}", action("env: { A: l63[0] }")));
    assert_eq!((code.as_str(), at.as_str()), ("P0319", "l19"));
    let step = |n: usize| {
        let m = n - 1;
        format!("fn f{n}(x: string): string = f{m}(\"#{{f{m}(x)}}#{{f{m}(x)}}\")\n")
    };
    let calls: String = (1..40).map(step).collect();
    let (code, ..) =
        only(&format!("fn f0(x: string): string = x\n{calls}{}", action("env: { A: f39(\"xxxxxxxx\") }")));
    assert_eq!(code, "P0319");
}

#[test]
fn what_only_cloudformation_knows_is_not_called_known_at_run() {
    let text = action("").replace("action a =", "action a for x in [deployed] =");
    let text = format!("let deployed = aws.cfn({{ \"Ref\": \"X\" }})\n{text}");
    let message = "what only CloudFormation knows cannot name the members of a family";
    says(&text, "P0322", "deployed", message, None);
}

#[test]
fn a_file_that_a_name_hides_is_shown() {
    for (declared, code) in [
        (
            "pipeline p { stage s { action stages = run { script: \"true\", env: { A: stages.region } } } }",
            "P0205",
        ),
        (
            "pipeline p { stage stages { action a = run { script: \"true\", env: { A: stages.region } } } }",
            "P0210",
        ),
        (
            "let stages = \"x\"\npipeline p { stage s { action a = run { script: \"true\", env: { A: stages.region } } } }",
            "P0210",
        ),
    ] {
        let text = format!("use \"stages.pipe\"\n{declared}");
        let found = compiled(&text);
        let [error] = found.errors()[..] else { panic!("{text}") };
        assert_eq!(error.code.id, code);
        let wanted = "give the file another name, which nothing hides: `use \"…\" as other`, `other.region`";
        assert_eq!(error.help, [wanted]);
        assert!(
            error.labels.iter().any(|label| label.text == "this file is hidden by what is called `stages`")
        );
    }
}

#[test]
fn arguments_that_nothing_reads_are_checked() {
    let file = |template: &str, argument: &str| {
        format!(
            "{template} {{ action x = run {{ script: \"true\" }} }}\npipeline p {{ stage t = st {{ {argument} }} }}\n"
        )
    };
    let template = "stage st(a: string)";
    says(&file(template, "a: 1"), "P0301", "1", "`a` is a string, and this is an int", Some("\"1\""));
    says(&file(template, "a: nope"), "P0201", "nope", "nothing here is called `nope`", None);
    let (code, at, ..) = only(&file("stage st(a: strng)", "a: \"x\""));
    assert_eq!((code.as_str(), at.as_str()), ("P0208", "strng"));
    // Also where there is no instance.
    let (code, at, ..) = only(&format!("action ac(a: strng) = run {{ script: \"true\" }}\n{}", action("")));
    assert_eq!((code.as_str(), at.as_str()), ("P0208", "strng"));
    let text = "pipeline t(a: int) { stage s { action x = run { script: \"true\" } } }\npipeline p = t { a: \"x\" }\n";
    let (code, at, ..) = only(text);
    assert_eq!((code.as_str(), at.as_str()), ("P0301", "\"x\""));
    let text = "action ac(a: int) = run { script: \"true\" }\npipeline p { stage s { action x for k in [\"1\", \"2\"] = ac { a: k } } }\n";
    let (code, at, ..) = only(text);
    assert_eq!((code.as_str(), at.as_str()), ("P0301", "k"));
}

#[test]
fn functions_of_engines_are_held_against_what_there_is() {
    let secret = |aws: &str| {
        format!(
            "pipeline p {{\n  secret t {{ aws: {aws} }}\n  stage s {{\n    action a = run {{ script: \"true\", env: {{ T: t }} }}\n  }}\n}}\n"
        )
    };
    assert!(marked(&secret("masked")).is_empty());
    let message = "this does not say where AWS finds the secret";
    says(&secret("masked(\"x\")"), "P0301", "masked(\"x\")", message, None);
    let value = |value: &str| format!("let v = {value}\n{}", action("env: { V: v }"));
    assert!(marked(&value("aws.cfn({ \"Ref\": \"X\" })")).is_empty());
    let message = "there is no function `aws.cnf`";
    says(&value("aws.cnf({ \"Ref\": \"X\" })"), "P0207", "aws.cnf", message, Some("aws.cfn"));
    let message = "an expression of CloudFormation has one key, and this has none";
    says(&value("aws.cfn({})"), "P0308", "{}", message, None);
    let two = "{ \"Ref\": \"X\", \"Fn::Sub\": \"Y\" }";
    let message = "an expression of CloudFormation has one key, and this has 2";
    says(&value(&format!("aws.cfn({two})")), "P0308", two, message, None);
}
