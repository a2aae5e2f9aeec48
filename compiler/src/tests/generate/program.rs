//! Files that use each other, and what they declare at their top.

use std::collections::BTreeSet;

use super::choices::Choices;
use super::types::{Declaration, File, Key, Kind, Piece, Program, Slot, SlotTy, Ty};

/// Writes a program, the used files first.
pub(super) struct Writer {
    pub(super) choices: Choices,
    pub(super) program: Program,
    /// The file that is written.
    pub(super) file: usize,
    /// What its paths mean.
    pub(super) scope: Vec<(String, usize)>,
    /// Constants of where it is written: parameters, what a `for` binds.
    pub(super) locals: Vec<(String, Ty)>,
    /// Inside of a text, where there is one line and no text that interpolates.
    pub(super) flat: bool,
    /// Where only what is written out may stand.
    pub(super) plain: bool,
    pub(super) flow: Flow,
}

/// What actions can use where something is written. Each is a path, and the name in it that is declared.
#[derive(Clone, Default)]
pub(super) struct Flow {
    pub(super) artifacts: Vec<(String, String)>,
    pub(super) texts: Vec<(String, String)>,
    pub(super) secrets: Vec<(String, String)>,
    /// What `after` can name.
    pub(super) actions: Vec<(String, String)>,
    /// What `needs` can name.
    pub(super) stages: Vec<String>,
    /// Texts of the pipeline, for conditions.
    pub(super) variables: Vec<String>,
}

const UNIONS: &[&[&str]] = &[&["staging", "prod"], &["a", "b", "c d"], &["one"]];

/// The program that the bytes stand for.
pub(super) fn program(bytes: &[u8]) -> Program {
    let mut choices = Choices::new(bytes);
    let count = 1 + choices.below(5);
    let folder = |at: usize| if at % 3 == 2 { "sub/" } else { "" };
    let file =
        |at: usize| if at == 0 { super::super::NAME.to_owned() } else { format!("{}f{at}.pipe", folder(at)) };
    let files = (0..count).map(|at| File { name: file(at), pieces: Vec::new(), crlf: false }).collect();
    let program = Program {
        files,
        declarations: Vec::new(),
        used: BTreeSet::new(),
        scopes: vec![Vec::new(); count],
        aliases: vec![Vec::new(); count],
    };
    let mut writer = Writer {
        choices,
        program,
        file: 0,
        scope: Vec::new(),
        locals: Vec::new(),
        flat: false,
        plain: false,
        flow: Flow::default(),
    };
    for file in (0..count).rev() {
        writer.write_file(file);
    }
    writer.program
}

impl Writer {
    /// Notes that a declaration is used here. What a used file does for itself is checked only where the main file comes by.
    pub(super) fn used(&mut self, at: usize) {
        if self.file != 0 {
            return;
        }
        self.program.used.insert(Key::Declaration(at));
        let owner = self.program.declarations[at].file;
        self.program.used.insert(Key::Use(self.file, owner));
    }

    fn write_file(&mut self, file: usize) {
        self.file = file;
        self.scope.clear();
        let mut pieces = Vec::new();
        for other in file + 1..self.program.files.len() {
            // Every file is used by the one before it, so that none is left out.
            if other == file + 1 || self.choices.chance(1, 3) {
                pieces.push(self.use_of(file, other));
            }
        }
        let count = 1 + self.choices.below(7);
        for _ in 0..count {
            self.declaration(&mut pieces);
        }
        // Where something stands does not matter.
        for at in (1..pieces.len()).rev() {
            let other = self.choices.below(at + 1);
            if other != 0 {
                pieces.swap(at, at - other);
            }
        }
        if file == 0 {
            self.pipeline(&mut pieces);
        }
        if self.choices.chance(1, 6) {
            pieces.insert(0, Piece { text: "edition 2026\n".to_owned(), declares: None });
        }
        if self.choices.chance(1, 6) {
            pieces.insert(0, Piece { text: "#!/usr/bin/env standpipe\n".to_owned(), declares: None });
        }
        self.program.scopes[file] = self.scope.clone();
        self.program.files[file].crlf = self.choices.chance(1, 8);
        self.program.files[file].pieces = pieces;
    }

