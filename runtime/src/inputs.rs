//! Checks what a run was asked for against its plan before anything is started. Nothing here touches the disk, but the
//! paths of `--source`.

use std::collections::HashMap;
use std::path::PathBuf;

use compiler::plan::{Plan, Variable, VariableType};

use crate::codes;
use crate::error::Error;
use crate::gate;
use crate::graph::{ActionIndex, Graph};
use crate::options::Options;
use crate::report::listed;

/// What was asked for, in terms of the plan.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// The value of each variable, by id.
    pub(crate) variables: HashMap<String, String>,
    /// The folder that a source takes.
    pub(crate) sources: HashMap<ActionIndex, PathBuf>,
    /// Which actions take part.
    pub(crate) selected: Vec<bool>,
}

impl Inputs {
    pub(crate) fn new(plan: &Plan, graph: &Graph, options: &Options) -> Result<Self, Error> {
        if options.jobs == 0 {
            return Err(
                Error::usage(codes::BAD_JOBS, "`--jobs 0` can run nothing").with_help("give 1 or more")
            );
        }
        gates(plan, graph, options)?;
        let selected = select(plan, graph, &options.only)?;
        Ok(Self { variables: variables(plan, options)?, sources: sources(plan, graph, options)?, selected })
    }
}

fn variables(plan: &Plan, options: &Options) -> Result<HashMap<String, String>, Error> {
    for given in options.variables.keys() {
        if !plan.variables.iter().any(|v| v.id == *given || v.name == *given) {
            let known = plan.variables.iter().map(|v| v.id.as_str());
            return Err(unknown(codes::UNKNOWN_VARIABLE, "the pipeline has no variable", given, known));
        }
    }
    let mut values = HashMap::new();
    for variable in &plan.variables {
        let given = options.variables.get(&variable.id).or_else(|| options.variables.get(&variable.name));
        let Some(value) = given.or(variable.default.as_ref()) else {
            // A dry run shows the order, which no variable changes.
            if options.dry_run {
                continue;
            }
            let message = format!("the variable `{}` has no default and was given no value", variable.id);
            return Err(Error::usage(codes::MISSING_VARIABLE, message)
                .with_help(format!("pass `--var {}=VALUE`", variable.id)));
        };
        fits(variable, value)?;
        values.insert(variable.id.clone(), value.clone());
    }
    Ok(values)
}

fn fits(variable: &Variable, value: &str) -> Result<(), Error> {
    let wanted = match &variable.ty {
        VariableType::Bool if value != "true" && value != "false" => "`true` or `false`".to_owned(),
        // Conditions compare texts: a number has one way to be written.
        VariableType::Int if value.parse().map(|number: i64| number.to_string()).as_deref() != Ok(value) => {
            "a whole number".to_owned()
        }
        VariableType::Enum(texts) if !texts.iter().any(|t| t == value) => {
            format!("one of {}", texts.iter().map(|t| format!("`{t}`")).collect::<Vec<_>>().join(", "))
        }
        _ if value.contains('\0') => "text without NUL".to_owned(),
        _ => return Ok(()),
    };
    let message =
        format!("the variable `{}` is `{}`, but must be {wanted}", variable.id, value.escape_debug());
    Err(Error::usage(codes::BAD_VARIABLE, message))
}

fn sources(plan: &Plan, graph: &Graph, options: &Options) -> Result<HashMap<ActionIndex, PathBuf>, Error> {
    let is_source =
        |index: usize| plan.actions[index].inputs.is_empty() && plan.actions[index].outputs.len() == 1;
    let mut found = HashMap::new();
    for (given, path) in &options.sources {
        let index = graph.action(given).or_else(|| {
            let short = |id: &str| id.split_once('.').is_some_and(|(_, name)| name == given);
            (0..plan.actions.len())
                .find(|i| is_source(*i) && (short(&plan.actions[*i].id) || plan.actions[*i].name == *given))
                .map(ActionIndex)
        });
        let Some(index) = index.filter(|index| is_source(index.0)) else {
            let known =
                (0..plan.actions.len()).filter(|i| is_source(*i)).map(|i| plan.actions[i].id.as_str());
            return Err(unknown(codes::UNKNOWN_SOURCE, "the plan has no source action", given, known));
        };
        let path = options.root.join(path);
        if !path.is_dir() {
            let message = format!("`--source {given}=…`: `{}` is no folder", path.display());
            return Err(Error::usage(codes::BAD_SOURCE_PATH, message));
        }
        // The user may name a link; what is taken lies behind it.
        found.insert(index, path.canonicalize().unwrap_or(path));
    }
    Ok(found)
}

