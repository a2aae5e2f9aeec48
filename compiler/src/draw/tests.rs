//! Pictures of small pipelines, and what must hold for all.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::bundle::links;
use super::layout::{Layout, Rect, layout};
use super::model::Graph;
use super::text::{fit, width};
use super::{Durations, Form, Style, draw};
use crate::plan::{Action, Condition, Gate, GatePoint, Input, Location, Otherwise, Output, Plan, Stage};
use crate::source::{Loader, Sources};
use crate::value::{ArtifactRef, Reference, Segment, Text, Value};

/// Diamonds, families, order without values, a stage that starts at once, stages side by side.
const SMALL: &str = r##"pipeline small {
  stage source { action app = git { repository: "acme/shop", branch: "main" } }
  stage build {
    action prepare = run { inputs: [app], script: "make", output: "x/**", variables: ["TAG"] }
    action lib for k in ["a", "b"] = run { inputs: [prepare], script: "make", output: "x/**" }
    action link = run {
      inputs: { a: lib["a"], b: lib["b"] }
      after: [prepare]
      env: { TAG: prepare.TAG }
      script: "make"
      outputs: { bin: "b/**", debug: "d/**" }
    }
  }
  stage test {
    action unit for k in ["1", "2", "3", "4", "5", "6", "7", "8"] = run { inputs: [link.bin], script: "make" }
    on failure retry failed_actions
  }
  stage lint {
    needs: []
    action style = run { script: "make" }
  }
  stage ship {
    needs: [test, lint, build]
    action ok = approve { message: "Ship #{prepare.TAG}?" }
    action deploy = aws.s3_deploy { after: [ok, link], inputs: [link.bin], bucket_name: "b", extract: true, local: "simulate" }
  }
}"##;

struct Nothing;

impl Loader for Nothing {
    fn load(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("there is no such file".to_owned())
    }
}

fn plan(text: &str) -> Plan {
    let mut sources = Sources::default();
    let id = sources.add("shop.pipe", text);
    let compilation = crate::compile(&mut sources, id, &Nothing);
    assert!(!compilation.has_errors(), "{:?}", compilation.diagnostics);
    compilation.into_pipeline(None).expect("there is one pipeline").plan
}

fn here() -> Location {
    Location { file: "shop.pipe".to_owned(), line: 1 }
}

fn check(action: &str, output: &str, operand: &str) -> Condition {
    let reference = Reference::Output { action: action.to_owned(), output: output.to_owned() };
    Condition::Check {
        value: Text::Segments(vec![Segment::Reference(reference)]),
        operator: crate::plan::Comparison::NotEqual,
        operand: Text::Constant(operand.to_owned()),
    }
}

fn artifact(action: &str, output: Option<&str>) -> Input {
    let artifact = ArtifactRef { action: action.to_owned(), output: output.map(str::to_owned) };
    Input { name: "X".to_owned(), artifact }
}

fn gate(id: &str, on: GatePoint, inputs: Vec<Input>) -> Gate {
    Gate {
        id: id.to_owned(),
        name: id.to_owned(),
        description: None,
        on,
        rule: "aws.alarm".to_owned(),
        config: indexmap::IndexMap::new(),
        inputs,
        env: indexmap::IndexMap::new(),
        region: None,
        role: None,
        timeout: None,
        otherwise: Otherwise::Rollback,
        source: here(),
    }
}

/// `SMALL` with gates and a condition.
fn gated() -> Plan {
    let mut plan = plan(SMALL);
    plan.stages.iter_mut().for_each(|stage| match stage.id.as_str() {
        "build" => {
            stage.gates.push(gate("quiet", GatePoint::Success, vec![artifact("build.link", Some("debug"))]));
        }
        "ship" => {
            stage.gates.push(gate("hours", GatePoint::Entry, Vec::new()));
            stage.gates.push(gate("broken", GatePoint::Failure, Vec::new()));
            stage.when = Some(check("build.prepare", "TAG", "dev"));
        }
        _ => {}
    });
    assert_eq!(plan.problems(), Vec::<String>::new());
    plan
}

