//! What can be written where: the fields of a record, and what each wants.

use std::borrow::Cow;

use compiler::catalog::{self, Callee, Field, Required, Type};
use compiler::source::SourceId;
use compiler::syntax::ast::{Item, TypeExpr, TypeKind, TypedField};
use compiler::syntax::token::{Kind, Token};
use compiler::vocabulary::{self, Word};

use super::cursor::{Cursor, Frame};
use super::files::{Files, params_of};
use super::head::Head;
use super::signature::commas;

/// What a place wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Expect {
    /// Anything, or nothing that is known.
    #[default]
    Any,
    /// One of these texts.
    Texts(Vec<String>),
    Bool,
    Artifact,
    Action,
    Stage,
    Secret,
    /// One of these words, or a call of one.
    Sources(&'static [&'static str]),
    /// A list or a record of these, or one of them.
    Many(Box<Expect>),
    /// A record.
    Record(Vec<Slot>),
}

/// A field that can be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    pub(crate) name: String,
    /// Its type, and its default.
    pub(crate) detail: String,
    pub(crate) doc: String,
    pub(crate) required: bool,
    pub(crate) expect: Expect,
}

/// How deep types are followed: they may hold themselves while they are being written.
const MAX_DEPTH: usize = 8;

impl Slot {
    fn plain(name: &str, detail: &str) -> Self {
        let (name, detail) = (name.to_owned(), detail.to_owned());
        Self { name, detail, doc: String::new(), required: false, expect: Expect::Any }
    }

    pub(crate) fn of_word(word: &Word) -> Self {
        let expect = match word.name {
            "inputs" => Expect::Many(Box::new(Expect::Artifact)),
            "after" => Expect::Many(Box::new(Expect::Action)),
            "needs" => Expect::Many(Box::new(Expect::Stage)),
            "source" => Expect::Action,
            "outputs" => Expect::Many(Box::new(records(&[("files", "globs"), ("name", "string")]))),
            "output" => records(&[("files", "globs"), ("name", "string")]),
            "branches" | "paths" | "tags" => {
                records(&[("include", "list<string>"), ("exclude", "list<string>")])
            }
            "events" => Expect::Many(Box::new(texts(vocabulary::pull_request_events()))),
            "local" => records(&[("script", "string"), ("env", "map<string>")]),
            "env" => Expect::Many(Box::default()),
            _ => Expect::Any,
        };
        Self { doc: word.doc.to_owned(), expect, ..Self::plain(word.name, word.ty) }
    }

    pub(crate) fn of_field(field: &Field) -> Self {
        let mut detail = type_text(&field.ty);
        if !field.default.is_empty() {
            detail = format!("{detail} = {}", field.default);
        }
        let expect = match &field.ty {
            Type::Enum(all) => Expect::Texts(all.clone()),
            Type::EnumList(all) => Expect::Many(Box::new(Expect::Texts(all.clone()))),
            Type::Bool => Expect::Bool,
            Type::Artifact | Type::File => Expect::Artifact,
            Type::Secret => Expect::Secret,
            Type::StringList | Type::StringMap => Expect::Many(Box::default()),
            _ => Expect::Any,
        };
        let required = field.required == Required::Yes;
        Self { name: field.name.clone(), detail, doc: field.doc.clone(), required, expect }
    }

    fn of_typed(files: &Files<'_>, source: SourceId, field: &TypedField, depth: usize) -> Self {
        let optional = matches!(field.ty.kind, TypeKind::Optional(_)) || field.default.is_some();
        let mut detail = files.text(source, field.ty.span).to_owned();
        if let Some(default) = &field.default {
            detail = format!("{detail} = {}", files.text(source, default.span));
        }
        Self {
            name: field.name.text.to_string(),
            detail,
            doc: field.doc.as_ref().map(|doc| doc.text.clone()).unwrap_or_default(),
            required: !optional,
            expect: of_type(files, source, &field.ty, depth),
        }
    }
}

fn texts(all: &[&str]) -> Expect {
    Expect::Texts(all.iter().map(|text| (*text).to_owned()).collect())
}

fn records(fields: &[(&str, &str)]) -> Expect {
    Expect::Record(fields.iter().map(|(name, ty)| Slot::plain(name, ty)).collect())
}

/// A type of the catalog as one writes it.
fn type_text(ty: &Type) -> String {
    let union = |all: &[String]| all.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" | ");
    match ty {
        Type::String => "string".to_owned(),
        Type::ConstString => "string, constant".to_owned(),
        Type::Script => "script".to_owned(),
        Type::Commands => "commands".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Enum(all) => union(all),
        Type::EnumList(all) => format!("list<{}>", union(all)),
        Type::StringList => "list<string>".to_owned(),
        Type::Artifact => "artifact".to_owned(),
        Type::File => "file".to_owned(),
        Type::Json => "any".to_owned(),
        Type::StringMap => "map<string>".to_owned(),
        Type::Globs => "globs".to_owned(),
        Type::Secret => "secret".to_owned(),
    }
}

