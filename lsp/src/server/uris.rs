//! Between URIs and the names of files.

use std::str::FromStr as _;

use compiler::source::normal;
use lsp_types::Uri;

/// The path of a `file` URI, with `/`; any other URI stands for itself.
pub(super) fn name_of(uri: &Uri) -> String {
    path_of(uri.as_str()).map_or_else(|| uri.as_str().to_owned(), |path| normal(&path))
}

/// The URI of a path.
pub(super) fn uri_of(path: &str) -> Option<Uri> {
    if !path.starts_with('/') && path.as_bytes().get(1) != Some(&b':') {
        return Uri::from_str(path).ok();
    }
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    Uri::from_str(&uri).ok()
}

fn path_of(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("file://")?;
    // Between the slashes there may be the name of this machine.
    let path = &rest[rest.find('/')?..];
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let path = decoded(path)?;
    let drive =
        path.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) && path.as_bytes().get(2) == Some(&b':');
    Some(if drive { path[1..].to_owned() } else { path })
}

/// The text without its `%41` escapes; nothing when that is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = if first == b'%' { after.get(..2) } else { None };
        let value = escape.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(value.unwrap_or(first));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(uri: &str) -> String {
        name_of(&Uri::from_str(uri).expect("a URI"))
    }

    #[test]
    fn paths_and_uris() {
        assert_eq!(name("file:///p/a%20b/%C3%A9.pipe"), "/p/a b/é.pipe");
        assert_eq!(name("file://localhost/p/a.pipe"), "/p/a.pipe");
        assert_eq!(name("file:///c%3A/p/a.pipe"), "c:/p/a.pipe");
        assert_eq!(name("untitled:Untitled-1"), "untitled:Untitled-1");
        assert_eq!(name("file:///%FF"), "file:///%FF");
        for path in ["/p/a b/é#?%.pipe", "c:/p/a.pipe", "/"] {
            let uri = uri_of(path).expect("a URI");
            assert_eq!(name_of(&uri), path);
        }
        assert_eq!(uri_of("untitled:x").expect("a URI").as_str(), "untitled:x");
        assert!(uri_of("file:///%FF").is_some());
    }
}
