; `@indent.…` are the names of Neovim, the others those of Helix; each passes over what it does not know.

[
  (arguments)
  (block)
  (catalog_block)
  (field_list)
  (list)
  (list_comprehension)
  (parameters)
  (parenthesized_expression)
  (record)
  (record_comprehension)
  (record_type)
  (use_list)
] @indent.begin @indent

[
  "}"
  "]"
  ")"
] @indent.branch @indent.end @outdent

; Verbatim: what stands in them is not ours to move.
(block_string) @indent.ignore
