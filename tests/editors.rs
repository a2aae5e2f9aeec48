//! The pages on editors, taken at their word: what they show is pasted into a fresh home, and a real editor is started.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::docs::blocks;
use crate::grammar::captures;
use crate::support::{Project, outcome, read, root, text};

/// Where Helix has other names for what Neovim highlights.
const HELIX: [(&str, &str); 12] = [
    ("boolean", "constant.builtin.boolean"),
    ("comment", "comment.line"),
    ("comment.documentation", "comment.line.documentation"),
    ("function.call", "function"),
    ("keyword.conditional", "keyword.control.conditional"),
    ("keyword.import", "keyword.control.import"),
    ("keyword.modifier", "keyword.storage.modifier"),
    ("keyword.repeat", "keyword.control.repeat"),
    ("module", "namespace"),
    ("number", "constant.numeric"),
    ("property", "variable.other.member"),
    ("string.escape", "constant.character.escape"),
];

/// Where Zed has other names.
const ZED: [(&str, &str); 5] = [
    ("comment.documentation", "comment.doc"),
    ("function.call", "function"),
    ("keyword.directive", "preproc"),
    ("module", "namespace"),
    ("variable.builtin", "variable.special"),
];

/// The code blocks of a language in the part of a page below a heading, or in the whole page.
fn pasted(page: &str, heading: Option<&str>, language: &str) -> String {
    let page = read(page);
    let part = heading.map_or(page.as_str(), |heading| {
        let (_, rest) =
            page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no `{heading}`"));
        rest.split("\n## ").next().unwrap_or_default()
    });
    let blocks = blocks(part).into_iter().filter(|block| block.info == language);
    let blocks: String = blocks.map(|block| block.text).collect();
    assert!(!blocks.is_empty(), "there is no {language} below {heading:?}");
    blocks
}

/// A home with a file in which one field is misspelt, and which is not laid out.
struct Home(Project);

impl Home {
    fn new() -> Self {
        let home = Self(Project::new());
        home.0.write(
            "project/demo.pipe",
            "pipeline demo {\n    stage build {\n    action compile = run { script: \"echo\", timeot: 5m }\n  }\n}\n",
        );
        home
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("project/demo.pipe")
    }

    /// A program that has this home and finds `standpipe`.
    fn command(&self, program: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_standpipe")).parent().expect("it lies in a folder");
        let path = std::env::var("PATH").expect("there is a search path");
        let mut command = Command::new("timeout");
        command.arg("100").arg(program).env("HOME", self.0.path());
        command.env("PATH", format!("{}:{path}", binary.display()));
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs commands of a page in the folder of the repository.
    #[track_caller]
    fn shell(&self, commands: &str) {
        outcome(self.command("bash").args(["-ec", commands]).current_dir(root())).exits(0);
    }
}

#[test]
fn neovim_is_set_up_as_its_page_says() {
    let page = "lsp/editors/neovim/README.md";
    let home = Home::new();
    let version = outcome(Command::new("nvim").arg("--version")).exits(0).stdout;
    let minor = version.strip_prefix("NVIM v0.").and_then(|rest| rest.split('.').next());
    let is_new = minor.is_none_or(|minor| minor.parse::<u32>().expect("a number") >= 11);
    let heading = if is_new { "Neovim 0.11 and newer" } else { "Neovim 0.7 to 0.10" };
    let parts = [heading, "Formatting when a file is saved", "Colours and folds"];
    let init: Vec<String> = parts.iter().map(|part| pasted(page, Some(part), "lua")).collect();
    home.0.write(".config/nvim/init.lua", init.join("\n"));
    home.shell(&pasted(page, Some("Colours and folds"), "sh"));
    let mut nvim = home.command("nvim");
    nvim.args(["--headless", "-n", text(&home.file()), "-S", text(&root().join("tests/nvim/page.lua"))]);
    let session = outcome(nvim.current_dir(home.0.path())).exits(0);
    assert!(!session.stderr.contains("Error"), "{}", session.stderr);
}

#[test]
fn emacs_is_set_up_as_its_page_says() {
    let page = "lsp/editors/emacs/README.md";
    let home = Home::new();
    home.0.write(".emacs.d/init.el", pasted(page, None, "elisp"));
    home.shell(&pasted(page, None, "sh"));
    let laid_out: Vec<String> = ["web-shop", "website", "demo-release", "team/shop"]
        .map(|name| text(&root().join("examples").join(name).join("pipeline.pipe")).to_owned())
        .into();
    let mut compile = home.command("emacs");
    compile.args([
        "-Q",
        "--batch",
        "--eval",
        "(setq byte-compile-error-on-warn t)",
        "-f",
        "batch-byte-compile",
    ]);
    outcome(compile.arg(home.0.path().join(".emacs.d/lisp/pipe-mode.el"))).exits(0);
    let mut emacs = home.command("emacs");
    emacs.args(["--batch", "-l"]).arg(root().join("tests/emacs/session.el"));
    emacs.env("STANDPIPE_TEST_FILE", home.file()).env("STANDPIPE_TEST_LAID_OUT", laid_out.join("\n"));
    outcome(emacs.current_dir(home.0.path())).exits(0).says("ok");
}

/// The highlights of the grammar, with the names that an editor has.
fn renamed(editor: &str, names: &[(&str, &str)]) -> String {
    let mut out = format!(
        "; Made of grammar/tree-sitter/queries/highlights.scm by tests/editors.rs, with the names that {editor} has.\n\n"
    );
    let query = read("grammar/tree-sitter/queries/highlights.scm");
    let (_, query) = query.split_once("\n\n").expect("it begins with a comment");
    let mut parts = query.split('@');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '.').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let name = names.iter().find(|(ours, _)| *ours == name).map_or(name, |(_, theirs)| theirs);
        out.push_str(&format!("@{name}{rest}"));
    }
    out
}

