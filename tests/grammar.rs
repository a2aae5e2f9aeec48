//! The grammars for editors in `grammar/tree-sitter` and `grammar/textmate`: they read every file that the compiler
//! reads, as the compiler reads it, and colour what a reader would look for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use compiler::source::SourceId;
use compiler::syntax::{Parsed, parse};

use crate::support::{outcome, read, root, text};

mod compare;
mod textmate;
mod tree;
mod words;

use compare::{compare_items, compiled_expressions, compiled_leaves, read_expressions, read_leaves};
pub(crate) use tree::captures;
use tree::{Node, driver, grammar, trees};

/// The file that has every construct of the language.
fn sample() -> PathBuf {
    root().join("tests/grammar/sample.pipe")
}

/// The files of the repository whose names end so.
pub(crate) fn files(extension: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !name.starts_with('.') && !["target", "node_modules"].contains(&&*name) {
                    walk(&path, extension, found);
                }
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(root(), extension, &mut found);
    found.sort();
    found
}

fn well_formed(text: &str) -> Option<Parsed> {
    let parsed = parse(SourceId(0), text);
    parsed.diagnostics.is_empty().then_some(parsed)
}

/// What the pages show as Pipe, whole files and parts of files, as far as it is well formed.
fn shown() -> Vec<String> {
    // The page of codes shows again what the page of each code shows.
    let mut found = BTreeSet::new();
    for page in files("md") {
        let page = read(&page);
        for part in page.split("\n```pipe").skip(1) {
            let Some((_, block)) = part.split_once('\n') else { continue };
            let block = block.split("\n```").next().unwrap_or_default();
            if well_formed(block).is_some() {
                found.insert(block.to_owned());
            }
        }
    }
    assert!(found.len() > 50, "the pages show Pipe {} times", found.len());
    found.into_iter().collect()
}

fn differ(parsed: &Parsed, node: &Node, text: &str) -> Result<(), String> {
    if let Some(mistake) = node.mistake() {
        return Err(mistake);
    }
    let (compiled, read) = (compiled_leaves(parsed, text), read_leaves(node, text));
    if let Some((a, b)) = compiled.iter().zip(&read).find(|(a, b)| a != b) {
        return Err(format!("{a:?}, but the tree has {b:?}"));
    }
    if compiled.len() != read.len() {
        return Err(format!("{} tokens, but the tree has {}", compiled.len(), read.len()));
    }
    compare_items(&parsed.file.items, node, text)?;
    let (compiled, read) = (compiled_expressions(&parsed.file.items), read_expressions(node));
    match compiled.iter().zip(&read).find(|(a, b)| a != b) {
        Some((a, b)) => Err(format!("{a:?}, but the tree has {b:?}")),
        None if compiled.len() != read.len() => {
            Err(format!("{} expressions, but the tree has {}", compiled.len(), read.len()))
        }
        None => Ok(()),
    }
}

/// Fails unless tokens, items and expressions of well-formed texts are the same.
#[track_caller]
fn assert_same(texts: &[String]) {
    for (text, node) in texts.iter().zip(trees(texts)) {
        let parsed = well_formed(text).unwrap_or_else(|| panic!("not well formed:\n{text}"));
        if let Err(problem) = differ(&parsed, &node, text) {
            panic!("{problem}\nin:\n{text}");
        }
    }
}

#[test]
fn every_file_is_read_as_the_compiler_reads_it() {
    let paths = files("pipe");
    assert!(paths.contains(&sample()));
    let mut texts: Vec<_> = paths.iter().map(|path| read(path)).collect();
    texts.retain(|text| well_formed(text).is_some());
    assert!(texts.len() + 5 > paths.len(), "most files are well formed");
    texts.extend(shown());
    texts.push(read(sample()).replace('\n', "\r\n"));
    texts.extend(["", "\n\n", "// x", "#!", ",,let a = 1,,\n,let b = 2,\n"].map(str::to_owned));
    assert_same(&texts);
}

