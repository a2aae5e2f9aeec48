//! Files that are no Pipe text, and commands that want something else than a file has.

use super::pages::example;
use super::{Memory, NAME, compiled, rendered};
use crate::diagnostic::{Diagnostic, codes};
use crate::load;
use crate::plan::Plan;
use crate::source::{MAX_BYTES, Sources};

fn refused(content: Option<Vec<u8>>) -> (Diagnostic, Sources) {
    let mut loader = Memory::default();
    if let Some(content) = content {
        loader = loader.with(NAME, content);
    }
    let mut sources = Sources::default();
    let diagnostic = load(&loader, &mut sources, NAME).expect_err("the file cannot be used");
    (*diagnostic, sources)
}

#[test]
fn a_file_that_is_not_utf8() {
    let (diagnostic, sources) = refused(Some(b"// Pr\xfcft den Shop.\npipeline shop {}\n".to_vec()));
    assert_eq!(diagnostic.code, &codes::NOT_UTF8);
    insta::assert_snapshot!(rendered(&[&diagnostic], &sources));
}

#[test]
fn a_file_that_is_too_large() {
    let (diagnostic, sources) = refused(Some(vec![b' '; MAX_BYTES + 1]));
    assert_eq!(diagnostic.code, &codes::TOO_LARGE);
    insta::assert_snapshot!(rendered(&[&diagnostic], &sources));
}

#[test]
fn a_file_that_does_not_exist() {
    let (diagnostic, sources) = refused(None);
    assert_eq!(diagnostic.code, &codes::UNREADABLE);
    insta::assert_snapshot!(rendered(&[&diagnostic], &sources));
}

#[test]
fn a_script_that_is_not_utf8() {
    let loader = Memory::default().with("x.sh", b"\xff".to_vec());
    let mut sources = Sources::default();
    let id = sources.add("a.pipe", "let x = file(\"x.sh\")");
    let compilation = crate::compile(&mut sources, id, &loader);
    let found: Vec<_> = compilation.diagnostics.iter().map(|d| (d.code.id, d.message.as_str())).collect();
    assert_eq!(found, [("P0001", "`x.sh` is not UTF-8 text")]);
}

#[test]
fn a_file_without_a_pipeline() {
    let nothing = compiled(&example(&codes::NO_PIPELINE, "Wrong", "pipe"));
    let diagnostic = nothing.compilation.select(None).expect_err("there is none");
    assert_eq!(diagnostic.code, &codes::NO_PIPELINE);
    insta::assert_snapshot!(rendered(&[&diagnostic], &nothing.sources));
    let one = compiled(&example(&codes::NO_PIPELINE, "Right", "pipe"));
    assert!(one.compilation.select(None).is_ok());
    let diagnostic = one.compilation.select(Some("shpo")).expect_err("its name is shop");
    assert_eq!(diagnostic.code, &codes::NO_PIPELINE);
    assert_eq!(diagnostic.help, ["did you mean `shop`?"]);
}

#[test]
fn a_file_with_several_pipelines() {
    let two = compiled(&example(&codes::WHICH_PIPELINE, "Wrong", "pipe"));
    let diagnostic = two.compilation.select(None).expect_err("there are two");
    assert_eq!(diagnostic.code, &codes::WHICH_PIPELINE);
    insta::assert_snapshot!(rendered(&[&diagnostic], &two.sources));
    assert!(two.compilation.select(Some("docs")).is_ok());
    let one = compiled(&example(&codes::WHICH_PIPELINE, "Right", "pipe"));
    assert!(one.compilation.select(None).is_ok());
}

#[test]
fn a_plan_that_cannot_be_read() {
    let problems =
        Plan::from_json(&example(&codes::BAD_PLAN, "Wrong", "json")).expect_err("it names no pipeline");
    insta::assert_snapshot!(problems.join("\n"), @"missing field `pipeline` at line 5 column 1");
    Plan::from_json(&example(&codes::BAD_PLAN, "Right", "json")).expect("it is a plan");
}
