; Made of grammar/tree-sitter/queries/highlights.scm by tests/editors.rs, with the names that Helix has.

; Comments

(shebang) @keyword.directive
(comment) @comment.line
(doc_comment) @comment.line.documentation

; Words

[
  "action"
  "aws"
  "azure"
  "callee"
  "defaults"
  "edition"
  "failure"
  "gate"
  "let"
  "on"
  "pipeline"
  "rule"
  "secret"
  "stage"
  "type"
  "variable"
] @keyword

"fn" @keyword.function
"private" @keyword.storage.modifier

[
  "as"
  "use"
] @keyword.control.import

[
  "else"
  "if"
  "then"
] @keyword.control.conditional

"for" @keyword.control.repeat
(for_clause "in" @keyword.control.repeat)
(binary_expression operator: "in" @keyword.operator)

; Names that are declared

(pipeline_declaration name: (identifier) @function)
(stage_declaration name: (identifier) @function)
(action_declaration name: (identifier) @function)
(gate_declaration name: (identifier) @function)
(callee_declaration name: (identifier) @function)
(rule_declaration name: (identifier) @function)
(function_declaration name: (identifier) @function)
(let_declaration name: (identifier) @variable)
(variable_declaration name: (identifier) @variable)
(secret_declaration name: (identifier) @variable)
(for_clause binding: (identifier) @variable.parameter)
(parameter name: (identifier) @variable.parameter)
(use_declaration alias: (identifier) @namespace)
(use_name name: (identifier) @variable)
(use_name alias: (identifier) @variable)

; Words that only their declaration knows: `push`, `entry`, `rollback`

(trigger event: (identifier) @constant.builtin)
(failure_handler result: (identifier) @constant.builtin)
(failure_handler mode: (identifier) @constant.builtin)
(gate_declaration point: (identifier) @constant.builtin)
(gate_declaration result: (identifier) @constant.builtin)

; Names that are used

(property_identifier) @variable.other.member

(path
  (identifier) @function .)
(path
  (identifier) @namespace
  .
  ".")

((function_name) @function.builtin
  (#any-of? @function.builtin
    "contains" "ends_with" "file" "join" "json" "keys" "len" "lower" "matches" "replace" "split" "starts_with" "upper"
    "values"))
((function_name) @function
  (#not-any-of? @function
    "contains" "ends_with" "file" "join" "json" "keys" "len" "lower" "matches" "replace" "split" "starts_with" "upper"
    "values"))

((reference) @variable.builtin
  (#eq? @variable.builtin "execution"))
((reference) @variable
  (#not-eq? @variable "execution"))

; Types

((type_identifier) @type.builtin
  (#any-of? @type.builtin
    "action" "any" "artifact" "bool" "duration" "file" "int" "list" "map" "null" "secret" "string"))
((type_identifier) @type
  (#not-any-of? @type
    "action" "any" "artifact" "bool" "duration" "file" "int" "list" "map" "null" "secret" "string"))
(named_type module: (identifier) @namespace)
(union_type "|" @operator)
(optional_type "?" @operator)
(generic_type ["<" ">"] @punctuation.bracket)

; Literals

(null) @constant.builtin
(boolean) @constant.builtin.boolean
(integer) @constant.numeric
(duration) @constant.numeric
(string) @string
(block_string) @string
(escape_sequence) @constant.character.escape
(invalid_escape) @error
(interpolation ["#{" "}"] @punctuation.special)

; Marks

[
  "!"
  "..."
  ".."
  "/"
  "="
] @operator

(binary_expression
  operator: [
    "!="
    "&&"
    "<"
    "<="
    "=="
    ">"
    ">="
    "??"
    "||"
  ] @operator)

[
  ","
  "."
  ":"
] @punctuation.delimiter

[
  "("
  ")"
  "["
  "]"
] @punctuation.bracket

(block ["{" "}"] @punctuation.bracket)
(record ["{" "}"] @punctuation.bracket)
(record_comprehension ["{" "}"] @punctuation.bracket)
(record_type ["{" "}"] @punctuation.bracket)
(use_list ["{" "}"] @punctuation.bracket)
(catalog_block ["{" "}"] @punctuation.bracket)
(field_list ["{" "}"] @punctuation.bracket)

; Words that can name nothing: the compiler says so, too.

([
  (identifier)
  (property_identifier)
  (reference)
  (type_identifier)
] @error
  (#any-of? @error "true" "false" "null" "if" "then" "else" "for" "in" "match"))
