//! From values to the plan's values, held against the types of the catalog; and types as the user writes them.

use super::Check;
pub(super) use crate::diagnostic::words::{and_list, list_of};
use crate::diagnostic::{codes, nearest};
use crate::plan::Output;
use crate::span::Span;
use crate::syntax::ast::{Element, Entry, Expr, ExprKind};
use crate::types::{ActionId, Segment, Ty, Val};
use crate::value::{self, ArtifactRef, ExecutionFact, Reference, Text};

/// Where a list's element stands.
pub(super) fn element_span(element: &Element) -> Span {
    match element {
        Element::Value(expr) | Element::Spread(expr) => expr.span,
    }
}

/// Where a record's entry stands.
pub(super) fn entry_span(entry: &Entry) -> Span {
    match entry {
        Entry::Field(field) => field.span,
        Entry::Spread(expr) => expr.span,
        Entry::Error(span) => *span,
    }
}

impl<'a> Check<'a> {
    /// Reports a value of the wrong type.
    pub(super) fn mismatch(&mut self, span: Span, wanted: &Ty, found: &Val, what: &str) -> Val {
        // What is unknown, in code that is only looked at, may be of the right type.
        if found.is_error() || found.holds(&|value| matches!(value, Val::Unknown(ty) if *ty == Ty::Any)) {
            return Val::Error;
        }
        if self.untaken > 0 && matches!(found, Val::Null) {
            return Val::Error;
        }
        if matches!(found, Val::Secret(_)) {
            return self.secret_flow(span, &format!("be {}", what.trim_start_matches("an element of ")));
        }
        if let Some(reported) = self.wrong_part(span, wanted, found, what) {
            return reported;
        }
        let place = self.place(span);
        let (expected, actual) = (wanted.describe(), found.describe());
        let mut diagnostic = codes::TYPE_MISMATCH
            .at(place, format!("{what} is {expected}, and this is {actual}"))
            .label(format!("{actual}, where {expected} is wanted"));
        let source = self.text(span);
        match (wanted, found) {
            (Ty::String, Val::Int(_) | Val::Bool(_) | Val::Duration(_)) => {
                if let Some(text) = self.quoted_text(span, what) {
                    diagnostic = diagnostic.fix("put it in quotes", place, text);
                }
            }
            (Ty::List(inner), Val::List(items)) => {
                if let Some((at, bad)) = items.iter().enumerate().find(|(_, item)| !inner.accepts(item)) {
                    let (inner, bad) = (inner.describe(), bad.describe());
                    diagnostic.message =
                        format!("each element of {what} is {inner}, and element {at} is {bad}");
                    diagnostic.label = format!("element {at} is {bad}");
                }
            }
            (Ty::Duration, Val::Int(_)) => {
                diagnostic = diagnostic.help("durations have a unit: `90s`, `15m`, `1h30m`, `7d`");
            }
            (Ty::Duration, Val::Text(text))
                if is_quoted(source, text) && crate::syntax::duration(text).is_some() =>
            {
                diagnostic = diagnostic.fix("remove the quotes", place, text.to_string());
            }
            // The value may be one inside the record or the list that stands there.
            (Ty::List(_), Val::Text(_) | Val::Action(_) | Val::Artifact(..))
                if !source.starts_with(['{', '[']) =>
            {
                diagnostic = diagnostic.fix("put it in a list", place, format!("[{source}]"));
            }
            (Ty::Bool, Val::Text(text)) if matches!(source, "\"true\"" | "\"false\"") => {
                diagnostic = diagnostic.fix("remove the quotes", place, text.to_string());
            }
            (Ty::Int, Val::Text(text)) if text.parse::<i64>().is_ok() && is_quoted(source, text) => {
                diagnostic = diagnostic.fix("remove the quotes", place, text.to_string());
            }
            _ => {}
        }
        self.report(diagnostic);
        Val::Error
    }

    /// What stands at `span` as a text, where it is surely the value itself and not something that the value is in.
    fn quoted_text(&self, span: Span, what: &str) -> Option<String> {
        let source = self.text(span);
        if is_literal(source) {
            return Some(format!("\"{source}\""));
        }
        let before = self.file_text_here()[..span.start as usize].trim_end().strip_suffix(':')?.trim_end();
        let key = before.trim_end_matches('"').rsplit(|c: char| !is_name_char(c)).next().unwrap_or("");
        let own = what == format!("`{key}`") || (what == "an environment variable" && key != "env");
        let simple = source.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && !source.contains(['{', '[', '\n']);
        (own && simple).then(|| format!("\"#{{{source}}}\""))
    }

