//! Invariants of the code that a text search can check. They are listed in ARCHITECTURE.md.

use std::path::{Path, PathBuf};

use crate::support::root;

/// The Rust files below a folder, with their text, without tests.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "tests" {
                    walk(&path, found);
                }
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = std::fs::read_to_string(&path).expect("a source can be read");
                let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                found.push((path, product.to_owned()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} holds no source");
    found
}

/// Fails when a file of the folder holds one of the texts.
#[track_caller]
fn never(folder: &str, forbidden: &[&str], allowed: &[&str]) {
    for (path, text) in sources(folder) {
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
        if allowed.iter().any(|allowed| name.starts_with(allowed)) {
            continue;
        }
        for word in forbidden {
            assert!(!text.contains(word), "{name} holds `{word}`");
        }
    }
}

#[test]
fn the_compiler_is_pure() {
    let impure = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "SystemTime",
        "Instant::now",
        "tokio",
        "println!",
        "eprintln!",
    ];
    never("compiler/src", &impure, &[]);
}

#[test]
fn dependencies_point_one_way() {
    let compiler = [
        "compiler::check",
        "compiler::syntax",
        "compiler::diagnostic",
        "compiler::target",
        "compiler::source",
        "compiler::catalog",
    ];
    never("runtime/src", &compiler, &[]);
    never("compiler/src", &["lsp_types", "lsp_server", "clap"], &[]);
    never("lsp/src", &["lsp_types", "lsp_server"], &["lsp/src/server", "lsp/src/lib.rs"]);
}

#[test]
fn files_can_be_read_at_a_sitting() {
    for folder in ["src", "compiler/src", "runtime/src", "lsp/src"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= 400, "{} has {lines} lines; split it by concept", path.display());
            assert!(text.starts_with("//!"), "{} does not say what it is", path.display());
        }
    }
}

#[test]
fn panics_are_for_broken_invariants() {
    for folder in ["src", "compiler/src", "runtime/src", "lsp/src"] {
        never(folder, &[".unwrap()", "panic!(", "unreachable!(", "todo!(", "unimplemented!("], &[]);
    }
}
