//! What the lexer reports: place, message, label, help and fix.

use crate::source::SourceId;
use crate::syntax::lexer::lex;

fn reports(samples: &[&str]) -> String {
    let mut shown = String::new();
    for sample in samples {
        shown += &format!("{}\n", sample.replace('\r', "<CR>"));
        for d in lex(SourceId(0), sample).diagnostics {
            shown += &format!("  {} at `{}`: {}", d.code.id, &sample[d.place.span.range()], d.message);
            if !d.label.is_empty() {
                shown += &format!(" ({})", d.label);
            }
            shown.push('\n');
            for help in &d.help {
                shown += &format!("    help: {help}\n");
            }
            for edit in d.fix.iter().flat_map(|fix| &fix.edits) {
                let (before, behind) =
                    (&sample[..edit.place.span.start as usize], &sample[edit.place.span.end as usize..]);
                shown += &format!("    fixed: {before}{}{behind}\n", edit.text);
            }
        }
    }
    shown
}

#[test]
fn stray_characters() {
    insta::assert_snapshot!(reports(&[
        "'x'",
        "a; b",
        "$x",
        "#{x}",
        "a + b",
        "a & b",
        "\u{201c}x\u{201d}",
        "@@@",
        "é",
        "\\"
    ]));
}

#[test]
fn strings_that_do_not_end() {
    insta::assert_snapshot!(reports(&[
        "let a = \"abc\nlet b = 1",
        "\"abc\r\n",
        "\"abc\\",
        "\"a #{b\" c",
        "\"a #{b",
        "\"a #{ \"x } y\"",
        "\"\"\"\nabc\n",
        "\"\"\"\nabc\n\"\"\"\"\n",
    ]));
}

#[test]
fn escapes() {
    insta::assert_snapshot!(reports(&[
        r#""C:\dir""#,
        r#""\q""#,
        r#""\u""#,
        r#""\u{}""#,
        r#""\u{110000}""#,
        r#""\u{12""#,
        r#""\#x""#,
        "\"\\é\"",
    ]));
}

#[test]
fn interpolation_does_not_nest() {
    insta::assert_snapshot!(reports(&[r##""a #{f("b #{c}")} d""##]));
}

#[test]
fn block_strings() {
    insta::assert_snapshot!(reports(&[
        "\"\"\"one line\"\"\"",
        "\"\"\"text\n",
        "let a = \"\"\"\n  a\n b\n\nc\n  \"\"\"",
        "let a = \"\"\"\n\ta\n  \"\"\"",
    ]));
}

#[test]
fn numbers() {
    insta::assert_snapshot!(reports(&["20x", "1_000", "1h30", "-5m", "0x1F", "12abc"]));
}
