//! The catalog as a whole, against the facts and against the checker.

mod calls;
mod facts;

use super::read::read;
use super::{Callee, Required, Type};
use crate::source::SourceId;
use crate::syntax;
use crate::syntax::ast::Item;

/// What is read from a declaration, and what is said about it, a line each.
fn declared(text: &str) -> (Callee, Vec<String>) {
    let parsed = syntax::parse(SourceId::default(), text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let [Item::Callee(declaration)] = parsed.file.items.as_slice() else { panic!("one declaration") };
    let (callee, problems) = read(SourceId::default(), declaration, "mine".to_owned(), &mut |_| None);
    let said = problems.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect();
    (callee, said)
}

const SERVICE: &str = "service: { category: \"Build\", owner: \"Custom\", provider: \"Mine\" }";

#[test]
fn a_default_may_be_a_list() {
    let text = format!("callee mine {{\n{SERVICE}\nfields: {{ tags: list<string> = [\"a\", \"b\"] }}\n}}");
    let (callee, said) = declared(&text);
    assert_eq!(said, [""; 0]);
    let field = &callee.fields[0];
    assert_eq!(
        (&field.ty, &field.required, field.default.as_str()),
        (&Type::StringList, &Required::No, "a,b")
    );
}

#[test]
fn a_default_is_written_out() {
    for default in ["[1]", "[...other]", "{ a: 1 }"] {
        let text = format!("callee mine {{\n{SERVICE}\nfields: {{ tags: list<string> = {default} }}\n}}");
        let (_, said) = declared(&text);
        assert_eq!(said.len(), 1, "{default}: {said:?}");
        assert!(said[0].starts_with("P0"), "{said:?}");
    }
}
