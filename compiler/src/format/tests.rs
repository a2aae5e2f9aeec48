//! What the formatter must keep, and how its results are compared. Layout is in `layout`, comments in every position
//! in `comments`, generated files in `random`.

use super::{Unformattable, format, item};
use crate::source::SourceId;
use crate::syntax::{Parsed, parse};

mod comments;
mod layout;
mod random;
mod shape;

fn read(text: &str) -> Parsed {
    parse(SourceId(0), text)
}

/// The layout of a text without errors, after checking that it is one: stable, and of the same meaning.
fn formatted(text: &str) -> Result<String, String> {
    let before = read(text);
    if let Some(diagnostic) = before.diagnostics.first() {
        return Err(format!("not a sample: {}\n{text}", diagnostic.message));
    }
    let once = format(&before, text).map_err(|error| {
        format!("{error}\n{text}\n---\n{}", item::file(&before, text).unwrap_or_default())
    })?;
    let after = read(&once);
    if let Some(diagnostic) = after.diagnostics.first() {
        return Err(format!("broken: {}\n{text}\n---\n{once}", diagnostic.message));
    }
    if shape::of(&before.file) != shape::of(&after.file) {
        return Err(format!("another tree\n{text}\n---\n{once}"));
    }
    let twice = format(&after, &once).map_err(|error| format!("second time: {error}\n{once}"))?;
    if once != twice {
        return Err(format!("not stable\n{text}\n---\n{once}\n---\n{twice}"));
    }
    if !once.is_empty() && (!once.ends_with('\n') || once.ends_with("\n\n")) {
        return Err(format!("end of file\n{once:?}"));
    }
    Ok(once)
}

#[test]
fn a_file_with_syntax_errors_stays_as_it_is() {
    for text in
        ["stage", "let a = ", "pipeline p { stage s { action a = run } }", "let a = \"", "let a = 'x'"]
    {
        assert_eq!(format(&read(text), text), Err(Unformattable::Errors), "{text}");
    }
}

#[test]
fn a_change_of_tokens_or_comments_would_be_noticed() {
    let text = "let a = [1, \"x\"] // c\nlet b = \"\"\"\n  x\n  \"\"\"\n";
    let parsed = read(text);
    let same = |other| super::verify::same(&parsed, text, other);
    assert!(same(text));
    assert!(same("let a = [\n1\n\"x\",]\n// c\nlet b = \"\"\"\n x\n \"\"\""));
    for other in [
        "",
        "let a = [1, \"x\"] // c\n",
        "let a = [1 \"x\"] // c\nlet b = \"\"\"\n  x\n  \"\"\"\n",
        "let a = [1, \"x\"] // d\nlet b = \"\"\"\n  x\n  \"\"\"\n",
        "let a = [1, \"x\"]\nlet b = \"\"\"\n  x\n  \"\"\"\n",
        "let a = [1, \"y\"] // c\nlet b = \"\"\"\n  x\n  \"\"\"\n",
        "let a = [1, \"x\"] // c\nlet b = \"\"\"\n  x\n \"\"\"\n",
        "let a = [1, \"x\"] // c\nlet b = \"\"\"\n  x\n  \"\"\"\nlet c = 1\n",
        "let a = [1, \"x\"] let b = \"\"\"\n  x\n  \"\"\" // c\n",
    ] {
        assert!(!same(other), "{other}");
    }
}

#[test]
fn a_long_file_takes_linear_time() {
    let item = "pipeline p { stage s { action a = run { script: \"make\", env: { A: a && b || c }, x: [1, [2]] } } }\n";
    let deep = format!("let a = {}1{}\n", "[".repeat(90), "]".repeat(90));
    for text in
        [item.repeat(2000), deep.repeat(200), "// c\n".repeat(50_000), "let a = 1 // c\n\n\n".repeat(20_000)]
    {
        let parsed = read(&text);
        let start = std::time::Instant::now();
        assert!(format(&parsed, &text).is_ok());
        assert!(start.elapsed().as_secs() < 5, "{}…", &text[..40]);
    }
}
