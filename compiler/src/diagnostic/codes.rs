//! The registry of diagnostic codes. A number is never reused and never changes its meaning. The page of each code,
//! `explain/<code>.md`, is what `standpipe explain` prints and what the reference's page of codes is made from.
//!
//! P00xx lexical, P01xx syntax, P02xx names, P03xx types and catalog, P04xx targets, P05xx graph, P06xx lints,
//! P07xx plan and inputs, P08xx run, P09xx import.

use super::Severity;
use super::Severity::{Error, Warning};

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
    TOO_LARGE = "P0002", Error, "the file is too large";
    UNREADABLE = "P0003", Error, "the file cannot be read";
    STRAY_CHARACTER = "P0004", Error, "a character that means nothing in Pipe";
    UNTERMINATED_STRING = "P0005", Error, "a string or interpolation is not closed";
    BAD_ESCAPE = "P0006", Error, "an unknown escape in a string";
    NESTED_INTERPOLATION = "P0007", Error, "a string inside an interpolation interpolates";
    BLOCK_INDENT = "P0008", Error, "a line of a block string is indented too little";
    BAD_NUMBER = "P0009", Error, "a number or duration that cannot be read";
    BLOCK_LAYOUT = "P0010", Error, "a block string has text on its first line";
    DANGLING_DOC = "P0011", Warning, "a doc comment documents nothing";

    UNEXPECTED_TOKEN = "P0101", Error, "something else was expected here";
    UNCLOSED = "P0102", Error, "a bracket is never closed";
    UNOPENED = "P0103", Error, "a closing bracket closes nothing";
    UNKNOWN_DECLARATION = "P0104", Error, "a word that declares nothing";
    EQUALS_FOR_COLON = "P0105", Error, "a field is written with `=`";
    RESERVED_WORD = "P0106", Error, "a reserved word cannot be a name";
    TOO_DEEP = "P0107", Error, "the file nests too deeply";
    MISPLACED = "P0108", Error, "a declaration or field stands where it cannot";
    UNSUPPORTED = "P0109", Error, "a declaration that this version does not compile";
    CHAINED_COMPARISON = "P0110", Error, "comparisons do not chain";
}
