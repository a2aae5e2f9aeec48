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
    BAD_EDITION = "P0111", Error, "an edition stands where it cannot, or is unknown";

    UNKNOWN_NAME = "P0201", Error, "a name that means nothing here";
    DUPLICATE_NAME = "P0202", Error, "a name is declared twice";
    UNKNOWN_CALLEE = "P0203", Error, "an action calls something that does not exist";
    AMBIGUOUS_NAME = "P0204", Error, "a name that several stages have";
    UNKNOWN_OUTPUT = "P0205", Error, "an action has no such artifact or variable";
    UNKNOWN_STAGE = "P0206", Error, "there is no such stage";
    UNKNOWN_FUNCTION = "P0207", Error, "there is no such function";
    UNKNOWN_TYPE = "P0208", Error, "there is no such type";
    EXPORTED_NAME = "P0209", Error, "two things are exported under one name";
    NO_MEMBER = "P0210", Error, "a value has no such member";
    NEEDS_KEY = "P0211", Error, "a family is named where one member is wanted";
    USE_CYCLE = "P0212", Error, "files use each other in a circle";
    PRIVATE = "P0213", Error, "a declaration of another file is private";
    UNKNOWN_IN_FILE = "P0214", Error, "another file has no such declaration";
    NOT_CALLABLE = "P0215", Error, "something is called that is of another kind";

    TYPE_MISMATCH = "P0301", Error, "a value has the wrong type";
    UNKNOWN_FIELD = "P0302", Error, "there is no such field";
    MISSING_FIELD = "P0303", Error, "a required field is missing";
    DUPLICATE_FIELD = "P0304", Error, "something is given twice";
    BAD_CHOICE = "P0305", Error, "a text that is none of those possible";
    NOT_CONSTANT = "P0306", Error, "a value known only at run stands where a constant must";
    INTERPOLATED_SCRIPT = "P0307", Error, "a script is interpolated";
    WRONG_ARGUMENTS = "P0308", Error, "a function is called with the wrong arguments";
    BARE_WORD = "P0309", Error, "a text stands without quotes";
    ARTIFACT_COUNT = "P0310", Error, "too few or too many artifacts";
    NO_ARTIFACT = "P0311", Error, "an action does not stand for one artifact";
    BAD_FAMILY = "P0312", Error, "a list cannot name the members of a family";
    BAD_VALUE = "P0313", Error, "a value cannot be used here";
    INPUT_CLASH = "P0314", Error, "two inputs would have the same name";
    BAD_PATH = "P0315", Error, "a path leads outside";
    CONFLICTING_FIELDS = "P0316", Error, "two fields exclude each other";
    NOT_ITERABLE = "P0317", Error, "`for` walks something that has no elements";
    TRIGGER_SOURCE = "P0318", Error, "a trigger does not say what it watches";
    TOO_MANY = "P0319", Error, "an expression grows too large";
    BAD_CALLEE = "P0320", Error, "a `callee` or `rule` is not described as it must be";
    SECRET_FLOW = "P0321", Error, "a secret goes where none may go";
    DEPLOY_TIME = "P0322", Error, "a value that only CloudFormation knows stands where none can";
    RUN_CONDITION = "P0323", Error, "a condition is one that no run can decide";
    LITERAL_SECRET = "P0324", Warning, "a secret is written out";
    INTERPOLATED_COMMANDS = "P0325", Warning, "commands are interpolated";
    BAD_GATE = "P0326", Error, "gates that cannot stand together";
    CONTRACT = "P0327", Error, "an artifact cannot hold a file that is needed";
    DEPRECATED = "P0328", Warning, "an action type should not be used any more";
    NOT_CHECKED = "P0329", Hint, "something is passed on unchecked";

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
    CONDITION = "P0425", Error, "the target does not take the conditions of a stage";
    SECRET_PLACE = "P0426", Error, "a secret is not where the target can read it";

    CYCLE = "P0501", Error, "stages or actions wait for each other";
    CIRCULAR_LET = "P0502", Error, "a value is defined by itself";
    REMOVED_REFERENCE = "P0503", Error, "something that an `if` removed is used";
    RECURSION = "P0504", Error, "functions, templates or types are defined by themselves";

    UNUSED_LET = "P0601", Hint, "a `let` is never used";
    UNUSED_VARIABLE = "P0602", Hint, "a pipeline variable is never used";
    UNREAD_OUTPUT = "P0603", Hint, "an artifact or variable is never read";
    UNUSED_ALLOW = "P0604", Warning, "an `allow` that allows nothing";
    UNTESTED_DEPLOY = "P0605", Hint, "something is deployed that nothing tested";
    UNUSED_DECLARATION = "P0606", Hint, "a declaration is never used";

    NO_PIPELINE = "P0701", Error, "the file has no pipeline";
    WHICH_PIPELINE = "P0702", Error, "the file has several pipelines";
    BAD_PLAN = "P0703", Error, "the plan cannot be read";
    PARAMETERS = "P0704", Error, "a template lacks its parameters, or is given others";
}
