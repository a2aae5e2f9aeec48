//! Reading the manifests of other tools. A manifest that cannot be read is no failure: less is known then.

use std::io::Read as _;
use std::path::Path;

/// The largest manifest that is read, in bytes. Real ones have some thousand.
const MAX_BYTES: u64 = 4 << 20;

/// A file's text; the reason why not otherwise.
pub(super) fn text(path: &Path) -> Result<String, String> {
    let meta = path.metadata().map_err(|error| error.to_string())?;
    if !meta.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("it has more than {} MiB", MAX_BYTES >> 20));
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// A TOML file.
pub(super) fn toml(path: &Path) -> Result<toml::Table, String> {
    text(path)?.parse().map_err(|error: toml::de::Error| error.message().to_owned())
}

/// A JSON file.
pub(super) fn json(path: &Path) -> Result<serde_json::Value, String> {
    serde_json::from_str(&text(path)?).map_err(|error| error.to_string())
}
