//! `standpipe graph`, with the tools that read what it writes: an XML parser and Graphviz.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::{Outcome, Project, outcome, root, standpipe, text};

const FORMS: [&str; 4] = ["tree", "mermaid", "dot", "svg"];

/// The example in a form.
fn shop(form: &str) -> String {
    let file = root().join("examples/web-shop/pipeline.pipe");
    outcome(standpipe().args(["graph", text(&file), "--as", form])).exits(0).stdout
}

#[test]
fn the_web_shop_as_a_tree() {
    insta::assert_snapshot!(shop("tree"));
    let file = root().join("examples/web-shop/pipeline.pipe");
    let plain = outcome(standpipe().args(["graph", text(&file)])).exits(0);
    assert_eq!((plain.stdout, plain.stderr.as_str()), (shop("tree"), ""), "a tree is the default");
}

#[test]
fn the_web_shop_as_mermaid() {
    insta::assert_snapshot!(shop("mermaid"));
}

#[test]
fn the_web_shop_as_dot() {
    insta::assert_snapshot!(shop("dot"));
}

#[test]
fn the_web_shop_as_svg() {
    insta::assert_snapshot!(shop("svg"));
}

/// Runs a tool with a text on its standard input.
#[track_caller]
fn fed(command: &mut Command, input: &str) -> Outcome {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started, see tests/setup: {error}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    // A tool may write before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("a tool ends");
    writer.join().expect("the writer ends").expect("a tool reads its input");
    output.into()
}

/// A plan whose names try to break out of every form.
fn nasty() -> Project {
    let project = Project::new();
    let file = root().join("examples/web-shop/pipeline.pipe");
    let json = outcome(standpipe().args(["compile", text(&file)])).exits(0).stdout;
    let mut plan: serde_json::Value = serde_json::from_str(&json).expect("a plan is JSON");
    let nasty = "a\n\"b\" <i>&amp;'`\\N \\\\ #{x} ]] --> %% \u{1b}[31m\u{0} \u{202e} */ ]]> \u{fffe} {|}";
    plan["pipeline"]["name"] = nasty.into();
    for part in ["stages", "actions"] {
        for thing in plan[part].as_array_mut().expect("a list") {
            thing["name"] = nasty.into();
            thing["description"] = nasty.into();
            if part == "actions" {
                thing["variables"] = vec![nasty].into();
                thing["callee"] = nasty.into();
            }
        }
    }
    project.write("plan.json", plan.to_string());
    project
}

/// The counts of all names of elements, and every tooltip, of an XML document.
const READ_XML: &str = "
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
assert root.tag == '{http://www.w3.org/2000/svg}svg' and root.get('role') == 'img', root.attrib
ids = [e.get('id') for e in root.iter() if e.get('id')]
assert root.get('aria-labelledby').split() == ids, ids
for group in root.iter('{http://www.w3.org/2000/svg}g'):
    if group.get('class', '').split(' ')[0] in ('node', 'stage'):
        print(group.get('class').split(' ')[0], repr(group[0].text.split('\\n')[0]))
";

#[test]
fn a_picture_is_xml() {
    let read = |svg: &str| fed(Command::new("python3").args(["-c", READ_XML]), svg).exits(0).stdout;
    let found = read(&shop("svg"));
    assert_eq!(found.matches("stage '").count(), 5, "{found}");
    assert_eq!(found.matches("node '").count(), 10, "{found}");
    assert!(found.contains("node 'verify.test-22: run'"), "{found}");
    let svg = nasty().standpipe(&["graph", "plan.json", "--as", "svg"]).exits(0).stdout;
    assert_eq!(read(&svg).lines().count(), 15);
}

#[test]
fn graphviz_takes_a_digraph() {
    let drawn = |dot: &str| {
        let outcome = fed(Command::new("dot").arg("-Tplain"), dot).exits(0);
        assert_eq!(outcome.stderr, "", "Graphviz has something to say");
        let count = |word: &str| outcome.stdout.lines().filter(|line| line.starts_with(word)).count();
        count("node n")
    };
    assert_eq!(drawn(&shop("dot")), 10, "nine actions and a gate");
    let project = nasty();
    assert_eq!(drawn(&project.standpipe(&["graph", "plan.json", "--as", "dot"]).exits(0).stdout), 10);
}

#[test]
fn a_plan_is_as_good_as_its_pipeline() {
    let project = Project::new();
    let file = root().join("examples/web-shop/pipeline.pipe");
    outcome(standpipe().args(["compile", text(&file), "-o", text(&project.path().join("plan.json"))]))
        .exits(0);
    for form in FORMS {
        let drawn = project.standpipe(&["graph", "plan.json", "--as", form]).exits(0);
        assert_eq!(drawn.stdout, shop(form), "{form}");
    }
}

#[test]
fn it_writes_files_and_says_what_is_wrong() {
    let project =
        Project::with("pipeline a { stage s { action x = run { script: \"true\" } } }\npipeline b {}\n");
    project.standpipe(&["graph"]).exits(2).says("this file declares several pipelines");
    let drawn = project.standpipe(&["graph", "--pipeline", "a", "--as", "svg", "-o", "a.svg"]).exits(0);
    assert_eq!((drawn.stdout.as_str(), drawn.stderr.as_str()), ("", ""));
    let written = std::fs::read_to_string(project.path().join("a.svg")).expect("the file is written");
    assert!(written.starts_with("<svg") && written.contains("s.x: run"), "{written}");
    project
        .standpipe(&["graph", "--pipeline", "a", "-o", "no/such/a.svg"])
        .exits(3)
        .says("cannot be written");
    project.standpipe(&["graph", "--as", "png"]).exits(2).says("tree, mermaid, dot, svg");
    let coloured = project.standpipe(&["graph", "--pipeline", "a", "--color", "always"]).exits(0);
    assert!(coloured.stdout.contains("\u{1b}[1ma\u{1b}[0m"), "{}", coloured.stdout);
    let broken = Project::with("pipeline a { stage s { action x = rum { script: \"true\" } } }");
    broken.standpipe(&["graph"]).exits(1).says("rum");
    broken.write("plan.json", "{}");
    broken.standpipe(&["graph", "plan.json"]).exits(1).says("this is no plan");
}
