//! Names of pipelines, made from names that follow other rules.

use std::path::Path;

use compiler::source::SourceId;
use compiler::syntax::lexer::lex;

/// The longest name that engines take, in characters.
const MAX_NAME: usize = 100;

/// A valid name made from any text; none where the text has nothing that a name can have.
pub(super) fn identifier(text: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut name = String::new();
    for c in text.chars() {
        if allowed(c) {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let start: String = name.trim_matches('-').chars().take(MAX_NAME).collect();
    let name = start.trim_end_matches('-');
    if name.is_empty() {
        return None;
    }
    let tokens = lex(SourceId::default(), name).tokens;
    let is_name =
        tokens.first().is_some_and(|(kind, span)| kind.is_name() && span.range() == (0..name.len()));
    if !is_name {
        let short: String = name.chars().take(MAX_NAME - "pipeline-".len()).collect();
        return Some(format!("pipeline-{short}"));
    }
    Some(name.to_owned())
}

/// The name that a manifest has, else the folder's, else `pipeline`.
pub(super) fn choose(manifest: Option<&str>, folder: &Path) -> String {
    manifest
        .and_then(identifier)
        .or_else(|| identifier(&folder_name(folder)))
        .unwrap_or_else(|| "pipeline".to_owned())
}

/// The folder's own name, also of `.`.
pub(super) fn folder_name(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    whole.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn any_text_becomes_a_name() {
        let cases = [
            ("web-shop", Some("web-shop")),
            ("_a", Some("_a")),
            ("my app!", Some("my-app")),
            ("3d", Some("pipeline-3d")),
            ("match", Some("pipeline-match")),
            ("--x--", Some("x")),
            ("a  é b", Some("a-b")),
            ("…", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(identifier(text).as_deref(), expected, "{text}");
        }
        assert_eq!(identifier(&"1".repeat(500)).map(|name| name.len()), Some(100));
    }
}
