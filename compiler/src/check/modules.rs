//! What files declare for themselves and for each other. Collected once; the pipelines are checked against it.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use crate::catalog::Callee;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::index::Index;
use crate::source::SourceId;
use crate::span::Span;
use crate::syntax::Parsed;
use crate::syntax::ast::{self, Action, Block, Doc, Function, Let, Name, Params, TypeDecl};

/// A file of the compilation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ModuleId(pub(super) u32);

impl ModuleId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// All files, and all that they declare.
#[derive(Default)]
pub(super) struct Modules<'a> {
    pub(super) list: Vec<Module<'a>>,
    pub(super) lets: Vec<Owned<'a, Let>>,
    pub(super) functions: Vec<Owned<'a, Function>>,
    pub(super) types: Vec<Owned<'a, TypeDecl>>,
    pub(super) templates: Vec<Template<'a>>,
    pub(super) callees: Vec<UserCallee<'a>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) index: Index,
}

/// A declaration and its file.
pub(super) struct Owned<'a, T> {
    pub(super) module: ModuleId,
    pub(super) ast: &'a T,
}

impl<T> Clone for Owned<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Owned<'_, T> {}

/// A callee or rule that a user declared.
pub(super) struct UserCallee<'a> {
    pub(super) module: ModuleId,
    pub(super) ast: &'a ast::Callee,
    /// Its facts; made when all types are known.
    pub(super) callee: Option<Callee>,
}

/// A template.
#[derive(Clone, Copy)]
pub(super) struct Template<'a> {
    pub(super) module: ModuleId,
    pub(super) body: TemplateBody<'a>,
    pub(super) params: &'a Params,
}

/// What a template makes.
#[derive(Clone, Copy)]
pub(super) enum TemplateBody<'a> {
    Pipeline(&'a Block),
    Stage(&'a Block),
    Action(&'a Action),
}

impl<'a> Template<'a> {
    pub(super) fn name(&self) -> &'a Name {
        match self.body {
            TemplateBody::Pipeline(block) | TemplateBody::Stage(block) => &block.name,
            TemplateBody::Action(action) => &action.name,
        }
    }

    pub(super) fn doc(&self) -> Option<&'a Doc> {
        match self.body {
            TemplateBody::Pipeline(block) | TemplateBody::Stage(block) => block.doc.as_ref(),
            TemplateBody::Action(action) => action.doc.as_ref(),
        }
    }

    /// What messages call it.
    pub(super) const fn kind(&self) -> &'static str {
        match self.body {
            TemplateBody::Pipeline(_) => "pipeline template",
            TemplateBody::Stage(_) => "stage template",
            TemplateBody::Action(_) => "action template",
        }
    }
}

/// A name of a file.
#[derive(Clone, Copy)]
pub(super) struct Declared<T> {
    pub(super) what: T,
    pub(super) place: Place,
    pub(super) private: bool,
}

/// A value of a file.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Let(usize),
    Function(usize),
}

/// What can stand behind `=` of an action, stage or pipeline.
#[derive(Clone, Copy)]
pub(super) enum Callable {
    Template(usize),
    Callee(usize),
}

/// A file: its own names, and those that it takes from others.
pub(super) struct Module<'a> {
    pub(super) source: SourceId,
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) parsed: &'a Parsed,
    pub(super) values: HashMap<SmolStr, Declared<Value>>,
    pub(super) types: HashMap<SmolStr, Declared<usize>>,
    pub(super) callables: HashMap<SmolStr, Declared<Callable>>,
    pub(super) rules: HashMap<SmolStr, Declared<usize>>,
    pub(super) modules: HashMap<SmolStr, Declared<ModuleId>>,
    /// Names that what could not be read would bring.
    pub(super) opaque: HashSet<SmolStr>,
}