fn tree(plan: &Plan) -> String {
    draw(plan, &Durations::new(), Form::Tree(Style::default()))
}

const FORMS: [Form; 4] =
    [Form::Tree(Style { color: false, unicode: true }), Form::Mermaid, Form::Dot, Form::Svg];

#[test]
fn a_small_tree() {
    insta::assert_snapshot!(tree(&gated()));
}

#[test]
fn a_small_tree_for_a_modern_terminal() {
    let drawn = draw(&gated(), &Durations::new(), Form::Tree(Style { color: true, unicode: true }));
    insta::assert_snapshot!(drawn.replace('\x1b', "^"));
}

#[test]
fn a_small_flowchart() {
    insta::assert_snapshot!(draw(&gated(), &Durations::new(), Form::Mermaid));
}

#[test]
fn a_small_digraph() {
    insta::assert_snapshot!(draw(&gated(), &Durations::new(), Form::Dot));
}

#[test]
fn a_small_picture() {
    insta::assert_snapshot!(draw(&gated(), &Durations::new(), Form::Svg));
}

fn edges(graph: &Graph<'_>) -> Vec<String> {
    graph.edges.iter().map(|edge| graph.sentence(edge)).collect()
}

#[test]
fn implied_order_is_left_out_and_artifacts_stay() {
    let plan = plan(SMALL);
    let graph = Graph::new(&plan, &Durations::new());
    let edges = edges(&graph);
    // `link` waits for `prepare` through both libraries, but takes a value; `deploy` comes after `link` anyway.
    for edge in
        ["build.prepare -> build.link: TAG", "build.link -> ship.deploy: bin", "ship.ok -> ship.deploy"]
    {
        assert!(edges.iter().any(|drawn| drawn == edge), "{edge} is not in {edges:#?}");
    }
    let order: Vec<_> = graph.order.iter().map(|edge| (edge.from, edge.to)).collect();
    let at = |id: &str| plan.stages.iter().position(|stage| stage.id == id).expect("the stage exists");
    assert!(
        order.contains(&(at("test"), at("ship"))) && order.contains(&(at("lint"), at("ship"))),
        "{order:?}"
    );
    assert!(!order.contains(&(at("build"), at("ship"))), "`test` stands between them: {order:?}");
}

#[test]
fn order_over_actions_is_implied_too() {
    let plan = plan(
        r##"pipeline p { stage s {
          action a = run { script: "x" }
          action b = run { after: [a], script: "x" }
          action c = run { after: [a, b], script: "x" } } }"##,
    );
    let graph = Graph::new(&plan, &Durations::new());
    assert_eq!(edges(&graph), ["s.a -> s.b", "s.b -> s.c"]);
}

#[test]
fn the_critical_path_is_the_longest_chain() {
    let plan = plan(SMALL);
    let path = |durations: &Durations| {
        let graph = Graph::new(&plan, durations);
        graph.critical.iter().map(|at| graph.nodes[*at].id.clone()).collect::<Vec<_>>().join(" ")
    };
    let by_number = "source.app build.prepare build.lib-a build.link test.unit-1 ship.ok ship.deploy";
    assert_eq!(path(&Durations::new()), by_number);
    let slow = |id: &str, seconds| (id.to_owned(), Duration::from_secs(seconds));
    let durations = Durations::from([slow("test.unit-4", 9), slow("build.lib-b", 8), slow("test.unit-1", 1)]);
    assert_eq!(path(&durations), by_number.replace("lib-a", "lib-b").replace("unit-1", "unit-4"));
    let durations = Durations::from([slow("lint.style", 1000), slow("ship.ok", 1), slow("ship.deploy", 1)]);
    assert!(
        path(&durations).starts_with("source.app"),
        "an unknown duration counts as the mean of the others"
    );
    let ids = plan.actions.iter().map(|action| (action.id.clone(), Duration::from_secs(1)));
    let mut durations: BTreeMap<String, Duration> = ids.collect();
    durations.insert("lint.style".to_owned(), Duration::from_secs(1000));
    assert_eq!(path(&durations), "lint.style ship.ok ship.deploy");
    let drawn = draw(&plan, &durations, Form::Tree(Style::default()));
    assert!(drawn.contains("3 actions, 16m 42s"), "{drawn}");
}

