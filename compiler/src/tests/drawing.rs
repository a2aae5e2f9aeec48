//! How much is drawn, whatever was found.

use std::time::{Duration, Instant};

use super::{compiled, rendered};
use crate::diagnostic::{Diagnostic, Severity};

#[test]
fn long_lines_are_not_drawn() {
    let fields: Vec<String> = (0..2500).map(|i| format!("x{i}: 1")).collect();
    let text = format!("pipeline p {{\nstage s {{ action a = run {{ {} }} }}\n}}", fields.join(", "));
    let found = compiled(&text);
    let errors = found.errors();
    let start = Instant::now();
    let drawn = rendered(&errors, &found.sources);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(drawn.contains("[P0302] Error: `run` has no field `x7`\n  --> shop.pipe:2:"), "{drawn}");
    assert!(!drawn.contains("x7: 1") && drawn.ends_with(" more\n\n"), "{drawn}");
}

#[test]
fn of_many_diagnostics_the_errors_are_drawn() {
    let found = compiled("pipeline p { stage s { action a = run { script: nothing } } }\n");
    let error = (*found.errors().first().expect("there is one")).clone();
    let warning = Diagnostic { severity: Severity::Warning, message: "careful".to_owned(), ..error.clone() };
    let all: Vec<_> = std::iter::repeat_n(&warning, 300).chain([&error]).collect();
    let drawn = rendered(&all, &found.sources);
    assert_eq!(drawn.matches("\n\n").count(), 101, "{drawn}");
    assert!(drawn.contains("nothing here is called `nothing`"), "{drawn}");
    assert!(drawn.ends_with("\n\n… and 201 more\n\n"), "{drawn}");
}
