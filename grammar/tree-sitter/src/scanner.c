// Tokens of Pipe that a regular grammar cannot say: the ends of lines that separate items, the text of strings, and block
// strings, which end with as many quotes as they began with.

#include "tree_sitter/parser.h"

#include <stdlib.h>
#include <string.h>

// In the order of `externals` in `grammar.js`.
enum TokenType {
  NEWLINE,
  STRING_START,
  STRING_TEXT,
  BLOCK_START,
  BLOCK_CONTENT,
  BLOCK_END,
  INTERPOLATION_COMMENT,
  SAME_LINE,
  RECOVERY,
};

typedef struct {
  // How many quotes opened the block string that is being read; 0 outside of one.
  uint32_t fence;
  // Its text begins on the line of those quotes. The compiler reports that; it ends on that line.
  bool on_one_line;
} Scanner;

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static void skip(TSLexer *lexer) { lexer->advance(lexer, true); }

static bool is_white(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }

static bool is_word(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static uint32_t count_quotes(TSLexer *lexer) {
  uint32_t count = 0;
  while (lexer->lookahead == '"') {
    advance(lexer);
    count++;
  }
  return count;
}

// Whether a line that starts here goes on with the item before it. Reads on, behind the end of the token.
static bool continues_before(TSLexer *lexer) {
  int32_t first = lexer->lookahead;
  switch (first) {
    case '=':
    case '<':
    case '>':
    case '|':
    case '/':  // Comments are behind us.
      return true;
    case '&':
    case '?':
      advance(lexer);
      return lexer->lookahead == first;
    case '!':
      advance(lexer);
      return lexer->lookahead == '=';
    case '.':
      // `...` begins an element; `.` and `..` go on.
      advance(lexer);
      if (lexer->lookahead != '.') return true;
      advance(lexer);
      return lexer->lookahead != '.';
    default:
      break;
  }
  char word[5] = {0};
  size_t length = 0;
  while (is_word(lexer->lookahead)) {
    if (length == sizeof word - 1) return false;
    word[length++] = (char)lexer->lookahead;
    advance(lexer);
  }
  return !strcmp(word, "if") || !strcmp(word, "in") || !strcmp(word, "for") || !strcmp(word, "then") ||
         !strcmp(word, "else");
}

// One end of line, if the item ends with it. The rule has three parts: the parser asks only where an item may end, which
// covers what stands before the line's end and parentheses; what follows is looked at here, past blank lines and comments.
//
// Where `same_line` is asked for, the line's end is one that may not stand there; but the brace of a declaration may follow.
static bool scan_newline(TSLexer *lexer, bool same_line) {
  advance(lexer);
  lexer->mark_end(lexer);
  lexer->result_symbol = NEWLINE;
  for (;;) {
    while (is_white(lexer->lookahead) || lexer->lookahead == '\n') advance(lexer);
    if (same_line && (lexer->lookahead == '{' || lexer->eof(lexer))) return false;
    if (lexer->lookahead != '/') return !continues_before(lexer);
    advance(lexer);
    if (lexer->lookahead != '/') return false;
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
  }
}

// The text of a string up to an escape, an interpolation or its end. A string that is not closed ends with its line: the
// line's end, which may not stand there, makes the parser put up with the missing quote.
static bool scan_text(TSLexer *lexer) {
  bool any = false;
  lexer->result_symbol = STRING_TEXT;
  for (;;) {
    lexer->mark_end(lexer);
    switch (lexer->lookahead) {
      case '\n':
        if (any) return true;
        advance(lexer);
        lexer->mark_end(lexer);
        lexer->result_symbol = NEWLINE;
        return true;
      case '"':
      case '\\':
        return any;
      case '#':
        advance(lexer);
        if (lexer->lookahead == '{') return any;
        break;
      default:
        if (lexer->eof(lexer)) return any;
        advance(lexer);
    }
    any = true;
  }
}

static bool scan_quotes(Scanner *scanner, TSLexer *lexer) {
  advance(lexer);
  lexer->mark_end(lexer);
  uint32_t quotes = 1 + count_quotes(lexer);
  if (quotes < 3) {
    lexer->result_symbol = STRING_START;
    return true;
  }
  lexer->mark_end(lexer);
  scanner->fence = quotes;
  scanner->on_one_line = false;
  while (is_white(lexer->lookahead)) advance(lexer);
  scanner->on_one_line = lexer->lookahead != '\n' && !lexer->eof(lexer);
  lexer->result_symbol = BLOCK_START;
  return true;
}

static bool end_block(Scanner *scanner, TSLexer *lexer) {
  lexer->mark_end(lexer);
  lexer->result_symbol = BLOCK_END;
  scanner->fence = 0;
  return true;
}

// `"""text"""`, which the compiler reports, up to its quotes or to the end of the line.
static bool scan_block_on_one_line(Scanner *scanner, TSLexer *lexer) {
  bool any = false;
  lexer->result_symbol = BLOCK_CONTENT;
  for (;;) {
    lexer->mark_end(lexer);
    if (lexer->lookahead == '\n' || lexer->eof(lexer)) {
      return any || end_block(scanner, lexer);
    }
    if (lexer->lookahead != '"') {
      advance(lexer);
    } else if (count_quotes(lexer) >= scanner->fence) {
      return any || end_block(scanner, lexer);
    }
    any = true;
  }
}

// Whole lines up to the one that begins with the closing quotes; there, the quotes.
static bool scan_block(Scanner *scanner, TSLexer *lexer, bool content_is_valid) {
  if (scanner->on_one_line) return scan_block_on_one_line(scanner, lexer);
  if (content_is_valid) {
    while (is_white(lexer->lookahead)) skip(lexer);
    if (lexer->lookahead == '\n') skip(lexer);
  }
  bool any = false;
  for (;;) {
    lexer->mark_end(lexer);
    while (is_white(lexer->lookahead)) lexer->advance(lexer, !content_is_valid);
    if (lexer->lookahead == '"' && count_quotes(lexer) == scanner->fence) {
      if (!any) return end_block(scanner, lexer);
      break;
    }
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
    if (lexer->eof(lexer)) {
      lexer->mark_end(lexer);
      break;
    }
    advance(lexer);
    any = true;
  }
  lexer->result_symbol = BLOCK_CONTENT;
  return any;
}

// A comment in an interpolation, up to the `}` that closes the interpolation: braces and strings in it are passed over.
static bool scan_interpolation_comment(TSLexer *lexer) {
  advance(lexer);
  if (lexer->lookahead != '/') return false;
  lexer->result_symbol = INTERPOLATION_COMMENT;
  for (uint32_t depth = 0; lexer->lookahead != '\n' && !lexer->eof(lexer); advance(lexer)) {
    switch (lexer->lookahead) {
      case '{':
        depth++;
        break;
      case '}':
        if (depth-- == 0) {
          lexer->mark_end(lexer);
          return true;
        }
        break;
      case '"':
        advance(lexer);
        while (lexer->lookahead != '"' && lexer->lookahead != '\n' && !lexer->eof(lexer)) {
          if (lexer->lookahead == '\\') advance(lexer);
          advance(lexer);
        }
        break;
      default:
        break;
    }
  }
  return false;
}

void *tree_sitter_pipe_external_scanner_create(void) { return calloc(1, sizeof(Scanner)); }

void tree_sitter_pipe_external_scanner_destroy(void *payload) { free(payload); }

unsigned tree_sitter_pipe_external_scanner_serialize(void *payload, char *buffer) {
  Scanner *scanner = payload;
  if (scanner->fence == 0) return 0;
  memcpy(buffer, &scanner->fence, sizeof scanner->fence);
  buffer[sizeof scanner->fence] = scanner->on_one_line;
  return sizeof scanner->fence + 1;
}

void tree_sitter_pipe_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  Scanner *scanner = payload;
  scanner->fence = 0;
  scanner->on_one_line = false;
  if (length != sizeof scanner->fence + 1) return;
  memcpy(&scanner->fence, buffer, sizeof scanner->fence);
  scanner->on_one_line = buffer[sizeof scanner->fence];
}

bool tree_sitter_pipe_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  if (scanner->fence > 0) {
    return (valid[BLOCK_CONTENT] || valid[BLOCK_END]) && scan_block(scanner, lexer, valid[BLOCK_CONTENT]);
  }
  if (valid[STRING_TEXT] && !valid[RECOVERY]) return scan_text(lexer);
  bool newline = valid[NEWLINE] || valid[SAME_LINE];
  while (is_white(lexer->lookahead) || (lexer->lookahead == '\n' && !newline)) skip(lexer);
  switch (lexer->lookahead) {
    case '\n':
      return scan_newline(lexer, !valid[NEWLINE]);
    case '"':
      return (valid[STRING_START] || valid[BLOCK_START]) && scan_quotes(scanner, lexer);
    case '/':
      return valid[INTERPOLATION_COMMENT] && !valid[RECOVERY] && scan_interpolation_comment(lexer);
    default:
      return false;
  }
}
