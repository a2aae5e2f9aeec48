//! A comment at every place where one can be.

use super::{formatted, read};
use crate::syntax::token::Kind;

/// Every construct of the language.
const SAMPLE: &str = r##"use "./stages.pipe" as stages
type Env = "staging" | "prod"
let connection: string? = "arn"
let names: list<"a" | "b"> = ["a", ...others, if x then "c" else "d"]
pipeline web-shop for k, v in { a: 1, "b c": 2 } if !(a && b || c ?? d) {
  /// Read by the smoke test.
  variable log_level: string = "info" { name: "log@1" }
  secret npm_token { local: env("NPM_TOKEN"), aws: secrets_manager("prod/npm:token") }
  on push { branches: ["main"], paths: ["src/**", "package.json"] }
  on schedule "cron(0 4 * * ? *)"
  aws { role: "arn", tags: {} }
  defaults run { image: "node:22", timeout: 20m }
  defaults {}
  stage verify for x in [1] if x == 1 {
    needs: []
    /// One action for each version.
    action test for node in ["20", "22"] if node in list = aws.codebuild {
      inputs: [app, bundle / "dist"]
      env: { A: f(a, [b], c[0].d), ...more, B: { "#{x}": y for x, y in m if x != "a" } }
      names: [t.name for t in test if t.ok]
      script: """
        echo "hi // there"
        """
      message: "Ship #{bundle.TAG} (#{app.commit})?"
      long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa && bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb && cccccccccccccccccccccccccccc
    }
    on failure retry failed_actions
  }
  stage empty {}
}
"##;

/// Puts `comment` into every gap between tokens where the result is well formed. Gives how many there were.
fn at_every_gap(comment: &str) -> usize {
    let before = read(SAMPLE);
    let tokens: Vec<_> = before.tokens.iter().filter(|(kind, _)| *kind != Kind::Newline).collect();
    let ends = std::iter::once(0).chain(tokens.iter().map(|(_, span)| span.end as usize));
    let mut positions = 0;
    for gap in ends {
        let text = format!("{}{comment}{}", &SAMPLE[..gap], &SAMPLE[gap..]);
        let parsed = read(&text);
        if !parsed.diagnostics.is_empty() || parsed.trivia.comments.len() != before.trivia.comments.len() + 1
        {
            // The line's end ended an item, or there is no place between tokens inside a string.
            continue;
        }
        positions += 1;
        let result = formatted(&text).unwrap_or_else(|error| panic!("at {gap}: {error}"));
        assert_eq!(result.matches(comment.trim()).count(), 1, "at {gap}:\n{result}");
    }
    positions
}

#[test]
fn the_sample_is_laid_out_as_it_stands() {
    let result = formatted(SAMPLE).unwrap_or_else(|error| panic!("{error}"));
    insta::assert_snapshot!(result);
}

#[test]
fn a_comment_on_its_own_line_survives_everywhere() {
    let positions = at_every_gap("\n// own line\n");
    assert!(positions > 200, "{positions}");
}

#[test]
fn a_comment_at_a_lines_end_survives_everywhere() {
    let positions = at_every_gap(" // line end\n");
    assert!(positions > 200, "{positions}");
}
