//! Exports against validators that are not ours: botocore's own, the same model with patterns and limits, a moto server.

use serde_json::Value;

use crate::support::{Project, oracle, outcome, root, standpipe, text};

/// Exports pipelines into a folder, as numbered files.
fn exported(project: &Project, pipelines: &[String]) -> Vec<String> {
    let mut files = Vec::new();
    for (at, pipeline) in pipelines.iter().enumerate() {
        let file = format!("{at}.json");
        project.standpipe(&["export", pipeline, "--to", "codepipeline", "-o", &file]).exits(0);
        files.push(file);
    }
    assert!(!files.is_empty(), "nothing was exported");
    files
}

/// All examples with `aws { }`.
fn examples() -> Vec<String> {
    let mut found: Vec<String> = std::fs::read_dir(root().join("examples"))
        .expect("the examples are there")
        .flatten()
        .flat_map(|entry| std::fs::read_dir(entry.path()).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "pipe"))
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("\n  aws {")))
        .map(|path| text(&path).to_owned())
        .collect();
    found.sort();
    found
}

#[test]
fn validators_and_a_server_accept_every_example() {
    let project = Project::new();
    let pipelines = examples();
    assert!(pipelines.len() >= 4, "{pipelines:?}");
    let files = exported(&project, &pipelines);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    oracle("validate.py", project.path(), &files).exits(0);
    oracle("moto.py", project.path(), &files).exits(0);
    oracle("cfn_lint.py", project.path(), &files).exits(0);
}

/// The validators are no yes-sayers.
#[test]
fn validators_refuse_what_is_wrong() {
    let project = Project::new();
    exported(&project, &examples()[..1]);
    let good = project.read("0.json");
    for (name, from, to) in [
        ("enum", "\"category\": \"Source\"", "\"category\": \"Sourcee\""),
        ("pattern", "\"roleArn\": \"arn:aws:iam::", "\"roleArn\": \"arn:aws:eyeam::"),
        ("member", "\"runOrder\": 1", "\"runOrdr\": 1"),
    ] {
        let wrong = good.replace(from, to);
        assert_ne!(wrong, good, "{name}");
        project.write("wrong.json", wrong);
        oracle("validate.py", project.path(), &["wrong.json"]).exits(1);
    }
}

#[test]
fn an_export_is_the_same_bytes_from_a_plan() {
    let project = Project::new();
    let pipeline = text(&root().join("examples/web-shop/pipeline.pipe")).to_owned();
    let direct = outcome(standpipe().args(["export", &pipeline])).exits(0).stdout;
    project.standpipe(&["compile", &pipeline, "-o", "plan.json"]).exits(0);
    assert_eq!(project.standpipe(&["export", "plan.json"]).exits(0).stdout, direct);
    assert_eq!(outcome(standpipe().args(["export", &pipeline])).exits(0).stdout, direct);
}

#[test]
fn what_the_service_refuses_is_an_error_at_its_line() {
    let project = Project::with(
        "pipeline p {\n  aws {\n    role: \"arn:aws:iam::111122223333:role/p\"\n    artifact_bucket: \"bucket\"\n  }\n  stage only {\n    action a = run { script: \"echo hi\" }\n  }\n}\n",
    );
    let refused = project.standpipe(&["export", "-o", "out.json"]).exits(1);
    assert!(refused.stderr.contains("pipeline.pipe:6:9"), "{}", refused.stderr);
    assert!(!project.path().join("out.json").exists());
    // A pipeline with `aws { }` is always held against the service.
    project.standpipe(&["check"]).exits(1).says("P0405");
}

/// A document in a form in which two that mean the same are the same. What means the same:
/// - the order of members (of JSON objects, and of the objects in `EnvironmentVariables` and `ParameterOverrides`),
/// - an empty list of artifacts and none,
/// - what the service takes for granted and that it is said: the `CODE_ZIP` of a connection source, the type `PLAINTEXT`
///   of an environment variable, the `runOrder` 1.
fn meaning(mut document: Value) -> Value {
    fn visit(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(visit),
            Value::Object(members) => {
                for key in ["inputArtifacts", "outputArtifacts"] {
                    if members.get(key).is_some_and(|list| list.as_array().is_some_and(Vec::is_empty)) {
                        members.remove(key);
                    }
                }
                for (key, usual) in [
                    ("OutputArtifactFormat", "CODE_ZIP".into()),
                    ("type", "PLAINTEXT".into()),
                    ("runOrder", Value::from(1)),
                ] {
                    if members.get(key) == Some(&usual) {
                        members.remove(key);
                    }
                }
                for key in ["EnvironmentVariables", "ParameterOverrides"] {
                    if let Some(Value::String(text)) = members.get(key) {
                        let json: Value = serde_json::from_str(text).expect("the service wants JSON there");
                        members.insert(key.to_owned(), json);
                    }
                }
                members.values_mut().for_each(visit);
            }
            _ => {}
        }
    }
    visit(&mut document);
    document
}

#[test]
fn the_demo_is_exported_as_it_was_written_by_hand() {
    let pipeline = text(&root().join("examples/demo-release/pipeline.pipe")).to_owned();
    let exported = outcome(standpipe().args(["export", &pipeline])).exits(0);
    assert_eq!(exported.stderr, "", "there is nothing to say about it");
    let read = |text: &str| meaning(serde_json::from_str(text).expect("it is JSON"));
    let expected =
        std::fs::read_to_string(root().join("tests/oracles/demo-release.json")).expect("it is there");
    let (exported, expected) = (read(&exported.stdout), read(&expected));
    // Piece by piece, so that a difference is easy to find.
    let parts = |document: &Value| {
        let stages = document["pipeline"]["stages"].as_array().expect("stages are a list").clone();
        let mut rest = document.clone();
        rest["pipeline"]["stages"] = Value::Null;
        (rest, stages)
    };
    let ((rest, stages), (expected_rest, expected_stages)) = (parts(&exported), parts(&expected));
    assert_eq!(rest, expected_rest);
    for (stage, expected) in stages.iter().zip(&expected_stages) {
        assert_eq!(stage, expected);
    }
    assert_eq!(exported, expected);
}

/// The comparison sees what matters.
#[test]
fn a_pipeline_of_another_meaning_is_not_the_same() {
    let text = std::fs::read_to_string(root().join("tests/oracles/demo-release.json")).expect("it is there");
    let read = |text: &str| meaning(serde_json::from_str(text).expect("it is JSON"));
    for (from, to) in [
        ("\"SECRETS_MANAGER\"", "\"PLAINTEXT\""),
        ("\"runOrder\": 2", "\"runOrder\": 1"),
        ("\"FAIL\"", "\"SKIP\""),
        ("#{BuildVars.IMAGE_TAG}", "#{BuildVars.TAG}"),
        ("\"v*\"", "\"*\""),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        assert_ne!(read(&changed), read(&text), "{from}");
    }
}
