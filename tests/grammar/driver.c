// Parses files with the generated parser, for `tests/grammar.rs`.
//
//   driver trees                reads texts, each behind a line with its length in bytes; prints every node, one a line:
//                               depth, start, end, flags, field, type, by tabs; behind each tree an empty line
//   driver captures QUERY FILE  every capture of a query: start, end, pattern, name, by tabs, and what the pattern sets
//   driver edits FILE           edits a file at every line and looks whether reparsing gives what parsing gives
//
// Flags: `n` named, `x` extra, `e` error, `m` missing.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_pipe(void);

static void fail(const char *what, const char *which) {
  fprintf(stderr, "driver: %s: %s\n", what, which);
  exit(1);
}

static char *read_file(const char *path, uint32_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("cannot be opened", path);
  size_t capacity = 1 << 16, used = 0;
  char *text = malloc(capacity);
  for (size_t got; text && (got = fread(text + used, 1, capacity - used - 1, file)) > 0;) {
    used += got;
    if (capacity - used < 2) text = realloc(text, capacity *= 2);
  }
  if (!text || ferror(file)) fail("cannot be read", path);
  fclose(file);
  text[used] = 0;
  *length = (uint32_t)used;
  return text;
}

static TSParser *new_parser(void) {
  TSParser *parser = ts_parser_new();
  if (!ts_parser_set_language(parser, tree_sitter_pipe())) fail("the library does not take the parser", "ABI");
  return parser;
}

static void print_tree(TSTree *tree) {
  TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
  for (uint32_t depth = 0;;) {
    TSNode node = ts_tree_cursor_current_node(&cursor);
    const char *field = ts_tree_cursor_current_field_name(&cursor);
    printf("%u\t%u\t%u\t%s%s%s%s\t%s\t%s\n", depth, ts_node_start_byte(node), ts_node_end_byte(node),
           ts_node_is_named(node) ? "n" : "", ts_node_is_extra(node) ? "x" : "",
           strcmp(ts_node_type(node), "ERROR") ? "" : "e", ts_node_is_missing(node) ? "m" : "", field ? field : "",
           ts_node_type(node));
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      depth++;
      continue;
    }
    while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
      if (!ts_tree_cursor_goto_parent(&cursor)) {
        ts_tree_cursor_delete(&cursor);
        return;
      }
      depth--;
    }
  }
}

// The text of a step of a predicate: a string, or the text of the first node of a capture.
typedef struct {
  const char *text;
  uint32_t length;
  bool found;
} Text;

static Text step_text(const TSQuery *query, TSQueryPredicateStep step, const TSQueryMatch *match, const char *source) {
  Text text = {"", 0, false};
  if (step.type == TSQueryPredicateStepTypeString) {
    text.text = ts_query_string_value_for_id(query, step.value_id, &text.length);
    text.found = true;
    return text;
  }
  for (uint16_t i = 0; i < match->capture_count && !text.found; i++) {
    if (match->captures[i].index != step.value_id) continue;
    TSNode node = match->captures[i].node;
    text.text = source + ts_node_start_byte(node);
    text.length = ts_node_end_byte(node) - ts_node_start_byte(node);
    text.found = true;
  }
  return text;
}

static bool same(Text a, Text b) {
  return a.found && b.found && a.length == b.length && !memcmp(a.text, b.text, a.length);
}

// Evaluates `#eq?`, `#any-of?` and their opposites; what `#set!` says is printed behind captures. Others are an error: not every editor
// has them.
static bool holds(const TSQuery *query, const TSQueryMatch *match, const char *source, char *set, size_t size) {
  uint32_t count, length;
  const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(query, match->pattern_index, &count);
  bool all = true;
  set[0] = 0;
  for (uint32_t i = 0; i < count; i++) {
    const char *name = ts_query_string_value_for_id(query, steps[i].value_id, &length);
    uint32_t first = ++i;
    while (i < count && steps[i].type != TSQueryPredicateStepTypeDone) i++;
    Text subject = step_text(query, steps[first], match, source);
    bool negated = !strncmp(name, "not-", 4);
    if (negated) name += 4;
    if (!strcmp(name, "eq?") || !strcmp(name, "any-of?")) {
      bool any = false;
      for (uint32_t j = first + 1; j < i; j++) any |= same(subject, step_text(query, steps[j], match, source));
      all &= any != negated;
    } else if (!strcmp(name, "set!")) {
      size_t used = strlen(set);
      Text value = i > first + 1 ? step_text(query, steps[first + 1], match, source) : (Text){"", 0, true};
      snprintf(set + used, size - used, "\t%.*s=%.*s", (int)subject.length, subject.text, (int)value.length, value.text);
    } else {
      fail("unknown predicate", name);
    }
  }
  return all;
}

