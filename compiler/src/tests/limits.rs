//! Files that nobody writes: none may make the compiler panic, overflow its stack, run long or fill the memory.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{Compiled, compiled};
use crate::source::MAX_BYTES;

/// Works with the stack that a thread has by default, in bounded time.
#[track_caller]
pub(super) fn bounded<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let caller = std::panic::Location::caller();
    let timed = move || {
        let start = Instant::now();
        let result = work();
        let taken = start.elapsed();
        // Generous: such tests run beside others, without optimisation.
        assert!(taken < Duration::from_mins(1), "{caller}: took {taken:?}");
        result
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(timed).unwrap().join().unwrap()
}

/// Compiles within bounds. Gives the codes that were found, each once.
#[track_caller]
fn codes(text: String) -> Vec<&'static str> {
    bounded(move || found_codes(&compiled(&text)))
}

fn found_codes(found: &Compiled) -> Vec<&'static str> {
    let mut codes: Vec<_> = found.diagnostics().iter().map(|d| d.code.id).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A file of `let`s: the first as given, each next made from the one before it.
fn doubled(first: &str, next: impl Fn(&str) -> String, count: usize) -> String {
    let mut text = format!("let x0 = {first}\n");
    for i in 1..=count {
        let _ = writeln!(text, "let x{i} = {}", next(&format!("x{}", i - 1)));
    }
    text
}