    /// The artifact that a value stands for; an action with exactly one stands for it.
    pub(super) fn artifact(&mut self, value: Val, span: Span) -> Option<(ActionId, usize)> {
        match value {
            Val::Artifact(action, output) => Some((action, output)),
            Val::Action(action) => {
                let signature = self.signature(action, span)?;
                if signature.outputs.len() == 1 {
                    return Some((action, 0));
                }
                if signature.broken {
                    return None;
                }
                let place = self.place(span);
                let name = self.written_action(action).name.clone();
                let definition = self.action_place(self.member(action).written);
                // What was said of here does not make the action wait as well.
                self.uses.retain(|used| used.place != place);
                let outputs = signature.outputs.iter().filter_map(|output| output.id.as_ref());
                let ids: Vec<String> = outputs.map(|id| format!("{}.{id}", name.text)).collect();
                let diagnostic = if ids.is_empty() {
                    codes::NO_ARTIFACT
                        .at(place, format!("`{}` makes no artifact", name.text))
                        .help("declare its files there: `output: \"dist/**\"`")
                } else {
                    codes::NO_ARTIFACT
                        .at(place, format!("`{}` makes several artifacts", name.text))
                        .help(format!("say which: {}", list_of(ids.iter().map(String::as_str))))
                };
                self.report(diagnostic.also(definition, format!("`{}` is declared here", name.text)));
                None
            }
            value @ Val::Unknown(_) if Ty::Artifact.accepts(&value) => None,
            other => {
                self.mismatch(span, &Ty::Artifact, &other, "an input");
                None
            }
        }
    }

    pub(super) fn artifact_ref(&mut self, (action, output): (ActionId, usize)) -> ArtifactRef {
        let id = self
            .signature(action, Span::default())
            .and_then(|s| s.outputs.get(output).and_then(|o| o.id.clone()));
        ArtifactRef { action: self.member(action).id.clone(), output: id.map(Into::into) }
    }

    /// A text of the plan.
    pub(super) fn plan_text(&self, segments: &[Segment]) -> Text {
        if let [] | [Segment::Literal(_)] = segments {
            let text =
                segments.first().map_or("", |s| if let Segment::Literal(text) = s { text } else { "" });
            return Text::Constant(text.to_owned());
        }
        let segments = segments.iter().map(|segment| match segment {
            Segment::Literal(text) => value::Segment::Literal(text.to_string()),
            Segment::Variable(name, _) => {
                value::Segment::Reference(Reference::Variable { variable: name.to_string() })
            }
            Segment::Output(action, name) => value::Segment::Reference(Reference::Output {
                action: self.member(*action).id.clone(),
                output: name.to_string(),
            }),
            Segment::Deploy(json) => {
                value::Segment::Reference(Reference::Deploy { cloudformation: json.to_string() })
            }
            Segment::ExecutionId => {
                value::Segment::Reference(Reference::Execution { execution: ExecutionFact::Id })
            }
        });
        Text::Segments(segments.collect())
    }

    /// Globs: a text or a list of texts.
    pub(super) fn globs(&mut self, value: &Val, span: Span) -> Option<Vec<String>> {
        let items = match value {
            Val::List(items) => items.to_vec(),
            Val::Error | Val::Unknown(_) => return None,
            one => vec![one.clone()],
        };
        let mut globs = Vec::new();
        for item in items {
            match item {
                Val::Text(glob) => {
                    if let Err(error) = globset::Glob::new(&glob) {
                        let reason = error.kind().to_string();
                        self.error(&codes::BAD_VALUE, span, format!("`{glob}` is not a glob: {reason}"));
                    } else if !value::is_inside(&glob) {
                        let place = self.place(span);
                        self.report(
                            codes::BAD_PATH
                                .at(place, format!("the glob `{glob}` leads outside the working directory"))
                                .help("globs are relative to the working directory: no leading `/`, no `..`"),
                        );
                    } else {
                        globs.push(glob.to_string());
                    }
                }
                value @ Val::Run(_) if value.is_deploy_time() => drop(self.deploy_time(span, "be a glob")),
                Val::Run(_) => self.not_constant(span, "a glob"),
                Val::Error | Val::Unknown(_) => {}
                other => drop(self.mismatch(span, &Ty::String, &other, "a glob")),
            }
        }
        Some(globs)
    }
}

pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether `source` is the text in quotes: neither a name that stands for it nor another way to write it.
pub(super) fn is_quoted(source: &str, text: &str) -> bool {
    source.strip_prefix('"').and_then(|s| s.strip_suffix('"')) == Some(text)
}

/// Whether `source` is a whole number, a truth value or a duration.
fn is_literal(source: &str) -> bool {
    let digits = source.strip_prefix('-').unwrap_or(source);
    matches!(source, "true" | "false")
        || (digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || "smhd".contains(c)))
}

/// The known fields that keys which are none most likely mean: that those are missing is not said.
pub(super) fn meant<'k>(entries: &[Entry], known: &[&'k str]) -> Vec<&'k str> {
    let keys = entries.iter().filter_map(|entry| match entry {
        Entry::Field(field) => Some(field.key.text.as_str()),
        _ => None,
    });
    let unknown = keys.filter(|key| !known.contains(key));
    unknown.filter_map(|key| nearest(key, known.iter().copied())).collect()
}

/// The name of a bare word.
pub(super) fn bare_word(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

/// An output as the plan holds it.
pub(super) fn plan_output(output: &super::outputs::OutputDecl) -> Output {
    Output {
        id: output.id.as_ref().map(ToString::to_string),
        name: output.name.clone(),
        files: output.files.clone(),
    }
}
