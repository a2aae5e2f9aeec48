//! Completion: what can be written at the cursor. Where that is, the tokens before it tell (`cursor`, `head`); what can
//! stand there, the catalog, the trees of the files and the compiler's own tables (`slots`, `scope`, `words`).

use compiler::span::Span;
use compiler::syntax::token::{Kind, Token};
use compiler::vocabulary;

use crate::analysis::Analysis;

mod bindings;
mod calls;
mod cursor;
mod exports;
mod files;
mod head;
mod items;
mod outputs;
mod paths;
mod scope;
pub(crate) mod signature;
mod slots;
mod words;

use cursor::{Cursor, cursor};
pub(crate) use exports::{Export, Exported, exported};
use files::Files;
use head::{Head, declared, path_at_end};
pub(crate) use items::{Candidate, Shape};
use scope::{Named, Scope, Sort};
use slots::Expect;

/// What there is beside the file and those that it uses.
pub(crate) struct World<'w> {
    /// The other files of the project.
    pub(crate) others: &'w [Exported],
    /// The names in a folder, those of folders with `/`.
    pub(crate) entries: &'w dyn Fn(&str) -> Vec<String>,
}

/// What can be written at an offset, the likeliest first, and what it replaces.
pub(crate) fn complete(
    analysis: &Analysis,
    offset: u32,
    world: &World<'_>,
) -> Option<(Span, Vec<Candidate>)> {
    let cursor = cursor(analysis, offset)?;
    let files = Files::new(analysis);
    let scope = Scope::new(&files, &cursor);
    let name = &analysis.sources.get(analysis.source).name;
    let mut site =
        Site { files: &files, cursor: &cursor, scope, world, name, span: cursor.word, found: Vec::new() };
    site.complete();
    let Site { span, mut found, .. } = site;
    let mut seen = std::collections::HashSet::new();
    found.retain(|candidate| seen.insert(candidate.label.clone()));
    Some((span, found))
}

/// Where completion happens, and what was found.
struct Site<'s, 'a> {
    files: &'s Files<'a>,
    cursor: &'s Cursor<'a>,
    scope: Scope<'s, 'a>,
    world: &'s World<'s>,
    /// The file's name.
    name: &'s str,
    /// What is replaced.
    span: Span,
    found: Vec<Candidate>,
}

impl Site<'_, '_> {
    fn complete(&mut self) {
        let item = self.cursor.item.as_slice();
        let Some(top) = self.cursor.frames.first() else { return self.declaration(item) };
        match &top.head {
            Head::Pipeline(_) | Head::Stage(_) => self.declaration(item),
            Head::Params | Head::TypeRecord => self.typed(item, false),
            Head::Key(key) if key == "fields" && self.is_in_callee() => self.typed(item, true),
            Head::Uses(path) => self.selection(path),
            Head::Arguments(path) => self.argument(path),
            _ if top.kind == Kind::LeftBrace => match item {
                [] => self.fields(),
                [key, (Kind::Colon, _), ..] => {
                    let key = self.cursor.of(*key).trim_matches('"').to_owned();
                    let expect = slots::of_key(self.files, self.cursor, 0, &key);
                    self.value(&expect);
                }
                [(Kind::Ellipsis, _), ..] => self.value(&Expect::Any),
                _ => {}
            },
            _ if top.kind == Kind::LeftBracket => {
                let expect = slots::of_element(self.files, self.cursor, 0);
                self.value(&expect);
            }
            _ => self.value(&Expect::Any),
        }
    }

    fn is_in_callee(&self) -> bool {
        self.cursor.frames.get(1).is_some_and(|frame| frame.head == Head::Callee)
    }