#[test]
fn files_with_hardly_anything_in_them() {
    for text in [
        "",
        "\n",
        "\u{feff}",
        "// only\n// comments",
        "#!/usr/bin/env standpipe",
        "\r\n\r\n",
        "\0",
        "/",
        "{",
        "}",
        "\"",
        "\"\"\"",
    ] {
        codes(text.to_owned());
    }
    assert_eq!(codes(String::new()), [""; 0]);
    assert_eq!(codes("// only\n// comments".to_owned()), [""; 0]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends() {
    let text = "\u{feff}pipeline p {\r\n  stage s {\r\n    action a = run {\r\n      script: \"\"\"\r\n        make\r\n        \"\"\"\r\n    }\r\n  }\r\n}\r\n";
    let found = compiled(text);
    let plan = &found.pipeline().plan;
    assert_eq!(plan.actions[0].config["script"].as_str(), Some("make\n"));
}

#[test]
fn deep_nesting_is_refused_once() {
    for (open, middle, close) in [
        ("[", "1", "]"),
        ("{ x: ", "1", " }"),
        ("(", "1", ")"),
        ("!", "true", ""),
        ("if true then 1 else ", "2", ""),
        ("\"#{", "a", "}\""),
        ("f(", "1", ")"),
        ("a[", "1", "]"),
        ("", "a", ".a"),
        ("a ?? ", "a", ""),
        ("[for x in ", "a", "]"),
    ] {
        let text = format!("let a = {}{middle}{}", open.repeat(10_000), close.repeat(10_000));
        let found = codes(text);
        assert!(found.contains(&"P0107") || found.contains(&"P0007"), "{open}: {found:?}");
        let deepest = format!("let a = {}{middle}{}", open.repeat(180), close.repeat(180));
        codes(deepest);
    }
    codes("pipeline p { stage s { ".repeat(10_000));
    codes("let a: ".to_owned() + &"list<".repeat(10_000));
    codes("}".repeat(100_000));
    codes("[".repeat(199));
}

#[test]
fn many_actions() {
    let mut text = "pipeline p {\n  stage s {\n".to_owned();
    for i in 0..20_000 {
        let _ = writeln!(text, "    /// Number {i}.\n    action a{i} = run {{ script: \"make\" }}");
    }
    text += "  }\n}\n";
    assert_eq!(codes(text), [""; 0]);
}

#[test]
fn many_mistakes() {
    let mut text = "pipeline p {\n  stage s {\n".to_owned();
    for i in 0..20_000 {
        let _ = writeln!(text, "    action a{i} = run {{ script: unknown_{i}, after: [b{i}] }}");
    }
    text += "  }\n}\n";
    assert_eq!(codes(text), ["P0201"]);
    assert_eq!(codes("/// nothing\n\n".repeat(200_000)), ["P0011"]);
}

#[test]
fn one_long_line() {
    let mut text = "let a = [".to_owned();
    while text.len() < 1_000_000 {
        text += "\"element\", ";
    }
    assert!(codes(text + "]").is_empty());
    let string = "x".repeat(1_000_000);
    assert!(codes(format!("let a = \"{string}\"")).is_empty());
    assert_eq!(codes("x".repeat(1_000_000)), ["P0101"]);
    codes("a b ".repeat(250_000));
    codes("\"".repeat(1_000_000));
    codes("#{".repeat(500_000));
}

#[test]
fn a_large_file_of_junk() {
    let mut junk = String::with_capacity(MAX_BYTES);
    let mut state = 1_u32;
    while junk.len() < 15 * 1024 * 1024 {
        // A linear congruence: the same junk in every run.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        junk.push(char::from(b' ' + (state >> 24) as u8 % 95));
        if state >> 26 == 0 {
            junk.push('\n');
        }
    }
    assert!(!codes(junk).is_empty());
    codes("$".repeat(15 << 20));
    codes("'\n".repeat(4 << 20));
}

#[test]
fn values_that_double() {
    let twice = |x: &str| format!("[...{x}, ...{x}]");
    assert!(codes(doubled("[1, 2]", twice, 60)).contains(&"P0319"));
    assert!(codes(doubled("[1, 2]", |x| format!("[{x}, {x}]"), 60)).contains(&"P0319"));
    assert!(codes(doubled("{ a: 1 }", |x| format!("{{ a: {x}, b: {x} }}"), 60)).contains(&"P0319"));
    assert!(codes(doubled("\"xy\"", |x| format!("\"#{{{x}}}#{{{x}}}\""), 60)).contains(&"P0319"));
    assert!(codes(doubled("\"xy\"", |x| format!("replace({x}, \"x\", {x})"), 60)).contains(&"P0319"));
    assert!(codes(doubled("\"xy\"", |x| format!("join([{x}, {x}], {x})"), 60)).contains(&"P0319"));
    assert!(codes(doubled("\"\\\\\"", |x| format!("json({x})"), 60)).contains(&"P0319"));
    assert!(
        codes(doubled("[execution.id]", |x| format!("[\"#{{execution.id}}\", ...{x}, ...{x}]"), 60))
            .contains(&"P0319")
    );
    let run = "pipeline p {\n  variable v: string\n".to_owned()
        + &doubled("\"#{v}\"", |x| format!("\"#{{{x}}}#{{{x}}}\""), 60)
        + "}";
    assert!(codes(run).contains(&"P0319"));
}

#[test]
fn long_chains_of_lets() {
    // Each made from the one before it: no recursion at all, but what is made nests.
    assert!(codes(doubled("1", |x| format!("[{x}]"), 20_000)).contains(&"P0319"));
    assert!(codes(doubled("1", str::to_owned, 20_000)).is_empty());
    // And each from the next.
    let mut text = String::new();
    for i in 0..20_000 {
        let _ = writeln!(text, "let x{i} = [[x{}]]", i + 1);
    }
    assert!(codes(text + "let x20000 = 1").contains(&"P0319"));
}

#[test]
fn chains_of_outputs() {
    let mut text = "pipeline p {\n  stage s {\n".to_owned();
    for i in 0..20_000 {
        let _ = writeln!(text, "    action a{i} = run {{ script: \"make\", variables: [a{}.x] }}", i + 1);
    }
    assert!(!codes(text + "  }\n}").is_empty());
}

#[test]
fn walks_in_walks() {
    let thousand = format!("let l = [{}]\n", "1, ".repeat(1000));
    assert!(codes(thousand.clone() + "let a = [[[1 for x in l] for y in l] for z in l]").contains(&"P0319"));
    let searches = thousand
        + "let a = [contains([l, l, l, l], x) for x in [y for y in l]]\nlet b = [matches(\"a\", \"a{100}\") for x in l]";
    codes(searches);
}

#[test]
fn large_families() {
    let list = |count: usize| (0..count).map(|i| i.to_string()).collect::<Vec<_>>().join(", ");
    let family = |count| {
        let keys = list(count);
        format!(
            "let keys = [{keys}]\npipeline p {{\n  stage s {{\n    action a for x in keys = run {{ script: \"make\" }}\n  }}\n}}"
        )
    };
    assert_eq!(codes(family(100_001)), ["P0319"]);
    let keys = list(1000);
    let squared = format!(
        "let keys = [{keys}]\npipeline p {{\n  stage s for x in keys {{\n    action a for y in keys = run {{ script: \"make\" }}\n  }}\n}}"
    );
    assert!(codes(squared).contains(&"P0319"));
    let stages =
        format!("let keys = [{}]\npipeline p {{\n  stage s for x in keys {{\n  }}\n}}", list(100_001));
    assert!(codes(stages).contains(&"P0319"));
}

#[test]
fn one_action_that_reads_many() {
    let keys = (0..5000).map(|i| i.to_string()).collect::<Vec<_>>().join(", ");
    let text = format!(
        "pipeline p {{\n  stage s {{\n    action a for x in [{keys}] = run {{ script: \"make\", output: \"x\" }}\n    action b = run {{ script: \"make\", inputs: [...a], after: [a] }}\n  }}\n}}"
    );
    assert_eq!(codes(text), [""; 0]);
}

#[test]
fn removed_stages_that_need_each_other() {
    let mut text = "pipeline p {\n".to_owned();
    for i in 0..2000 {
        let _ = writeln!(text, "  stage s{i} if false {{ needs: [s{}, s{}] }}", i + 1, i + 2);
    }
    text += "  stage s2000 { needs: [] }\n  stage s2001 { needs: [] }\n  stage last { needs: [s0] }\n}";
    assert_eq!(codes(text), [""; 0]);
}

#[test]
fn every_member_of_a_large_family_is_named() {
    let keys: Vec<String> = (0..10_000).map(|i| format!("\"k{i}\"")).collect();
    let uses: Vec<String> = (0..10_000).map(|i| format!("E{i}: a[\"k{i}\"].V")).collect();
    let text = format!(
        "pipeline p {{\nstage s {{\naction a for k in [\n{}\n] = run {{ script: \"x\", variables: [\"V\"] }}\n\
         action b = run {{ script: \"x\", env: {{\n{}\n}} }}\n}}\n}}",
        keys.join(",\n"),
        uses.join(",\n")
    );
    assert_eq!(codes(text), [""; 0]);
}
