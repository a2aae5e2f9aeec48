//! Secrets: where they are found, and that they go nowhere but where secrets may.

use super::{Check, Context};
use crate::diagnostic::{codes, nearest};
use crate::plan::{self, AwsSecret, LocalSecret, Location};
use crate::span::Span;
use crate::syntax::ast::{Entry, Expr, ExprKind, Name, Secret};
use crate::types::{Segment, Ty, Val};
use crate::value::is_variable_name;

/// Where a secret is found on a machine.
pub(crate) const LOCAL: &[&str] = &["env", "dotenv", "command"];
/// Where AWS finds it.
pub(crate) const AWS: &[&str] = &["secrets_manager", "parameter_store", "masked", "literal", "aws.cfn"];

impl<'a> Check<'a> {
    /// Reports a secret that goes where none may.
    pub(super) fn secret_flow(&mut self, span: Span, what: &str) -> Val {
        let place = self.place(span);
        self.report(codes::SECRET_FLOW.at(place, format!("a secret cannot {what}")).label("a secret").help(
            "a secret goes into `env` as it is: `env: { TOKEN: token }`, and the script reads `$TOKEN`",
        ));
        Val::Error
    }

    /// The secrets of the pipeline.
    pub(super) fn checked_secrets(&mut self, context: &Context) -> Vec<plan::Secret> {
        let secrets = self.secrets.clone();
        secrets.into_iter().map(|secret| self.secret(secret, context)).collect()
    }

    fn secret(&mut self, ast: &'a Secret, context: &Context) -> plan::Secret {
        let mut secret = plan::Secret {
            id: ast.name.text.to_string(),
            description: ast.doc.as_ref().map(|doc| doc.text.clone()),
            local: None,
            aws: None,
            source: Location::default(),
        };
        self.written_out(&ast.body, "a secret");
        for entry in ast.body.entries() {
            let Entry::Field(field) = entry else { continue };
            match field.key.text.as_str() {
                "local" => secret.local = self.local_secret(&field.value, context),
                "aws" => secret.aws = self.aws_secret(&field.value, context),
                _ => self.unknown_secret_field(&field.key),
            }
        }
        if ast.body.entries().is_empty() && matches!(ast.body.kind, ExprKind::Record(_)) {
            let place = self.place(ast.name.span);
            self.report(
                codes::MISSING_FIELD
                    .at(place, format!("the secret `{}` does not say where it is found", ast.name.text))
                    .help("write `{ local: env(\"TOKEN\"), aws: secrets_manager(\"ci/token\") }`"),
            );
        }
        secret
    }

    fn unknown_secret_field(&mut self, key: &Name) {
        let place = self.place(key.span);
        let diagnostic = codes::UNKNOWN_FIELD.at(place, format!("a secret has no field `{}`", key.text));
        self.report(match nearest(&key.text, ["local", "aws"]) {
            Some(near) => diagnostic.did_you_mean(near),
            None => diagnostic.help("its fields are `local` and `aws`: where each engine finds it"),
        });
    }

    fn local_secret(&mut self, expr: &'a Expr, context: &Context) -> Option<LocalSecret> {
        let (name, text) = self.finder(expr, "a local run", LOCAL, context)?;
        Some(match name {
            "env" => LocalSecret::Env(text),
            "dotenv" => LocalSecret::Dotenv(text),
            _ => LocalSecret::Command(text),
        })
    }

    fn aws_secret(&mut self, expr: &'a Expr, context: &Context) -> Option<AwsSecret> {
        if matches!(&expr.kind, ExprKind::Name(name) if name == "masked") {
            return Some(AwsSecret::Masked);
        }
        if let ExprKind::Call(function, _) = &expr.kind
            && matches!(&function.kind, ExprKind::Member(..))
        {
            return match self.eval(expr, context) {
                Val::Run(segments) => match &*segments {
                    [Segment::Deploy(json)] => Some(AwsSecret::Cloudformation(json.to_string())),
                    _ => self.no_finder(expr, "AWS", AWS),
                },
                _ => None,
            };
        }
        let (name, text) = self.finder(expr, "AWS", AWS, context)?;
        Some(match name {
            "secrets_manager" => AwsSecret::SecretsManager(text),
            "parameter_store" => AwsSecret::ParameterStore(text),
            // It says that there is a secret and not where: it takes nothing.
            "masked" => return self.no_finder(expr, "AWS", AWS),
            _ => {
                let place = self.place(expr.span);
                self.report(
                    codes::LITERAL_SECRET
                        .at(place, "this secret is written out, for everybody who reads the file")
                        .help("keep it in Secrets Manager: `secrets_manager(\"name\")`"),
                );
                AwsSecret::Literal(text)
            }
        })
    }

    /// `env("TOKEN")`: one of these functions with a constant text.
    fn finder(
        &mut self,
        expr: &'a Expr,
        engine: &str,
        known: &'static [&'static str],
        context: &Context,
    ) -> Option<(&'static str, String)> {
        let ExprKind::Call(function, arguments) = &expr.kind else {
            return if matches!(expr.kind, ExprKind::Error) {
                None
            } else {
                self.no_finder(expr, engine, known)
            };
        };
        let ExprKind::Name(name) = &function.kind else { return self.no_finder(expr, engine, known) };
        let Some(name) = known.iter().copied().find(|known| known == name) else {
            let place = self.place(function.span);
            let diagnostic =
                codes::UNKNOWN_FUNCTION.at(place, format!("{engine} finds no secrets by `{name}`"));
            // Each finds the secret somewhere else, so none is surely what was meant.
            let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            self.report(near.map_or(diagnostic.clone(), |near| diagnostic.help(near)).help(forms(known)));
            return None;
        };
        let [argument] = arguments.as_slice() else { return self.no_finder(expr, engine, known) };
        match self.eval(argument, context) {
            Val::Text(text) if name == "env" && !is_variable_name(&text) => {
                self.bad_env_name(&text, argument.span);
                None
            }
            Val::Text(text) if !text.is_empty() => Some((name, text.to_string())),
            Val::Text(_) => {
                self.error(&codes::BAD_VALUE, argument.span, format!("`{name}` needs a name"));
                None
            }
            Val::Run(_) => {
                self.not_constant(argument.span, "where a secret is found");
                None
            }
            other => {
                self.mismatch(argument.span, &Ty::String, &other, &format!("what `{name}` takes"));
                None
            }
        }
    }

    fn no_finder<T>(&mut self, expr: &Expr, engine: &str, known: &[&str]) -> Option<T> {
        let place = self.place(expr.span);
        self.report(
            codes::TYPE_MISMATCH
                .at(place, format!("this does not say where {engine} finds the secret"))
                .help(forms(known)),
        );
        None
    }
}

fn forms(known: &[&str]) -> String {
    let form = |name: &&str| match *name {
        "masked" => "`masked`".to_owned(),
        "aws.cfn" => "`aws.cfn({ … })`".to_owned(),
        name => format!("`{name}(\"…\")`"),
    };
    format!("write {}", known.iter().map(form).collect::<Vec<_>>().join(", "))
}
