//! Diagnostics as a SARIF 2.1.0 log, the form that code scanning services and many editors read.
//!
//! Rules are those of the registry that results name. The form:
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::codes::{ALL, Code};
use super::region::{Columns, Regions};
use super::{Diagnostic, Fix, Place, Severity};
use crate::source::{SourceId, Sources};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'d> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'d>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'d> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Entry<'d>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text<'static>,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Text<'d> {
    text: &'d str,
}

/// The page, for viewers that lay out Markdown and for those that do not.
#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'d> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: OwnText,
    locations: [Location<'d>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'d>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixEntry<'d>>,
}

#[derive(Serialize)]
struct OwnText {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'d>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixEntry<'d> {
    description: Text<'d>,
    artifact_changes: Vec<Change<'d>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'d> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'d>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'d> {
    deleted_region: Region,
    inserted_content: Text<'d>,
}

/// The diagnostics, in order, as a log of one run.
#[must_use]
pub fn to_sarif(diagnostics: &[&Diagnostic], sources: &Sources) -> String {
    let named: BTreeSet<&str> = diagnostics.iter().map(|d| d.code.id).collect();
    let rules: Vec<&Code> = ALL.iter().copied().filter(|code| named.contains(code.id)).collect();
    let regions = Regions::new(sources, Columns::Utf16);
    let results = diagnostics.iter().map(|d| entry(d, &rules, sources, &regions)).collect();
    let driver = Driver {
        name: "Standpipe",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: rules.iter().copied().map(rule).collect(),
    };
    let run = Run { tool: Tool { driver }, column_kind: "utf16CodeUnits", results };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    // Only maps with other keys than texts can fail to be written.
    let mut json = serde_json::to_string_pretty(&log).unwrap_or_default();
    json.push('\n');
    json
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn rule(code: &Code) -> Rule {
    Rule {
        id: code.id,
        short_description: Text { text: code.title },
        help: Help { text: code.page, markdown: code.page },
        default_configuration: Configuration { level: level(code.severity) },
    }
}

fn entry<'d>(d: &'d Diagnostic, rules: &[&Code], sources: &Sources, regions: &Regions<'_>) -> Entry<'d> {
    let location = |id: Option<usize>, place: Place, text: &'d str| Location {
        id,
        physical_location: Physical {
            artifact_location: artifact(place.source, sources),
            region: region(place, regions),
        },
        message: (!text.is_empty()).then_some(Text { text }),
    };
    let help = d.help.iter().flat_map(|help| ["\n", help.as_str()]);
    Entry {
        rule_id: d.code.id,
        rule_index: rules.iter().position(|code| code.id == d.code.id).unwrap_or_default(),
        level: level(d.severity),
        message: OwnText { text: std::iter::once(d.message.as_str()).chain(help).collect() },
        locations: [location(None, d.place, &d.label)],
        related_locations: d
            .labels
            .iter()
            .enumerate()
            .map(|(i, label)| location(Some(i + 1), label.place, &label.text))
            .collect(),
        fixes: d.fix.iter().map(|fix| fix_entry(fix, sources, regions)).collect(),
    }
}

fn fix_entry<'d>(fix: &'d Fix, sources: &Sources, regions: &Regions<'_>) -> FixEntry<'d> {
    let mut changes: BTreeMap<SourceId, Vec<Replacement<'d>>> = BTreeMap::new();
    for edit in &fix.edits {
        let whole = Region { start_line: 1, start_column: 1, end_line: 1, end_column: 1 };
        let deleted_region = region(edit.place, regions).unwrap_or(whole);
        let replacement = Replacement { deleted_region, inserted_content: Text { text: &edit.text } };
        changes.entry(edit.place.source).or_default().push(replacement);
    }
    let change =
        |(source, replacements)| Change { artifact_location: artifact(source, sources), replacements };
    FixEntry {
        description: Text { text: &fix.title },
        artifact_changes: changes.into_iter().map(change).collect(),
    }
}

fn region(place: Place, regions: &Regions<'_>) -> Option<Region> {
    let found = regions.of(place)?;
    Some(Region {
        start_line: found.start_line,
        start_column: found.start_column,
        end_line: found.end_line,
        end_column: found.end_column,
    })
}

fn artifact(source: SourceId, sources: &Sources) -> Artifact {
    Artifact { uri: uri(&sources.get(source).name) }
}

/// A path as a URI: relative as it is, absolute as a `file` URI.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
