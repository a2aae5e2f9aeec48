//! The pipeline of a template, with what was found put in by the rules of Pipe. What comes out is laid out canonically.
//!
//! A template is Pipe with marks: `@NAME@` stands for a value, and lines between `//? word` and `//.` stay only if the word
//! (`!word`: if it does not) holds. `@STEPS@` stands in a block string, where text is verbatim.

use compiler::format::format;
use compiler::source::SourceId;
use compiler::syntax;

use super::git::Repository;
use super::look::Found;

const TEMPLATE: &str = include_str!("pipeline.pipe");

/// The text of the pipeline.
pub(super) fn pipeline(found: &Found, repository: &Repository, name: &str) -> String {
    let in_folder = !repository.prefix.is_empty();
    let text = chosen(TEMPLATE, |word| word == "folder" && in_folder);
    let values = [
        ("@FOLDER@", escaped(&repository.prefix)),
        ("@SUMMARY@", found.summary.clone()),
        ("@NAME@", name.to_owned()),
        ("@REPOSITORY@", escaped(&repository.name)),
        ("@BRANCH@", escaped(&repository.branch)),
    ];
    let mut out = String::new();
    for line in text.lines() {
        if let Some(indent) = line.strip_suffix("@STEPS@") {
            for step in &found.steps {
                out.push_str(&format!("{indent}{step}\n"));
            }
            continue;
        }
        // A line has its marks replaced in one pass: what is put in is never taken for a mark.
        out.push_str(&replaced(line, &values));
        out.push('\n');
    }
    let parsed = syntax::parse(SourceId::default(), &out);
    format(&parsed, &out).unwrap_or(out)
}

/// The template without the lines that are not wanted, and without the marks.
fn chosen(template: &str, holds: impl Fn(&str) -> bool) -> String {
    let mut keep = true;
    let mut out = String::new();
    for line in template.lines() {
        if let Some(word) = line.strip_prefix("//? ") {
            keep = match word.strip_prefix('!') {
                Some(word) => !holds(word),
                None => holds(word),
            };
        } else if line == "//." {
            keep = true;
        } else if keep {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn replaced(line: &str, values: &[(&str, String)]) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('@') {
        let (before, mark) = rest.split_at(at);
        out.push_str(before);
        match values.iter().find(|(name, _)| mark.starts_with(name)) {
            Some((name, value)) => {
                out.push_str(value);
                rest = &mark[name.len()..];
            }
            None => {
                out.push('@');
                rest = &mark[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// A text as it stands between the quotes of a string of Pipe.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '#' if characters.peek() == Some(&'{') => out.push_str("\\#"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{chosen, escaped, replaced};

    #[test]
    fn values_are_escaped_and_replaced_once() {
        assert_eq!(escaped("a\"\\#{b}#\t\u{7}é"), "a\\\"\\\\\\#{b}#\\t\\u{7}é");
        let values = [("@A@", "@B@".to_owned()), ("@B@", "b".to_owned())];
        assert_eq!(replaced("x @A@@B@ @ @C@", &values), "x @B@b @ @C@");
    }

    #[test]
    fn parts_are_chosen() {
        let template = "1\n//? a\n2\n//.\n//? !a\n3\n//.\n4\n";
        assert_eq!(chosen(template, |word| word == "a"), "1\n2\n4\n");
        assert_eq!(chosen(template, |_| false), "1\n3\n4\n");
    }
}
