//! JSON that keeps its members in the order in which they were written.

use indexmap::IndexMap;
use serde::Serialize;

/// A JSON value.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Seconds(u64),
    String(String),
    Array(Vec<Json>),
    Object(IndexMap<String, Json>),
}

impl Json {
    /// An object.
    pub(super) fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A list of texts.
    pub(super) fn texts(texts: &[String]) -> Self {
        Self::Array(texts.iter().cloned().map(Self::String).collect())
    }

    /// On one line.
    pub(super) fn compact(&self) -> String {
        // Texts, numbers, lists and maps with text keys always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}
