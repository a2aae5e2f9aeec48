//! Families: actions that one declaration made (`test-20`, `test-22`). A plan does not say so, but its ids and places do.

use std::collections::BTreeMap;

use crate::plan::Plan;

/// The members of one `for`.
#[derive(Debug)]
pub(super) struct Family {
    /// What the names of its members have in common: `test`.
    pub(super) name: String,
    /// Indices into `Plan::actions`, in order; the graph makes them indices of its nodes.
    pub(super) members: Vec<usize>,
}

impl Family {
    /// What tells a member's name (`test-20`) from the others (`20`).
    pub(super) fn key<'n>(&self, member: &'n str) -> &'n str {
        member.get(self.name.len() + 1..).unwrap_or(member)
    }
}

/// The families of a plan with at least two members, by their first members.
pub(super) fn families(plan: &Plan) -> Vec<Family> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, action) in plan.actions.iter().enumerate() {
        // What is declared at one place by one stage is one family.
        let place = (&action.stage, &action.source.file, action.source.line, &action.callee);
        groups.entry(place).or_default().push(at);
    }
    let mut found: Vec<Family> = groups.into_values().filter_map(|members| family(plan, members)).collect();
    found.sort_by_key(|family| family.members[0]);
    found
}

fn family(plan: &Plan, members: Vec<usize>) -> Option<Family> {
    let name_of = |at: &usize| local_name(&plan.actions[*at].id, &plan.actions[*at].stage);
    let (first, rest) = members.split_first()?;
    let first = name_of(first);
    let shared = |name: &str| first.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    let common = rest.iter().map(|other| shared(name_of(other))).min()?;
    let end = first.as_bytes()[..common].iter().rposition(|byte| *byte == b'-')?;
    let name = first.get(..end)?.to_owned();
    (!name.is_empty()).then_some(Family { name, members })
}

/// The name of an action in its stage: `bundle` for `verify.bundle`.
pub(super) fn local_name<'a>(id: &'a str, stage: &str) -> &'a str {
    id.strip_prefix(stage).and_then(|rest| rest.strip_prefix('.')).unwrap_or(id)
}