    fn use_of(&mut self, file: usize, other: usize) -> Piece {
        let base = self.program.files[file].name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = &self.program.files[other].name;
        let path = match (base.is_empty(), name.strip_prefix("sub/")) {
            (false, Some(inner)) => inner.to_owned(),
            (false, None) => format!("../{name}"),
            (true, _) => name.clone(),
        };
        let path = if self.choices.chance(1, 2) { format!("./{path}") } else { path };
        let declarations = self.program.declarations.iter().enumerate();
        let open: Vec<(usize, String)> = declarations
            .filter(|(_, d)| d.file == other && !d.private)
            .map(|(at, d)| (at, d.name.clone()))
            .collect();
        let text = match self.choices.below(3) {
            0 => {
                let stem = format!("f{other}");
                self.all_of(file, &open, &stem, other);
                format!("use \"{path}\"\n")
            }
            1 => {
                let alias = self.choices.name();
                self.all_of(file, &open, &alias, other);
                format!("use \"{path}\" as {alias}\n")
            }
            _ => {
                let mut selected = Vec::new();
                for (at, name) in open {
                    if self.choices.chance(1, 3) {
                        continue;
                    }
                    if self.choices.chance(1, 2) {
                        let alias = self.choices.name();
                        selected.push(format!("{name} as {alias}"));
                        self.scope.push((alias, at));
                    } else {
                        self.scope.push((name.clone(), at));
                        selected.push(name);
                    }
                    // It is named here, whether it is used or not.
                    if file == 0 {
                        self.program.used.insert(Key::Declaration(at));
                    }
                }
                if selected.is_empty() {
                    let alias = self.choices.name();
                    format!("use \"{path}\" as {alias}\n")
                } else {
                    format!("use \"{path}\" {}\n", self.choices.items("{ ", &selected, " }"))
                }
            }
        };
        Piece { text, declares: Some(Key::Use(file, other)) }
    }

    fn all_of(&mut self, file: usize, open: &[(usize, String)], alias: &str, other: usize) {
        self.program.aliases[file].push((alias.to_owned(), other));
        self.scope.extend(open.iter().map(|(at, name)| (format!("{alias}.{name}"), *at)));
    }

    /// A type as it is written, and whether it can be: a declared one must be seen here.
    pub(super) fn ty(&mut self) -> (Ty, String) {
        let mut seen = Vec::new();
        for (path, at) in &self.scope {
            if matches!(self.program.declarations[*at].kind, Kind::Union(_) | Kind::Record(_)) {
                seen.push((path.clone(), *at));
            }
        }
        if !seen.is_empty() && self.choices.chance(1, 3) {
            let (path, at) = self.choices.pick(&seen).clone();
            self.used(at);
            return (Ty::Declared(at), path);
        }
        let plain = [
            (Ty::Text, "string"),
            (Ty::Int, "int"),
            (Ty::Bool, "bool"),
            (Ty::Duration, "duration"),
            (Ty::Texts, "list<string>"),
            (Ty::Map, "map< string >"),
        ];
        let (ty, text) = self.choices.pick(&plain).clone();
        (ty, text.to_owned())
    }

