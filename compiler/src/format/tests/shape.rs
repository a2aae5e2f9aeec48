//! A tree as text, without its ranges.

use crate::syntax::ast::File;

/// The tree as `Debug` shows it, but for the ranges.
pub(super) fn of(file: &File) -> String {
    const RANGE: &str = "Span {";
    let debug = format!("{file:?}");
    let mut shape = String::with_capacity(debug.len());
    let mut rest = debug.as_str();
    while let Some(at) = rest.find(RANGE) {
        shape.push_str(&rest[..at]);
        rest = rest[at..].split_once('}').map_or("", |(_, rest)| rest);
    }
    shape + rest
}

#[test]
fn ranges_make_no_difference_and_everything_else_does() {
    let of = |text| of(&super::read(text).file);
    assert_eq!(of("let a = [1, 2]"), of("let   a = [\n 1\n 2 ]"));
    assert_ne!(of("let a = [1, 2]"), of("let a = [1, 3]"));
    assert_ne!(of("let a = 1"), of("/// doc\nlet a = 1"));
}