/// Editors with names of their own get queries of their own; `UPDATE_DOCS=1` writes them anew.
#[test]
fn highlights_have_the_names_of_each_editor() {
    for (editor, path, names) in [
        ("Helix", "lsp/editors/helix/queries/highlights.scm", &HELIX[..]),
        ("Zed", "lsp/editors/zed/languages/pipe/highlights.scm", &ZED),
    ] {
        let wanted = renamed(editor, names);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(root().join(path), &wanted).expect("it can be written");
        }
        assert!(read(path) == wanted, "{path} is not up to date: UPDATE_DOCS=1 writes it");
    }
}

#[test]
fn queries_of_editors_fit_the_grammar() {
    let sample = root().join("tests/grammar/sample.pipe");
    let zed =
        ["brackets", "highlights", "indents", "outline"].map(|name| format!("zed/languages/pipe/{name}.scm"));
    for path in zed.iter().map(String::as_str).chain(["helix/queries/highlights.scm"]) {
        let found = captures(&root().join("lsp/editors").join(path), &sample);
        assert!(found.len() > 10, "{path} captures next to nothing");
    }
}

#[test]
fn helix_is_set_up_as_its_page_says() {
    let page = "lsp/editors/helix/README.md";
    let home = Home::new();
    home.shell(&pasted(page, None, "sh"));
    let queries = home.0.path().join(".config/helix/runtime/queries/pipe");
    for name in ["highlights", "injections", "indents", "locals"] {
        assert!(queries.join(name).with_extension("scm").exists(), "{name}");
    }
    let config: toml::Table = pasted(page, None, "toml").parse().expect("it is TOML");
    let grammar = &config["grammar"][0];
    assert_eq!(grammar["name"].as_str(), config["language"][0]["name"].as_str());
    assert!(grammar["source"]["path"].as_str().is_some_and(|path| path.ends_with("/grammar/tree-sitter")));
}

#[test]
fn the_extension_for_zed_is_made_as_its_page_says() {
    let home = Home::new();
    home.shell(&pasted("lsp/editors/zed/README.md", None, "sh"));
    let table = |name: &str| {
        let text = home.0.read(&format!("zed-pipe/{name}"));
        text.parse::<toml::Table>().unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (extension, language) = (table("extension.toml"), table("languages/pipe/config.toml"));
    let grammar = &extension["grammars"]["pipe"];
    assert_eq!(grammar["repository"].as_str(), Some(&*format!("file://{}", root().display())));
    assert!(grammar["rev"].as_str().is_some_and(|rev| rev.len() == 40));
    assert!(root().join(grammar["path"].as_str().expect("a path")).join("src/parser.c").exists());
    assert_eq!(extension["language_servers"]["standpipe"]["languages"][0], language["name"]);
    assert_eq!(language["grammar"].as_str(), Some("pipe"));
    assert!(home.0.path().join("zed-pipe/languages/pipe/injections.scm").exists());
    assert!(table("Cargo.toml").contains_key("workspace"));
}