const NASTY: &str = "a\n\"b\" <i>&'`\\ #{x} ]] --> %% \x1b[31m\0 \u{202e} */ ]]> \u{fffe}";

/// A plan whose free texts try to break out.
fn nasty() -> Plan {
    let mut plan = gated();
    plan.pipeline.name = NASTY.to_owned();
    for stage in &mut plan.stages {
        stage.name = NASTY.to_owned();
        stage.description = Some(NASTY.to_owned());
        stage.gates.iter_mut().for_each(|gate| {
            gate.rule = NASTY.to_owned();
            gate.name = NASTY.to_owned();
        });
    }
    for action in &mut plan.actions {
        action.name = NASTY.to_owned();
        action.callee = NASTY.to_owned();
        action.description = Some(NASTY.to_owned());
        action.variables.push(NASTY.to_owned());
        action.when = Some(check("source.app", NASTY, NASTY));
        action
            .outputs
            .iter_mut()
            .filter(|o| o.id.as_deref() == Some("bin"))
            .for_each(|o| o.id = Some(NASTY.to_owned()));
        let inputs = action.inputs.iter_mut().filter(|i| i.artifact.output.as_deref() == Some("bin"));
        inputs.for_each(|i| i.artifact.output = Some(NASTY.to_owned()));
    }
    plan.actions[0].when = None;
    assert_eq!(plan.problems(), Vec::<String>::new());
    plan
}

#[test]
fn no_text_breaks_out_of_its_place() {
    let plan = nasty();
    assert!(Plan::from_json(&plan.to_json()).is_ok(), "such a plan can be read from disk");
    for form in FORMS {
        let drawn = draw(&plan, &Durations::new(), form);
        let strange = |c: char| c != '\n' && c.is_control() || matches!(c, '\u{202e}' | '\u{fffe}');
        assert!(!drawn.contains(strange), "{form:?}: {drawn}");
        if form == Form::Mermaid {
            let label = r#""([^"<>`\\{}\[\]|]|<br>)*""#;
            let line = format!(
                r"^( *%%[^{{}}]*|flowchart TD| *subgraph s\d+\[{label}\]| *end| *[en]\d+[(\[{{]+{label}[)\]}}]+(:::\w+)?| *[ns]\d+ [-=.>]+(\|{label}\|)? [ns]\d+| *(classDef|class|linkStyle) [\w,# :-]+)$"
            );
            let line = regex::Regex::new(&line).expect("the pattern is right");
            for drawn in drawn.lines() {
                assert!(line.is_match(drawn), "{drawn}");
            }
        }
        if form == Form::Svg {
            assert!(!drawn.contains("<i>") && !drawn.contains("]]>"), "{drawn}");
        }
    }
}

/// A random plan: stages with needs, actions with inputs, values and order.
fn plans() -> impl Strategy<Value = Plan> {
    let stage = (0..12_usize, prop::collection::vec(any::<prop::sample::Index>(), 0..3));
    let stages = prop::collection::vec(stage, 1..7);
    let picks = prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8), 0..4);
    (stages, prop::collection::vec(picks, 80)).prop_map(|(stages, picks)| {
        let mut plan = plan("pipeline p {}");
        for (at, (actions, needs)) in stages.into_iter().enumerate() {
            let stage = format!("s{at}");
            let needs = if at == 0 { Vec::new() } else { needs };
            plan.stages.push(Stage {
                id: stage.clone(),
                name: stage.clone(),
                description: None,
                needs: needs.into_iter().map(|need| format!("s{}", need.index(at))).collect(),
                when: None,
                gates: Vec::new(),
                on_failure: None,
                source: here(),
            });
            for number in 0..actions {
                let before: Vec<String> = plan.actions.iter().map(|action| action.id.clone()).collect();
                let picks = &picks[before.len()];
                let picks = picks.iter().filter(|_| !before.is_empty());
                let picks: Vec<(&String, u8)> =
                    picks.map(|(pick, what)| (pick.get(&before), *what)).collect();
                plan.actions.push(action(&stage, number, &picks));
            }
        }
        assert_eq!(plan.problems(), Vec::<String>::new());
        plan
    })
}

