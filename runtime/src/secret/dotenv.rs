//! Reads `.env` files: `KEY=value` lines as most tools understand them. Nothing in a value is ever expanded.

use std::collections::HashMap;

/// Reads a file; the last of several values of a name counts.
///
/// A value is bare (up to a ` #` comment or the line's end), in single quotes (verbatim) or in double quotes (with `\n`, `\r`,
/// `\t`, `\"`, `\\` and `\$`); quoted ones may go over several lines.
///
/// # Errors
/// What is wrong, with the line; never with the line's content.
pub(super) fn read(text: &str) -> Result<HashMap<String, String>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = HashMap::new();
    let mut left = text;
    while !left.is_empty() {
        let line = text[..text.len() - left.len()].matches('\n').count() + 1;
        let (entry, rest) = left.split_once('\n').unwrap_or((left, ""));
        let entry = entry.trim();
        if entry.is_empty() || entry.starts_with('#') {
            left = rest;
            continue;
        }
        // From here on in the whole rest: a quoted value may be longer than its line.
        let start = left.trim_start();
        let named =
            start.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(start);
        let name = named.split(['=', '\n']).next().unwrap_or_default();
        let Some(value) = named[name.len()..].strip_prefix('=') else {
            return Err(format!("line {line} is not `KEY=value`"));
        };
        let name = name.trim();
        if !is_name(name) {
            return Err(format!("line {line} has no name that an environment variable could have"));
        }
        let value = value.trim_start_matches([' ', '\t']);
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(&value[1..], quote)
                .ok_or_else(|| format!("the value that begins in line {line} is never ended by `{quote}`"))?,
            _ => {
                let (value, rest) = value.split_once('\n').unwrap_or((value, ""));
                (bare(value).to_owned(), rest)
            }
        };
        found.insert(name.to_owned(), value);
        left = rest;
    }
    Ok(found)
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn bare(value: &str) -> &str {
    let comment = value.char_indices().find(|(at, c)| {
        *c == '#' && value[..*at].chars().next_back().is_none_or(|before| before.is_ascii_whitespace())
    });
    comment.map_or(value, |(at, _)| &value[..at]).trim()
}

/// The value after an opening quote, and what follows its line.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => {
                let rest = &text[at + 1..];
                return Some((value, rest.split_once('\n').map_or("", |(_, rest)| rest)));
            }
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                c @ ('"' | '\\' | '$' | '\'') => value.push(c),
                c => value.extend(['\\', c]),
            },
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let text = "\u{feff}# a comment\n\nA=1\nexport B = two words  # why\nC='lit $x \\n # y'  # z\nD=\"a\\nb\\\"$c\\d\"\n\
                    E=a#b\r\nF=\nG=\"two\nlines\" # x\n  H='x'\nA=2\nexporter=3\nI=#none\n";
        let found = read(text).unwrap();
        let get = |name: &str| found[name].as_str();
        assert_eq!(get("A"), "2");
        assert_eq!(get("B"), "two words");
        assert_eq!(get("C"), "lit $x \\n # y");
        assert_eq!(get("D"), "a\nb\"$c\\d");
        assert_eq!(get("E"), "a#b");
        assert_eq!(get("F"), "");
        assert_eq!(get("G"), "two\nlines");
        assert_eq!(get("H"), "x");
        assert_eq!(get("exporter"), "3");
        assert_eq!(get("I"), "");
        assert_eq!(found.len(), 10);
    }

    #[test]
    fn says_where_it_is_wrong_but_not_what_is_there() {
        assert_eq!(read("A=1\nhunter2\n").unwrap_err(), "line 2 is not `KEY=value`");
        assert_eq!(
            read("\n1A=hunter2").unwrap_err(),
            "line 2 has no name that an environment variable could have"
        );
        assert_eq!(
            read("A=\"hunter2\n\n").unwrap_err(),
            "the value that begins in line 1 is never ended by `\"`"
        );
    }
}
