//! The registry of diagnostic codes. A number is never reused and never changes its meaning. The page of each code,
//! `explain/<code>.md`, is what `standpipe explain` prints and what the reference's page of codes is made from.
//!
//! P00xx lexical, P01xx syntax, P02xx names, P03xx types and catalog, P04xx targets, P05xx graph, P06xx lints,
//! P07xx plan and inputs, P08xx run, P09xx import.

use super::Severity;
use super::Severity::Error;

/// An entry of the registry.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `P` and four digits.
    pub id: &'static str,
    /// How serious diagnostics of this kind are, unless a target says otherwise.
    pub severity: Severity,
    /// One line: what is wrong.
    pub title: &'static str,
    /// The page, in Markdown: why, and a wrong and a right example.
    pub page: &'static str,
}

/// The code with this id, in any case (`p0101`).
#[must_use]
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id))
}

macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $title:literal;)*) => {
        $(
            #[doc = concat!($id, ": ", $title, ".")]
            pub static $name: Code = Code {
                id: $id,
                severity: $severity,
                title: $title,
                page: include_str!(concat!("explain/", $id, ".md")),
            };
        )*

        /// All codes, by number.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    NOT_UTF8 = "P0001", Error, "the file is not UTF-8 text";
}
