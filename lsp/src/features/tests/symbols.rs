//! Outlines.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::{lines, project};
use crate::features::symbols::{Symbol, matching, symbols};

fn outline(symbols: &[Symbol], depth: usize, out: &mut String) {
    for symbol in symbols {
        let line = format!("{}{:?} {} {}", "  ".repeat(depth), symbol.kind, symbol.name, symbol.detail);
        let _ = writeln!(out, "{}", line.trim_end());
        outline(&symbol.children, depth + 1, out);
    }
}

fn of(cursor: &str) -> Vec<Symbol> {
    let analysis = project(cursor).analysis();
    let compilation = analysis.compilation.as_ref().expect("it was read");
    symbols(&compilation.parsed.file.items, analysis.text())
}

#[test]
fn a_file_has_an_outline() {
    let mut out = String::new();
    outline(&of("pipeline shop"), 0, &mut out);
    outline(&of("fn label"), 0, &mut out);
    assert_snapshot!(out);
}

#[test]
fn letters_in_order_match() {
    let all = of("pipeline shop");
    let mut found = Vec::new();
    matching(&all, "sP", &mut found);
    assert_snapshot!(lines(found.into_iter().map(|(s, inside)| format!("{} in {inside:?}", s.name))));
}
