//! What the pages show is what the product does.

use crate::support::{Project, outcome, read, root, standpipe};

/// A fenced block of a page.
pub(crate) struct Block {
    /// What stands behind the opening fence.
    pub(crate) info: String,
    pub(crate) text: String,
}

impl Block {
    pub(crate) fn is_pipe(&self) -> bool {
        self.info.split_whitespace().next() == Some("pipe")
    }
}

/// The fenced blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(info) if !inside => {
                found.push(Block { info: info.trim().to_owned(), text: String::new() });
                inside = true;
            }
            Some("") => inside = false,
            _ if inside => {
                let block = found.last_mut().expect("a block is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            _ => {}
        }
    }
    assert!(!inside, "a block is not closed");
    found
}

/// The texts of the blocks of a page that are fenced as ```` ```info ````.
fn fenced(page: &str, info: &str) -> Vec<String> {
    blocks(page).into_iter().filter(|block| block.info == info).map(|block| block.text).collect()
}

/// The pages of the reference.
fn reference() -> Vec<String> {
    let mut pages = vec!["grammar/README.md".to_owned()];
    let folder = std::fs::read_dir(root().join("grammar/reference")).into_iter().flatten().flatten();
    let names = folder.map(|entry| entry.file_name().to_string_lossy().into_owned());
    pages.extend(names.filter(|name| name.ends_with(".md")).map(|name| format!("grammar/reference/{name}")));
    pages.sort();
    pages
}

/// A block ```` ```pipe ```` is a file that compiles, and stands in the canonical layout. Blocks ```` ```pipe file=stages.pipe ```` before it are files
/// beside it; the last one stands for each name. What is ```` ```pipe fragment ```` is a part of a file.
#[test]
fn every_complete_example_of_the_reference_compiles() {
    let mut pages = reference();
    pages.push("README.md".to_owned());
    let mut count = 0;
    for page in pages {
        let mut files: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
        let shown = blocks(&read(&page));
        for block in shown.iter().filter(|block| block.is_pipe()) {
            let options: Vec<&str> = block.info.split_whitespace().skip(1).collect();
            let (name, is_main) = match options.as_slice() {
                [] => ("pipeline.pipe", true),
                ["fragment"] => continue,
                [file] => (file.strip_prefix("file=").unwrap_or_else(|| panic!("{page}: {file}")), false),
                more => panic!("{page}: {more:?}"),
            };
            let project = Project::with("");
            for (other, text) in &files {
                project.write(other, text);
            }
            project.write(name, &block.text);
            let checked = project.standpipe(&["check", name]);
            let good = checked.code == Some(0) && !checked.stderr.contains("Warning");
            assert!(good, "{page}:\n{}\n{}", block.text, checked.stderr);
            let laid_out = project.standpipe(&["fmt", "--check", name]);
            assert_eq!(laid_out.code, Some(0), "{page}:\n{}\n{}", block.text, laid_out.stdout);
            if !is_main {
                files.insert(name.to_owned(), block.text.clone());
            }
            count += 1;
        }
    }
    assert!(count > 10, "the pages show only {count} files");
}

/// Links of the reference lead to pages and headings that are there.
#[test]
fn links_of_the_reference_lead_somewhere() {
    let anchor = |heading: &str| {
        let plain = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = plain.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>()
    };
    let mut count = 0;
    for page in reference() {
        let text = read(&page);
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)) {
            if link.contains("://") || link.contains(' ') {
                continue;
            }
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { format!("{folder}/{path}") };
            assert!(root().join(&target).exists(), "{page}: `{link}` leads nowhere");
            let there = || read(&target).lines().any(|line| line.starts_with('#') && anchor(line) == heading);
            assert!(heading.is_empty() || there(), "{page}: `{link}` has no such heading");
            count += 1;
        }
    }
    assert!(count > 10, "{count} links");
}

/// The message that the README shows is what the product says.
#[test]
fn the_message_of_the_readme_is_real() {
    let readme = read("README.md");
    let example = &fenced(&readme, "pipe")[0];
    let broken =
        example.replace("env: { WHO: who, LANGUAGE: language }", "env: { WHO: who, REV: app.comit }");
    let said = Project::with(&broken).standpipe(&["check"]).exits(1).stderr;
    let shown = &fenced(&readme, "text")[0];
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
    let commands = fenced(&readme, "sh").concat();
    for script in ["examples/hello/try", "tests/run"] {
        assert!(commands.contains(script), "the README does not show `{script}`");
        assert!(root().join(script).exists(), "`{script}` is missing");
    }
    assert!(read(".ci/run").contains("tests/run"), "CI calls another test command than the README");
}