/// Wherever an end of line, a comment or a comma may stand, and whatever may be left out.
#[test]
fn every_variation_is_read_as_the_compiler_reads_it() {
    let mut texts = Vec::new();
    let mut items = shown();
    let whole = read(sample());
    let nodes = trees(std::slice::from_ref(&whole));
    items.extend(nodes[0].children.iter().map(|item| whole[item.start..item.end].to_owned()));
    for item in items.iter().filter(|item| item.len() < 1500) {
        for (_, span) in parse(SourceId(0), item).tokens {
            let (before, behind) = (&item[..span.range().start], &item[span.range().start..]);
            for insert in ["\n", " // x\n\n", ",", "\n,\n"] {
                texts.push(format!("{before}{insert}{behind}"));
            }
            texts.push(format!("{before}{}", behind.get(span.range().len()..).unwrap_or_default()));
        }
    }
    texts.retain(|text| well_formed(text).is_some());
    assert!(texts.len() > 5000, "only {} variations are well formed", texts.len());
    assert_same(&texts);
}

#[test]
fn edits_are_read_as_whole_files_are() {
    let output = outcome(Command::new(driver()).args(["edits", text(&sample())])).exits(0).stdout;
    let well_formed: usize = output.trim().parse().expect("a number");
    assert!(well_formed > 500, "only {well_formed} edits left the file well formed");
}

/// The names of what is declared, also in what could not be read.
fn declared(node: &Node, text: &str) -> Vec<String> {
    let named = node.walk().into_iter().filter(|node| node.kind.ends_with("_declaration"));
    named.filter_map(|node| node.child("name")).map(|name| text[name.start..name.end].to_owned()).collect()
}

/// While a file is being written, what stands around the place stays coloured.
#[test]
fn a_mistake_spoils_its_surroundings_only() {
    let line = "    action b = run { script: \"x\" }\n";
    let frame = |middle: &str| {
        format!(
            "let first = 1\npipeline p {{\n  stage s {{\n    action a = run {{ script: \"x\" }}\n{middle}    action c = run {{ \
             script: \"y\" }}\n  }}\n  stage t {{\n    action d = run {{ script: \"z\" }}\n  }}\n}}\nlet last = 2\n"
        )
    };
    let broken = [
        "    action\n",
        "    action b\n",
        "    action b =\n",
        "    action b = run\n",
        "    action b = run { script: }\n",
        "    action b = run { script \"x\" }\n",
        "    action b = run { script: \"x }\n",
        "    action b = run { script: \"\\q\" }\n",
        "    action b = run { script: \"#{\" }\n",
        "    action b = run { inputs: [a, }\n",
        "    action b = run { inputs: [a.] }\n",
        "    action b = run { timeout: 20x }\n",
        "    let b: = 1\n",
        "    let b = if\n",
        "    gate b on\n",
        "    'x'\n",
        "    ;\n",
        "    $ € %\n",
        "    x = 1\n",
        "    action b = run { script: \"\"\"x\"\"\" }\n",
        "    action b = run {\n      scri\n      inputs: [a]\n    }\n",
        "    action b = run {\n      script: \"x\n      inputs: [a]\n    }\n",
        "    action b = run {\n      script:\n      inputs: [a]\n    }\n",
        "    action b = run {\n      script: \"\"\"\n      x\n    }\n",
    ];
    let mut texts = vec![frame(line)];
    texts.extend(broken.iter().map(|middle| frame(middle)));
    let mut report = String::new();
    for ((middle, text), node) in broken.iter().zip(&texts[1..]).zip(trees(&texts[1..])) {
        let names = declared(&node, text);
        let lost: Vec<_> = ["first", "p", "s", "a", "c", "t", "d", "last"]
            .into_iter()
            .filter(|name| !names.iter().any(|found| found == name))
            .collect();
        writeln!(report, "{}\n  lost: {lost:?}\n", middle.trim_end()).expect("a text takes lines");
    }
    insta::assert_snapshot!(report);
}

/// What is captured, a line for each line of the file: `text[capture]`.
fn annotated(query: &str, file: &Path) -> String {
    let source = read(file);
    let mut lines: Vec<Vec<String>> = vec![Vec::new(); source.lines().count()];
    for capture in captures(&grammar().join("queries").join(query), file) {
        let line = source[..capture.start].matches('\n').count();
        let mut shown = source[capture.start..capture.end].lines().next().unwrap_or_default().to_owned();
        if source[capture.start..capture.end].contains('\n') {
            shown.push('…');
        }
        let set: String = capture.set.iter().map(|set| format!(" {set}")).collect();
        lines[line].push(format!("{shown}[{}{set}]", capture.name));
    }
    let lines = lines.iter().enumerate().filter(|(_, line)| !line.is_empty());
    lines.map(|(number, line)| format!("{}: {}\n", number + 1, line.join(" "))).collect()
}

