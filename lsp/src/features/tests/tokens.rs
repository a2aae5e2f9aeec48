//! What names mean.

use compiler::span::Span;
use insta::assert_snapshot;

use super::{lines, project};
use crate::features::tokens::tokens;

#[test]
fn names_have_their_meaning() {
    let fixture = project("pipeline shop");
    let analysis = fixture.analysis();
    let found = tokens(&analysis, None).into_iter().map(|token| {
        let text = &analysis.text()[token.span.range()];
        let marks = [(token.declares, " declared"), (token.is_builtin, " of the catalog")];
        let marks: String = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
        format!("{text}: {:?}{marks}", token.kind)
    });
    assert_snapshot!(lines(found));
}

#[test]
fn tokens_stand_apart_and_in_order() {
    for cursor in ["pipeline shop", "fn label", "type Env"] {
        let analysis = project(cursor).analysis();
        let all = tokens(&analysis, None);
        assert!(!all.is_empty() && all.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        let half = Span::new(0, u32::try_from(analysis.text().len() / 2).expect("a small file"));
        let part = tokens(&analysis, Some(half));
        assert!(part.len() < all.len() && part.iter().all(|token| all.contains(token)));
    }
}
