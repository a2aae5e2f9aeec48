//! What the pages show is what the product does.

use crate::support::{Project, outcome, root, standpipe};

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The blocks of a page that are fenced as ```` ```info ````.
fn blocks(page: &str, info: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current: Option<(bool, String)> = None;
    for line in page.lines() {
        match (&mut current, line.strip_prefix("```")) {
            (None, Some(fence)) => current = Some((fence.trim() == info, String::new())),
            (Some((wanted, block)), Some("")) => {
                if *wanted {
                    found.push(std::mem::take(block));
                }
                current = None;
            }
            (Some((_, block)), _) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(current.is_none(), "a block is not closed");
    found
}

#[test]
fn every_complete_example_of_the_reference_compiles() {
    for page in ["grammar/README.md", "README.md"] {
        let examples = blocks(&read(page), "pipe");
        assert!(!examples.is_empty(), "{page} shows no Pipe");
        for example in examples {
            let checked = Project::with(&example).standpipe(&["check"]);
            assert_eq!(checked.code, Some(0), "{page}:\n{example}\n{}", checked.stderr);
        }
    }
}

/// The message that the README shows is what the product says.
#[test]
fn the_message_of_the_readme_is_real() {
    let readme = read("README.md");
    let example = &blocks(&readme, "pipe")[0];
    let broken =
        example.replace("env: { WHO: who, LANGUAGE: language }", "env: { WHO: who, REV: app.comit }");
    let said = Project::with(&broken).standpipe(&["check"]).exits(1).stderr;
    let shown = &blocks(&readme, "text")[0];
    assert!(said.starts_with(shown.as_str()), "{said}");
}

/// The page of codes is made from the registry: `UPDATE_DOCS=1 cargo test docs` writes it.
#[test]
fn the_page_of_codes_is_up_to_date() {
    let mut page = String::from(
        "# Diagnostic codes\n\nMade from the registry; `standpipe explain CODE` prints a page.\n",
    );
    let list = outcome(standpipe().arg("explain")).exits(0).stdout;
    for line in list.lines() {
        let (code, title) = line.split_once("  ").expect("a code and a title");
        page.push_str(&format!("\n## {code}: {title}\n"));
        let explained = outcome(standpipe().args(["explain", code])).exits(0).stdout;
        let body = explained.split_once("\n\n").map_or("", |(_, body)| body);
        page.push('\n');
        page.push_str(&body.replace("\n## ", "\n### "));
    }
    let path = root().join("grammar/codes.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    assert!(
        std::fs::read_to_string(&path).is_ok_and(|text| text == page),
        "run `UPDATE_DOCS=1 cargo test docs`"
    );
}

/// The two commands of the README are the ones that work.
#[test]
fn the_readme_names_what_there_is() {
    let readme = read("README.md");
    let commands = blocks(&readme, "sh").concat();
    for script in ["examples/hello/try", "tests/run"] {
        assert!(commands.contains(script), "the README does not show `{script}`");
        assert!(root().join(script).exists(), "`{script}` is missing");
    }
    assert!(read(".ci/run").contains("tests/run"), "CI calls another test command than the README");
}
