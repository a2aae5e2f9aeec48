//! Words that begin declarations, and whole declarations as snippets.

use compiler::syntax::token::Kind;
use compiler::vocabulary;

use super::head::Head;
use super::items::{Candidate, Shape};
use super::{Site, items, slots};

/// A declaration: its word, what it is, and how it goes on.
type Declaration = (&'static str, &'static str, &'static str);

const FILE: &[Declaration] = &[
    ("pipeline", "a pipeline", "pipeline ${1:name} {\n  $0\n}"),
    ("use", "takes names from another file", "use \"$1\" { $0 }"),
    ("let", "a value with a name", "let ${1:name} = $0"),
    ("fn", "a function", "fn ${1:name}($2): ${3:string} = $0"),
    ("type", "a type with a name", "type ${1:Name} = $0"),
    ("stage", "a template of stages", "stage ${1:name}($2) {\n  $0\n}"),
    ("action", "a template of actions", "action ${1:name}($2) = ${3:run} {\n  $0\n}"),
    (
        "callee",
        "an action type of one's own",
        "callee ${1:name} {\n  inputs: 0..5\n  outputs: 0..5\n  fields: {\n    $0\n  }\n}",
    ),
    ("rule", "a rule of one's own", "rule ${1:name} {\n  fields: {\n    $0\n  }\n}"),
    ("private", "hides a declaration from other files", "private $0"),
    ("edition", "the edition of the language", "edition 2026"),
];

const PIPELINE: &[Declaration] = &[
    ("stage", "a stage", "stage ${1:name} {\n  $0\n}"),
    ("variable", "a value that is given when a run starts", "variable ${1:name}: ${2:string} = $0"),
    (
        "secret",
        "where each engine finds a secret",
        "secret ${1:name} { local: env(\"$2\"), aws: secrets_manager(\"$3\") }",
    ),
    ("on", "what starts the pipeline", "on ${1:push} { $0 }"),
    ("aws", "the settings of AWS CodePipeline", "aws {\n  role: \"$1\"\n  artifact_bucket: \"$2\"\n  $0\n}"),
    ("azure", "the settings of Azure Pipelines", "azure {\n  $0\n}"),
    ("defaults", "fields of all actions, or of all that call the same", "defaults ${1:run} { $0 }"),
    ("let", "a value with a name", "let ${1:name} = $0"),
];

const STAGE: &[Declaration] = &[
    ("action", "an action", "action ${1:name} = ${2:run} {\n  $0\n}"),
    (
        "gate",
        "what must hold for the stage to be entered or left",
        "gate ${1:name} on ${2:entry} = ${3:aws.alarm} { $4 } else ${5:fail}",
    ),
    ("on failure", "what happens when the stage fails", "on failure ${1:rollback}"),
    ("defaults", "fields of the stage's actions", "defaults ${1:run} { $0 }"),
    ("let", "a value with a name", "let ${1:name} = $0"),
];

impl Site<'_, '_> {
    /// The declarations of a file, a pipeline or a stage, and the fields of the latter.
    pub(super) fn declarations(&mut self) {
        if self.cursor.quoted {
            return;
        }
        let head = self.cursor.frames.first().map(|frame| &frame.head);
        let (all, fields) = match head {
            Some(Head::Pipeline(_)) => (PIPELINE, &vocabulary::stage_fields()[..1]),
            Some(Head::Stage(_)) => (STAGE, vocabulary::stage_fields()),
            _ => (FILE, &[][..]),
        };
        let hidden = self.cursor.item.first().is_some_and(|(kind, _)| *kind == Kind::Private);
        let all = all.iter().filter(|(word, ..)| !hidden || !matches!(*word, "use" | "private" | "edition"));
        self.found.extend(all.map(|(word, detail, snippet)| {
            let found = Candidate::plain(word, Shape::Snippet, (*detail).to_owned());
            found.inserting((*word).to_owned(), Some((*snippet).to_owned()))
        }));
        let written = self.cursor.keys(0);
        let bare = self.cursor.next_char() == Some(':');
        let fields = fields.iter().filter(|word| !written.contains(&word.name)).map(slots::Slot::of_word);
        self.found.extend(fields.map(|slot| items::field(&slot, bare)));
    }

    /// Words without more.
    pub(super) fn words(&mut self, words: &[&str], detail: &str) {
        if !self.cursor.quoted {
            let all = words.iter().map(|word| Candidate::plain(word, Shape::Keyword, detail.to_owned()));
            self.found.extend(all);
        }
    }
}