static void print_captures(TSTree *tree, const char *path, const char *source) {
  uint32_t length, offset, index;
  TSQueryError error;
  char *text = read_file(path, &length);
  TSQuery *query = ts_query_new(tree_sitter_pipe(), text, length, &offset, &error);
  if (!query) {
    fprintf(stderr, "driver: %s: error %d at byte %u: %.40s\n", path, error, offset, text + offset);
    exit(1);
  }
  TSQueryCursor *cursor = ts_query_cursor_new();
  ts_query_cursor_exec(cursor, query, ts_tree_root_node(tree));
  TSQueryMatch match;
  char set[512];
  while (ts_query_cursor_next_capture(cursor, &match, &index)) {
    if (!holds(query, &match, source, set, sizeof set)) continue;
    TSQueryCapture capture = match.captures[index];
    const char *name = ts_query_capture_name_for_id(query, capture.index, &length);
    printf("%u\t%u\t%u\t%.*s%s\n", ts_node_start_byte(capture.node), ts_node_end_byte(capture.node),
           match.pattern_index, (int)length, name, set);
  }
  ts_query_cursor_delete(cursor);
  ts_query_delete(query);
  free(text);
}

static TSPoint point_at(const char *source, uint32_t offset) {
  TSPoint point = {0, 0};
  for (uint32_t i = 0; i < offset; i++) {
    if (source[i] == '\n') {
      point.row++;
      point.column = 0;
    } else {
      point.column++;
    }
  }
  return point;
}

static void print_trees(TSParser *parser) {
  unsigned long length;
  while (scanf("%lu", &length) == 1) {
    char *text = malloc(length + 1);
    if (getchar() != '\n' || !text || fread(text, 1, length, stdin) != length) fail("cannot be read", "a text");
    TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)length);
    if (!tree) fail("cannot be parsed", "a text");
    print_tree(tree);
    puts("");
    ts_tree_delete(tree);
    free(text);
  }
}

// Parses an edited text anew and with the tree of what was there before.
static TSTree *reparse(TSParser *parser, const TSTree *before, TSInputEdit edit, const char *text, uint32_t length) {
  TSTree *old = ts_tree_copy(before);
  ts_tree_edit(old, &edit);
  TSTree *new = ts_parser_parse_string(parser, old, text, length);
  ts_tree_delete(old);
  return new;
}

static void expect_same(const TSTree *got, const TSTree *expected, const char *what, const char *insert, uint32_t at) {
  char *a = ts_node_string(ts_tree_root_node(got)), *b = ts_node_string(ts_tree_root_node(expected));
  if (strcmp(a, b)) {
    fprintf(stderr, "driver: `%s` %s at byte %u\n got %s\nwant %s\n", insert, what, at, a, b);
    exit(1);
  }
  free(a);
  free(b);
}

// Inserts texts at every line's end and takes them out again. The trees must be those of a parser that has not seen the
// text before; while there is a mistake in it, they may recover in another way.
static void check_edits(TSParser *parser, const char *source, uint32_t length) {
  const char *inserts[] = {"\"", "\n", " {", "\n\"\"\"\n", " // x", ", x: 1", ")", "\n// x\n"};
  TSTree *fresh = ts_parser_parse_string(parser, NULL, source, length);
  uint32_t well_formed = 0;
  for (size_t i = 0; i < sizeof inserts / sizeof *inserts; i++) {
    uint32_t added = (uint32_t)strlen(inserts[i]);
    char *edited = malloc(length + added + 1);
    for (uint32_t at = 0; at < length; at++) {
      if (source[at] != '\n') continue;
      memcpy(edited, source, at);
      memcpy(edited + at, inserts[i], added);
      memcpy(edited + at + added, source + at, length - at);
      TSPoint point = point_at(source, at), end = point_at(edited, at + added);
      TSInputEdit edit = {at, at, at + added, point, point, end}, undo = {at, at + added, at, point, end, point};
      TSTree *again = reparse(parser, fresh, edit, edited, length + added);
      TSTree *anew = ts_parser_parse_string(parser, NULL, edited, length + added);
      if (!ts_node_has_error(ts_tree_root_node(anew))) {
        expect_same(again, anew, "was inserted", inserts[i], at);
        well_formed++;
      }
      TSTree *undone = reparse(parser, again, undo, source, length);
      expect_same(undone, fresh, "was taken out", inserts[i], at);
      ts_tree_delete(again);
      ts_tree_delete(anew);
      ts_tree_delete(undone);
    }
    free(edited);
  }
  ts_tree_delete(fresh);
  printf("%u\n", well_formed);
}

int main(int count, char **arguments) {
  TSParser *parser = new_parser();
  const char *mode = count > 1 ? arguments[1] : "";
  if (!strcmp(mode, "trees") && count == 2) {
    print_trees(parser);
  } else if ((!strcmp(mode, "captures") && count == 4) || (!strcmp(mode, "edits") && count == 3)) {
    uint32_t length;
    char *source = read_file(arguments[count - 1], &length);
    TSTree *tree = ts_parser_parse_string(parser, NULL, source, length);
    if (!tree) fail("cannot be parsed", arguments[count - 1]);
    if (count == 4) {
      print_captures(tree, arguments[2], source);
    } else {
      check_edits(parser, source, length);
    }
    ts_tree_delete(tree);
    free(source);
  } else {
    fail("usage", "driver trees | captures QUERY FILE | edits FILE");
  }
  ts_parser_delete(parser);
  return 0;
}
