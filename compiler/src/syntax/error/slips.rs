//! Slips of people who know another language, where one sentence says it: tables, so that the grammar only names them.

use super::reason::trim_before;
use crate::diagnostic::{Code, Diagnostic, Place, codes};

/// What is said about a slip. `{}` stands for the words at its place, `{inner}` for them without quotes.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::syntax) struct Slip {
    code: &'static Code,
    message: &'static str,
    help: &'static str,
    /// What replaces the words at its place, where that is surely right.
    fix: Option<&'static str>,
}

impl Slip {
    pub(super) fn diagnostic(&self, place: Place, word: &str, source: &str) -> Diagnostic {
        let filled = |text: &str| text.replace("{}", word).replace("{inner}", word.trim_matches('"'));
        let diagnostic = self.code.at(place, filled(self.message)).help(self.help);
        match self.fix {
            Some("") => diagnostic.fix("remove it", place, ""),
            Some(fix) => {
                let text = filled(fix);
                // A mark that stands apart, whatever stood before the one that it replaces.
                let span = if fix.starts_with(' ') { trim_before(place.span, source) } else { place.span };
                let place = Place { span, ..place };
                diagnostic.fix(format!("replace with `{}`", text.trim()), place, text)
            }
            None => diagnostic,
        }
    }
}

const fn of(message: &'static str, help: &'static str, fix: Option<&'static str>) -> Slip {
    Slip { code: &codes::UNEXPECTED_TOKEN, message, help, fix }
}

/// The slips.
pub(in crate::syntax) mod slip {
    use super::{Slip, codes, of};

    pub(in crate::syntax) static EQUALS: Slip = of(
        "`=` stands between a name and what it means, not `{}`",
        "as in `let name = value` and `action name = run { … }`",
        Some(" ="),
    );
    pub(in crate::syntax) static MARK_BEFORE_BRACE: Slip = of(
        "a body stands in `{ … }`, without `{}` before it",
        "as in `stage build { … }` and `on push { … }`",
        Some(""),
    );
    pub(in crate::syntax) static LET: Slip = Slip {
        code: &codes::EQUALS_FOR_COLON,
        message: "`{}` is given a value without `let`",
        help: "a value gets a name by `let name = value`; a field is written `name: value`",
        fix: Some("let {}"),
    };
    pub(in crate::syntax) static AND: Slip =
        of("the logical operator is `&&`, not `{}`", "the operators are `&&`, `||` and `!`", Some("&&"));
    pub(in crate::syntax) static OR: Slip =
        of("the logical operator is `||`, not `{}`", "the operators are `&&`, `||` and `!`", Some("||"));
    pub(in crate::syntax) static NOT: Slip =
        of("the logical operator is `!`, not `{}`", "the operators are `&&`, `||` and `!`", Some("!"));
    pub(in crate::syntax) static ON_FAILURE: Slip = of(
        "`{}` is no event that a stage answers",
        "what follows a failure is written `on failure retry failed_actions`, `on failure rollback` or `on failure skip`",
        None,
    );
    pub(in crate::syntax) static ON_FAILURE_FORM: Slip = of(
        "what follows `on failure` is one word, without `{}`",
        "it is written `on failure retry failed_actions`, `on failure rollback` or `on failure skip`",
        None,
    );
    pub(in crate::syntax) static USE_NAME: Slip = of(
        "a file is used by its path, in quotes",
        "as in `use \"./lib.pipe\"`, whose names are then `lib.name`, or `use \"./lib.pipe\" { name }`",
        None,
    );
    pub(in crate::syntax) static USE_PATH: Slip =
        of("the path of a file stands in quotes", "as in `use \"./lib.pipe\"`", Some("\"{}\""));
    pub(in crate::syntax) static USE_ORDER: Slip = of(
        "the path of the file stands before the names",
        "as in `use \"./lib.pipe\" { name }`, or with another name for all of it `use \"./lib.pipe\" as lib`",
        None,
    );
    pub(in crate::syntax) static EDITION: Slip = of("an edition is a year", "as in `edition 2026`", None);
    pub(in crate::syntax) static EDITION_QUOTED: Slip =
        of("an edition is a year, without quotes", "as in `edition 2026`", Some("{inner}"));
    pub(in crate::syntax) static ACTION: Slip = Slip {
        code: &codes::UNKNOWN_DECLARATION,
        message: "the action `{}` lacks the word `action`",
        help: "an action is written `action name = run { … }`",
        fix: Some("action {}"),
    };
    pub(in crate::syntax) static VARIABLE: Slip = of(
        "the type of the variable is missing",
        "a variable is written `variable name: type`, or with a default `variable name: string = \"text\"`",
        None,
    );
    pub(in crate::syntax) static FUNCTION_BODY: Slip = of(
        "the value of a function stands behind `=`",
        "a function is written `fn name(text: string): string = value`",
        None,
    );
    pub(in crate::syntax) static WORD_EQUALS: Slip = of(
        "no `=` stands behind a word that declares",
        "as in `use \"./lib.pipe\"`, `edition 2026` and `aws { … }`",
        Some(""),
    );
    pub(in crate::syntax) static UNTYPED: Slip = of(
        "the parameter `{}` lacks its type",
        "a parameter is written `name: type`, as `text: string`",
        None,
    );
    pub(in crate::syntax) static TYPE_FIRST: Slip = of(
        "the type of a parameter stands behind its name",
        "a parameter is written `name: type`, as `text: string`",
        None,
    );
}
