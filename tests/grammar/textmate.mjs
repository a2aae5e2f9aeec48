// Tokenises a file with the TextMate grammar, in the engine of VS Code.
//
//   node textmate.mjs MODULES GRAMMAR FILE
//
// MODULES is the folder of the packages that `tests/setup` installs. Prints a line for each token: line, column, the
// scopes that are not the file's own, the text. Fails where a regular expression of the grammar is not valid, where a rule
// is included that does not exist, and where a rule takes more than a second.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [modules, grammarPath, file] = process.argv.slice(2).map(path => resolve(path));
if (!file) throw new Error('usage: node textmate.mjs MODULES GRAMMAR FILE');
const require = createRequire(join(modules, 'package.json'));
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')));

const json = readFileSync(grammarPath, 'utf8');
const grammar = JSON.parse(json);
check(grammar, '');

// A stand-in for the shell's grammar that marks what reaches it, with a quote that may run away.
const shell = {
  scopeName: 'source.shell',
  patterns: [
    { match: '#.*$', name: 'comment.shell' },
    { begin: "'", end: "'", name: 'string.shell' },
    { match: '[A-Za-z]+', name: 'word.shell' },
  ],
};

const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
    createOnigString: text => new oniguruma.OnigString(text),
  }),
  loadGrammar: async scope =>
    scope === 'source.shell' ? shell : textmate.parseRawGrammar(json, grammarPath),
});

const pipe = await registry.loadGrammar('source.pipe');
let stack = textmate.INITIAL;
const lines = readFileSync(file, 'utf8').split('\n');
for (const [number, line] of lines.entries()) {
  const result = pipe.tokenizeLine(line, stack, 1000);
  if (result.stoppedEarly) throw new Error(`line ${number + 1} takes too long`);
  stack = result.ruleStack;
  for (const token of result.tokens) {
    const text = line.slice(token.startIndex, token.endIndex);
    const scopes = token.scopes.slice(1).map(scope => scope.replace(/\.pipe$/, ''));
    if (text.trim()) console.log(`${number + 1}:${token.startIndex + 1}\t${scopes.join(' ') || '-'}\t${text}`);
  }
}

/** Fails unless every regular expression is valid and every rule that is included exists. */
function check(value, path) {
  for (const [key, child] of Object.entries(value)) {
    const here = `${path}/${key}`;
    if (['match', 'begin', 'end', 'while'].includes(key) && typeof child === 'string') {
      const scanner = new oniguruma.OnigScanner([child]);
      scanner.findNextMatchSync('', 0);
    } else if (key === 'include' && child.startsWith('#') && !grammar.repository[child.slice(1)]) {
      throw new Error(`${here}: there is no rule ${child}`);
    } else if (child && typeof child === 'object') {
      check(child, here);
    }
  }
}
