-- Reads a file with the parser and the queries in a real editor, of Neovim 0.7 or newer. Run by `tests/grammar.rs`.
-- Prints a line for each capture of the highlights: line, name, text.

local function main()
  local get_query = vim.treesitter.query.get or vim.treesitter.get_query
  local file = assert(os.getenv("STANDPIPE_TEST_FILE"), "STANDPIPE_TEST_FILE is not set")
  vim.cmd("edit " .. vim.fn.fnameescape(file))
  local parser = vim.treesitter.get_parser(0, "pipe")
  local root = parser:parse()[1]:root()
  assert(not root:has_error(), "the file is not read without mistakes")
  for _, name in ipairs({ "locals", "folds", "indents", "injections" }) do
    assert(get_query("pipe", name), "there is no query " .. name)
  end
  local query = assert(get_query("pipe", "highlights"), "there are no highlights")
  for id, node in query:iter_captures(root, 0, 0, -1) do
    local row, column, last, stop = node:range()
    if row == last then
      local line = vim.api.nvim_buf_get_lines(0, row, row + 1, true)[1]
      io.stdout:write(("%d %s %s\n"):format(row + 1, query.captures[id], line:sub(column + 1, stop)))
    end
  end
end

local ok, problem = xpcall(main, debug.traceback)
if ok then
  vim.cmd("qall!")
else
  io.stderr:write("\ntests/grammar: " .. tostring(problem) .. "\n")
  vim.cmd("cquit 1")
end
