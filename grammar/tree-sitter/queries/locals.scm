; What sees which names. The names of declarations are seen by what stands beside them.

(source_file) @local.scope
(block) @local.scope
(pipeline_declaration) @local.scope
(stage_declaration) @local.scope
(action_declaration) @local.scope
(function_declaration) @local.scope
(list_comprehension) @local.scope
(record_comprehension) @local.scope

(let_declaration name: (identifier) @local.definition.var)
(variable_declaration name: (identifier) @local.definition.var)
(secret_declaration name: (identifier) @local.definition.var)
(gate_declaration name: (identifier) @local.definition.var)
(callee_declaration name: (identifier) @local.definition.function)
(rule_declaration name: (identifier) @local.definition.function)
(type_declaration name: (type_identifier) @local.definition.type)
(for_clause binding: (identifier) @local.definition.var)
(parameter name: (identifier) @local.definition.parameter)
(use_declaration alias: (identifier) @local.definition.import)
(use_name
  name: (identifier) @local.definition.import
  .)
(use_name alias: (identifier) @local.definition.import)

((pipeline_declaration name: (identifier) @local.definition.namespace)
  (#set! definition.namespace.scope "parent"))
((stage_declaration name: (identifier) @local.definition.namespace)
  (#set! definition.namespace.scope "parent"))
((action_declaration name: (identifier) @local.definition.function)
  (#set! definition.function.scope "parent"))
((function_declaration name: (identifier) @local.definition.function)
  (#set! definition.function.scope "parent"))

(reference) @local.reference
(function_name) @local.reference
(type_identifier) @local.reference
(named_type module: (identifier) @local.reference)
(path
  .
  (identifier) @local.reference)
