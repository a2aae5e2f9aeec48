//! The facts about callees and rules: fields, artifacts, variables, and how a service names them. They are declared in the
//! language itself, in the files below `catalog/`, one for each, which the compiler embeds and reads when they are first
//! asked for: no pipeline calls them all.

mod attributes;
mod callee;
mod embedded;
mod literals;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use attributes::ATTRIBUTES;
pub use callee::{
    Callee, Count, Environment, Field, Limits, Required, SecretSource, Service, Type, Variable, Variables,
};
pub use embedded::{action_names, all, find, find_rule, rule_names};
pub use read::declared;
pub(crate) use read::{ENTRIES, read};

/// The field that every callee of an engine has: the service's own keys, unchecked, merged last.
pub(crate) fn configuration() -> Field {
    Field {
        name: "configuration".to_owned(),
        key: "*".to_owned(),
        ty: Type::StringMap,
        required: Required::No,
        default: String::new(),
        doc: "Configuration keys of the service, exactly as it writes them; they are not checked.".to_owned(),
        limits: Limits::default(),
    }
}
