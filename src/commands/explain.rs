//! `standpipe explain`

use std::fmt::Write as _;

use compiler::diagnostic::codes::{self, ALL};
use compiler::diagnostic::nearest;

use super::{DONE, ENVIRONMENT, USAGE};
use crate::terminal::{Terminal, print};

/// Prints the page of a code, or the list of all.
pub(super) fn explain(terminal: Terminal, code: Option<&str>) -> u8 {
    let text = match code {
        None => list(),
        Some(code) => match page(code) {
            Some(page) => page,
            None => {
                let ids = ALL.iter().map(|c| c.id).chain(runtime::CODES.iter().map(|c| c.code));
                let upper = code.to_uppercase();
                let help = match nearest(&upper, ids) {
                    Some(near) => format!("did you mean `{near}`? `standpipe explain` lists all codes"),
                    None => "`standpipe explain` lists all codes".to_owned(),
                };
                terminal.error(&format!("there is no code `{code}`"), Some(&help));
                return USAGE;
            }
        },
    };
    if print(&text).is_ok() { DONE } else { ENVIRONMENT }
}

fn page(code: &str) -> Option<String> {
    if let Some(code) = codes::find(code) {
        return Some(format!("# {}: {}\n\n{}", code.id, code.title, code.page));
    }
    let code = runtime::CODES.iter().find(|c| c.code.eq_ignore_ascii_case(code))?;
    Some(format!("# {}: {}\n\n{}\n\n## What to do\n\n{}\n", code.code, code.summary, code.cause, code.fix))
}

fn list() -> String {
    let mut rows: Vec<(&str, &str)> = ALL.iter().map(|c| (c.id, c.title)).collect();
    rows.extend(runtime::CODES.iter().map(|c| (c.code, c.summary)));
    rows.sort_unstable();
    let mut text = String::new();
    for (id, title) in rows {
        let _ = writeln!(text, "{id}  {title}");
    }
    text
}
