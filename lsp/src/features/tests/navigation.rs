//! Where names are declared and used.

use insta::assert_snapshot;

use super::{each, lines, project, shown};
use crate::features::navigation::{definition, entity, highlights, references};
use crate::features::tests::Fixture;

fn declared(cursor: &str) -> String {
    let fixture = project(cursor);
    let analysis = fixture.analysis();
    let found = definition(&analysis, fixture.offset());
    lines(found.into_iter().flat_map(|(_, places)| places).map(|place| shown(&analysis, place)))
}

#[test]
fn names_lead_to_their_declarations() {
    let cursors = [
        "app]",
        "level, LABEL",
        "part, LEVEL",
        "lib.label",
        "label(here)",
        "here)}",
        "Where =",
        "Env as Where",
        "lib.ship",
        "ship { files",
        "files: make",
        "make[\"front\"],",
        "TAG }\n}\n//-",
        "env}",
        "upload]",
        "app = git",
        "part}\"",
        "run {\n      inputs",
    ];
    assert_snapshot!(each(cursors, declared));
}

fn used(cursor: &str) -> String {
    let fixture = project(cursor);
    let entity = entity(&fixture.analysis(), fixture.offset()).expect("a name");
    let mut found = std::collections::BTreeSet::new();
    for analysis in fixture.all() {
        found.extend(references(&analysis, &entity, true).into_iter().map(|place| shown(&analysis, place)));
    }
    lines(found)
}

#[test]
fn uses_are_found_in_all_files() {
    let cursors = ["Env = ", "label(env", "make for", "TAG\"]", "files: artifact", "part in"];
    assert_snapshot!(each(cursors, used));
}

#[test]
fn the_same_name_is_highlighted() {
    let fixture = project("part in");
    let analysis = fixture.analysis();
    let found = highlights(&analysis, fixture.offset()).into_iter().map(|(span, declares)| {
        let place = compiler::diagnostic::Place { source: analysis.source, span };
        format!("{}{}", shown(&analysis, place), if declares { " declared" } else { "" })
    });
    assert_snapshot!(lines(found));
}

#[test]
fn nothing_is_named_there() {
    for text in
        ["", "pipeline $0", "let x = $01", "let x = \"a$0b\"", "// a$0b\n", "pipeline p {\n  stage s { $0"]
    {
        let fixture = Fixture::new(text);
        assert_eq!(definition(&fixture.analysis(), fixture.offset()), None, "{text}");
    }
}