/// What a written type wants.
pub(crate) fn of_type(files: &Files<'_>, source: SourceId, ty: &TypeExpr, depth: usize) -> Expect {
    if depth > MAX_DEPTH {
        return Expect::Any;
    }
    match &ty.kind {
        TypeKind::Name(name) => match name.as_str() {
            "bool" => Expect::Bool,
            "artifact" | "file" => Expect::Artifact,
            "action" => Expect::Action,
            "secret" => Expect::Secret,
            name => match files.resolve(source, name, |item| matches!(item, Item::Type(_))) {
                Some((source, Item::Type(declared))) => of_type(files, source, &declared.ty, depth + 1),
                _ => Expect::Any,
            },
        },
        TypeKind::Generic(_, inner) => Expect::Many(Box::new(of_type(files, source, inner, depth + 1))),
        TypeKind::Optional(inner) => of_type(files, source, inner, depth + 1),
        TypeKind::Literal(text) => Expect::Texts(vec![text.clone()]),
        TypeKind::Union(parts) => {
            let all = parts.iter().filter_map(|part| match &part.kind {
                TypeKind::Literal(text) => Some(text.clone()),
                _ => None,
            });
            Expect::Texts(all.collect())
        }
        TypeKind::Record(fields, _) => {
            let slots = fields.iter().map(|field| Slot::of_typed(files, source, field, depth + 1));
            Expect::Record(slots.collect())
        }
        TypeKind::Error => Expect::Any,
    }
}

/// The parameters of a template or function.
pub(crate) fn params(files: &Files<'_>, source: SourceId, item: &Item) -> Vec<Slot> {
    let list = params_of(item).map_or(&[][..], |params| &params.list);
    list.iter().map(|param| Slot::of_typed(files, source, param, 0)).collect()
}

/// The callee or rule of a name, of the catalog or the user's.
pub(crate) fn callee(
    files: &Files<'_>,
    from: SourceId,
    path: &str,
    is_rule: bool,
) -> Option<Cow<'static, Callee>> {
    let declared = |item: &Item| matches!(item, Item::Callee(callee) if callee.is_rule == is_rule);
    if let Some((source, Item::Callee(ast))) = files.resolve(from, path, declared) {
        let mut texts = |ty: &TypeExpr| match of_type(files, source, ty, 0) {
            Expect::Texts(all) => Some(all),
            _ => None,
        };
        return Some(Cow::Owned(catalog::declared(ast, path.to_owned(), &mut texts)));
    }
    let find = if is_rule { catalog::find_rule } else { catalog::find };
    find(path).map(Cow::Borrowed)
}

fn of_callee(callee: &Callee) -> Vec<Slot> {
    let own = callee.fields.iter().map(Slot::of_field);
    let common = vocabulary::common_fields(callee).map(|word| match (word.name, &callee.service) {
        ("category", Some(service)) => {
            Slot { expect: Expect::Texts(service.categories.clone()), ..Slot::of_word(word) }
        }
        _ => Slot::of_word(word),
    });
    own.chain(common).collect()
}