fn action(stage: &str, number: usize, picks: &[(&String, u8)]) -> Action {
    let of = |wanted: u8| picks.iter().filter(move |(_, what)| *what == wanted).map(|(id, _)| (*id).clone());
    let value = |id: String| {
        let reference = Reference::Output { action: id, output: "TAG".to_owned() };
        Value::Text(Text::Segments(vec![Segment::Reference(reference)]))
    };
    Action {
        id: format!("{stage}.job-{number}"),
        name: "name".to_owned(),
        stage: stage.to_owned(),
        callee: "run".to_owned(),
        needs: of(2).collect(),
        inputs: of(0).map(|id| artifact(&id, None)).collect(),
        outputs: vec![Output { id: None, name: "made".to_owned(), files: Vec::new() }],
        env: of(1).enumerate().map(|(at, id)| (format!("V{at}"), value(id))).collect(),
        source: here(),
        ..Action::default()
    }
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn within(inner: &Rect, outer: &Rect) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height
}

/// What must hold for every layout.
fn sound(graph: &Graph<'_>, layout: &Layout) {
    let page = Rect { x: 0, y: 0, width: layout.width, height: layout.height };
    for (at, stage) in layout.stages.iter().enumerate() {
        assert!(within(stage, &page), "stage {at} leaves the page");
        assert!(within(&layout.names[at], stage), "the name of stage {at} leaves its box");
        assert!(
            layout.stages[..at].iter().all(|other| !overlap(stage, other)),
            "stage {at} overlaps another"
        );
    }
    for (at, node) in layout.nodes.iter().enumerate() {
        let stage = graph.nodes[at].stage;
        assert!(within(node, &layout.stages[stage]), "node {at} leaves its stage");
        assert!(!overlap(node, &layout.names[stage]), "node {at} covers the name of its stage");
        assert!(layout.nodes[..at].iter().all(|other| !overlap(node, other)), "node {at} overlaps another");
    }
    for wire in &layout.wires {
        for label in &wire.labels {
            let text = Rect { x: label.x, y: label.y - 9, width: label.room.max(0), height: 11 };
            assert!(within(&text, &page), "{label:?} leaves the page");
            assert!(layout.nodes.iter().all(|node| !overlap(&text, node)), "{label:?} covers a box");
        }
        for pair in wire.lines.iter().flat_map(|line| line.windows(2)) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            assert!(ax == bx || ay == by, "a line is oblique: {pair:?}");
            let line = Rect { x: ax.min(bx), y: ay.min(by), width: (ax - bx).abs(), height: (ay - by).abs() };
            // Lines start and end at borders, which is no overlap.
            let thick = Rect { width: line.width.max(1), height: line.height.max(1), ..line };
            let crossed =
                layout.nodes.iter().find(|node| overlap(&thick, node) && !(by == node.y || ay == node.y));
            assert!(crossed.is_none(), "{pair:?} runs through the box {crossed:?}");
        }
        for (x, y) in &wire.tips {
            let mut boxes = layout.nodes.iter().chain(&layout.stages);
            assert!(boxes.any(|b| b.y == *y && (b.x..=b.x + b.width).contains(x)), "an arrow ends at no box");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn boxes_stand_apart_and_lines_run_between_them(plan in plans()) {
        let graph = Graph::new(&plan, &Durations::new());
        let links = links(&graph);
        let layout = layout(&graph, &links);
        sound(&graph, &layout);
        let drawn: usize = layout.wires.iter().flat_map(|w| &w.links).map(|l| links[*l].edges.len()).sum();
        prop_assert_eq!(drawn + layout.hidden.iter().sum::<usize>(), graph.edges.len());
    }

    #[test]
    fn every_action_and_every_artifact_is_in_every_form(plan in plans()) {
        let graph = Graph::new(&plan, &Durations::new());
        let links = links(&graph);
        for form in FORMS {
            let drawn = draw(&plan, &Durations::new(), form);
            for (at, action) in plan.actions.iter().enumerate() {
                let name = &graph.nodes[at].name;
                let key = name.trim_start_matches("job-");
                let is_there = match form {
                    Form::Tree(_) => drawn.contains(name.as_str()) || drawn.contains(key),
                    Form::Mermaid => drawn.contains(&format!("n{at}[\"{name}<br>run")),
                    Form::Dot => drawn.contains(&format!("n{at} [label=\"{name}\\nrun")),
                    Form::Svg => drawn.contains(&format!("<title>{}: run", action.id)),
                };
                prop_assert!(is_there, "{:?} lacks {}:\n{}", form, action.id, drawn);
            }
            for link in &links {
                for edge in link.edges.iter().map(|at| &graph.edges[*at]).filter(|e| !e.artifacts.is_empty()) {
                    let (from, to) = (edge.from, edge.to);
                    let sentence = graph.sentence(edge);
                    let is_there = match form {
                        // A large family names what it reads as a whole.
                        Form::Tree(_) => drawn.contains("←"),
                        Form::Mermaid if link.is_bundle() => drawn.contains(&format!("%% {sentence}\n")),
                        Form::Mermaid => drawn.contains(&format!("n{from} -->|")) && drawn.contains(&format!("\"| n{to}\n")),
                        Form::Dot => drawn.contains(&sentence),
                        Form::Svg => {
                            let labels = edge.labels().join(", ");
                            drawn.contains(&format!("reads {labels} of {}", graph.nodes[from].id))
                        }
                    };
                    prop_assert!(is_there, "{:?} lacks {}:\n{}", form, sentence, drawn);
                }
            }
        }
    }

    #[test]
    fn what_is_cut_fits(text in "\\PC{0,60}", room in 0..40_usize) {
        let cut = fit(&text, room);
        prop_assert!(width(&cut) <= room, "{cut} is wider than {room}");
        prop_assert!(width(&text) > room || cut == super::text::clean(&text));
    }
}

#[test]
fn a_large_stage_is_a_grid_and_says_what_it_bundles() {
    let keys: Vec<String> = (0..500).map(|key| format!("\"{key}\"")).collect();
    let text = format!(
        "pipeline p {{ stage source {{ action app = git {{ repository: \"a/b\", branch: \"main\" }} }}\n\
         stage many {{ action job for k in [{}] = run {{ inputs: [app], script: \"x\" }} }} }}",
        keys.join(", ")
    );
    let plan = plan(&text);
    let graph = Graph::new(&plan, &Durations::new());
    let links = links(&graph);
    let layout = layout(&graph, &links);
    sound(&graph, &layout);
    assert!(layout.width < 2200 && layout.height < 5000, "{} x {}", layout.width, layout.height);
    assert!(draw(&plan, &Durations::new(), Form::Svg).contains("499 edges drawn as 1 bundle"));
    let tree = tree(&plan);
    assert!(tree.lines().count() < 40 && tree.contains("job-* (500)"), "{tree}");
}

#[test]
fn an_empty_pipeline_has_a_picture() {
    let plan = plan("pipeline p {}");
    for form in FORMS {
        let drawn = draw(&plan, &Durations::new(), form);
        assert!(drawn.contains("0 actions in 0 stages"), "{form:?}: {drawn}");
    }
}