    /// In a file, a pipeline or a stage.
    fn declaration(&mut self, whole: &[Token]) {
        let item = declared(whole);
        let has = |kind: Kind| item.iter().rposition(|(k, _)| *k == kind);
        let Some((first, _)) = item.first() else { return self.declarations() };
        match first {
            Kind::Use if item.len() == 1 && self.cursor.quoted => self.used_paths(),
            Kind::Private if item.len() == 1 => self.declarations(),
            _ if matches!(item, [_, (Kind::Colon, _), ..]) => {
                let key = self.cursor.of(item[0]).to_owned();
                let expect = slots::of_key(self.files, self.cursor, 0, &key);
                self.value(&expect);
            }
            Kind::Let | Kind::Variable | Kind::Fn => match (has(Kind::Equals), has(Kind::Colon)) {
                (Some(_), _) => {
                    let expect = slots::annotated(self.files, self.cursor, item);
                    self.value(&expect);
                }
                (None, Some(_)) => self.types(false),
                _ => {}
            },
            Kind::Type if has(Kind::Equals).is_some() => self.types(false),
            Kind::On => self.events(item),
            Kind::Gate => self.gate(item),
            Kind::Action | Kind::Stage | Kind::Pipeline => self.called(*first, item),
            Kind::Defaults if path_at_end(self.cursor.text, &item[1..]).is_empty() == (item.len() == 1) => {
                self.callees(Kind::Action, false);
            }
            _ => {}
        }
    }

    fn called(&mut self, kind: Kind, item: &[Token]) {
        match item.iter().rposition(|(k, _)| *k == Kind::Equals) {
            Some(at) if item[at + 1..].iter().all(|(kind, _)| kind.is_name() || *kind == Kind::Dot) => {
                self.callees(kind, true);
            }
            None if item.iter().any(|(kind, _)| matches!(kind, Kind::If | Kind::In)) => {
                self.value(&Expect::Any);
            }
            _ => {}
        }
    }

    fn events(&mut self, item: &[Token]) {
        let in_stage = matches!(self.cursor.frames.first().map(|frame| &frame.head), Some(Head::Stage(_)));
        match item {
            [_] if in_stage => self.words(&["failure"], "when the stage fails"),
            [_] => self.words(&vocabulary::events().collect::<Vec<_>>(), "starts the pipeline"),
            [_, failure] if self.cursor.of(*failure) == "failure" => {
                self.words(vocabulary::failure_results(), "when the stage fails");
            }
            [_, _, retry] if self.cursor.of(*retry) == "retry" => {
                self.words(vocabulary::retry_modes(), "what is tried again");
            }
            _ => {}
        }
    }

    fn gate(&mut self, item: &[Token]) {
        match item {
            [_, _, (Kind::On, _)] => self.words(vocabulary::gate_points(), "when the gate is checked"),
            [.., (Kind::RightBrace, _), (Kind::Else, _)] => {
                self.words(vocabulary::gate_otherwise(), "when the gate does not pass");
            }
            item => self.called(Kind::Gate, item),
        }
    }

    /// A parameter, or a field of a type.
    fn typed(&mut self, item: &[Token], of_callee: bool) {
        match item {
            [_, (Kind::Colon, _), rest @ ..] if rest.iter().any(|(kind, _)| *kind == Kind::Equals) => {
                let expect = slots::annotated(self.files, self.cursor, item);
                self.value(&expect);
            }
            [_, (Kind::Colon, _), ..] => self.types(of_callee),
            _ => {}
        }
    }

    fn fields(&mut self) {
        if self.cursor.quoted {
            return;
        }
        let written = self.cursor.keys(0);
        let mut slots = slots::slots(self.files, self.cursor, 0);
        slots.retain(|slot| !written.contains(&slot.name.as_str()));
        slots.sort_by_key(|slot| !slot.required);
        let bare = self.cursor.next_char() == Some(':');
        self.found.extend(slots.iter().map(|slot| items::field(slot, bare)));
    }

    fn argument(&mut self, path: &str) {
        if path == "file" {
            return if self.cursor.quoted { self.file_paths() } else { self.value(&Expect::Any) };
        }
        let open = self.cursor.frames.first().map_or(0, |frame| frame.open);
        let expect = slots::of_argument(self.files, path, &self.cursor.before[open + 1..]);
        self.value(&expect);
    }

