//! The built-in functions. There are no others.

use super::super::bounds::{MAX_SIZE, REGEX};
use super::super::{Check, Context, modules};
use crate::diagnostic::words::and_list;
use crate::diagnostic::{codes, nearest};
use crate::span::Span;
use crate::syntax::ast::Expr;
use crate::types::{Ty, Val};
use crate::value::is_inside;

/// A built-in function.
struct Function {
    name: &'static str,
    /// How it is called, for messages.
    usage: &'static str,
    arguments: usize,
    /// The result, or `None` when an argument has the wrong type.
    call: fn(&[Val]) -> Option<Result<Val, String>>,
}

static FUNCTIONS: &[Function] = &[
    Function { name: "contains", usage: "contains(text_or_list, part)", arguments: 2, call: contains },
    Function {
        name: "ends_with",
        usage: "ends_with(text, end)",
        arguments: 2,
        call: |a| text2(a, |t, e| t.ends_with(e)),
    },
    Function { name: "file", usage: "file(\"path\")", arguments: 1, call: |_| None },
    Function { name: "join", usage: "join(list, separator)", arguments: 2, call: join },
    Function { name: "json", usage: "json(value)", arguments: 1, call: json },
    Function { name: "keys", usage: "keys(record)", arguments: 1, call: keys },
    Function { name: "len", usage: "len(text_list_or_record)", arguments: 1, call: len },
    Function { name: "lower", usage: "lower(text)", arguments: 1, call: |a| map_text(a, str::to_lowercase) },
    Function { name: "matches", usage: "matches(text, regular_expression)", arguments: 2, call: matches },
    Function { name: "replace", usage: "replace(text, part, by)", arguments: 3, call: replace },
    Function { name: "split", usage: "split(text, separator)", arguments: 2, call: split },
    Function {
        name: "starts_with",
        usage: "starts_with(text, start)",
        arguments: 2,
        call: |a| text2(a, |t, s| t.starts_with(s)),
    },
    Function { name: "upper", usage: "upper(text)", arguments: 1, call: |a| map_text(a, str::to_uppercase) },
    Function { name: "values", usage: "values(record)", arguments: 1, call: values },
];

/// The names of all functions, and how each is called.
pub(crate) fn usages() -> impl Iterator<Item = (&'static str, &'static str)> {
    FUNCTIONS.iter().map(|function| (function.name, function.usage))
}

/// Whether a function of this name is built in.
pub(in super::super) fn is_builtin(name: &str) -> bool {
    FUNCTIONS.iter().any(|function| function.name == name)
}

impl<'a> Check<'a> {
    /// A call of a built-in function.
    pub(super) fn call_builtin(
        &mut self,
        expr: &'a Expr,
        name: &str,
        span: Span,
        arguments: &'a [Expr],
        context: &Context,
    ) -> Val {
        let values: Vec<Val> = arguments.iter().map(|argument| self.eval(argument, context)).collect();
        let Some(found) = FUNCTIONS.iter().find(|f| f.name == name) else {
            return self.unknown_function(name, span);
        };
        if values.len() != found.arguments {
            let place = self.place(expr.span);
            self.report(
                codes::WRONG_ARGUMENTS
                    .at(
                        place,
                        format!(
                            "`{name}` takes {}, and {}",
                            arguments_of(found.arguments),
                            given(values.len())
                        ),
                    )
                    .help(format!("it is called as `{}`", found.usage)),
            );
            return Val::Error;
        }
        if values.iter().any(Val::is_error) {
            return Val::Error;
        }
        if values.iter().any(|value| value.holds(&|v| matches!(v, Val::Unknown(_)))) {
            return Val::Unknown(Ty::Any);
        }
        if name == "file" {
            return self.file_text(&values[0], arguments[0].span);
        }
        if let Some(at) = values.iter().position(|v| v.holds(&|v| matches!(v, Val::Secret(_)))) {
            return self.secret_flow(arguments[at].span, &format!("be an argument of `{name}`"));
        }
        if let Some(value) = self.run_function(name, arguments, &values) {
            return value;
        }
        if let Some(at) = values.iter().position(|v| !v.is_constant() && !holds_objects(v)) {
            self.not_constant(arguments[at].span, &format!("an argument of `{name}`"));
            return Val::Error;
        }
        if makes_too_much(name, &values) {
            return self.too_large(expr.span);
        }
        if name == "matches" && !self.spend(REGEX, expr.span) {
            return Val::Error;
        }
        match (found.call)(&values) {
            Some(Ok(value)) => value,
            Some(Err(message)) => self.error(&codes::WRONG_ARGUMENTS, expr.span, message),
            None => {
                let place = self.place(expr.span);
                let types = values.iter().map(Val::describe).collect::<Vec<_>>().join(", ");
                self.report(
                    codes::WRONG_ARGUMENTS
                        .at(place, format!("`{name}` cannot work with {types}"))
                        .help(format!("it is called as `{}`", found.usage)),
                );
                Val::Error
            }
        }
    }

