//! Every callee can be called: with what it needs it compiles, without one of that the checker names it, and a misspelt
//! field is told the right name.

use std::fmt::Write as _;

use crate::catalog::{Callee, Field, Required, Type, Variables, all, find};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Loader, Sources};
use crate::{compile, load};

struct One(String);

impl Loader for One {
    fn load(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(self.0.clone().into_bytes())
    }
}

fn said(text: &str) -> Vec<Diagnostic> {
    let loader = One(text.to_owned());
    let mut sources = Sources::default();
    let id = load(&loader, &mut sources, "p.pipe").expect("the text is small");
    compile(&mut sources, id, &loader).diagnostics
}

fn errors(text: &str) -> Vec<String> {
    let error = |d: &Diagnostic| d.severity == Severity::Error;
    let said = said(text);
    said.iter()
        .filter(|d| error(d))
        .map(|d| format!("{} {}: {}", d.code.id, d.message, d.help.join("; ")))
        .collect()
}

/// The fields that a call gives, with their values.
type Given<'c> = Vec<(&'c Field, String)>;

/// A value that a field takes.
fn value_of(field: &Field) -> String {
    match &field.ty {
        Type::String | Type::ConstString if field.name == "repository" => "\"acme/shop\"".to_owned(),
        Type::String | Type::ConstString | Type::Script | Type::Globs => {
            match field.limits.pattern.as_deref() {
                Some(pattern) if pattern.starts_with("[+-]") => "\"48.2\"".to_owned(),
                Some(pattern) if pattern.starts_with("AllAtOnce") => "\"Canary10Percent5Minutes\"".to_owned(),
                _ => "\"true\"".to_owned(),
            }
        }
        Type::Commands | Type::StringList => "[\"true\"]".to_owned(),
        Type::Int => field.limits.max.or(field.limits.min).unwrap_or(7).to_string(),
        Type::Bool => "true".to_owned(),
        Type::Duration => "5m".to_owned(),
        Type::Enum(values) => format!("{:?}", values[0]),
        Type::EnumList(values) => format!("[{:?}]", values[0]),
        Type::Artifact => "app".to_owned(),
        Type::File => "app / \"template.yml\"".to_owned(),
        Type::Json => "[{ a: \"b\" }]".to_owned(),
        Type::StringMap => "{ a: \"b\" }".to_owned(),
        Type::Secret => "token".to_owned(),
    }
}

fn inputs(callee: &Callee, given: &Given<'_>) -> usize {
    let implied = given.iter().any(|(field, _)| matches!(field.ty, Type::Artifact | Type::File));
    callee.inputs.min.max(usize::from(implied))
}

/// The first field that is required beside those given.
fn needed<'c>(callee: &'c Callee, given: &Given<'c>) -> Option<&'c Field> {
    let has = |name: &String| given.iter().any(|(field, _)| field.name == *name);
    callee.fields.iter().filter(|field| !has(&field.name)).find(|field| match &field.required {
        Required::Yes => true,
        // Calls have one input at most; several are tried apart.
        Required::No | Required::SeveralInputs => false,
        Required::When(other, values) => given.iter().any(|(field, value)| {
            field.name == *other && values.iter().any(|v| value == v || *value == format!("{v:?}"))
        }),
        Required::Unless(others) => !others.iter().any(has),
        Required::With(others) => others.iter().any(has),
        Required::NoInputs => inputs(callee, given) == 0,
    })
}

/// Adds what is required.
fn complete<'c>(callee: &'c Callee, mut given: Given<'c>) -> Given<'c> {
    while let Some(field) = needed(callee, &given) {
        given.push((field, value_of(field)));
    }
    given
}

/// The calls that a callee is tried with: what is always required, and each condition under which more is.
fn calls(callee: &Callee) -> Vec<Given<'_>> {
    let mut calls = vec![complete(callee, Vec::new())];
    for field in &callee.fields {
        match &field.required {
            Required::When(other, values) => {
                let other = callee.field(other).expect("the field exists");
                for value in values {
                    let value = if other.ty == Type::Bool { value.clone() } else { format!("{value:?}") };
                    calls.push(complete(callee, vec![(other, value)]));
                }
            }
            Required::With(others) | Required::Unless(others) => {
                for other in others {
                    let other = callee.field(other).expect("the field exists");
                    calls.push(complete(callee, vec![(other, value_of(other))]));
                }
            }
            _ => {}
        }
    }
    calls
}

/// A pipeline with one action that gives these fields.
fn pipeline(callee: &Callee, given: &Given<'_>) -> String {
    let mut body = String::new();
    let implied = given.iter().any(|(field, _)| matches!(field.ty, Type::Artifact | Type::File));
    if callee.inputs.min > 0 && !implied {
        body.push_str("      inputs: [app]\n");
    }
    for (field, value) in given {
        let _ = writeln!(body, "      {}: {value}", field.name);
    }
    if callee.name == "git" {
        body.push_str("      branch: \"main\"\n");
    }
    if callee.outputs.min > 0 && !callee.is_source() {
        body.push_str("      outputs: { made: {} }\n");
    }
    let secret = "  secret token { local: env(\"TOKEN\"), aws: secrets_manager(\"token\") }\n";
    let secret = if body.contains("token\n") { secret } else { "" };
    let mut action = format!("    action it = {} {{\n{body}    }}\n", callee.name);
    let source = "    action app = git { repository: \"acme/app\", branch: \"main\" }\n";
    if callee.is_rule {
        action = format!("    gate it on entry = {} {{\n{body}    }} else fail\n", callee.name);
    }
    let last = "    action last = approve {}\n";
    let (first, second) = if callee.is_source() { (action.as_str(), "") } else { ("", action.as_str()) };
    format!(
        "pipeline p {{\n{secret}  stage source {{\n{source}{first}  }}\n  stage use {{\n{second}{last}  }}\n}}\n"
    )
}

