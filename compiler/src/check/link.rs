//! What files take from each other: `use`.

use smol_str::SmolStr;

use super::modules::{Declared, ModuleId, Modules};
use crate::diagnostic::{Diagnostic, Place, codes, nearest};
use crate::index::EntityKind;
use crate::syntax::ast::{Name, Selected, Use};

/// The file stem of a path, which is the default name of its module.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".pipe").unwrap_or(name)
}

impl<'a> Modules<'a> {
    /// Enters the names that a `use` brings; `target` is the file, none where it cannot be read.
    pub(super) fn link(&mut self, module: ModuleId, use_: &'a Use, target: Option<ModuleId>) {
        let path = &use_.path;
        let Some(target) = target else {
            // Whatever it would bring must not be reported as unknown.
            let names = use_.selected.iter().flat_map(|s| &s.names);
            let names = names.map(|s| s.alias.as_ref().unwrap_or(&s.name).text.clone());
            let whole = use_.alias.as_ref().map_or_else(|| stem(&path.text).into(), |name| name.text.clone());
            let names: Vec<SmolStr> = names.chain([whole]).collect();
            self.list[module.index()].opaque.extend(names);
            return;
        };
        if use_.selected.is_none() || use_.alias.is_some() {
            let name =
                use_.alias.clone().unwrap_or_else(|| Name { text: stem(&path.text).into(), span: path.span });
            let place = self.place(module, name.span);
            self.index.record(EntityKind::Module, place, place);
            if matches!(name.text.as_str(), "aws" | "azure") {
                let message = format!("`{}` is the name of an engine's catalog", name.text);
                self.diagnostics.push(
                    codes::DUPLICATE_NAME.at(place, message).help("give the module another name with `as`"),
                );
                return;
            }
            let first = self.module(module).modules.get(&name.text).map(|first| first.place);
            let declared = Declared { what: target, place, private: true };
            self.insert(module, &name, first, |m| _ = m.modules.insert(name.text.clone(), declared));
        }
        for selected in use_.selected.iter().flat_map(|s| &s.names) {
            self.take(module, target, selected);
        }
    }

    /// Takes a name from another file, whatever it means there.
    fn take(&mut self, module: ModuleId, from: ModuleId, selected: &'a Selected) {
        let (name, own) = (&selected.name, selected.alias.as_ref().unwrap_or(&selected.name));
        let other = self.module(from);
        let source = other.source;
        let value = other.values.get(&name.text).copied().filter(|d| d.place.source == source);
        let ty = other.types.get(&name.text).copied().filter(|d| d.place.source == source);
        let callable = other.callables.get(&name.text).copied().filter(|d| d.place.source == source);
        let rule = other.rules.get(&name.text).copied().filter(|d| d.place.source == source);
        let found = [
            value.map(|d| (d.place, d.private, EntityKind::Let)),
            ty.map(|d| (d.place, d.private, EntityKind::Type)),
            callable.map(|d| (d.place, d.private, EntityKind::Template)),
            rule.map(|d| (d.place, d.private, EntityKind::Rule)),
        ];
        let place = self.place(module, name.span);
        let found: Vec<_> = found.into_iter().flatten().collect();
        if found.is_empty() {
            self.not_there(module, from, selected);
            return;
        }
        if found.iter().all(|(_, private, _)| *private) {
            let hidden = found[0].0;
            self.diagnostics.push(private(place, &name.text, hidden));
            self.list[module.index()].opaque.insert(own.text.clone());
            return;
        }
        for (definition, _, kind) in &found {
            self.index.record(*kind, place, *definition);
        }
        if (callable.is_some() && self.is_built_in(module, own, false))
            || (rule.is_some() && self.is_built_in(module, own, true))
        {
            return;
        }
        let here = self.module(module);
        let first = [
            value.and(here.values.get(&own.text).map(|d| d.place)),
            ty.and(here.types.get(&own.text).map(|d| d.place)),
            callable.and(here.callables.get(&own.text).map(|d| d.place)),
            rule.and(here.rules.get(&own.text).map(|d| d.place)),
        ];
        if let Some(first) = first.into_iter().flatten().next() {
            self.duplicate(module, own, first);
            return;
        }
        let here = &mut self.list[module.index()];
        value.filter(|d| !d.private).map(|d| here.values.insert(own.text.clone(), d));
        ty.filter(|d| !d.private).map(|d| here.types.insert(own.text.clone(), d));
        callable.filter(|d| !d.private).map(|d| here.callables.insert(own.text.clone(), d));
        rule.filter(|d| !d.private).map(|d| here.rules.insert(own.text.clone(), d));
    }

    fn not_there(&mut self, module: ModuleId, from: ModuleId, selected: &'a Selected) {
        let (name, own) = (&selected.name, selected.alias.as_ref().unwrap_or(&selected.name));
        let file = self.module(from);
        let opaque = file.opaque.contains(&name.text) || !file.parsed.diagnostics.is_empty();
        self.list[module.index()].opaque.insert(own.text.clone());
        if opaque || name.text.is_empty() {
            return;
        }
        let mut names = self.visible(from, |m| &m.values);
        names.extend(self.visible(from, |m| &m.types));
        names.extend(self.visible(from, |m| &m.callables));
        names.extend(self.visible(from, |m| &m.rules));
        let place = self.place(module, name.span);
        let file = self.module(from).name;
        self.diagnostics.push(not_declared(place, file, "", &name.text, &names));
    }
}

/// What a file has to offer.
pub(super) fn declares(names: &[String]) -> String {
    let list: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > 8 { ", …" } else { "" };
    if list.is_empty() {
        "it declares nothing that others can use".to_owned()
    } else {
        format!("it declares {}{more}", list.join(", "))
    }
}

/// A name that a file does not declare, with the nearest of those that it does. `kind` says what was looked for where not
/// every declaration will do; a dotted name is written with the file's.
pub(super) fn not_declared(place: Place, file: &str, kind: &str, path: &str, names: &[String]) -> Diagnostic {
    let (head, name) = path.rfind('.').map_or(("", path), |dot| path.split_at(dot + 1));
    let diagnostic = codes::UNKNOWN_IN_FILE.at(place, format!("`{file}` does not declare {kind}`{name}`"));
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => diagnostic.did_you_mean(&format!("{head}{near}")),
        None => diagnostic.help(declares(names)),
    }
}

/// A name that only its own file may use.
pub(super) fn private(place: Place, name: &str, hidden: Place) -> Diagnostic {
    codes::PRIVATE
        .at(place, format!("`{name}` is private to its file"))
        .label("not seen from here")
        .also(hidden, "declared `private` here")
        .help("remove `private` there, or use something that the file offers")
}
