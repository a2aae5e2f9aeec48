//! The layout of each construct: what was written, and what becomes of it.

use super::formatted;

/// Each sample with its layout below it.
fn show(samples: &[&str]) -> String {
    let mut shown = String::new();
    for sample in samples {
        let result = formatted(sample).unwrap_or_else(|error| panic!("{error}"));
        shown += &format!("{}\n=>\n{result}\n", sample.trim_matches('\n').replace('\r', "<CR>"));
    }
    shown
}

macro_rules! layout {
    ($($(#[$attribute:meta])* $name:ident: [$($sample:expr),* $(,)?])*) => {
        $(
            $(#[$attribute])*
            #[test]
            fn $name() {
                insta::assert_snapshot!(show(&[$($sample),*]));
            }
        )*
    };
}

layout! {
    empty_files: ["", "\n\n  \n", "// only a comment", "#!/usr/bin/env -S standpipe run"]

    blank_lines: [
        "#!/usr/bin/env standpipe\r\n\r\n\r\nlet a = 1\r\nlet b = 2\r\n\r\n\r\n\r\nlet c = 3\r\n\r\n",
        "pipeline p {\n\n\n  // first\n\n\n  stage s {\n\n  }\n\n\n  // last\n\n}",
        "let a = {\n\n  x: 1\n\n\n  y: 2\n\n}",
        "let a = 1, let b = 2",
    ]

    declarations: [
        "edition   2026",
        "use \"x.pipe\"  { a,b }",
        "let  a:string ?=\"x\"",
        "let a : \"x\"|\"y\" = \"x\"",
        "let a : list < string > = []",
        "pipeline p{}",
        "pipeline p { stage s for x in [ 1,2 ] if x==1 { } }",
        "pipeline p { stage s { needs : [ ],when:a\n} }",
        "pipeline p { variable v:string=\"a\"{name:\"x@1\"} }",
        "pipeline p { on push{branches:[\"main\"]}\non   tag {}\non schedule\"cron(1)\" }",
        "pipeline p { aws{role:\"r\"}\ndefaults{}\ndefaults aws . run{ image:\"x\" } }",
        "pipeline p { stage s { action a for k ,v in m if c=aws\n.run{} } }",
        "pipeline p\n{\n stage s\n {\n on failure retry   failed_actions } }",
        "pipeline p { secret s   { local: env(\"X\"),\n      aws: masked }\n}",
    ]

    lists_and_records: [
        "let a = [1,2 , 3,]",
        "let a = [1\n2\n3]",
        "let a = [\n1, 2, 3]",
        "let a = { x : 1 , \"y z\":2 , \"plain\":3 , ...more }",
        "let a = {\nx : 1 , y:2 }",
        "let a = { x: [\n1], y: {} , z: [ ] }",
        "let a = [\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", \"cccccccccccccccccccccccccccccc\"]",
        "let a = [\n if a then b else c, if d then e else f\n]",
        "let a = [...x,...   y]",
        "let a = [x.y for x in xs if x.ok]",
        "let a = [\nx.y for x in xs if x.ok]",
        "let a = {\"#{x}\":x for x in xs}",
        "let a = [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b for aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa in xs if cccccccccccccccccc]",
    ]

    expressions: [
        "let a = ! b&&c||d",
        "let a = ((b)) ?? ( c )",
        "let a = b . c [ 0 ] . d",
        "let a = f( x,y , z )",
        "let a = f(\nx,\ny)",
        "let a = app/\"dist\"",
        "let a = if b then c else if d then e else f",
        "let a = \"\\u{1F600} #{ b }\"",
        "let a = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa && bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb == cccccccccccccccccccccc || dddddddddddddddd",
        "let a = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ?? bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ?? ccccccccccccccccccccc",
        "let a = if aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa then bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb else ccccccccccccccccccccccccccc",
        "let a = f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccccc)",
        "let a = f({ x: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, y: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb })",
        "let a: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" | \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\" | \"ccccccccccccccccccccc\" = b",
    ]

    block_strings: [
        "let a = \"\"\"\n      echo\n        deeper\n\n      end\n      \"\"\"",
        "let a = \"\"\"\r\n  x\r\n\r\n  \"\"\"",
        "let a = \"\"\"\n\"\"\"",
        "let a = \"\"\"\n\n\"\"\"",
        "pipeline p { stage s { action a = run { script: \"\"\"\nno indent\n\"\"\", x: 1 } } }",
        "let a = [\"\"\"\n  x\n  \"\"\"\n\"\"\"\"\n \"\"\"\n \"\"\"\"]",
        "let a = f(\"\"\"\n  x\n  \"\"\")",
    ]

    comments: [
        "let a = [ // behind the bracket\n1, // behind the comma\n2 // behind the element\n// before the bracket\n]",
        "let a = { // empty\n}",
        "let a = {\n  // own\n}",
        "let a = // homeless\n  1",
        "/// Doc.\nlet a = // homeless\n  1",
        "let a = [1, b && // homeless\nc]",
        "// above\n\n/// Doc.\n// between\n/// More.\nlet a = 1 /// behind",
        "pipeline p { // behind\n stage s { // behind\n } // after\n}// end",
        "secret x {\n      // kept\n      local: env( \"A\" ) // kept\n}",
        "let a = f( // one\n x, // two\n y) // three",
    ]
}
