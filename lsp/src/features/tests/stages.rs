//! Who waits for whom.

use insta::assert_snapshot;

use super::{each, lines, project};
use crate::features::stages::{Node, at, neighbours};

fn ids(nodes: &[Node]) -> String {
    nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn around(cursor: &str) -> String {
    let fixture = project(cursor);
    let analysis = fixture.analysis();
    lines(at(&analysis, fixture.offset()).iter().map(|node| {
        let (before, behind) =
            (neighbours(&analysis, &node.id, true), neighbours(&analysis, &node.id, false));
        format!("{} waits for [{}], is waited for by [{}]", node.id, ids(&before), ids(&behind))
    }))
}

#[test]
fn the_graph_is_known_from_any_name() {
    assert_snapshot!(each(["build {", "make for", "app = git", "ship = lib"], around));
}
