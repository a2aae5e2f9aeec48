//! From a `callee` or `rule` declaration to the facts that checking and exporting use. The embedded catalog and the
//! declarations of users are read by the same code.

use super::attributes;
use super::callee::{Callee, Count, Environment, Field, SecretSource, Service, Type, Variable, Variables};
use crate::diagnostic::words::{and_list, with_article};
use crate::diagnostic::{Diagnostic, Place, codes, nearest};
use crate::source::SourceId;
use crate::span::Span;
use crate::syntax::ast::{self, CalleeEntry, Expr, ExprKind, Name, TypeExpr, TypeKind};
use crate::types::Ty;

/// The entries of a callee's body.
pub(crate) const ENTRIES: &[&str] =
    &["service", "sources", "deprecated", "inputs", "outputs", "globs", "variables", "environment", "fields"];
/// What describes the service of a callee.
const SERVICE: &[&str] = &["category", "owner", "provider", "version", "type"];
/// Types that only fields of callees have.
const FIELD_TYPES: &[&str] = &[
    "any", "artifact", "bool", "commands", "duration", "file", "globs", "int", "list", "map", "script",
    "secret", "string",
];

/// The categories of action types that AWS CodePipeline has; that of rules is the last.
/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionTypeId.html>
const CATEGORIES: &[&str] = &["Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute", "Rule"];
const OWNERS: &[&str] = &["AWS", "ThirdParty", "Custom"];

/// What a type's name means that no built-in type has.
pub(crate) type Named<'n> = &'n mut dyn FnMut(&TypeExpr) -> Option<Ty>;

/// Reads one declaration.
pub(crate) struct Reader<'r> {
    pub(super) source: SourceId,
    pub(super) named: Named<'r>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The facts of a declaration, and what is wrong with it. `name` is how pipelines call it.
pub(crate) fn read(
    source: SourceId,
    declaration: &ast::Callee,
    name: String,
    named: Named<'_>,
) -> (Callee, Vec<Diagnostic>) {
    let mut reader = Reader { source, named, diagnostics: Vec::new() };
    let callee = reader.callee(declaration, name);
    (callee, reader.diagnostics)
}

/// The facts of a user's declaration, as far as they can be read; for editors. `texts` says which texts a type of the user's
/// stands for.
pub fn declared(
    declaration: &ast::Callee,
    name: String,
    texts: &mut dyn FnMut(&TypeExpr) -> Option<Vec<String>>,
) -> Callee {
    let mut named = |ty: &TypeExpr| Some(texts(ty).map_or(Ty::Any, |texts| Ty::Literals(texts.into())));
    read(SourceId::default(), declaration, name, &mut named).0
}

