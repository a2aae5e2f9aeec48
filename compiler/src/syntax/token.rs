//! Kinds of tokens. A token is its kind and its range; its text is in the source.

use logos::Logos;

use crate::span::Span;

/// A token.
pub type Token = (Kind, Span);

macro_rules! kinds {
    ($($(#[$attribute:meta])* $name:ident = $words:literal,)*) => {
        /// What a token is.
        #[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[logos(skip r"[ \t\r\x0C]+")]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$attribute])* #[doc = concat!("`", $words, "`")] $name,)*
        }

        impl Kind {
            /// Every kind, by its number.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// How messages call it.
            #[must_use]
            pub const fn describe(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

kinds! {
    // Words that can name nothing.
    #[token("true")] True = "`true`",
    #[token("false")] False = "`false`",
    #[token("null")] Null = "`null`",
    #[token("if")] If = "`if`",
    #[token("then")] Then = "`then`",
    #[token("else")] Else = "`else`",
    #[token("for")] For = "`for`",
    #[token("in")] In = "`in`",
    #[token("match")] Match = "`match`",
    // Words that begin a declaration, and name things elsewhere. The last of them is `Variable` (see `is_declaration`).
    #[token("action")] Action = "`action`",
    #[token("aws")] Aws = "`aws`",
    #[token("azure")] Azure = "`azure`",
    #[token("callee")] Callee = "`callee`",
    #[token("defaults")] Defaults = "`defaults`",
    #[token("edition")] Edition = "`edition`",
    #[token("fn")] Fn = "`fn`",
    #[token("gate")] Gate = "`gate`",
    #[token("let")] Let = "`let`",
    #[token("on")] On = "`on`",
    #[token("pipeline")] Pipeline = "`pipeline`",
    #[token("private")] Private = "`private`",
    #[token("rule")] Rule = "`rule`",
    #[token("secret")] Secret = "`secret`",
    #[token("stage")] Stage = "`stage`",
    #[token("type")] Type = "`type`",
    #[token("use")] Use = "`use`",
    #[token("variable")] Variable = "`variable`",
    #[regex("[A-Za-z_][A-Za-z0-9_-]*", priority = 1)] Name = "a name",
    // Literals. Strings are scanned by hand, since they nest.
    #[regex("-?[0-9]+")] Int = "a number",
    #[regex("([0-9]+[smhd])+")] Duration = "a duration",
    #[regex("-?[0-9][A-Za-z0-9_]*", priority = 1)] BadNumber = "a malformed number",
    Str = "a string",
    Block = "a block string",
    /// What only another language can read, and was reported: a value that nothing is known of.
    Unknown = "something unknown",
    /// `+`, `-`, `*`, `%`, which were reported.
    Arithmetic = "arithmetic",
    StrOpen = "the start of a string",
    StrText = "text",
    StrClose = "the end of a string",
    #[token("#{")] InterpolationOpen = "`#{`",
    InterpolationClose = "the `}` of an interpolation",
    #[token("\"")] Quote = "`\"`",
    // Punctuation.
    #[token("{")] LeftBrace = "`{`",
    #[token("}")] RightBrace = "`}`",
    #[token("[")] LeftBracket = "`[`",
    #[token("]")] RightBracket = "`]`",
    #[token("(")] LeftParen = "`(`",
    #[token(")")] RightParen = "`)`",
    #[token(":")] Colon = "`:`",
    #[token(",")] Comma = "`,`",
    #[token("...")] Ellipsis = "`...`",
    #[token("..")] DotDot = "`..`",
    #[token(".")] Dot = "`.`",
    #[token("=")] Equals = "`=`",
    #[token("==")] EqualEqual = "`==`",
    #[token("!=")] NotEqual = "`!=`",
    #[token("<")] Less = "`<`",
    #[token("<=")] LessEqual = "`<=`",
    #[token(">")] Greater = "`>`",
    #[token(">=")] GreaterEqual = "`>=`",
    #[token("&&")] And = "`&&`",
    #[token("||")] Or = "`||`",
    #[token("!")] Bang = "`!`",
    #[token("??")] Coalesce = "`??`",
    #[token("?")] Question = "`?`",
    #[token("/")] Slash = "`/`",
    #[token("|")] Pipe = "`|`",
    #[regex("//[^\n]*", allow_greedy = true)] Comment = "a comment",
    /// In the lexer every line's end; behind it only those that end an item.
    #[token("\n")] Newline = "the end of the line",
}

impl Kind {
    /// A word that can be a name: anything but the reserved ones.
    #[must_use]
    pub fn is_name(self) -> bool {
        self == Self::Name || self.is_declaration()
    }

    /// A word that begins a declaration, if a name, a string or `{` follows.
    #[must_use]
    pub fn is_declaration(self) -> bool {
        (Self::Action..=Self::Variable).contains(&self)
    }

    /// A reserved word.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self <= Self::Match
    }

    /// `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`.
    #[must_use]
    pub fn is_comparison(self) -> bool {
        (Self::EqualEqual..=Self::GreaterEqual).contains(&self) || self == Self::In
    }

    /// Whether the item goes on behind a line that ends with this token.
    #[must_use]
    pub fn continues_after(self) -> bool {
        use Kind::{
            And, Arithmetic, Bang, Coalesce, Colon, Comma, Dot, Ellipsis, Else, Equals, If, In, LeftBrace,
            LeftBracket, LeftParen, Or, Pipe, Slash, Then,
        };
        self.is_comparison()
            || matches!(
                self,
                And | Arithmetic
                    | Bang
                    | Coalesce
                    | Colon
                    | Comma
                    | Dot
                    | Ellipsis
                    | Else
                    | Equals
                    | If
                    | In
                    | LeftBrace
                    | LeftBracket
                    | LeftParen
                    | Or
                    | Pipe
                    | Slash
                    | Then
            )
    }

    /// Whether a line that starts with this token goes on with the item before it.
    pub(super) fn continues_before(self) -> bool {
        use Kind::{And, Coalesce, Dot, Else, Equals, For, If, In, Or, Pipe, Slash, Then};
        self.is_comparison()
            || matches!(self, And | Coalesce | Dot | Else | Equals | For | If | In | Or | Pipe | Slash | Then)
    }
}
