/**
 * @file The grammar of Pipe, as `../pipe.ebnf` says it, for editors.
 *
 * It reads what the compiler reads, and a little more: which item may stand where is for the compiler to say, and so are
 * reserved words as names (`queries/highlights.scm` marks them). Ends of lines that separate items, the text of strings
 * and block strings are tokens of `src/scanner.c`.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

/**
 * Words that begin a declaration, and are names where none can begin: as keys of fields they are read here, everywhere
 * else they are no keywords in the first place.
 */
const DECLARATION_WORDS = [
  'action', 'aws', 'azure', 'callee', 'defaults', 'edition', 'fn', 'gate', 'let', 'on', 'pipeline', 'private', 'rule',
  'secret', 'stage', 'type', 'use', 'variable',
];

/** How tightly expressions bind, as in the table of the reference. */
const PREC = { conditional: 1, coalesce: 2, or: 3, and: 4, compare: 5, not: 6, file: 7, postfix: 8 };

module.exports = grammar({
  name: 'pipe',

  // In the order of `enum TokenType` in `src/scanner.c`.
  externals: $ => [
    $._newline,
    $._string_start,
    $._string_text,
    $._block_start,
    $.block_content,
    $._block_end,
    $._interpolation_comment,
    // Never found: where it is asked for, an end of line that ends an item is found though none may stand there. So what
    // is being written does not take the words of the next line.
    $._same_line,
    // Never used below: valid only while the parser recovers from an error.
    $._recovery,
  ],

  extras: $ => [/[ \t\r\f\n]/, $.comment, $.doc_comment],

  word: $ => $.identifier,

  supertypes: $ => [$._declaration, $._expression, $._type],

  inline: $ => [$._entry_key],

  rules: {
    source_file: $ => seq(optional($.shebang), items($, $._item)),

    shebang: _ => token(/#![^\n]*/),
    comment: _ => token(/\/\/([^\/\n][^\n]*|\/\/[^\n]*)?/),
    doc_comment: _ => token(/\/\/\/([^\/\n][^\n]*)?/),

    // ---- Items

    _item: $ => choice($._declaration, $.private_declaration, alias($._item_field, $.field)),

    _declaration: $ => choice(
      $.edition_declaration,
      $.use_declaration,
      $.let_declaration,
      $.type_declaration,
      $.function_declaration,
      $.pipeline_declaration,
      $.variable_declaration,
      $.secret_declaration,
      $.trigger,
      $.engine_settings,
      $.defaults,
      $.stage_declaration,
      $.action_declaration,
      $.gate_declaration,
      $.failure_handler,
      $.callee_declaration,
      $.rule_declaration,
    ),

    private_declaration: $ => seq('private', $._declaration),

    edition_declaration: $ => seq('edition', field('edition', $.integer)),

    use_declaration: $ => seq(
      'use',
      field('path', $.string),
      optional(choice(seq('as', field('alias', $.identifier)), field('names', $.use_list))),
    ),
    use_list: $ => seq('{', items($, $.use_name), '}'),
    use_name: $ => seq(field('name', $.identifier), optional(seq('as', field('alias', $.identifier)))),

    _declared_name: $ => seq(optional($._same_line), field('name', $.identifier), optional($._same_line)),
    _declared_type: $ => seq(
      optional($._same_line), field('name', alias($.identifier, $.type_identifier)), optional($._same_line),
    ),

    let_declaration: $ => seq(
      'let',
      $._declared_name,
      optional(seq(':', field('type', $._type))),
      '=',
      field('value', $._expression),
    ),

    type_declaration: $ => seq('type', $._declared_type, '=', field('type', $._type)),

    function_declaration: $ => seq(
      'fn',
      $._declared_name,
      field('parameters', $.parameters),
      optional(seq(':', field('type', $._type))),
      '=',
      field('value', $._expression),
    ),

    parameters: $ => seq('(', listed($, $.parameter), ')'),
    parameter: $ => seq(
      field('name', $.identifier),
      ':',
      field('type', $._type),
      optional(seq('=', field('default', $._expression))),
    ),

    pipeline_declaration: $ => seq('pipeline', $._declared_name, ...head($), body($)),
    stage_declaration: $ => seq('stage', $._declared_name, ...head($), body($)),
    block: $ => seq('{', items($, $._item), '}'),

    action_declaration: $ => seq(
      'action',
      $._declared_name,
      ...head($),
      '=',
      field('callee', $.path),
      field('arguments', $.record),
    ),

    variable_declaration: $ => seq(
      'variable',
      $._declared_name,
      ':',
      field('type', $._type),
      optional(seq('=', field('default', $._expression))),
      optional(field('settings', $.record)),
    ),

    secret_declaration: $ => seq('secret', $._declared_name, field('sources', $.record)),

    trigger: $ => seq('on', optional($._same_line), field('event', $.identifier), field('filter', choice($.record, $.string))),

    failure_handler: $ => seq('on', optional($._same_line), 'failure', field('result', $.identifier), optional(field('mode', $.identifier))),

    engine_settings: $ => seq(field('engine', choice('aws', 'azure')), field('settings', $.record)),

    defaults: $ => seq('defaults', optional(field('callee', $.path)), field('fields', $.record)),

    gate_declaration: $ => seq(
      'gate',
      $._declared_name,
      'on',
      optional($._same_line),
      field('point', $.identifier),
      optional($._same_line),
      optional($.if_clause),
      '=',
      field('rule', $.path),
      field('arguments', $.record),
      'else',
      field('result', $.identifier),
    ),

    callee_declaration: $ => seq('callee', $._declared_name, field('body', $.catalog_block)),
    rule_declaration: $ => seq('rule', $._declared_name, field('body', $.catalog_block)),
    catalog_block: $ => seq('{', items($, choice($.field_list, $.field)), '}'),
    field_list: $ => seq(
      field('key', alias('fields', $.property_identifier)), ':', '{', items($, $.field_declaration), '}',
    ),
    field_declaration: $ => seq(
      field('name', $._entry_key),
      ':',
      field('type', $._type),
      optional(seq('=', field('default', $._expression))),
      optional(field('settings', $.record)),
    ),

    for_clause: $ => seq(
      'for',
      field('binding', $.identifier),
      optional(seq(',', field('binding', $.identifier))),
      'in',
      field('list', $._expression),
    ),
    if_clause: $ => seq('if', field('condition', $._expression)),

    _item_field: $ => seq(
      field('key', choice($._entry_key, alias(choice(...DECLARATION_WORDS), $.property_identifier))),
      optional($._same_line),
      ':',
      field('value', $._expression),
    ),

    // A callee, a rule or a template.
    path: $ => seq($.identifier, repeat(seq('.', $.identifier)), optional($._same_line)),

    // ---- Types

    _type: $ => choice($.union_type, $._single_type),
    union_type: $ => seq($._single_type, repeat1(seq('|', $._single_type))),
    _single_type: $ => choice($.optional_type, $._plain_type),
    optional_type: $ => seq($._plain_type, '?'),
    _plain_type: $ => choice($.literal_type, $.named_type, $.generic_type, $.record_type),
    literal_type: $ => $.string,
    named_type: $ => seq(
      repeat(seq(field('module', $.identifier), '.')),
      field('name', alias($.identifier, $.type_identifier)),
    ),
    generic_type: $ => seq(field('name', alias($.identifier, $.type_identifier)), '<', field('argument', $._type), '>'),
    record_type: $ => seq('{', items($, $.record_type_field), '}'),
    record_type_field: $ => seq(
      field('name', $._entry_key),
      ':',
      field('type', $._type),
      optional(seq('=', field('default', $._expression))),
    ),

    // ---- Expressions

    _expression: $ => choice(
      $.null,
      $.boolean,
      $.integer,
      $.duration,
      $.range,
      $.string,
      $.block_string,
      alias($.identifier, $.reference),
      $.list,
      $.list_comprehension,
      $.record,
      $.record_comprehension,
      $.parenthesized_expression,
      $.conditional_expression,
      $.binary_expression,
      $.not_expression,
      $.member_expression,
      $.index_expression,
      $.call_expression,
      $.file_expression,
    ),

    parenthesized_expression: $ => seq('(', $._expression, ')'),

    conditional_expression: $ => prec.right(PREC.conditional, seq(
      'if', field('condition', $._expression),
      'then', field('consequence', $._expression),
      'else', field('alternative', $._expression),
    )),

    binary_expression: $ => choice(
      prec.right(PREC.coalesce, binary($, '??')),
      prec.left(PREC.or, binary($, '||')),
      prec.left(PREC.and, binary($, '&&')),
      prec.left(PREC.compare, binary($, choice('==', '!=', '<', '<=', '>', '>=', 'in'))),
    ),

    not_expression: $ => prec(PREC.not, seq('!', field('operand', $._expression))),

    file_expression: $ => prec.left(PREC.file, seq(
      field('artifact', $._expression), '/', field('path', $._expression),
    )),

    member_expression: $ => prec.left(PREC.postfix, seq(
      field('object', $._expression), '.', field('member', alias($.identifier, $.property_identifier)),
    )),
    index_expression: $ => prec.left(PREC.postfix, seq(
      field('object', $._expression), '[', field('index', $._expression), ']',
    )),
    call_expression: $ => prec.left(PREC.postfix, seq(
      field('function', choice(alias($.identifier, $.function_name), $._expression)),
      field('arguments', $.arguments),
    )),
    arguments: $ => seq('(', listed($, $._expression), ')'),

    list: $ => seq('[', items($, choice($._expression, $.spread)), ']'),
    spread: $ => seq('...', $._expression),
    list_comprehension: $ => seq(
      '[', optional($._commas),
      field('element', $._expression), $.for_clause, optional($.if_clause),
      optional($._separator), ']',
    ),

    record: $ => seq('{', items($, choice($.field, $.spread)), '}'),
    field: $ => seq(field('key', $._entry_key), optional($._same_line), ':', field('value', $._expression)),
    record_comprehension: $ => seq(
      '{', optional($._commas),
      field('key', $._entry_key), optional($._same_line), ':', field('value', $._expression), $.for_clause, optional($.if_clause),
      optional($._separator), '}',
    ),

    // ---- Words and literals

    _entry_key: $ => choice(alias($.identifier, $.property_identifier), $.string),

    identifier: _ => /[A-Za-z_][A-Za-z0-9_-]*/,
    null: _ => 'null',
    boolean: _ => choice('true', 'false'),
    integer: _ => /-?[0-9]+/,
    duration: _ => /([0-9]+[smhd])+/,
    range: $ => prec.right(seq(field('from', $.integer), '..', optional(field('to', $.integer)))),

    string: $ => seq(alias($._string_start, '"'), optional($.string_content), token.immediate('"')),
    string_content: $ => repeat1(choice($._string_text, $.escape_sequence, $.invalid_escape, $.interpolation)),
    escape_sequence: _ => token.immediate(prec(1, /\\([ntr"\\]|#\{|u\{[0-9A-Fa-f]{1,6}\})/)),
    invalid_escape: _ => token.immediate(/\\[^\n]?/),
    interpolation: $ => seq(
      token.immediate('#{'),
      $._expression,
      // Behind an expression, since the `}` of the interpolation ends it, too.
      optional(alias($._interpolation_comment, $.comment)),
      '}',
    ),

    block_string: $ => seq(
      alias($._block_start, '"""'), optional($.block_content), alias($._block_end, '"""'),
    ),

    // ---- Separators

    _separator: $ => choice($._newline, seq(optional($._newline), $._commas)),
    _commas: _ => repeat1(','),
  },
});

/** Any number of these, with commas or ends of lines between them; several of them count as one. */
function items($, rule) {
  return seq(
    optional($._commas),
    optional(seq(rule, repeat(seq($._separator, rule)), optional($._separator))),
  );
}

/** The same in parentheses, where ends of lines mean nothing. */
function listed($, rule) {
  return seq(
    optional($._commas),
    optional(seq(rule, repeat(seq($._commas, rule)), optional($._commas))),
  );
}

/** What stands between the name of a declaration and its body. */
function head($) {
  return [optional(field('parameters', $.parameters)), optional($.for_clause), optional($.if_clause)];
}

/** A body, or a template with its arguments. */
function body($) {
  return choice(
    field('body', $.block),
    seq('=', field('template', $.path), field('arguments', $.record)),
  );
}

function binary($, operator) {
  return seq(field('left', $._expression), field('operator', operator), field('right', $._expression));
}
