((comment) @injection.content
  (#set! injection.language "comment"))

; Scripts are shell, wherever they stand: `script: "…"`, `script: """ … """`, `local: { script: … }`.

((field
  key: (property_identifier) @_key
  value: [
    (string
      (string_content) @injection.content)
    (block_string
      (block_content) @injection.content)
  ])
  (#eq? @_key "script")
  (#set! injection.language "bash"))

((field
  key: (property_identifier) @_key
  value: (list
    [
      (string
        (string_content) @injection.content)
      (block_string
        (block_content) @injection.content)
    ]))
  (#eq? @_key "commands")
  (#set! injection.language "bash"))