    fn unknown_function(&mut self, name: &str, span: Span) -> Val {
        let module = self.modules.module(self.here.module);
        if name.is_empty() || self.opaque.contains(name) || module.opaque.contains(name) {
            return Val::Error;
        }
        let place = self.place(span);
        let diagnostic = codes::UNKNOWN_FUNCTION.at(place, format!("there is no function `{name}`"));
        let own = module.values.iter().filter(|(_, d)| matches!(d.what, modules::Value::Function(_)));
        let mut own: Vec<&str> = own.map(|(name, _)| name.as_str()).collect();
        own.sort_unstable();
        self.report(match nearest(name, own.into_iter().chain(FUNCTIONS.iter().map(|f| f.name))) {
            Some(near) => diagnostic.did_you_mean(near),
            None => {
                let list = and_list(FUNCTIONS.iter().map(|function| function.name));
                diagnostic.help(format!("the functions are {list}"))
            }
        });
        Val::Error
    }

    /// The text of a file beside the pipeline file.
    fn file_text(&mut self, path: &Val, span: Span) -> Val {
        let Val::Text(path) = path else {
            return self.mismatch(span, &Ty::String, path, "the path of `file`");
        };
        if !is_inside(path) {
            let place = self.place(span);
            self.report(
                codes::BAD_PATH
                    .at(place, format!("`{path}` is not a path below the pipeline file"))
                    .help("`file` reads files of the project: no leading `/`, no `..`"),
            );
            return Val::Error;
        }
        let name = self.modules.module(self.here.module).name;
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let full = if folder.is_empty() { path.to_string() } else { format!("{folder}/{path}") };
        match self.loader.load(&full).map(String::from_utf8) {
            Ok(Ok(text)) => Val::text(&text),
            Ok(Err(_)) => self.error(&codes::NOT_UTF8, span, format!("`{path}` is not UTF-8 text")),
            Err(reason) => {
                let place = self.place(span);
                self.report(
                    codes::UNREADABLE
                        .at(place, format!("`{path}` cannot be read: {reason}"))
                        .help("the path is relative to the folder of the pipeline file"),
                );
                Val::Error
            }
        }
    }
}

fn arguments_of(count: usize) -> String {
    if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") }
}

fn given(count: usize) -> String {
    match count {
        0 => "none is given".to_owned(),
        1 => "1 is given".to_owned(),
        _ => format!("{count} are given"),
    }
}

/// Lists of actions or artifacts have a length, although their content is not constant.
fn holds_objects(value: &Val) -> bool {
    match value {
        Val::Family(_) | Val::Action(_) | Val::Artifact(..) => true,
        Val::List(items) => items.iter().all(|item| item.is_constant() || holds_objects(item)),
        _ => false,
    }
}

/// Whether a function would make more of its arguments than a text may have. (Others make less than they are given.)
fn makes_too_much(name: &str, arguments: &[Val]) -> bool {
    let size = match (name, arguments) {
        ("replace", [Val::Text(text), Val::Text(part), Val::Text(by)])
            if !part.is_empty() && by.len() > part.len() =>
        {
            text.len().saturating_add(text.matches(&**part).count().saturating_mul(by.len()))
        }
        ("join", [Val::List(items), Val::Text(separator)]) => {
            items.len().saturating_mul(separator.len()).saturating_add(arguments[0].size().saturating_mul(8))
        }
        _ => 0,
    };
    size > MAX_SIZE * 16
}

