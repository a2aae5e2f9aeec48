//! The page of the catalog is made from its declarations: `UPDATE_DOCS=1 cargo test catalog` writes it.

use std::fmt::Write as _;

use compiler::catalog::{Callee, Count, Environment, Field, Required, SecretSource, Type, Variables, all};

use crate::support::root;

const HEAD: &str = "# Catalog

Made from the declarations below `compiler/src/catalog/`. A field that the page marks with `!` must be given. Beside its own
fields every callee takes the common ones, and every one with a service `configuration`, a record of the service's own keys
that goes there unchecked. *Text* and lists of texts, numbers, booleans and enumerations may hold values that only the run
knows; what is *constant* may not. *Any* is a text that is taken as it is, or a value that is encoded as JSON.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (title, is_rule) in [("Action types", false), ("Rules of gates", true)] {
        let of = || all().filter(|callee| callee.is_rule == is_rule);
        let _ = writeln!(page, "\n## {title}\n");
        let _ = writeln!(page, "| name | |\n| --- | --- |");
        for callee in of() {
            let _ = writeln!(page, "| `{}` | {} |", callee.name, cell(&callee.doc));
        }
        for callee in of() {
            section(&mut page, callee);
        }
    }
    page
}

fn section(page: &mut String, callee: &Callee) {
    let rule = if callee.is_rule { "rule " } else { "" };
    let _ = writeln!(page, "\n### {rule}`{}`\n\n{}\n", callee.name, callee.doc);
    if let Some(instead) = &callee.deprecated {
        let _ = writeln!(page, "**Deprecated**: {instead}.\n");
    }
    for line in facts(callee) {
        let _ = writeln!(page, "- {line}");
    }
    if !callee.fields.is_empty() || categories(callee).is_some() {
        let _ = writeln!(page, "\n| field | type | default | key | |\n| --- | --- | --- | --- | --- |");
        if let Some(categories) = categories(callee) {
            let words = words(categories);
            let _ = writeln!(
                page,
                "| `category` | {words} | `{}` | | The action type's category. |",
                categories[0]
            );
        }
        for field in &callee.fields {
            let _ = writeln!(page, "{}", row(field));
        }
    }
    if let Variables::Fixed(variables) = &callee.variables {
        let _ = writeln!(page, "\n| variable | key | |\n| --- | --- | --- |");
        for variable in variables {
            let _ = writeln!(page, "| `{}` | `{}` | {} |", variable.name, variable.key, cell(&variable.doc));
        }
    }
    if !callee.sources.is_empty() {
        let source = |s: &String| if s.starts_with("https:") { format!("<{s}>") } else { s.clone() };
        let _ =
            writeln!(page, "\nSources: {}", callee.sources.iter().map(source).collect::<Vec<_>>().join(", "));
    }
}

/// What is not in a table.
fn facts(callee: &Callee) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(service) = &callee.service {
        let id = |c: &String| format!("`{c}/{}/{}/{}`", service.owner, service.provider, service.version);
        let ids = service.categories.iter().map(id).collect::<Vec<_>>().join(", ");
        let only = if service.v2_only { "; only in pipelines of type V2" } else { "" };
        facts.push(format!("Service: {ids}{only}"));
    }
    facts.push(format!("Inputs: {}; outputs: {}", count(callee.inputs), count(callee.outputs)));
    let variables = match &callee.variables {
        Variables::Declared => Some("those that the action lists"),
        Variables::Open => Some("any; with a list those of the list"),
        Variables::None | Variables::Fixed(_) => None,
    };
    facts.extend(variables.map(|variables| format!("Variables: {variables}")));
    let place = match &callee.environment {
        Environment::None => return facts,
        Environment::Process => "the action's own list".to_owned(),
        Environment::Key(key) => format!("`{key}`"),
    };
    let source = |source: &SecretSource| match source {
        SecretSource::SecretsManager => "Secrets Manager",
        SecretSource::ParameterStore => "the Parameter Store",
    };
    let secrets = match callee.secrets.iter().map(source).collect::<Vec<_>>().join(" and of ") {
        none if none.is_empty() => "no secrets".to_owned(),
        sources => format!("secrets of {sources}"),
    };
    facts.push(format!("Environment: {place}; {secrets}"));
    facts
}

/// Of a callee that has several.
fn categories(callee: &Callee) -> Option<&[String]> {
    callee
        .service
        .as_ref()
        .map(|service| service.categories.as_slice())
        .filter(|categories| categories.len() > 1)
}

fn count(count: Count) -> String {
    match (count.min, count.max) {
        (0, usize::MAX) => "any number".to_owned(),
        (0, 0) => "none".to_owned(),
        (min, max) if min == max => min.to_string(),
        _ => count.to_string(),
    }
}

