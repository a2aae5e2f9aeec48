(pipeline_declaration
  "pipeline" @context
  name: (identifier) @name) @item

(stage_declaration
  "stage" @context
  name: (identifier) @name) @item

(action_declaration
  "action" @context
  name: (identifier) @name) @item

(gate_declaration
  "gate" @context
  name: (identifier) @name) @item

(function_declaration
  "fn" @context
  name: (identifier) @name) @item

(let_declaration
  "let" @context
  name: (identifier) @name) @item

(type_declaration
  "type" @context
  name: (type_identifier) @name) @item

(variable_declaration
  "variable" @context
  name: (identifier) @name) @item

(secret_declaration
  "secret" @context
  name: (identifier) @name) @item