impl Reader<'_> {
    pub(super) fn bad(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let place = Place { source: self.source, span };
        self.diagnostics.push(codes::BAD_CALLEE.at(place, message));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Reports a name that is none of those possible, with the nearest.
    pub(super) fn unknown(&mut self, name: &Name, what: &str, known: &[&str]) {
        if name.text.is_empty() {
            return;
        }
        let place = Place { source: self.source, span: name.span };
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("{what} has no field `{}`", name.text));
        self.diagnostics.push(match nearest(&name.text, known.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help(format!("its fields are {}", and_list(known.iter().copied()))),
        });
    }

    fn callee(&mut self, declaration: &ast::Callee, name: String) -> Callee {
        let mut callee = Callee {
            name,
            is_rule: declaration.is_rule,
            doc: declaration.doc.as_ref().map(|doc| doc.text.replace('\n', " ")).unwrap_or_default(),
            sources: Vec::new(),
            deprecated: None,
            service: None,
            inputs: Count::exactly(0),
            outputs: Count::exactly(0),
            globs: false,
            variables: Variables::None,
            environment: Environment::None,
            secrets: Vec::new(),
            fields: Vec::new(),
        };
        let mut seen: Vec<&Name> = Vec::new();
        let mut field_decls: &[Option<ast::TypedField>] = &[];
        for entry in &declaration.entries {
            let key = match entry {
                CalleeEntry::Field(field) => &field.key,
                CalleeEntry::Fields(group) => &group.key,
                CalleeEntry::Variables(group) => &group.key,
                CalleeEntry::Error(_) => continue,
            };
            if let Some(first) = seen.iter().find(|name| name.text == key.text) {
                let (place, first) = (self.place(key.span), self.place(first.span));
                let message = format!("`{}` is given twice", key.text);
                self.diagnostics
                    .push(codes::DUPLICATE_FIELD.at(place, message).also(first, "first given here"));
                continue;
            }
            seen.push(key);
            match entry {
                CalleeEntry::Field(field) => self.entry(field, &mut callee),
                CalleeEntry::Fields(group) => field_decls = &group.list,
                CalleeEntry::Variables(group) => {
                    callee.variables = Variables::Fixed(self.variables(&group.list));
                }
                CalleeEntry::Error(_) => {}
            }
        }
        // Behind the rest: whether a field is a service's key by default depends on there being a service.
        let keys = callee.service.is_some();
        callee.fields = field_decls.iter().flatten().filter_map(|field| self.field(field, keys)).collect();
        self.disjoint(&callee.fields, field_decls);
        callee
    }

    fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }

    fn entry(&mut self, field: &ast::Field, callee: &mut Callee) {
        let value = &field.value;
        match field.key.text.as_str() {
            "service" => callee.service = self.service(value),
            "sources" => callee.sources = self.texts(value).unwrap_or_default(),
            "deprecated" => callee.deprecated = self.text(value),
            "inputs" => callee.inputs = self.count(value),
            "outputs" => callee.outputs = self.count(value),
            "globs" => callee.globs = self.bool(value).unwrap_or_default(),
            "variables" => match self.text(value).as_deref() {
                Some("open") => callee.variables = Variables::Open,
                Some("declared") => callee.variables = Variables::Declared,
                Some(_) => {
                    self.bad(value.span, "`variables` is `\"open\"`, `\"declared\"` or a record of them");
                }
                None => {}
            },
            "environment" => self.environment(value, callee),
            "fields" => {
                self.bad(value.span, "`fields` is a record of names with their types")
                    .help
                    .push("write `fields: { project_name: string, timeout: int? }`".to_owned());
            }
            name if SERVICE.contains(&name) => {
                let place = self.place(field.key.span);
                let message = format!("{} has no field `{name}`", with_article(callee.kind()));
                self.diagnostics.push(
                    codes::UNKNOWN_FIELD
                        .at(place, message)
                        .help(format!("it belongs to the service: `service: {{ …, {name}: \"…\" }}`")),
                );
            }
            _ => self.unknown(&field.key, &with_article(callee.kind()), ENTRIES),
        }
    }

    fn service(&mut self, value: &Expr) -> Option<Service> {
        let mut service = Service {
            categories: Vec::new(),
            owner: "AWS".to_owned(),
            provider: String::new(),
            version: "1".to_owned(),
            v2_only: false,
        };
        for field in self.fields(value)? {
            match field.key.text.as_str() {
                "category" => service.categories = self.choices(&field.value, "category", CATEGORIES),
                "owner" => {
                    if let Some(owner) = self.choices(&field.value, "owner", OWNERS).pop() {
                        service.owner = owner;
                    }
                }
                "provider" => service.provider = self.text(&field.value)?,
                "version" => service.version = self.text(&field.value)?,
                "type" => {
                    let types = self.choices(&field.value, "type", &["V1", "V2", "v1", "v2"]);
                    service.v2_only = types.iter().any(|ty| ty.eq_ignore_ascii_case("V2"));
                }
                _ => self.unknown(&field.key, "`service`", SERVICE),
            }
        }
        if service.categories.is_empty() || service.provider.is_empty() {
            self.bad(value.span, "`service` needs `category` and `provider`")
                .help
                .push("write `{ category: \"Build\", owner: \"Custom\", provider: \"Mine\" }`".to_owned());
            return None;
        }
        Some(service)
    }

    fn environment(&mut self, value: &Expr, callee: &mut Callee) {
        if let ExprKind::String(text) = &value.kind {
            if text != "process" {
                self.bad(value.span, "`environment` is `\"process\"` or a record");
            }
            callee.environment = Environment::Process;
            return;
        }
        callee.environment = Environment::Process;
        for field in self.fields(value).unwrap_or_default() {
            match field.key.text.as_str() {
                "field" => {
                    callee.environment =
                        self.text(&field.value).map_or(Environment::Process, Environment::Key);
                }
                "secrets" => {
                    for text in self.texts(&field.value).unwrap_or_default() {
                        match text.as_str() {
                            "secrets_manager" => callee.secrets.push(SecretSource::SecretsManager),
                            "parameter_store" => callee.secrets.push(SecretSource::ParameterStore),
                            _ => {
                                self.bad(field.value.span, format!("`{text}` is no source of secrets"))
                                    .help = vec!["it is `secrets_manager` or `parameter_store`".to_owned()];
                            }
                        }
                    }
                }
                _ => self.unknown(&field.key, "`environment`", &["field", "secrets"]),
            }
        }
    }

    fn variables(&mut self, list: &[Option<ast::Documented>]) -> Vec<Variable> {
        let variable = |documented: &ast::Documented| {
            let key = self.text(&documented.field.value)?;
            let doc = documented.doc.as_ref().map(|doc| doc.text.replace('\n', " ")).unwrap_or_default();
            Some(Variable { name: documented.field.key.text.to_string(), key, doc })
        };
        list.iter().flatten().filter_map(variable).collect()
    }

    fn field(&mut self, field: &ast::TypedField, keys: bool) -> Option<Field> {
        let optional = matches!(field.ty.kind, TypeKind::Optional(_)) || field.default.is_some();
        let inner = match &field.ty.kind {
            TypeKind::Optional(inner) => inner,
            _ => &field.ty,
        };
        let ty = self.field_type(inner)?;
        let mut read = Field {
            name: field.name.text.to_string(),
            key: if keys { pascal_case(&field.name.text) } else { String::new() },
            ty,
            required: if optional { super::Required::No } else { super::Required::Yes },
            default: String::new(),
            doc: field.doc.as_ref().map(|doc| doc.text.replace('\n', " ")).unwrap_or_default(),
            limits: super::Limits::default(),
        };
        if let Some(default) = &field.default {
            read.default = self.default(default, &read.ty).unwrap_or_default();
        }
        if let Some(body) = &field.body {
            attributes::apply(self, body, &mut read);
        }
        Some(read)
    }

    fn field_type(&mut self, ty: &TypeExpr) -> Option<Type> {
        Some(match &ty.kind {
            TypeKind::Name(name) => match name.as_str() {
                "string" => Type::String,
                "int" => Type::Int,
                "bool" => Type::Bool,
                "duration" => Type::Duration,
                "artifact" => Type::Artifact,
                "file" => Type::File,
                "secret" => Type::Secret,
                "any" => Type::Json,
                "script" => Type::Script,
                "globs" => Type::Globs,
                "commands" => Type::Commands,
                _ => return self.named_type(ty),
            },
            TypeKind::Literal(text) => Type::Enum(vec![text.clone()]),
            TypeKind::Union(_) => match self.texts_of(ty) {
                Some(texts) => Type::Enum(texts),
                None => return self.no_field_type(ty),
            },
            TypeKind::Generic(name, inner) => match (name.as_str(), self.field_type(inner)?) {
                ("list", Type::String) => Type::StringList,
                ("list", Type::Enum(texts)) => Type::EnumList(texts),
                ("map", Type::String) => Type::StringMap,
                _ => return self.no_field_type(ty),
            },
            TypeKind::Optional(inner) => self.field_type(inner)?,
            TypeKind::Record(..) => Type::Json,
            TypeKind::Error => return None,
        })
    }

    fn texts_of(&mut self, ty: &TypeExpr) -> Option<Vec<String>> {
        let TypeKind::Union(parts) = &ty.kind else { return None };
        let text = |part: &TypeExpr| match &part.kind {
            TypeKind::Literal(text) => Some(text.clone()),
            _ => None,
        };
        parts.iter().map(text).collect()
    }

    fn named_type(&mut self, ty: &TypeExpr) -> Option<Type> {
        // What is unknown is reported by whoever looks it up.
        match (self.named)(ty)? {
            Ty::Literals(texts) => Some(Type::Enum(texts.to_vec())),
            Ty::String => Some(Type::String),
            Ty::Int => Some(Type::Int),
            Ty::Bool => Some(Type::Bool),
            Ty::Record(_) | Ty::Any => Some(Type::Json),
            _ => self.no_field_type(ty),
        }
    }

    fn no_field_type(&mut self, ty: &TypeExpr) -> Option<Type> {
        self.bad(ty.span, "a field of a callee cannot have this type").help.push(format!(
            "its types are {}; and texts, as `\"a\" | \"b\"`",
            and_list(FIELD_TYPES.iter().copied())
        ));
        None
    }

    fn disjoint(&mut self, fields: &[Field], declared: &[Option<ast::TypedField>]) {
        let mut seen: Vec<&Name> = Vec::new();
        for field in declared.iter().flatten() {
            if let Some(first) = seen.iter().find(|name| name.text == field.name.text) {
                let (place, first) = (self.place(field.name.span), self.place(first.span));
                let message = format!("the field `{}` is declared twice", field.name.text);
                self.diagnostics.push(codes::DUPLICATE_FIELD.at(place, message).also(first, "first here"));
            }
            seen.push(&field.name);
        }
        for (at, field) in fields.iter().enumerate() {
            if !field.key.is_empty() && fields[..at].iter().any(|other| other.key == field.key) {
                let span = seen.iter().find(|name| name.text == field.name).map(|name| name.span);
                let message = format!("two fields are the service's key `{}`", field.key);
                self.bad(span.unwrap_or_default(), message);
            }
        }
    }
}

/// `project_name` as services write it: `ProjectName`.
fn pascal_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = true;
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            out.push(c.to_ascii_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}
