//! Constant expressions of a wanted type.

use super::program::Writer;
use super::types::{Key, Kind, Slot, SlotTy, Ty};

const TEXTS: &[&str] = &[
    r#""a""#,
    r#""""#,
    r#""main-1""#,
    r#""a,b""#,
    r#""\t\"q\" \\ \u{1F600} \#{x}""#,
    r#""// no comment""#,
    r#""é {}[]()""#,
    r#""$HOME ${X} `y`""#,
];

impl Writer {
    /// An expression of this type, of at most `depth` levels.
    pub(super) fn value(&mut self, ty: &Ty, depth: usize) -> String {
        if self.plain {
            return self.literal(ty, 0);
        }
        if let Some(path) = self.known(ty) {
            return path;
        }
        if depth == 0 {
            return self.literal(ty, 0);
        }
        let depth = depth - 1;
        match self.choices.below(5) {
            0 | 1 => self.literal(ty, depth),
            2 if self.choices.chance(1, 2) => {
                let condition = self.atom(&Ty::Bool, depth);
                let (then, other) = (self.atom(ty, depth), self.atom(ty, depth));
                let (a, b) = (self.gap(), self.gap());
                format!("if {condition} then {a}{then} else {b}{other}")
            }
            3 => self.call(ty, depth).unwrap_or_else(|| self.computed(ty, depth)),
            _ => self.computed(ty, depth),
        }
    }

    /// The same, in parentheses where it is more than one thing.
    pub(super) fn atom(&mut self, ty: &Ty, depth: usize) -> String {
        let value = self.value(ty, depth);
        let simple = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if simple {
            return value;
        }
        let (a, b) = (self.gap(), self.gap());
        format!("({a}{value}{b})")
    }

