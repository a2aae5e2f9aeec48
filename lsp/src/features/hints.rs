//! What is not written, beside what is: which actions an action waits for because it uses their values, its number on AWS,
//! and which values only a run knows.

use std::collections::BTreeMap;

use compiler::Lowered;
use compiler::diagnostic::Place;
use compiler::index::{EntityKind, Phase};
use compiler::span::Span;
use compiler::syntax::ast::{Action, Entry, Item};

use super::names::in_file;
use super::planned::{actions, pipelines, run_orders, some};
use super::tree;
use crate::analysis::Analysis;

/// How many actions are named.
const MOST: usize = 3;

/// A text that is shown between others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hint {
    /// Where.
    pub(crate) at: u32,
    pub(crate) text: String,
}

/// The hints in a part of the file, in order.
pub(crate) fn hints(analysis: &Analysis, range: Span) -> Vec<Hint> {
    let Some(compilation) = &analysis.compilation else { return Vec::new() };
    // Exporting is the dear part, and most files have one pipeline.
    let exported = |lowered: &Lowered| lowered.plan.aws.is_some();
    let orders: Vec<_> = pipelines(analysis).iter().map(|l| exported(l).then(|| run_orders(l))).collect();
    let mut found = Vec::new();
    tree::walk(tree::items(analysis), &mut |item, _| {
        let Some(name) = tree::name(item) else { return };
        if name.text.is_empty() || name.span.end < range.start || range.end < name.span.end {
            return;
        }
        let place = Place { source: analysis.source, span: name.span };
        let text = match item {
            Item::Action(action) => of_action(analysis, action, place, &orders),
            Item::Let(_) => match compilation.index.values(place).iter().map(|known| known.phase).max() {
                Some(Phase::Running) => Some("known only at run".to_owned()),
                Some(Phase::Deploying) => Some("known when deployed".to_owned()),
                Some(Phase::Compiling) | None => None,
            },
            _ => None,
        };
        found.extend(text.map(|text| Hint { at: name.span.end, text }));
    });
    found
}

fn of_action(
    analysis: &Analysis,
    action: &Action,
    place: Place,
    orders: &[Option<BTreeMap<&str, u32>>],
) -> Option<String> {
    let written = written(analysis, action);
    let (mut needs, mut numbers) = (Vec::new(), Vec::new());
    for (lowered, orders) in pipelines(analysis).iter().zip(orders) {
        let plan = &lowered.plan;
        for own in actions(lowered, place) {
            let is_written = |need: &str| {
                let index = plan.actions.iter().position(|other| other.id == need);
                index.is_some_and(|index| written.contains(&lowered.places.action(index)))
            };
            needs.extend(own.needs.iter().map(String::as_str).filter(|need| !is_written(need)));
            numbers.extend(orders.iter().filter_map(|orders| orders.get(own.id.as_str()).copied()));
        }
    }
    needs.sort_unstable();
    numbers.sort_unstable();
    numbers.dedup();
    let waits = (!needs.is_empty()).then(|| format!("waits for {}", some(needs, MOST).replace('`', "")));
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let order = (!numbers.is_empty()).then(|| format!("run order {}", numbers.join(", ")));
    let parts: Vec<String> = waits.into_iter().chain(order).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The actions that `after` names.
fn written(analysis: &Analysis, action: &Action) -> Vec<Place> {
    let after = action.body.entries().iter().find_map(|entry| match entry {
        Entry::Field(field) if field.key.text == "after" => Some(field.value.span),
        _ => None,
    });
    let (Some(after), Some(compilation)) = (after, &analysis.compilation) else { return Vec::new() };
    let own = in_file(compilation.index.occurrences(), analysis.source).iter();
    let named = own.filter(|o| o.kind == EntityKind::Action);
    let named = named.filter(|o| after.start <= o.place.span.start && o.place.span.end <= after.end);
    named.map(|o| o.definition).collect()
}