#[test]
fn highlights() {
    insta::assert_snapshot!(annotated("highlights.scm", &sample()));
}

#[test]
fn other_queries() {
    for name in ["locals", "folds", "indents", "injections"] {
        insta::assert_snapshot!(name, annotated(&format!("{name}.scm"), &sample()));
    }
}

/// Editors differ in which of several captures they take, so there is one; and everything has one.
#[test]
fn every_word_and_mark_has_one_colour() {
    for file in files("pipe") {
        let source = read(&file);
        if well_formed(&source).is_none() {
            continue;
        }
        let mut coloured: Vec<_> = captures(&grammar().join("queries/highlights.scm"), &file)
            .iter()
            .map(|capture| (capture.start, capture.end))
            .collect();
        let all = coloured.len();
        coloured.sort_unstable();
        coloured.dedup();
        assert_eq!(all, coloured.len(), "{}: something has two colours", file.display());
        let node = &trees(std::slice::from_ref(&source))[0];
        for (class, start, end) in read_leaves(node, &source) {
            // Pieces of a string have the colour of the whole.
            if !["text", "string opens", "string closes"].contains(&class.as_str()) {
                let found = coloured.binary_search(&(start, end)).is_ok();
                assert!(found, "{}: {:?} at {start} has no colour", file.display(), &source[start..end]);
            }
        }
    }
}

#[test]
fn the_parser_was_generated_from_the_grammar() {
    let mut node = Command::new("node");
    node.arg(root().join("tests/grammar/evaluate.mjs"));
    outcome(node.args(["grammar.js", "src/grammar.json"].map(|name| grammar().join(name)))).exits(0);
    // And with the version that old editors read.
    assert!(read(grammar().join("src/parser.c")).contains("#define LANGUAGE_VERSION 14\n"));
}

/// Neovim loads the parser and every query, and colours the same words.
#[test]
fn neovim() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let place = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(&path).expect("folders can be made");
        path
    };
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-I"]).arg(grammar().join("src"));
    cc.args(["parser.c", "scanner.c"].map(|name| grammar().join("src").join(name)));
    outcome(cc.arg("-o").arg(place("parser").join("pipe.so"))).exits(0);
    let queries = place("queries/pipe");
    for name in ["highlights", "locals", "folds", "indents", "injections"] {
        let name = format!("{name}.scm");
        std::fs::copy(grammar().join("queries").join(&name), queries.join(&name)).expect("it is copied");
    }
    let mut nvim = Command::new("timeout");
    nvim.args(["60", "nvim", "--headless", "--clean", "-n", "--cmd"])
        .arg(format!("set rtp^={}", text(folder.path())))
        .arg("-S")
        .arg(root().join("tests/grammar/neovim.lua"))
        .env("HOME", folder.path())
        .env("STANDPIPE_TEST_FILE", sample());
    let captured = outcome(&mut nvim).exits(0).stdout;
    for expected in [
        "1 keyword.directive #!/usr/bin/env -S standpipe run",
        "13 keyword.modifier private",
        "13 keyword let",
        "13 variable secret-name",
        "94 keyword pipeline",
        "94 function web-shop",
        "148 keyword action",
        "148 function action",
        "148 variable on",
        "148 property action",
    ] {
        assert!(captured.lines().any(|line| line == expected), "{expected} is not in:\n{captured}");
    }
}

#[test]
fn editors_are_told_what_a_comment_and_a_bracket_is() {
    let path = root().join("grammar/textmate/language-configuration.json");
    let json: serde_json::Value = serde_json::from_str(&read(&path)).expect("it is JSON");
    assert_eq!(json["comments"]["lineComment"], "//");
    assert_eq!(json["brackets"].as_array().map(Vec::len), Some(3));
    for name in ["package.json", "tree-sitter.json"] {
        let json: serde_json::Value = serde_json::from_str(&read(grammar().join(name))).expect("it is JSON");
        assert!(json.is_object(), "{name}");
    }
    let json = read(grammar().join("tree-sitter.json"));
    for query in ["highlights", "locals", "injections"] {
        assert!(json.contains(&format!("queries/{query}.scm")), "{query}");
    }
}