type Outcome = Option<Result<Val, String>>;

fn done(value: Val) -> Outcome {
    Some(Ok(value))
}

fn map_text(arguments: &[Val], f: fn(&str) -> String) -> Outcome {
    match arguments {
        [Val::Text(text)] => done(Val::text(&f(text))),
        _ => None,
    }
}

fn text2(arguments: &[Val], f: fn(&str, &str) -> bool) -> Outcome {
    match arguments {
        [Val::Text(a), Val::Text(b)] => done(Val::Bool(f(a, b))),
        _ => None,
    }
}

fn contains(arguments: &[Val]) -> Outcome {
    match arguments {
        [Val::Text(text), Val::Text(part)] => done(Val::Bool(text.contains(&**part))),
        [Val::List(items), item] => done(Val::Bool(items.iter().any(|i| i.equals(item) == Some(true)))),
        _ => None,
    }
}

fn matches(arguments: &[Val]) -> Outcome {
    let [Val::Text(text), Val::Text(pattern)] = arguments else { return None };
    Some(match regex::Regex::new(pattern) {
        Ok(regex) => Ok(Val::Bool(regex.is_match(text))),
        Err(_) => Err(format!("`{pattern}` is not a regular expression")),
    })
}

fn join(arguments: &[Val]) -> Outcome {
    let [Val::List(items), Val::Text(separator)] = arguments else { return None };
    let texts: Option<Vec<&str>> =
        items.iter().map(|item| if let Val::Text(t) = item { Some(&**t) } else { None }).collect();
    done(Val::text(&texts?.join(separator)))
}

fn split(arguments: &[Val]) -> Outcome {
    let [Val::Text(text), Val::Text(separator)] = arguments else { return None };
    if separator.is_empty() {
        return Some(Err("`split` needs a separator that is not empty".to_owned()));
    }
    done(Val::list(text.split(&**separator).map(Val::text).collect()))
}

fn replace(arguments: &[Val]) -> Outcome {
    match arguments {
        [Val::Text(_), Val::Text(part), Val::Text(_)] if part.is_empty() => {
            Some(Err("`replace` needs a part that is not empty".to_owned()))
        }
        [Val::Text(text), Val::Text(part), Val::Text(by)] => done(Val::text(&text.replace(&**part, by))),
        _ => None,
    }
}

fn len(arguments: &[Val]) -> Outcome {
    let length = match arguments {
        [Val::Text(text)] => text.chars().count(),
        [Val::List(items)] => items.len(),
        [Val::Record(fields)] => fields.len(),
        [Val::Family(members)] => members.len(),
        _ => return None,
    };
    done(Val::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn keys(arguments: &[Val]) -> Outcome {
    match arguments {
        [Val::Record(fields)] => done(Val::list(fields.keys().map(|key| Val::text(key)).collect())),
        _ => None,
    }
}

fn values(arguments: &[Val]) -> Outcome {
    match arguments {
        [Val::Record(fields)] => done(Val::list(fields.values().cloned().collect())),
        _ => None,
    }
}

fn json(arguments: &[Val]) -> Outcome {
    let [value] = arguments else { return None };
    done(Val::text(&to_json(value)?.to_string()))
}

pub(super) fn to_json(value: &Val) -> Option<serde_json::Value> {
    use serde_json::Value as Json;
    Some(match value {
        Val::Null => Json::Null,
        Val::Bool(value) => (*value).into(),
        Val::Int(value) => (*value).into(),
        Val::Text(text) => Json::String(text.to_string()),
        Val::List(items) => Json::Array(items.iter().map(to_json).collect::<Option<_>>()?),
        Val::Record(fields) => {
            let fields = fields.iter().map(|(key, value)| Some((key.to_string(), to_json(value)?)));
            Json::Object(fields.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