fn row(field: &Field) -> String {
    let must = if field.required == Required::Yes { " !" } else { "" };
    let default = if field.default.is_empty() { String::new() } else { format!("`{}`", field.default) };
    let key = if field.key.is_empty() { String::new() } else { format!("`{}`", field.key) };
    let mut doc = cell(&field.doc);
    for note in [required(&field.required), limits(field)].into_iter().flatten() {
        let _ = write!(doc, " {note}.");
    }
    let name = format!("`{}`{must}", field.name);
    // An empty cell takes one blank.
    [name, type_of(&field.ty), default, key, doc].iter().fold("|".to_owned(), |row, cell| {
        match cell.as_str() {
            "" => row + " |",
            cell => row + " " + cell + " |",
        }
    })
}

fn type_of(ty: &Type) -> String {
    match ty {
        Type::String => "text".to_owned(),
        Type::ConstString => "text, constant".to_owned(),
        Type::Script => "script".to_owned(),
        Type::Commands => "list of commands".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Enum(values) => words(values),
        Type::EnumList(values) => format!("list of {}", words(values)),
        Type::StringList => "list of texts".to_owned(),
        Type::Artifact => "artifact".to_owned(),
        Type::File => "file of an artifact".to_owned(),
        Type::Json => "any".to_owned(),
        Type::StringMap => "record of texts".to_owned(),
        Type::Globs => "globs".to_owned(),
        Type::Secret => "secret".to_owned(),
    }
}

fn words(values: &[String]) -> String {
    values.iter().map(|value| format!("`\"{value}\"`")).collect::<Vec<_>>().join(", ")
}

fn names(names: &[String], word: &str) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(word)
}

fn required(required: &Required) -> Option<String> {
    match required {
        Required::Yes | Required::No => None,
        Required::When(other, values) => {
            Some(format!("Required where `{other}` is {}", names(values, " or ")))
        }
        Required::Unless(others) if others.len() > 1 => {
            Some(format!("Required where none of {} is given", names(others, ", ")))
        }
        Required::Unless(others) => Some(format!("Required without {}", names(others, ", "))),
        Required::With(others) => Some(format!("Required with {}", names(others, " or "))),
        Required::SeveralInputs => Some("Required with several inputs".to_owned()),
        Required::NoInputs => Some("Required without inputs".to_owned()),
    }
}

fn limits(field: &Field) -> Option<String> {
    let limits = &field.limits;
    let mut said = Vec::new();
    match (limits.min, limits.max) {
        (Some(min), Some(max)) => said.push(format!("{min} to {max}")),
        (Some(min), None) => said.push(format!("at least {min}")),
        (None, Some(max)) => said.push(format!("at most {max}")),
        (None, None) => {}
    }
    said.extend(limits.max_items.map(|max| format!("at most {max} elements")));
    said.extend(limits.max_length.map(|max| format!("at most {max} characters")));
    // Inside of a table a bar would end the cell.
    said.extend(
        limits.pattern.as_ref().map(|pattern| format!("must match `{}`", pattern.replace('|', "\\|"))),
    );
    let said = said.join(", ");
    let mut chars = said.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect())
}

fn cell(doc: &str) -> String {
    doc.replace('|', "\\|")
}

#[test]
fn the_page_of_the_catalog_is_up_to_date() {
    let page = page();
    let path = root().join("grammar/catalog.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "run `UPDATE_DOCS=1 cargo test catalog`");
}

/// The page has everything: each callee, field and variable, in a table whose rows have as many cells as its head.
#[test]
fn the_page_of_the_catalog_is_whole() {
    let page = page();
    for callee in all() {
        let rule = if callee.is_rule { "rule " } else { "" };
        let head = format!("### {rule}`{}`\n", callee.name);
        let (_, section) =
            page.split_once(&head).unwrap_or_else(|| panic!("`{}` has no section", callee.name));
        let section = section.split("\n### ").next().unwrap_or_default();
        for field in &callee.fields {
            assert!(section.contains(&format!("\n| `{}`", field.name)), "{}.{}", callee.name, field.name);
        }
        if let Variables::Fixed(variables) = &callee.variables {
            for variable in variables {
                let row = format!("\n| `{}` | `{}` |", variable.name, variable.key);
                assert!(section.contains(&row), "{}.{}", callee.name, variable.name);
            }
        }
        for source in &callee.sources {
            assert!(section.contains(source.as_str()), "{}: {source}", callee.name);
        }
    }
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut wanted = None;
    for line in page.lines() {
        wanted = line.starts_with('|').then(|| wanted.unwrap_or(bars(line)));
        assert!(wanted.is_none_or(|wanted| wanted == bars(line)), "{line}");
    }
}
