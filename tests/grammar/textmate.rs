//! The `TextMate` grammar, in the engine of VS Code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use compiler::syntax::token::Kind;

use super::compare::words;
use super::tree::trees;
use super::{files, outcome, read, root, sample, well_formed};

pub(super) fn textmate_grammar() -> PathBuf {
    root().join("grammar/textmate/pipe.tmLanguage.json")
}

/// What the engine of VS Code makes of a file: a line for each token.
fn tokenised(file: &Path) -> String {
    let modules = root().join("tests/.tools/textmate");
    assert!(
        modules.join("node_modules/vscode-textmate").exists(),
        "the TextMate engine is missing: run `tests/setup` first"
    );
    let mut node = Command::new("node");
    node.arg(root().join("tests/grammar/textmate.mjs")).arg(modules).arg(textmate_grammar()).arg(file);
    outcome(&mut node).exits(0).stdout
}

/// The tokens of each line but punctuation, as `text[scopes]`.
fn scopes(file: &Path) -> String {
    let mut shown = String::new();
    let mut last = "";
    let output = tokenised(file);
    for line in output.lines() {
        let columns: Vec<_> = line.splitn(3, '\t').collect();
        let [place, scopes, token] = columns[..] else { panic!("{line:?} is no token") };
        // Every mark has a scope of its own; a page of them shows nothing.
        if scopes.rsplit(' ').next().is_some_and(|scope| scope.starts_with("punctuation.")) {
            continue;
        }
        let number = place.split(':').next().unwrap_or_default();
        if number != last {
            shown.push_str(if last.is_empty() { "" } else { "\n" });
            write!(shown, "{number}:").expect("a text takes text");
            last = number;
        }
        write!(shown, " {}[{scopes}]", token.trim()).expect("a text takes text");
    }
    shown + "\n"
}

#[test]
fn textmate() {
    insta::assert_snapshot!(scopes(&sample()));
}

/// Both grammars agree on what declares: a word has the colour of a declaration in one if it has it in the other.
#[test]
fn textmate_finds_the_declarations_that_the_tree_has() {
    let declaration = words(Kind::is_declaration);
    for file in files("pipe") {
        let source = read(&file);
        if well_formed(&source).is_none() {
            continue;
        }
        let node = &trees(std::slice::from_ref(&source))[0];
        let mut expected = Vec::new();
        for node in node.walk() {
            if !node.named && declaration.contains(&source[node.start..node.end].to_owned()) {
                let line = source[..node.start].matches('\n').count() + 1;
                let column = source[..node.start].chars().rev().take_while(|c| *c != '\n').count() + 1;
                expected.push(format!("{line}:{column} {}", &source[node.start..node.end]));
            }
        }
        let output = tokenised(&file);
        let found = output.lines().filter_map(|line| {
            let mut columns = line.splitn(3, '\t');
            let (place, scopes, token) = (columns.next()?, columns.next()?, columns.next()?);
            let declares = scopes.split(' ').any(|scope| scope.starts_with("storage."));
            (declares && token != "failure").then(|| format!("{place} {token}"))
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{}", file.display());
    }
}
