//! Tokens, and which line ends separate items. What a diagnostic says is part of the snapshots.

use proptest::prelude::*;

use super::super::token::Kind;
use super::{Lexed, block_text, lex, unescape};
use crate::source::SourceId;

mod errors;

fn read(text: &str) -> Lexed {
    lex(SourceId(0), text)
}

/// The tokens, as `Kind` for words and marks, with their text for what varies; `;` is a line's end that separates.
fn tokens(text: &str) -> String {
    let lexed = read(text);
    let shown = lexed.tokens.iter().map(|(kind, span)| match kind {
        Kind::Newline => ";".to_owned(),
        Kind::Name | Kind::Int | Kind::Duration | Kind::Str | Kind::StrText | Kind::Block => {
            format!("{kind:?}({})", &text[span.range()])
        }
        _ => text[span.range()].to_owned(),
    });
    let mut shown = shown.collect::<Vec<_>>().join(" ");
    for diagnostic in &lexed.diagnostics {
        shown += &format!(" !{}", diagnostic.code.id);
    }
    shown
}

/// The same for words only, to show separators.
fn separators(text: &str) -> String {
    let lexed = read(text);
    let shown = lexed
        .tokens
        .iter()
        .map(|(kind, span)| if *kind == Kind::Newline { ";" } else { &text[span.range()] });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn words_and_numbers() {
    assert_eq!(tokens("true false null"), "true false null");
    assert_eq!(
        tokens("stage stages a-b _x x1 x--"),
        "stage Name(stages) Name(a-b) Name(_x) Name(x1) Name(x--)"
    );
    assert_eq!(tokens("0 42, -7 9223372036854775807"), "Int(0) Int(42) , Int(-7) Int(9223372036854775807)");
    assert_eq!(
        tokens("90s, 15m, 1h30m, 7d"),
        "Duration(90s) , Duration(15m) , Duration(1h30m) , Duration(7d)"
    );
    assert_eq!(tokens("1.x"), "Int(1) . Name(x)");
    assert_eq!(tokens("a-1"), "Name(a-1)");
}

#[test]
fn punctuation_is_read_as_long_as_it_goes() {
    assert_eq!(
        tokens("... . == = != ! <= < >= > && || ?? ? / | : ,"),
        "... . == = != ! <= < >= > && || ?? ? / | : ,"
    );
    assert_eq!(tokens("!==..."), "!= = ...");
    assert_eq!(tokens("list<list<int>>?"), "Name(list) < Name(list) < Name(int) > > ?");
}

#[test]
fn words_that_declare_may_be_names() {
    assert_eq!(tokens("stage stage { }"), "stage stage { }");
    assert_eq!(tokens("action action = run {}"), "action action = Name(run) { }");
    assert!(Kind::Stage.is_name() && Kind::Variable.is_name() && Kind::Name.is_name());
    assert!(!Kind::If.is_name() && !Kind::Match.is_name() && Kind::Match.is_reserved());
}

#[test]
fn strings() {
    assert_eq!(tokens(r#""" "a" "a \" b""#), r#"Str("") Str("a") Str("a \" b")"#);
    assert_eq!(tokens(r##""\#{a} $ {b} #""##), r##"Str("\#{a} $ {b} #")"##);
    assert_eq!(tokens(r##""a#{b}c#{d}""##), r##"" StrText(a) #{ Name(b) } StrText(c) #{ Name(d) } ""##);
    assert_eq!(tokens(r##""#{ f({ x: "}" }) }""##), r##"" #{ Name(f) ( { Name(x) : Str("}") } ) } ""##);
    assert_eq!(tokens(r##""#{a // comment}""##), r##"" #{ Name(a) } ""##);
    assert_eq!(read(r##""#{a // comment}""##).trivia.comments.len(), 1);
}

#[test]
fn unescaping() {
    assert_eq!(unescape(r#"\n\t\r\"\\\#{\u{1F600}\u{e9}"#), "\n\t\r\"\\#{\u{1F600}\u{e9}");
    assert_eq!(unescape(r"\q \u{zz} \"), r"\q \u{zz} \");
}

#[test]
fn block_strings() {
    let text = |token: &str| {
        let lexed = read(token);
        assert_eq!(lexed.diagnostics, []);
        assert_eq!(lexed.tokens.len(), 1, "{token}");
        block_text(token)
    };
    assert_eq!(text("\"\"\"\n\"\"\""), "");
    assert_eq!(text("\"\"\"\n\n\"\"\""), "\n");
    assert_eq!(text("\"\"\"\n  a\n    b\n\n  c\n  \"\"\""), "a\n  b\n\nc\n");
    assert_eq!(text("\"\"\"\r\n  a\r\n  \"\"\""), "a\n");
    assert_eq!(text("\"\"\"  \n\ta\n \n\t\"\"\""), "a\n\n");
    assert_eq!(text("\"\"\"\"\n\"\"\"\n\"\"\"\"\"\n\"\"\"\""), "\"\"\"\n\"\"\"\"\"\n");
    assert_eq!(text("\"\"\"\n$x ${y} #{z} \\n // no comment\n\"\"\""), "$x ${y} #{z} \\n // no comment\n");
    assert_eq!(text("\"\"\"\na \"\"\" b\n\"\"\""), "a \"\"\" b\n");
}

#[test]
fn a_first_line_with_a_shebang_is_no_token() {
    let lexed = read("#!/usr/bin/env standpipe\nlet a = 1");
    assert_eq!(lexed.trivia.shebang.map(|span| span.end), Some(24));
    assert_eq!(lexed.tokens.len(), 4);
    assert_eq!(tokens(" #!x"), " !P0004");
    assert!(read("#!").trivia.shebang.is_some());
}

#[test]
fn line_ends_separate_items() {
    assert_eq!(separators("a\nb\n\n\nc\n"), "a ; b ; c");
    assert_eq!(separators("\n\na // x\n\n// y\nb"), "a ; b");
    assert_eq!(separators("[a\nb]"), "[ a ; b ]");
    assert_eq!(separators("{\na: b\n\nc: d\n}\ne"), "{ a : b ; c : d } ; e");
    assert_eq!(separators("a\r\nb"), "a ; b");
}

#[test]
fn a_line_goes_on_behind_operators_and_opening_brackets() {
    for mark in "= : , | ( [ { && || ?? ! . ... / == != < <= > >= in if then else".split(' ') {
        assert_eq!(separators(&format!("a {mark}\nb")), format!("a {mark} b"));
    }
    for end in "x 1 1h \"s\" true null ) ] } ?".split(' ') {
        assert_eq!(separators(&format!("{end}\nb")), format!("{end} ; b"));
    }
}

#[test]
fn a_line_goes_on_before_what_begins_nothing() {
    for mark in "else then if for in = . / | && || ?? == != < <= > >=".split(' ') {
        assert_eq!(separators(&format!("a\n\n// c\n{mark} b")), format!("a {mark} b"));
    }
    for start in "x 1 \"s\" ! [ ( { ... true null".split(' ') {
        assert_eq!(separators(&format!("a\n{start} b")), format!("a ; {start} b"));
    }
}

#[test]
fn line_ends_mean_nothing_in_parentheses() {
    assert_eq!(separators("(a\nb)\nc"), "( a b ) ; c");
    assert_eq!(separators("(a\n[b\nc]\nd)"), "( a [ b ; c ] d )");
}

#[test]
fn brackets_of_an_interpolation_mean_nothing_outside() {
    assert_eq!(separators("\"#{)]}\"\nb"), "\" #{ ) ] } \" ; b");
    assert_eq!(separators("[\"#{(}\"\nb]"), "[ \" #{ ( } \" ; b ]");
}

#[test]
fn comments_know_where_they_stand() {
    let text = "// a\nx // b\n/// c\n//// d\n  /// e  \n";
    let comments = read(text).trivia.comments;
    let shown: Vec<_> = comments.iter().map(|c| (&text[c.span.range()], c.doc, c.own_line)).collect();
    assert_eq!(
        shown,
        [
            ("// a", false, true),
            ("// b", false, false),
            ("/// c", true, true),
            ("//// d", false, true),
            ("/// e", true, true)
        ]
    );
}

#[test]
fn what_nests_too_deeply_is_one_error() {
    for mark in ["[", "(", "{", "!", "a && ", "a ?? ", "a.", "if ", "a / ", "a < ", "[(", "f("] {
        let text = format!("let a = {}", mark.repeat(10_000));
        let lexed = read(&text);
        let codes: Vec<_> = lexed.diagnostics.iter().map(|d| d.code.id).collect();
        assert_eq!(codes, ["P0107"], "{mark}");
    }
    let inside = format!("let a = \"#{{{}}} b #{{c}}\"\nlet d = 1", "[".repeat(10_000));
    assert_eq!(read(&inside).diagnostics.len(), 1);
    assert_eq!(read(&inside).tokens, []);
    // As many items as one likes are no depth.
    assert_eq!(read(&"a && b\n".repeat(10_000)).diagnostics, []);
    assert_eq!(read(&format!("[{}]", "!a, ".repeat(10_000))).diagnostics, []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_tokens_in_order(text in "(\\PC|[\n\r\t \"#{}()\\[\\]\\\\]|\"\"\"|\n|#\\{)*") {
        let lexed = read(&text);
        let mut end = 0;
        for (kind, span) in lexed.tokens {
            // A separating line's end stands where the token before it ends.
            prop_assert!(span.start >= end && span.end >= span.start, "{kind:?} at {span:?} behind {end}");
            end = if kind == Kind::Newline { span.start } else { span.end };
            prop_assert!(kind == Kind::Newline || text.get(span.range()).is_some());
        }
        for diagnostic in lexed.diagnostics {
            prop_assert!(text.get(diagnostic.place.span.range()).is_some(), "{diagnostic:?}");
        }
    }
}

#[test]
fn the_end_of_a_generic_type_ends_an_item() {
    let newlines =
        |text: &str| lex(SourceId(0), text).tokens.iter().filter(|(kind, _)| *kind == Kind::Newline).count();
    assert_eq!(newlines("{ a: list<string>\n b: map<list<int>>\n c: int }"), 2);
    assert_eq!(newlines("let a = b >\nc"), 0, "a comparison goes on");
    assert_eq!(newlines("let a = list < c\nlet b = d >\ne"), 1);
}