    fn doc(&mut self) -> &'static str {
        self.choices.pick::<&'static str>(&[
            "",
            "",
            "/// Doc.\n",
            "/// Doc,\n/// `more` of it.\n",
            "// no doc\n",
            "//// no doc\n/// Doc.\n",
        ])
    }

    fn declaration(&mut self, pieces: &mut Vec<Piece>) {
        let name = self.choices.name();
        let doc = self.doc();
        let private = self.file != 0 && self.choices.chance(1, 4);
        let (kind, body) = match self.choices.below(8) {
            0 | 1 => self.let_(&name),
            2 => self.union(&name),
            3 => self.record(&name),
            4 => self.function(&name),
            5 => self.action_template(&name),
            6 => self.stage_template(&name),
            _ => self.callee(&name),
        };
        let word = if private { "private " } else { "" };
        let at = self.program.declarations.len();
        self.program.declarations.push(Declaration { file: self.file, name: name.clone(), kind, private });
        self.scope.push((name, at));
        let end = self.choices.pick(&["\n", "\n\n", " // end\n", "\r\n"]);
        let text = format!("{doc}{word}{body}{end}");
        pieces.push(Piece { text, declares: Some(Key::Declaration(at)) });
    }

    fn let_(&mut self, name: &str) -> (Kind, String) {
        let (ty, written) = self.ty();
        let value = self.value(&ty, 3);
        let declared = matches!(ty, Ty::Declared(_) | Ty::Texts | Ty::Map);
        let written =
            if declared || self.choices.chance(1, 2) { format!(": {written}") } else { String::new() };
        let gap = self.choices.gap();
        (Kind::Let(ty), format!("let {name}{written} ={gap} {value}"))
    }

    fn union(&mut self, name: &str) -> (Kind, String) {
        let texts = (*self.choices.pick(UNIONS)).to_vec();
        let mut written = Vec::new();
        for text in &texts {
            written.push(format!("\"{text}\""));
        }
        let between = self.choices.pick(&[" | ", "\n  | ", "|"]);
        let written = written.join(between);
        (Kind::Union(texts), format!("type {name} = {written}"))
    }

    fn record(&mut self, name: &str) -> (Kind, String) {
        let count = 1 + self.choices.below(4);
        let (mut fields, mut written) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (ty, text) = self.ty();
            let name = self.choices.name();
            let (end, optional) = match self.choices.below(3) {
                1 => ("?".to_owned(), true),
                2 if !matches!(ty, Ty::Declared(_)) => {
                    self.plain = true;
                    let default = self.literal(&ty, 0);
                    self.plain = false;
                    (format!(" = {default}"), true)
                }
                _ => (String::new(), false),
            };
            written.push(format!("{name}: {text}{end}"));
            fields.push(Slot { name, ty: SlotTy::Constant(ty), optional });
        }
        // An optional text that has a default is never null; one without may be.
        (Kind::Record(fields), format!("type {name} = {}", self.choices.items("{ ", &written, " }")))
    }

    fn function(&mut self, name: &str) -> (Kind, String) {
        let (params, written) = self.params(&[]);
        let (made, text) = self.ty();
        let own = params.len();
        let before = self.locals.len();
        self.locals_of(&params[..own]);
        let value = self.value(&made, 3);
        self.locals.truncate(before);
        let text = format!("fn {name}{written}: {text} = {value}");
        (Kind::Function(params, made), text)
    }

    /// Parameters: constants, then those given.
    pub(super) fn params(&mut self, more: &[(SlotTy, &str)]) -> (Vec<Slot>, String) {
        let count = self.choices.below(4);
        let (mut params, mut written) = (Vec::new(), Vec::new());
        for (ty, text) in more {
            let name = self.choices.name();
            written.push(format!("{name}: {text}"));
            params.push(Slot { name, ty: ty.clone(), optional: false });
        }
        let mut optional = false;
        for _ in 0..count {
            let (ty, text) = self.ty();
            let name = self.choices.name();
            optional = optional || self.choices.chance(1, 3);
            let default = if optional { format!(" = {}", self.value(&ty, 2)) } else { String::new() };
            written.push(format!("{name}: {text}{default}"));
            params.push(Slot { name, ty: SlotTy::Constant(ty), optional });
        }
        let written = self.choices.items("(", &written, ")");
        (params, written)
    }

    /// Makes constant parameters known.
    pub(super) fn locals_of(&mut self, params: &[Slot]) {
        for param in params {
            if let SlotTy::Constant(ty) = &param.ty {
                self.locals.push((param.name.clone(), ty.clone()));
            }
        }
    }

    fn callee(&mut self, name: &str) -> (Kind, String) {
        let gap = self.choices.separator();
        let text = format!(
            "callee {name} {{{gap}service: {{ category: \"Invoke\", owner: \"Custom\", provider: \"P\", version: \"1\" }}\n  \
             inputs: 0..2{gap}outputs: 0\n  fields: {{\n    /// Says it.\n    text: string?, level: \"low\" | \"high\" = \"low\"\n  }}\n}}"
        );
        (Kind::Callee, text)
    }
}
