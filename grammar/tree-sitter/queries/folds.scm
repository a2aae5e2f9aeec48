[
  (block)
  (block_string)
  (catalog_block)
  (field_list)
  (list)
  (list_comprehension)
  (parameters)
  (record)
  (record_comprehension)
  (record_type)
  (use_list)
] @fold