impl<'a> Modules<'a> {
    pub(super) fn module(&self, id: ModuleId) -> &Module<'a> {
        &self.list[id.index()]
    }

    pub(super) fn place(&self, module: ModuleId, span: Span) -> Place {
        Place { source: self.module(module).source, span }
    }

    /// What a dotted name stands for in a file: `ship`, `stages.ship`.
    pub(super) fn callable(&self, module: ModuleId, path: &str) -> Found<Declared<Callable>> {
        self.look(module, path, |module| &module.callables)
    }

    pub(super) fn rule(&self, module: ModuleId, path: &str) -> Found<Declared<usize>> {
        self.look(module, path, |module| &module.rules)
    }

    pub(super) fn type_named(&self, module: ModuleId, path: &str) -> Found<Declared<usize>> {
        self.look(module, path, |module| &module.types)
    }

    fn look<T: Copy>(
        &self,
        module: ModuleId,
        path: &str,
        table: impl for<'m> Fn(&'m Module<'a>) -> &'m HashMap<SmolStr, Declared<T>>,
    ) -> Found<Declared<T>> {
        let here = self.module(module);
        let Some((head, name)) = path.split_once('.') else {
            return match table(here).get(path) {
                Some(found) => Found::Yes(*found),
                None if here.opaque.contains(path) => Found::Unread,
                None => Found::No,
            };
        };
        let Some(other) = here.modules.get(head) else {
            return if here.opaque.contains(head) { Found::Unread } else { Found::No };
        };
        let file = self.module(other.what);
        match table(file).get(name) {
            // What a file takes from others is its own business.
            Some(found) if found.place.source != file.source => Found::NotIn(other.what),
            Some(found) if found.private => Found::Private(found.place),
            Some(found) => Found::Yes(*found),
            None if file.opaque.contains(name) => Found::Unread,
            None => Found::NotIn(other.what),
        }
    }

    /// The file that the first part of a dotted name stands for, and where it was given that name.
    pub(super) fn head(&self, module: ModuleId, path: &str) -> Option<(usize, Place)> {
        let (head, _) = path.split_once('.')?;
        let declared = self.module(module).modules.get(head)?;
        Some((head.len(), declared.place))
    }

    /// All names of a table as a file would write them, for suggestions: its own, and those of the files that it uses, as
    /// `stages.ship`.
    pub(super) fn written<T>(
        &self,
        module: ModuleId,
        table: impl for<'m> Fn(&'m Module<'a>) -> &'m HashMap<SmolStr, Declared<T>>,
    ) -> Vec<String> {
        let file = self.module(module);
        let mut names: Vec<String> = table(file).keys().map(ToString::to_string).collect();
        let mut used: Vec<_> = file.modules.iter().collect();
        used.sort_unstable_by_key(|(alias, _)| *alias);
        for (alias, used) in used {
            if names.len() > super::bounds::MAX_CANDIDATES {
                break;
            }
            names.extend(self.visible(used.what, &table).into_iter().map(|name| format!("{alias}.{name}")));
        }
        // Looking for the nearest of very many takes a while, and nobody misspells so many.
        if names.len() > super::bounds::MAX_CANDIDATES {
            names.clear();
        }
        names.sort_unstable();
        names
    }

    /// The names in a table of a file that others see, for suggestions.
    pub(super) fn visible<T>(
        &self,
        module: ModuleId,
        table: impl for<'m> Fn(&'m Module<'a>) -> &'m HashMap<SmolStr, Declared<T>>,
    ) -> Vec<String> {
        let file = self.module(module);
        let own = table(file).iter().filter(|(_, d)| !d.private && d.place.source == file.source);
        let mut names: Vec<String> = own.map(|(name, _)| name.to_string()).collect();
        names.sort_unstable();
        names.truncate(super::bounds::MAX_CANDIDATES);
        names
    }
}

/// The end of a look-up.
pub(super) enum Found<T> {
    Yes(T),
    No,
    /// The file that it should be in does not declare it.
    NotIn(ModuleId),
    /// It is declared there, but hidden.
    Private(Place),
    /// It may be declared by something that could not be read.
    Unread,
}
