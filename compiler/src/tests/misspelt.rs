//! Every name of a rich file, one letter short: each is reported, or still means something; never a panic, never a flood.

use super::{compiled, rendered};
use crate::syntax::parse;
use crate::syntax::token::Kind;

const SAMPLE: &str = r##"let connection = "arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e"
let images = { node: "node:22", tools: "alpine" }
let quick = false

/// Tests the shop.
pipeline web-shop {
  variable log_level: string = "info"
  variable shards: "1" | "4" = "4"

  on push { source: app, branches: ["main"], paths: { include: ["src/**"], exclude: ["docs/**"] } }

  aws {
    role: "arn:aws:iam::111122223333:role/pipeline"
    artifact_bucket: "acme-artifacts"
    mode: "queued"
    disabled: { release: "not yet" }
  }

  defaults run { image: images.node, timeout: 20m }
  defaults { env: { LEVEL: log_level } }

  stage source {
    action app = git { repository: "acme/shop", branch: "main", connection: connection }
  }

  stage verify {
    let flags = ["--ci", "--coverage"]

    action test for node in ["20", "22"] = run {
      inputs: [app]
      image: "node:#{node}"
      env: { FLAGS: join(flags, " "), SHARDS: shards }
      script: "npm test"
      outputs: { report: "report/**" }
    }

    action bundle if !quick = run {
      inputs: { shop: app, reports: test["22"].report }
      after: [test]
      image: if quick then images.tools else images.node
      script: "npm run build"
      outputs: { dist: { files: ["dist/**"], name: "Dist" } }
      variables: ["TAG"]
    }

    on failure retry failed_actions
  }

  stage deploy {
    needs: [verify]
    action site = aws.s3_deploy { inputs: [bundle.dist], bucket_name: "shop", extract: true, region: "eu-west-1" }
    action stack = aws.cloudformation {
      action_mode: "CREATE_UPDATE"
      stack_name: "shop-#{bundle.TAG}"
      template_path: bundle.dist / "dist/template.yml"
      role_arn: "arn:aws:iam::111122223333:role/stack"
      capabilities: ["CAPABILITY_IAM"]
      parameter_overrides: { Commit: app.commit, Reports: [t.report for t in test] }
    }
  }

  stage release {
    action ok = approve { message: "Ship #{bundle.TAG} (#{app.commit})?", timeout: 3d }
  }
}
"##;

#[test]
fn the_sample_is_fine() {
    let found = compiled(SAMPLE);
    let errors = found.errors();
    assert!(errors.is_empty(), "{}", rendered(&errors, &found.sources));
}

/// The ranges of all words, and of the texts of all strings.
fn words() -> Vec<std::ops::Range<usize>> {
    let tokens = parse(crate::source::SourceId(0), SAMPLE).tokens;
    let words = tokens.into_iter().filter_map(|(kind, span)| match kind {
        kind if kind.is_name() || kind.is_reserved() => Some(span.range()),
        Kind::Str => Some(span.range().start + 1..span.range().end - 1),
        _ => None,
    });
    words.filter(|range| range.len() > 1).collect()
}

#[test]
fn a_letter_that_is_missing_gives_few_errors() {
    let mut flood = String::new();
    for range in words() {
        for at in [range.start, range.start + range.len() / 2, range.end - 1] {
            let mut text = SAMPLE.to_owned();
            text.remove(at);
            let found = compiled(&text);
            let errors = found.errors();
            if errors.len() > 3 {
                let shown = rendered(&errors, &found.sources);
                flood +=
                    &format!("`{}` without its {}:\n{shown}\n", &SAMPLE[range.clone()], &SAMPLE[at..=at]);
            }
        }
    }
    assert!(flood.is_empty(), "{flood}");
}

#[test]
fn a_name_that_is_used_elsewhere_is_missed() {
    for (declared, used) in [
        ("let connection", "connection: connection"),
        ("let images", "images.node"),
        ("variable log_level", "LEVEL: log_level"),
        ("action app", "source: app"),
        ("action test", "after: [test]"),
        ("action bundle", "bundle.dist /"),
        ("outputs: { report", "t.report"),
        ("outputs: { dist", "bundle.dist]"),
        ("template_path: bundle", "bundle.dist /"),
        ("variables: [\"TAG", "bundle.TAG}"),
        ("stage verify", "needs: [verify"),
        ("stage release", "disabled: { release"),
    ] {
        for phrase in [declared, used] {
            let text = SAMPLE.replacen(phrase, &phrase[..phrase.len() - 1], 1);
            assert_ne!(text, SAMPLE, "{phrase} is in the sample");
            assert!(!compiled(&text).errors().is_empty(), "`{phrase}` without its last letter");
        }
    }
}

#[test]
fn what_suggests_a_name_suggests_the_right_one() {
    for (wrong, right) in [
        ("connectoin }", "connection"),
        ("image: images.nod,", "node"),
        ("artifact_bukcet:", "artifact_bucket"),
        ("bundle.dits]", "dist"),
        ("needs: [verfy]", "verify"),
        ("\"CAPABILITY_IMA\"", "CAPABILITY_IAM"),
        ("jion(flags", "join"),
        ("aws.s3_depoly", "aws.s3_deploy"),
        ("test[\"23\"]", "20"),
        ("retry failed_action\n", "failed_actions"),
        ("varaible shards", "variable"),
        ("shards: sting", "string"),
    ] {
        let originals = [
            "connection }",
            "image: images.node,",
            "artifact_bucket:",
            "bundle.dist]",
            "needs: [verify]",
            "\"CAPABILITY_IAM\"",
            "join(flags",
            "aws.s3_deploy",
            "test[\"22\"]",
            "retry failed_actions\n",
            "variable shards",
            "shards: \"1\" | \"4\"",
        ];
        let original =
            originals.iter().min_by_key(|o| strsim::levenshtein(o, wrong)).expect("there are some");
        let text = SAMPLE.replacen(original, wrong, 1);
        assert_ne!(text, SAMPLE, "{original} is in the sample");
        let found = compiled(&text);
        let helps = found.errors().iter().flat_map(|d| d.help.clone()).collect::<Vec<_>>();
        let expected = format!("did you mean `{right}`?");
        assert!(helps.contains(&expected), "{wrong}: {helps:?}");
    }
}
