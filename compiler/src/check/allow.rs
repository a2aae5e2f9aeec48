//! `// allow P0603: reason`, on the line above, allows a warning or a hint. One that allows nothing is reported.

use crate::diagnostic::{Diagnostic, Place, Severity, codes};
use crate::lines::Lines;
use crate::load::Loaded;
use crate::places::Allowed;
use crate::span::Span;

/// A comment that allows something.
struct Allow<'t> {
    place: Place,
    /// The code, as written.
    code: &'t str,
    /// The line that it is for.
    line: u32,
    used: bool,
}

/// Takes out what is allowed, and reports what allows nothing. Hints about things that are never used cannot be told in a
/// file with errors, so that there an unused `allow` says nothing. What is for targets is given back: they speak later, and
/// whether they will at all nobody knows here.
pub(crate) fn apply(files: &[Loaded], diagnostics: &mut Vec<Diagnostic>) -> Vec<Allowed> {
    let mut for_targets = Vec::new();
    let has_errors = diagnostics.iter().any(|d| d.severity == Severity::Error);
    for file in files {
        let mut allows = allows(file);
        if allows.is_empty() {
            continue;
        }
        let lines = Lines::new(&file.text);
        diagnostics.retain(|diagnostic| {
            if diagnostic.place.source != file.source || diagnostic.severity == Severity::Error {
                return true;
            }
            let line = lines.line(diagnostic.place.span.start);
            let allow = allows
                .iter_mut()
                .find(|allow| allow.line == line && allow.code.eq_ignore_ascii_case(diagnostic.code.id));
            allow.is_none_or(|allow| {
                allow.used = true;
                false
            })
        });
        let (later, now): (Vec<_>, Vec<_>) = allows.into_iter().partition(|allow| is_of_a_target(allow.code));
        for_targets.extend(later.iter().filter_map(|allow| allowed(file, allow)));
        let unused = now.iter().filter(|allow| !allow.used && !has_errors);
        diagnostics.extend(unused.map(|allow| report(allow)));
    }
    for_targets
}

/// Whether a target reports it; as what, only the target knows.
fn is_of_a_target(code: &str) -> bool {
    code[1..].starts_with("04") && codes::find(code).is_some()
}

fn allowed(file: &Loaded, allow: &Allow<'_>) -> Option<Allowed> {
    let mut start = 0;
    for (number, line) in (0_u32..).zip(file.text.split_inclusive('\n')) {
        let end = start + u32::try_from(line.len()).ok()?;
        if number == allow.line {
            let place = Place { source: file.source, span: Span::new(start, end) };
            return Some(Allowed { place, code: allow.code.to_ascii_uppercase() });
        }
        start = end;
    }
    None
}

fn report(allow: &Allow<'_>) -> Diagnostic {
    let diagnostic = codes::UNUSED_ALLOW
        .at(allow.place, format!("this allows `{}`, which is not reported here", allow.code));
    match codes::find(allow.code) {
        None => diagnostic.help(format!("there is no code `{}`; `standpipe explain` lists all", allow.code)),
        Some(code) if code.severity == Severity::Error => {
            diagnostic.help("errors cannot be allowed; mend the cause")
        }
        Some(_) => diagnostic.help("remove it, or put it on the line above what it is for").fix(
            "remove it",
            allow.place,
            "",
        ),
    }
}

fn allows(file: &Loaded) -> Vec<Allow<'_>> {
    let mut allows = Vec::new();
    let mut lines: Option<Lines> = None;
    let comments = &file.parsed.trivia.comments;
    for (at, comment) in comments.iter().enumerate().filter(|(_, comment)| comment.own_line) {
        let text = &file.text[comment.span.range()];
        let Some(rest) = text.strip_prefix("//").map(str::trim_start) else { continue };
        let Some(rest) = rest.strip_prefix("allow ").map(str::trim_start) else { continue };
        let code = rest.split([':', ' ', '\t']).next().unwrap_or_default();
        let is_code =
            code.len() == 5 && code.starts_with(['P', 'p']) && code[1..].chars().all(|c| c.is_ascii_digit());
        if !is_code {
            continue;
        }
        let lines = lines.get_or_insert_with(|| Lines::new(&file.text));
        // Comments below it, and the documentation of a declaration, stand between it and what it is for.
        let mut line = lines.line(comment.span.start) + 1;
        for next in &comments[at + 1..] {
            if !next.own_line || lines.line(next.span.start) != line {
                break;
            }
            line += 1;
        }
        let place = Place { source: file.source, span: Span::new(comment.span.start, comment.span.end) };
        allows.push(Allow { place, code, line, used: false });
    }
    allows
}