    fn gap(&mut self) -> &'static str {
        if self.flat { " " } else { self.choices.gap() }
    }

    fn list(&mut self, open: &str, items: &[String], close: &str) -> String {
        if self.flat {
            return format!("{open}{}{close}", super::choices::Choices::flat(items));
        }
        self.choices.items(open, items, close)
    }

    /// The path of a constant of this type that is known here.
    fn known(&mut self, ty: &Ty) -> Option<String> {
        let mut found: Vec<(String, Option<usize>)> = self
            .locals
            .iter()
            .filter(|(_, local)| local == ty)
            .map(|(name, _)| (name.clone(), None))
            .collect();
        for (path, at) in &self.scope {
            if matches!(&self.program.declarations[*at].kind, Kind::Let(known) if known == ty) {
                found.push((path.clone(), Some(*at)));
            }
        }
        if found.is_empty() || !self.choices.chance(1, 2) {
            return None;
        }
        let (path, at) = self.choices.pick(&found).clone();
        match at {
            Some(at) => self.used(at),
            None => _ = self.program.used.insert(Key::Inner(path.clone())),
        }
        Some(path)
    }

    fn call(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let mut found = Vec::new();
        for (path, at) in &self.scope {
            if let Kind::Function(params, made) = &self.program.declarations[*at].kind
                && made == ty
            {
                found.push((path.clone(), *at, params.clone()));
            }
        }
        if found.is_empty() {
            return None;
        }
        let (path, at, params) = self.choices.pick(&found).clone();
        self.used(at);
        let required = params.iter().filter(|param| !param.optional).count();
        let count = required + self.choices.below(params.len() - required + 1);
        let arguments: Vec<String> =
            params[..count].iter().map(|param| self.slot_value(param, depth)).collect();
        Some(format!("{path}{}", self.list("(", &arguments, ")")))
    }

    fn slot_value(&mut self, slot: &Slot, depth: usize) -> String {
        match &slot.ty {
            SlotTy::Constant(ty) => self.atom(ty, depth),
            _ => "\"text\"".to_owned(),
        }
    }

    /// A literal.
    pub(super) fn literal(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Text => (*self.choices.pick(TEXTS)).to_owned(),
            Ty::Int => (*self.choices.pick(&["1", "0", "-7", "20", "9223372036854775807"])).to_owned(),
            Ty::Bool => (*self.choices.pick(&["true", "false"])).to_owned(),
            Ty::Duration => (*self.choices.pick(&["5m", "90s", "1h30m", "2d"])).to_owned(),
            Ty::Texts => {
                let count = self.choices.below(4);
                let items: Vec<String> = (0..count).map(|_| self.atom(&Ty::Text, depth)).collect();
                self.list("[", &items, "]")
            }
            Ty::Map => {
                let keys = ["a", "\"b c\"", "stage", "in_", "\"d\""];
                let count = self.choices.below(4);
                let entries: Vec<String> =
                    (0..count).map(|at| format!("{}: {}", keys[at], self.atom(&Ty::Text, depth))).collect();
                self.list("{ ", &entries, " }")
            }
            Ty::Declared(at) => self.declared(*at, depth),
        }
    }

    fn declared(&mut self, at: usize, depth: usize) -> String {
        match self.program.declarations[at].kind.clone() {
            Kind::Union(texts) => format!("\"{}\"", self.choices.pick(&texts)),
            Kind::Record(fields) => {
                let mut entries = Vec::new();
                for field in &fields {
                    if field.optional && self.choices.chance(1, 2) {
                        continue;
                    }
                    entries.push(format!("{}: {}", field.name, self.slot_value(field, depth)));
                }
                self.list("{ ", &entries, " }")
            }
            other => unreachable!("no type: {other:?}"),
        }
    }

    /// Something that operators or built-in functions make.
    fn computed(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Text => self.text(depth),
            Ty::Int => {
                let of = self.choices.pick(&[Ty::Text, Ty::Texts, Ty::Map]).clone();
                format!("len({})", self.atom(&of, depth))
            }
            Ty::Bool => self.boolean(depth),
            Ty::Texts => match self.choices.below(4) {
                0 => format!("split({}, \",\")", self.atom(&Ty::Text, depth)),
                1 => format!("keys({})", self.atom(&Ty::Map, depth)),
                2 => {
                    let spread = format!("...{}", self.atom(&Ty::Texts, depth));
                    let item = self.atom(&Ty::Text, depth);
                    self.list("[", &[item, spread], "]")
                }
                _ => {
                    let walked = self.atom(&Ty::Texts, depth);
                    let name = self.choices.name();
                    self.locals.push((name.clone(), Ty::Text));
                    let item = self.atom(&Ty::Text, depth);
                    let condition = self.atom(&Ty::Bool, depth);
                    self.locals.pop();
                    format!("[{item} for {name} in {walked} if {condition}]")
                }
            },
            Ty::Map => {
                let name = self.choices.name();
                self.locals.push((name.clone(), Ty::Text));
                let item = self.atom(&Ty::Text, depth);
                self.locals.pop();
                if self.flat {
                    return format!("{{ k: {item} for {name} in [\"x\"] }}");
                }
                let gap = self.gap();
                format!("{{ \"#{{{name}}}-k\": {gap}{item} for {name} in [\"x\", \"y\"] }}")
            }
            other => self.literal(other, depth),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        match self.choices.below(7) {
            0 => format!("lower({})", self.atom(&Ty::Text, depth)),
            1 => {
                let list = self.atom(&Ty::Texts, depth);
                self.list("join(", &[list, "\"-\"".to_owned()], ")")
            }
            2 => format!("replace({}, \"a\", {})", self.atom(&Ty::Text, depth), self.atom(&Ty::Text, depth)),
            3 => {
                let gap = self.gap();
                let (a, b) = (self.atom(&Ty::Text, depth), self.atom(&Ty::Text, depth));
                format!("{a} ?? {gap}{b}")
            }
            4 => format!("json({})", self.atom(&Ty::Map, depth)),
            5 => self.field_text().unwrap_or_else(|| "upper(\"x\")".to_owned()),
            _ if self.flat => "\"flat\"".to_owned(),
            _ => {
                let ty = self.choices.pick(&[Ty::Text, Ty::Int]).clone();
                self.flat = true;
                let inner = self.value(&ty, depth.min(1));
                self.flat = false;
                format!("\"a-#{{{inner}}}#{{ {} }}\"", inner.trim())
            }
        }
    }

    /// A text in a record that is known here.
    fn field_text(&mut self) -> Option<String> {
        let mut found = Vec::new();
        for (path, at) in &self.scope {
            let Kind::Let(Ty::Declared(record)) = &self.program.declarations[*at].kind else { continue };
            let Kind::Record(fields) = &self.program.declarations[*record].kind else { continue };
            for field in fields.iter().filter(|field| field.ty == SlotTy::Constant(Ty::Text)) {
                found.push((format!("{path}.{}", field.name), *at, field.optional));
            }
        }
        if found.is_empty() {
            return None;
        }
        let (path, at, optional) = self.choices.pick(&found).clone();
        self.used(at);
        Some(if optional { format!("{path} ?? \"none\"") } else { path })
    }

    fn boolean(&mut self, depth: usize) -> String {
        let gap = self.gap();
        match self.choices.below(7) {
            0 => format!("!{}", self.atom(&Ty::Bool, depth)),
            1 => format!("{} &&{gap} {}", self.atom(&Ty::Bool, depth), self.atom(&Ty::Bool, depth)),
            2 => format!("{}{gap} || {}", self.atom(&Ty::Bool, depth), self.atom(&Ty::Bool, depth)),
            3 => {
                let ty = self.choices.pick(&[Ty::Text, Ty::Int, Ty::Bool]).clone();
                format!("{} =={gap} {}", self.atom(&ty, depth), self.atom(&ty, depth))
            }
            4 => format!("{}{gap} < {}", self.atom(&Ty::Int, depth), self.atom(&Ty::Int, depth)),
            5 => format!("{} in{gap} {}", self.atom(&Ty::Text, depth), self.atom(&Ty::Texts, depth)),
            _ => format!("matches({}, \"^a|b$\")", self.atom(&Ty::Text, depth)),
        }
    }
}
