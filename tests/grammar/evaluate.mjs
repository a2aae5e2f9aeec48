// Evaluates `grammar.js` and compares what it says with the generated `grammar.json`, which `parser.c` was made with.
//
//   node evaluate.mjs GRAMMAR.js GRAMMAR.json

import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [source, generated] = process.argv.slice(2).map(path => resolve(path));
if (!generated) throw new Error('usage: node evaluate.mjs GRAMMAR.js GRAMMAR.json');

/** A rule as the generated file writes it. */
function rule(value) {
  if (typeof value === 'string') return { type: 'STRING', value };
  if (value instanceof RegExp) return { type: 'PATTERN', value: value.source };
  if (value?.type) return value;
  throw new Error(`no rule: ${value}`);
}

const of = type => content => ({ type, content: rule(content) });
const weighed = type => (value, content) => ({ type, value, content: rule(content) });
const listed = type => (...members) => ({ type, members: members.map(rule) });

Object.assign(globalThis, {
  seq: listed('SEQ'),
  choice: listed('CHOICE'),
  repeat: of('REPEAT'),
  repeat1: of('REPEAT1'),
  optional: content => listed('CHOICE')(content, { type: 'BLANK' }),
  field: (name, content) => ({ type: 'FIELD', name, content: rule(content) }),
  alias: (content, as) => ({
    type: 'ALIAS',
    content: rule(content),
    named: typeof as !== 'string',
    value: typeof as === 'string' ? as : as.name,
  }),
  prec: Object.assign(weighed('PREC'), {
    left: weighed('PREC_LEFT'),
    // Without a number it is 0.
    right: (value, content) => (content ? weighed('PREC_RIGHT')(value, content) : weighed('PREC_RIGHT')(0, value)),
  }),
  token: Object.assign(of('TOKEN'), { immediate: of('IMMEDIATE_TOKEN') }),
  grammar: options => options,
});

const $ = new Proxy({}, { get: (_, name) => ({ type: 'SYMBOL', name }) });
const options = createRequire(import.meta.url)(source);
const said = JSON.parse(readFileSync(generated, 'utf8'));

deepStrictEqual(said.name, options.name);
deepStrictEqual(said.word, options.word($).name);
deepStrictEqual(Object.keys(said.rules), Object.keys(options.rules));
for (const [name, body] of Object.entries(options.rules)) {
  deepStrictEqual(said.rules[name], rule(body($)), `the rule ${name} is another one: generate the parser anew`);
}
for (const key of ['extras', 'externals']) {
  deepStrictEqual(said[key], options[key]($).map(rule), key);
}
for (const key of ['inline', 'supertypes']) {
  deepStrictEqual(said[key], options[key]($).map(symbol => symbol.name), key);
}
