//! Completion and signature help at every place of the examples and of the reference's pages, whole and cut off.

use std::fmt::Write as _;

use super::Fixture;
use crate::analysis::{Analysis, analyse};
use crate::features::completion::signature::signature;
use crate::features::completion::{World, complete, exported};

/// The texts of the examples and of the reference.
fn texts() -> Vec<(String, String)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut all = Vec::new();
    for folder in ["examples", "grammar/reference"] {
        for entry in ignore::WalkBuilder::new(format!("{root}/{folder}")).build().flatten() {
            let path = entry.path();
            let text = || std::fs::read_to_string(path).unwrap_or_default();
            match path.extension().and_then(|e| e.to_str()) {
                Some("pipe") => all.push((path.display().to_string(), text())),
                Some("md") => {
                    let text = text();
                    let blocks =
                        text.split("```pipe\n").skip(1).filter_map(|block| block.split("```").next());
                    all.extend(blocks.map(|block| (path.display().to_string(), block.to_owned())));
                }
                _ => {}
            }
        }
    }
    all
}

#[test]
fn everywhere_in_the_examples() {
    let mut count = 0;
    let mut wrong = String::new();
    for (name, text) in texts() {
        let analysis = main(&text);
        let others = [exported("/p/other.pipe", "let other = 1\nstage template(a: string) {}\n")];
        let world = World { others: &others, entries: &|_| vec!["x.sh".to_owned()] };
        for offset in 0..=text.len() {
            let at = u32::try_from(offset).expect("a small file");
            signature(&analysis, at);
            let Some((span, found)) = complete(&analysis, at, &world) else { continue };
            count += found.len();
            let around = span.start <= at
                && at <= span.end
                && !text.get(span.range()).is_none_or(|t| t.contains('\n'));
            let apart = found
                .iter()
                .filter_map(|c| c.also.as_ref())
                .all(|(other, _)| other.end < span.start || span.end < other.start);
            if !around || !apart {
                let _ = writeln!(wrong, "{name}:{offset} {span:?}");
            }
        }
    }
    assert!(count > 10_000, "{count}");
    assert_eq!(wrong, "");
}

#[test]
fn files_that_break_off() {
    let world = World { others: &[], entries: &|_| Vec::new() };
    for (_, text) in texts() {
        let ends = (0..text.len()).step_by(83).filter(|end| text.is_char_boundary(*end));
        for end in ends {
            let text = text[..end].to_owned();
            let analysis = main(&text);
            let at = u32::try_from(end).expect("a small file");
            let span = complete(&analysis, at, &world).map(|(span, _)| span);
            assert!(span.is_none_or(|span| span.start <= at && at <= span.end), "{text}");
            signature(&analysis, at);
        }
    }
    // Brackets that fit nothing, and far too many of them.
    for odd in ["[ ) ", "{ ] ", "( } ", ") ", "} [ ", "\"#{ ", "x = { y: "] {
        let text = odd.repeat(3000);
        let at = u32::try_from(text.len()).expect("a small file");
        let analysis = main(&text);
        complete(&analysis, at, &world);
        signature(&analysis, at);
    }
}

/// What is known about a file with this text.
fn main(text: &str) -> Analysis {
    let name = "/p/main.pipe".to_owned();
    let fixture = Fixture { files: [(name.clone(), text.to_owned())].into(), cursor: (name.clone(), 0) };
    analyse(&name, &fixture)
}
