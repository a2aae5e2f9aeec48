//! Decides gates: those whose rule can be looked at here for real; all others are taken to pass, and say so.
//! Unaware of what a gate guards, and of what happens when it does not pass.

use compiler::plan::{Comparison, Gate};
use compiler::value::Value;
use indexmap::IndexMap;
use tokio::sync::watch;

use super::local::Local;
use super::script;
use crate::clock::Clock;
use crate::codes;
use crate::condition;
use crate::error::{Failure, Trouble};
use crate::gate::window::Window;
use crate::gate::{ALARM, AlarmState, COMMANDS, VARIABLE, WINDOW};
use crate::job::Job;
use crate::log::Log;
use crate::outcome::{Mode, Product};
use crate::signal::Stop;

/// What the command line says about gates, and the time that they look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The states of alarms.
    pub(crate) alarms: IndexMap<String, AlarmState>,
    /// Whether gates pass, whatever their rules say.
    pub(crate) fixed: IndexMap<String, bool>,
    pub(crate) clock: Clock,
}

/// Decides a gate: a product when it passes, a failure when it does not; `None` when it was stopped.
pub(crate) async fn decide(
    local: &Local,
    job: &Job,
    (gate, id): (&Gate, &str),
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Option<Product>, Trouble> {
    if let Some(passes) = local.gates.fixed.get(id) {
        return Ok(Some(if *passes {
            simulated(format!("`--simulate {id}=pass`"))
        } else {
            return Err(refused(format!("`--simulate {id}=fail` says so")).into());
        }));
    }
    if let Some(why) = job.cloud_gap() {
        // What only a cloud knows is neither right nor wrong here.
        return Ok(Some(simulated(why)));
    }
    match gate.rule.as_str() {
        WINDOW => Ok(Some(window(local, job)?)),
        VARIABLE => Ok(Some(variable(local, job)?)),
        COMMANDS => commands(local, job, gate, stop, log).await,
        ALARM => Ok(Some(alarm(local, job)?)),
        rule => Ok(Some(simulated(format!("a local run does not carry out `{rule}`")))),
    }
}

fn passed(note: String) -> Product {
    Product { note: Some(note), ..Product::only(Mode::Ran) }
}

fn simulated(note: String) -> Product {
    Product { note: Some(note), ..Product::only(Mode::Simulated) }
}

fn refused(why: String) -> Failure {
    Failure::new(codes::GATE_REFUSED, why).lasting()
}

fn senseless(why: String) -> Failure {
    Failure::new(codes::BAD_CONDITION, why).lasting()
}

fn window(local: &Local, job: &Job) -> Result<Product, Failure> {
    let cron = job.text("cron")?.unwrap_or_default();
    let window = Window::new(&cron, job.text("time_zone")?.as_deref()).map_err(senseless)?;
    match window.look(local.gates.clock.seconds()) {
        (true, words) => Ok(passed(words)),
        (false, words) => Err(refused(words)),
    }
}

fn variable(local: &Local, job: &Job) -> Result<Product, Failure> {
    let field = |name: &str| job.text(name).map(Option::unwrap_or_default);
    let config = &job.action().config;
    if let Some(Value::Text(text)) = config.get("variable")
        && let Err((_, missing)) = job.try_render(text)
    {
        return Err(refused(missing.why));
    }
    let word = field("operator")?;
    let operator =
        Comparison::of_rule(&word).ok_or_else(|| senseless(format!("its `operator` is `{word}`")))?;
    let name = match config.get("variable") {
        Some(Value::Text(text)) => condition::name(text),
        _ => "its `variable`".to_owned(),
    };
    let masker = local.events.masker();
    let compared = condition::compare(&name, &field("variable")?, operator, &field("value")?, masker);
    match compared.map_err(senseless)? {
        (true, words) => Ok(passed(words)),
        (false, words) => Err(refused(words)),
    }
}

/// The commands of the rule, one after the other until one fails, in a fresh workspace with the gate's inputs.
async fn commands(
    local: &Local,
    job: &Job,
    gate: &Gate,
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Option<Product>, Trouble> {
    let commands = match gate.config.get("commands") {
        Some(Value::List(items)) => &items[..],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let lines = commands.iter().map(|command| job.value("commands", command));
    let script = lines.collect::<Result<Vec<String>, Failure>>()?.join("\n");
    let product = script::run_text(local, job, &script, None, stop, log).await?;
    Ok(product.map(|_| passed("its commands succeeded".to_owned())))
}

fn alarm(local: &Local, job: &Job) -> Result<Product, Failure> {
    let name = match job.action().config.get("alarm_name") {
        Some(Value::Text(text)) => match job.try_render(text) {
            Ok(name) => name,
            Err((_, missing)) => return Ok(simulated(missing.why)),
        },
        _ => String::new(),
    };
    let Some(state) = local.gates.alarms.get(&name) else {
        return Ok(simulated(format!(
            "a local run does not look at alarms; `--alarm {name}=STATE` says what its state is"
        )));
    };
    let words = format!("`--alarm {name}={}`", state.word());
    if bad_states(job)?.iter().any(|bad| bad.eq_ignore_ascii_case(state.word())) {
        return Err(refused(format!("{words}, a state in which it does not pass")));
    }
    Ok(simulated(words))
}

/// The states in which an alarm's gate does not pass.
fn bad_states(job: &Job) -> Result<Vec<String>, Failure> {
    let texts = match job.action().config.get("alarm_states") {
        None | Some(Value::Null) => vec!["ALARM".to_owned()],
        Some(Value::List(items)) => {
            items.iter().map(|item| job.value("alarm_states", item)).collect::<Result<_, _>>()?
        }
        Some(one) => vec![job.value("alarm_states", one)?],
    };
    let words = texts.iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned());
    Ok(words.filter(|word| !word.is_empty()).collect())
}
