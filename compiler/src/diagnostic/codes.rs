//! The registry of diagnostic codes. A number is never reused and never changes its meaning. The page of each code,
//! `explain/<code>.md`, is what `standpipe explain` prints and what the reference's page of codes is made from.
//!
//! P00xx lexical, P01xx syntax, P02xx names, P03xx types and catalog, P04xx targets, P05xx graph, P06xx lints,
//! P07xx plan and inputs, P08xx run, P09xx import.

use super::Severity;
use super::Severity::{Error, Hint, Warning};

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

    TARGET_SETTINGS = "P0401", Error, "the pipeline has no settings for the target";
    TARGET_NAME = "P0402", Error, "the target does not accept a name";
    TARGET_NAME_TAKEN = "P0403", Error, "two things have the same exported name";
    TARGET_COUNT = "P0404", Error, "the target takes more or fewer of something";
    TARGET_SOURCES = "P0405", Error, "the first stage is for sources, and no other is";
    GIT_INCOMPLETE = "P0406", Error, "a `git` source lacks what the target needs";
    TARGET_CANNOT = "P0407", Error, "the target has nothing that means this";
    NOT_EXPORTED = "P0408", Warning, "part of the pipeline is not in the export";
    RUN_TOO_BIG = "P0409", Error, "an action has more than a Commands action can hold";
    TARGET_TEXT = "P0410", Error, "a text is empty or too long for the target";
    EXPANDED_TEXT = "P0411", Error, "the target would replace part of a text";
    VARIABLE_IN_SOURCE = "P0412", Error, "a source uses a variable of the run";
    NO_DEFAULT = "P0413", Warning, "a variable without default in a pipeline that starts by itself";
    V2_ONLY = "P0414", Error, "a pipeline of type V1 cannot have this";
    TARGET_SETTING = "P0415", Error, "a setting is not of the form that the target takes";
    REGION = "P0416", Error, "an action's Region has no artifact store";
    ON_FAILURE = "P0417", Error, "the stage cannot react to a failure in this way";
    TRIGGER = "P0418", Error, "the target does not accept a trigger";
    TARGET_ARTIFACTS = "P0419", Error, "an action has more or fewer artifacts than its type takes";
    TARGET_TIMEOUT = "P0420", Error, "a timeout is not one that the target takes";
    SERIALIZED = "P0421", Hint, "stages that could run side by side run one after the other";
    JSON_TEXT = "P0422", Warning, "text that is known only at run goes into JSON";
    CODEBUILD_NAME = "P0423", Warning, "CodeBuild cannot use an artifact's name";
    CLONE_READER = "P0424", Warning, "a full clone is read by something other than CodeBuild";
}