    /// An expression.
    fn value(&mut self, expect: &Expect) {
        let item = &self.cursor.item;
        if let Some((path, _)) = self.cursor.path() {
            let members = self.scope.members(&path);
            return self.named(members, expect);
        }
        let last = item.last().map(|(kind, _)| *kind);
        // Behind a value there are only operators.
        if last.is_some_and(|kind| ends_value(kind) && !ends_key(item)) {
            return;
        }
        let compared = match item.split_last() {
            Some(((Kind::EqualEqual | Kind::NotEqual, _), before)) => {
                let name = path_at_end(self.cursor.text, before);
                self.scope.values().into_iter().find(|named| named.name == name).map(|named| named.is)
            }
            _ => None,
        };
        let expect = compared.as_ref().unwrap_or(expect);
        self.expected(expect);
        if !self.cursor.quoted {
            let mut values = self.scope.values();
            if wants(expect) == &Expect::Artifact {
                values.splice(0..0, self.scope.artifacts());
            }
            self.named(values, expect);
            self.found.push(items::conditional());
            self.words(&["true", "false", "null"], "");
            self.imports(|export| matches!(export, Export::Let | Export::Function));
        }
    }

    /// What a place wants, beside names.
    fn expected(&mut self, expect: &Expect) {
        let quoted = self.cursor.quoted;
        match expect {
            Expect::Texts(texts) => {
                self.found.extend(texts.iter().map(|text| items::text(text, quoted)));
            }
            Expect::Many(inner) if quoted || !matches!(**inner, Expect::Texts(_)) => self.expected(inner),
            Expect::Bool if !quoted => self.words(&["true", "false"], "bool"),
            Expect::Sources(sources) if !quoted => {
                self.found.extend(sources.iter().map(|source| items::source(source)));
            }
            _ => {}
        }
    }

    fn named(&mut self, all: Vec<Named>, expect: &Expect) {
        if self.cursor.quoted {
            return;
        }
        let wanted = wants(expect);
        let (top, listed) = (self.cursor.frames.first(), self.cursor.listed());
        let in_text = top.is_some_and(|frame| frame.kind == Kind::InterpolationOpen);
        let mut all = all;
        all.retain(|named| match wanted {
            _ if named.name.is_empty() || (in_text && named.sort == Sort::Secret) => false,
            Expect::Stage => named.sort == Sort::Stage && !listed.contains(&named.name.as_str()),
            Expect::Action => {
                matches!(named.sort, Sort::Action | Sort::Stage | Sort::Param | Sort::Binding)
                    && !listed.contains(&named.name.as_str())
            }
            Expect::Artifact => {
                !matches!(named.sort, Sort::Function | Sort::Secret | Sort::Variable)
                    && !listed.contains(&named.name.as_str())
            }
            _ => true,
        });
        let is_wanted = |named: &Named| match wanted {
            Expect::Any => false,
            Expect::Action => named.sort == Sort::Action,
            wanted => named.is == *wanted,
        };
        all.sort_by_key(|named| !is_wanted(named));
        // A function is called; its brackets may be there.
        let bare = self.cursor.next_char() == Some('(');
        self.found.extend(all.iter().map(|named| items::value(named, bare)));
    }
}

/// What one of the values wants that a place may have several of.
fn wants(expect: &Expect) -> &Expect {
    match expect {
        Expect::Many(inner) => inner,
        expect => expect,
    }
}

/// Whether a token can end a value.
fn ends_value(kind: Kind) -> bool {
    kind.is_name()
        || matches!(
            kind,
            Kind::True
                | Kind::False
                | Kind::Null
                | Kind::Int
                | Kind::Duration
                | Kind::Str
                | Kind::Block
                | Kind::StrClose
                | Kind::RightBrace
                | Kind::RightBracket
                | Kind::RightParen
        )
}

/// Whether nothing but a key was written: `key` of `key: value` without its colon is no value.
fn ends_key(item: &[Token]) -> bool {
    matches!(item, [_, (Kind::Colon, _)])
}
