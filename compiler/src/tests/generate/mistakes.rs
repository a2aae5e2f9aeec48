//! One mistake, put behind a program that has none.

use super::choices::Choices;
use super::types::{Kind, Program, Slot, SlotTy, Ty};

/// A mistake, and what must be said about it.
pub(super) struct Mistake {
    /// The file at whose end it stands.
    pub(super) file: usize,
    pub(super) text: String,
    pub(super) code: &'static str,
    /// The text that the error points at.
    pub(super) at: String,
}

/// A declaration with a mistake of some kind; none where the program has nothing that it could be made with.
pub(super) fn mistake(program: &Program, kind: usize) -> Option<Mistake> {
    let mut choices = Choices::new(&[u8::try_from(kind % 251).unwrap_or(0), 3]);
    let file = 0;
    let (text, code, at) = match kind / 7 % 12 {
        0 => misspelt(program, file)?,
        1 => wrong_type(&mut choices),
        2 => missing_argument(program, file)?,
        3 => wrong_argument(program, file)?,
        4 => unknown_argument(program, file)?,
        5 => unknown_member(program, file)?,
        6 => hidden(program, file)?,
        7 => recursion(&mut choices),
        8 => field_of_record(program, file)?,
        9 => field_of_action(&mut choices),
        10 => unknown_type(),
        _ => choice(program, file)?,
    };
    Some(Mistake { file, text, code, at })
}

type Found = (String, &'static str, String);

/// What a file sees of a kind, as a path.
fn seen<'p, T>(
    program: &'p Program,
    file: usize,
    of: impl Fn(usize, &'p Kind) -> Option<T>,
) -> Option<(String, T)> {
    let scope = &program.scopes[file];
    scope.iter().rev().find_map(|(path, at)| Some((path.clone(), of(*at, &program.declarations[*at].kind)?)))
}

fn misspelt(program: &Program, file: usize) -> Option<Found> {
    let (path, ()) = seen(program, file, |_, kind| matches!(kind, Kind::Let(_)).then_some(()))?;
    let head = path.split('.').next().unwrap_or_default();
    let wrong = format!("{head}zzz");
    Some((format!("let mistake = [{wrong}]\n"), "P0201", wrong))
}

fn wrong_type(choices: &mut Choices) -> Found {
    let (ty, value) = *choices.pick(&[
        ("int", "\"text\""),
        ("string", "12"),
        ("list<string>", "\"a\""),
        ("bool", "1h"),
        ("duration", "[5]"),
        ("map<int>", "true"),
        ("string", "null"),
    ]);
    (format!("let mistake: {ty} =\n  {value} // here\n"), "P0301", value.to_owned())
}

fn missing_argument(program: &Program, file: usize) -> Option<Found> {
    let function = |_, kind: &Kind| match kind {
        Kind::Function(params, _) => params.iter().any(|param| !param.optional).then_some(()),
        _ => None,
    };
    let (path, ()) = seen(program, file, function)?;
    Some((format!("let mistake = {path}()\n"), "P0308", format!("{path}()")))
}

/// A value that is surely not of the type.
fn other_than(ty: &Ty) -> &'static str {
    match ty {
        Ty::Text | Ty::Bool | Ty::Duration => "17",
        Ty::Int => "\"seventeen\"",
        Ty::Texts | Ty::Map | Ty::Declared(_) => "true",
    }
}

fn wrong_argument(program: &Program, file: usize) -> Option<Found> {
    let function = |_, kind: &Kind| match kind {
        Kind::Function(params, _) => match params.as_slice() {
            [first, rest @ ..] if rest.iter().all(|param| param.optional) => match &first.ty {
                SlotTy::Constant(ty) => Some(other_than(ty)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    let (path, value) = seen(program, file, function)?;
    Some((format!("let mistake = [{path}({value})]\n"), "P0301", value.to_owned()))
}

/// An instance of a template that takes nothing, with something that it does not take.
fn unknown_argument(program: &Program, file: usize) -> Option<Found> {
    let template = |_, kind: &Kind| match kind {
        Kind::ActionTemplate(params) => params.iter().all(|param: &Slot| param.optional).then_some(()),
        _ => None,
    };
    let (path, ()) = seen(program, file, template)?;
    let text = format!("stage mistake() {{ action made = {path} {{ unheard_of: 1 }} }}\n");
    Some((text, "P0302", "unheard_of".to_owned()))
}

fn unknown_member(program: &Program, file: usize) -> Option<Found> {
    let (alias, _) = program.aliases[file].last()?;
    Some((format!("let mistake = {alias}.unheard_of\n"), "P0214", "unheard_of".to_owned()))
}

fn hidden(program: &Program, file: usize) -> Option<Found> {
    let found = program.aliases[file].iter().find_map(|(alias, other)| {
        let hidden = program
            .declarations
            .iter()
            .find(|d| d.file == *other && d.private && matches!(d.kind, Kind::Let(_)))?;
        Some((alias, &hidden.name))
    });
    let (alias, name) = found?;
    Some((format!("let mistake = [{alias}.{name}]\n"), "P0213", name.clone()))
}

fn recursion(choices: &mut Choices) -> Found {
    let (text, code, at) = *choices.pick(&[
        ("fn mistake(x: int): int = mistake(x)\n", "P0504", "mistake(x)"),
        ("let mistake = \"a#{mistake}\"\n", "P0502", "mistake"),
        ("type mistake = { inner: mistake? }\n", "P0504", "mistake"),
        ("action mistake() = mistake {}\n", "P0504", "mistake"),
    ]);
    (text.to_owned(), code, at.to_owned())
}

/// A record with a field too many.
fn field_of_record(program: &Program, file: usize) -> Option<Found> {
    let record = |_, kind: &Kind| match kind {
        Kind::Record(fields) => fields.iter().all(|field| field.optional).then_some(()),
        _ => None,
    };
    let (path, ()) = seen(program, file, record)?;
    Some((format!("let mistake: {path} = {{ unheard_of: 1 }}\n"), "P0302", "unheard_of".to_owned()))
}

fn field_of_action(choices: &mut Choices) -> Found {
    let (fields, code, at) = *choices.pick(&[
        ("script: \"make\", scirpt: \"x\"", "P0302", "scirpt"),
        ("script: 12", "P0301", "12"),
        ("cache: true", "P0303", "run"),
        ("script: \"make\", timeout: \"5m\"", "P0301", "\"5m\""),
        ("script: \"make\", inputs: [unheard_of]", "P0201", "unheard_of"),
        ("script: \"make #{1}\"", "P0307", "\"make #{1}\""),
        ("script: \"make\", env: { A: true }", "P0301", "true"),
    ]);
    (format!("stage mistake() {{\n  action made = run {{ {fields} }}\n}}\n"), code, at.to_owned())
}

fn unknown_type() -> Found {
    ("fn mistake(x: unheard_of): int = 1\n".to_owned(), "P0208", "unheard_of".to_owned())
}

/// A text that is none of a union's.
fn choice(program: &Program, file: usize) -> Option<Found> {
    let (path, ()) = seen(program, file, |_, kind| matches!(kind, Kind::Union(_)).then_some(()))?;
    Some((format!("let mistake: {path} = \"unheard of\"\n"), "P0305", "\"unheard of\"".to_owned()))
}
