//! Where an expression is computed, and so what its names mean.

use std::rc::Rc;

use smol_str::SmolStr;

use super::modules::ModuleId;
use super::{Check, LetState};
use crate::diagnostic::Place;
use crate::types::{StageId, Ty, Val};

/// An instance of a template, in `Check::instances`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InstanceId(pub(super) u32);

impl InstanceId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The file that spans belong to, and the instance whose template it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Here {
    pub(super) module: ModuleId,
    pub(super) instance: Option<InstanceId>,
}

/// Which names are seen beside bindings and those of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// None.
    File,
    /// All of the pipeline.
    Pipeline,
    /// Those of the stage.
    Template,
}

/// What `for`, `fn` and templates bind, from the outside to the inside.
pub(super) type Bindings = Rc<Vec<Binding>>;

#[derive(Clone)]
pub(super) struct Binding {
    pub(super) name: SmolStr,
    pub(super) value: Bound,
    pub(super) place: Place,
}

#[derive(Clone)]
pub(super) enum Bound {
    Value(Val),
    /// A parameter, whose argument is computed when it is asked for: `Check::params`.
    Param(usize),
}

/// Where an expression is evaluated.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) here: Here,
    pub(super) scope: Scope,
    pub(super) stage: Option<StageId>,
    pub(super) written_stage: Option<usize>,
    pub(super) bindings: Bindings,
    /// Whether the value is used for the action under check; otherwise it is only looked at.
    pub(super) records: bool,
}

impl Context {
    /// At the top of a file.
    pub(super) fn file(here: Here) -> Self {
        let bindings = Rc::default();
        Self { here, scope: Scope::File, stage: None, written_stage: None, bindings, records: false }
    }

    pub(super) fn bind(&self, names: &[Binding]) -> Self {
        if names.is_empty() {
            return self.clone();
        }
        let mut bindings = self.bindings.to_vec();
        bindings.extend_from_slice(names);
        Self { bindings: Rc::new(bindings), ..self.clone() }
    }

    pub(super) fn without_uses(&self) -> Self {
        Self { records: false, ..self.clone() }
    }
}

impl<'a> Check<'a> {
    /// Looks at things that stand somewhere else, so that ranges of text mean what they mean there.
    pub(super) fn within<R>(&mut self, here: Here, look: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.here, here);
        let result = look(self);
        self.here = outer;
        result
    }

    /// The value of a binding.
    pub(super) fn bound(&mut self, binding: &Binding) -> Val {
        match &binding.value {
            Bound::Value(value) => value.clone(),
            Bound::Param(index) => self.param(*index),
        }
    }

    /// The value of a parameter, computed once.
    fn param(&mut self, index: usize) -> Val {
        match &self.params[index].state {
            Some(LetState::Done(value)) => return value.clone(),
            Some(LetState::InProgress) => {
                let (name, place) = (self.params[index].name.text.clone(), self.params[index].place);
                self.report(
                    crate::diagnostic::codes::CIRCULAR_LET.at(
                        place,
                        format!("the argument `{name}` depends on the instance that it is given to"),
                    ),
                );
                return Val::Error;
            }
            None => {}
        }
        self.params[index].state = Some(LetState::InProgress);
        let (ty, home, place) = (self.params[index].ty, self.params[index].home, self.params[index].place);
        let wanted = self.within(home, |check| check.type_of(ty));
        let name = self.params[index].name.text.clone();
        let value = match self.params[index].source.clone() {
            Some((expr, context)) if self.lacks_quotes(expr, &wanted, &context) => Val::Error,
            Some((expr, context)) => {
                let value = self.eval(expr, &context);
                self.within(context.here, |check| {
                    check.conform(value, &wanted, expr.span, &format!("`{name}`"))
                })
            }
            // A template that is checked by itself, or an argument whose absence was reported.
            None if self.probing => Val::Unknown(wanted),
            None => Val::Error,
        };
        self.index.record_value(place, || value.known());
        self.params[index].state = Some(LetState::Done(value.clone()));
        value
    }

    /// Computes the parameters that nothing reads, too: what is given to them can be wrong all the same.
    pub(super) fn unread_arguments(&mut self) {
        for index in 0..self.params.len() {
            self.param(index);
        }
    }

    /// Forgets what was computed while actions were not known yet.
    pub(super) fn forget_values(&mut self) {
        self.let_values.clear();
        self.params.iter_mut().filter(|param| !param.fixed).for_each(|param| param.state = None);
    }

    /// The value as one of this type, with what was left out of its records; otherwise that is reported.
    pub(super) fn conform(&mut self, value: Val, ty: &Ty, span: crate::span::Span, what: &str) -> Val {
        if matches!(value, Val::Error) {
            return value;
        }
        if !ty.accepts(&value) {
            return self.mismatch(span, ty, &value, what);
        }
        if !ty.has_record() {
            return value;
        }
        let value = ty.complete(value);
        if value.size() > super::bounds::MAX_SIZE { self.too_large(span) } else { value }
    }
}