/// The fields of what is called, by the word that the declaration begins with.
pub(crate) fn called(files: &Files<'_>, from: SourceId, kind: Kind, path: &str, depth: usize) -> Vec<Slot> {
    let template = |item: &Item| {
        let is = match kind {
            Kind::Action => matches!(item, Item::Action(_)),
            Kind::Stage => matches!(item, Item::Stage(_)),
            Kind::Pipeline => matches!(item, Item::Pipeline(_)),
            _ => false,
        };
        is && params_of(item).is_some()
    };
    let Some((source, item)) = files.resolve(from, path, template).filter(|_| depth < MAX_DEPTH) else {
        return match kind {
            Kind::Action | Kind::Gate => {
                callee(files, from, path, kind == Kind::Gate).map(|c| of_callee(&c)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
    };
    let mut slots = params(files, source, item);
    match item {
        Item::Action(action) => {
            // What the template's callee takes beside its own fields.
            let inner = called(files, source, kind, &action.callee.text, depth + 1);
            let common = vocabulary::instance_fields();
            slots.extend(inner.into_iter().filter(|slot| common.contains(&slot.name.as_str())));
        }
        Item::Stage(_) => slots.extend(vocabulary::stage_fields().iter().map(Slot::of_word)),
        _ => slots.extend(vocabulary::stage_fields()[..1].iter().map(Slot::of_word)),
    }
    slots
}

/// The fields of the record whose bracket is the frame `at`.
pub(crate) fn slots(files: &Files<'_>, cursor: &Cursor<'_>, at: usize) -> Vec<Slot> {
    let Some(frame) = cursor.frames.get(at) else { return Vec::new() };
    let words = |all: &[&str]| all.iter().map(|word| Slot::plain(word, "")).collect::<Vec<_>>();
    match &frame.head {
        Head::Call(kind, path) => called(files, files.own(), *kind, path, 0),
        Head::Defaults(None) => vocabulary::defaults().map(Slot::of_word).collect(),
        Head::Defaults(Some(path)) => called(files, files.own(), Kind::Action, path, 0),
        Head::Engine(Kind::Aws) => vocabulary::aws_settings().iter().map(Slot::of_field).collect(),
        Head::Secret => {
            let slot = |name| {
                let sources = vocabulary::secret_sources(name);
                Slot { expect: Expect::Sources(sources), ..Slot::plain(name, &sources.join(" | ")) }
            };
            ["local", "aws"].map(slot).into()
        }
        Head::Trigger(event) => vocabulary::event_fields(event).map(Slot::of_word).collect(),
        Head::Variable => vec![Slot::plain("name", "string")],
        Head::Callee => words(vocabulary::callee_entries()),
        Head::Attributes => words(vocabulary::field_attributes()),
        _ => match inside(files, cursor, at) {
            Expect::Record(slots) => slots,
            _ => Vec::new(),
        },
    }
}

/// What the value wants whose bracket is the frame `at`.
fn inside(files: &Files<'_>, cursor: &Cursor<'_>, at: usize) -> Expect {
    let Some(frame) = cursor.frames.get(at) else { return Expect::Any };
    match &frame.head {
        Head::Key(key) => of_key(files, cursor, at + 1, key),
        Head::Other => match cursor.frames.get(at + 1) {
            Some(outer) if outer.kind == Kind::LeftBracket => element(inside(files, cursor, at + 1)),
            Some(Frame { head: Head::Arguments(path), open, .. }) => {
                of_argument(files, path, &cursor.before[open + 1..frame.open])
            }
            _ => annotated(files, cursor, &frame.item),
        },
        _ => Expect::Any,
    }
}

/// What the argument of a function wants behind those that tokens hold.
pub(crate) fn of_argument(files: &Files<'_>, path: &str, before: &[Token]) -> Expect {
    let function = |item: &Item| matches!(item, Item::Function(_));
    let found = files.resolve(files.own(), path, function);
    let params = found.map(|(source, item)| params(files, source, item)).unwrap_or_default();
    params.into_iter().nth(commas(before)).map(|slot| slot.expect).unwrap_or_default()
}

/// What the value of a key wants in the record whose bracket is the frame `at`.
pub(crate) fn of_key(files: &Files<'_>, cursor: &Cursor<'_>, at: usize, key: &str) -> Expect {
    let known = match cursor.frames.get(at).map(|frame| &frame.head) {
        Some(Head::Pipeline(_) | Head::Stage(_)) => {
            vocabulary::stage_fields().iter().map(Slot::of_word).collect()
        }
        _ => slots(files, cursor, at),
    };
    match known.into_iter().find(|slot| slot.name == key) {
        Some(slot) => slot.expect,
        None => element(inside(files, cursor, at)),
    }
}

/// What an element wants in a list, or in brackets whose values are all alike.
pub(crate) fn element(whole: Expect) -> Expect {
    match whole {
        Expect::Many(inner) => *inner,
        _ => Expect::Any,
    }
}

/// What the elements of the list want whose bracket is the frame `at`.
pub(crate) fn of_element(files: &Files<'_>, cursor: &Cursor<'_>, at: usize) -> Expect {
    element(inside(files, cursor, at))
}

/// What the value of `let x: T =`, `variable x: T =` or of a parameter wants.
pub(crate) fn annotated(files: &Files<'_>, cursor: &Cursor<'_>, item: &[Token]) -> Expect {
    let Some(equals) = item.iter().position(|(kind, _)| *kind == Kind::Equals) else { return Expect::Any };
    let Some(colon) = item[..equals].iter().rposition(|(kind, _)| *kind == Kind::Colon) else {
        return Expect::Any;
    };
    let (Some(first), Some(last)) = (item[..equals].get(colon + 1), item[..equals].last()) else {
        return Expect::Any;
    };
    let range = first.1.start as usize..last.1.end.max(first.1.start) as usize;
    written(files, files.own(), cursor.text.get(range).unwrap_or_default())
}

/// What a type wants that is written in a file, read by the compiler's own parser.
pub(crate) fn written(files: &Files<'_>, source: SourceId, text: &str) -> Expect {
    let parsed = compiler::syntax::parse(source, &format!("type T = {text}"));
    match parsed.file.items.first() {
        Some(Item::Type(declared)) => match &declared.ty.kind {
            // Its fields' texts would be looked for in the wrong place.
            TypeKind::Record(..) => Expect::Any,
            _ => of_type(files, source, &declared.ty, 0),
        },
        _ => Expect::Any,
    }
}