#[test]
fn every_callee_can_be_called() {
    let mut tried = 0;
    for callee in all() {
        for given in calls(callee) {
            let text = pipeline(callee, &given);
            assert_eq!(errors(&text), Vec::<String>::new(), "{text}");
            tried += 1;
        }
        // All fields together; that some exclude each other is the service's to say.
        let revision =
            |field: &Field| callee.name == "git" && ["branch", "tag", "commit"].contains(&&*field.name);
        let fields = callee.fields.iter().filter(|field| !revision(field));
        let text = pipeline(callee, &fields.map(|field| (field, value_of(field))).collect());
        assert_eq!(errors(&text), Vec::<String>::new(), "{text}");
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn what_is_required_is_missed() {
    let mut missed = 0;
    for callee in all() {
        for given in calls(callee) {
            for at in 0..given.len() {
                let mut less = given.clone();
                let (left_out, _) = less.remove(at);
                // Another field may have been what required it.
                if needed(callee, &less).is_none_or(|field| field.name != left_out.name) {
                    continue;
                }
                let text = pipeline(callee, &less);
                let name = format!("`{}`", left_out.name);
                let found = errors(&text);
                let named = |error: &String| error.starts_with("P0303") && error.contains(&name);
                assert!(found.iter().any(named), "{}.{}: {found:?}\n{text}", callee.name, left_out.name);
                missed += 1;
            }
        }
    }
    assert!(missed > 100, "{missed}");
}

#[test]
fn what_is_misspelt_is_told() {
    let mut misspelt = 0;
    for callee in all() {
        let base = complete(callee, Vec::new());
        for field in &callee.fields {
            let mut given = base.clone();
            if given.iter().all(|(other, _)| other.name != field.name) {
                given.push((field, value_of(field)));
            }
            let mut wrong = field.name.clone();
            let last = wrong.pop();
            wrong.extend(last.into_iter().chain(last));
            let right = format!("      {}: ", field.name);
            let text = pipeline(callee, &given).replacen(&right, &format!("      {wrong}: "), 1);
            let found = said(&text);
            let told =
                found.iter().find(|d| d.code.id == "P0302").unwrap_or_else(|| panic!("{wrong} in {text}"));
            assert_eq!(told.message, format!("`{}` has no field `{wrong}`", callee.name));
            assert_eq!(told.help, [format!("did you mean `{}`?", field.name)], "{text}");
            // It is the one thing that is said of the field.
            assert!(found.iter().all(|d| d.code.id != "P0303"), "{text}");
            misspelt += 1;
        }
    }
    assert!(misspelt > 150, "{misspelt}");
}

/// A retired action type still compiles, and says what takes its place.
#[test]
fn retired_action_types_warn() {
    for name in ["github_v1", "aws.opsworks"] {
        let callee = find(name).expect("it is in the catalog");
        let found = said(&pipeline(callee, &complete(callee, Vec::new())));
        let warned = found.iter().find(|d| d.message.contains("should not be used")).expect("a warning");
        assert_eq!(
            (warned.severity, warned.help.clone()),
            (Severity::Warning, callee.deprecated.iter().cloned().collect())
        );
    }
}

/// The variables of the catalog can be read by their names here, and misspelt ones are told those.
#[test]
fn variables_can_be_read() {
    let mut read = 0;
    for callee in all() {
        let Variables::Fixed(variables) = &callee.variables else { continue };
        for variable in variables {
            let text = pipeline(callee, &complete(callee, Vec::new()));
            let with = |name: &str| {
                let message = format!("action last = approve {{ message: it.{name} }}");
                text.replace("action last = approve {}", &message)
            };
            assert_eq!(
                errors(&with(&variable.name)),
                Vec::<String>::new(),
                "{}.{}",
                callee.name,
                variable.name
            );
            let found = errors(&with(&format!("{}x", variable.name)));
            let told =
                found.iter().any(|error| error.contains(&format!("did you mean `{}`?", variable.name)));
            assert!(told, "{}.{}: {found:?}", callee.name, variable.name);
            read += 1;
        }
    }
    assert!(read > 30, "{read}");
}

/// What several inputs require.
#[test]
fn several_inputs_require_more() {
    let mut tried = Vec::new();
    for callee in all() {
        let Some(field) = callee.fields.iter().find(|field| field.required == Required::SeveralInputs) else {
            continue;
        };
        let text = pipeline(callee, &complete(callee, Vec::new()))
            .replace("      inputs: [app]\n", "")
            .replace("  stage use {", "  stage more {\n    action other = run { script: \"true\", output: \"**\" }\n  }\n  stage use {")
            .replace(&format!("= {} {{\n", callee.name), &format!("= {} {{\n      inputs: [app, other]\n", callee.name));
        let found = errors(&text);
        assert!(
            found.len() == 1 && found[0].starts_with("P0303") && found[0].contains(&field.name),
            "{found:?}\n{text}"
        );
        let with = text.replace("[app, other]", &format!("[app, other]\n      {}: other", field.name));
        assert_eq!(errors(&with), Vec::<String>::new(), "{with}");
        tried.push((callee.kind(), callee.name.as_str()));
    }
    assert_eq!(tried, [("action type", "aws.codebuild"), ("rule", "aws.codebuild")]);
}