/// What is said about gates must be about gates that exist.
fn gates(plan: &Plan, graph: &Graph, options: &Options) -> Result<(), Error> {
    let ids = graph.gates.iter().map(|node| node.id.as_str());
    if let Some(given) = options.gates.keys().find(|given| !ids.clone().any(|id| id == **given)) {
        return Err(unknown(codes::UNKNOWN_GATE, "the plan has no gate", given, ids));
    }
    let all = plan.stages.iter().flat_map(|stage| &stage.gates);
    let names: Vec<Option<&str>> = all
        .filter(|gate| gate.rule == gate::ALARM)
        .map(|gate| gate.config.get("alarm_name").and_then(compiler::value::Value::as_str))
        .collect();
    // A name that only the run knows may be any.
    if names.contains(&None) {
        return Ok(());
    }
    let known = names.iter().copied().flatten();
    match options.alarms.keys().find(|given| !known.clone().any(|name| name == **given)) {
        Some(given) => {
            Err(unknown(codes::UNKNOWN_ALARM, "no gate of the plan looks at an alarm", given, known))
        }
        None => Ok(()),
    }
}

/// The named actions and stages, and all whose artifacts and variables they and their conditions use, however far back.
fn select(plan: &Plan, graph: &Graph, only: &[String]) -> Result<Vec<bool>, Error> {
    if only.is_empty() {
        return Ok(vec![true; plan.actions.len()]);
    }
    let mut left: Vec<ActionIndex> = Vec::new();
    for name in only {
        if let Some(index) = graph.action(name) {
            left.push(index);
        } else if let Some(stage) = plan.stages.iter().position(|s| s.id == *name || s.name == *name) {
            left.extend(&graph.stages[stage].actions);
        } else if let Some(members) = family(plan, name) {
            left.extend(members);
        } else {
            let known = plan.actions.iter().map(|a| &a.id).chain(plan.stages.iter().map(|s| &s.id));
            let what = "the plan has no action or stage";
            return Err(unknown(codes::UNKNOWN_ONLY, what, name, known.map(String::as_str)));
        }
    }
    let mut selected = vec![false; plan.actions.len()];
    while let Some(index) = left.pop() {
        if !std::mem::replace(&mut selected[index.0], true) {
            let node = &graph.actions[index.0];
            left.extend(node.needs.iter().filter(|need| need.uses || need.reads).map(|need| need.on));
            // Without them nobody could say whether its stage is entered, and what it came to.
            left.extend(&graph.stages[node.stage.0].reads);
        }
    }
    Ok(selected)
}

/// The actions that one declaration with several values stands for: `verify.test` for `verify.test-20` and `verify.test-22`.
fn family(plan: &Plan, name: &str) -> Option<Vec<ActionIndex>> {
    let is_member = |id: &str| {
        name.contains('.')
            && id.strip_prefix(name).is_some_and(|rest| rest.len() > 1 && rest.starts_with('-'))
    };
    let members =
        (0..plan.actions.len()).filter(|index| is_member(&plan.actions[*index].id)).map(ActionIndex);
    Some(members.collect()).filter(|members: &Vec<_>| !members.is_empty())
}

fn unknown<'a>(
    code: &'static str,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Error {
    let error = Error::usage(code, format!("{what} `{}`", name.escape_debug()));
    match nearest(name, known.clone()) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => match known.map(str::to_owned).collect::<Vec<_>>() {
            names if names.is_empty() => error,
            names => error.with_help(format!("it has {}", listed(&names, 8))),
        },
    }
}

/// The known name that was probably meant: similar as a whole, or equal to the part after the dot.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let tail = |text: &'a str| text.rsplit_once('.').map_or(text, |(_, tail)| tail);
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let likeness = strsim::jaro_winkler(name, candidate)
            .max(strsim::normalized_damerau_levenshtein(name, tail(candidate)));
        if likeness > best.map_or(0.75, |(b, _)| b) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}
