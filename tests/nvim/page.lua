-- Opens a file in a Neovim that was set up as `lsp/editors/neovim/README.md` says, and nothing else: the server reports the
-- mistake, the parser colours, the file is formatted when it is saved. Run by `tests/editors.rs`.

local function wait_for(what, condition)
  assert(vim.wait(10000, condition, 20), "waited in vain: " .. what)
end

local function session()
  local buffer = vim.api.nvim_get_current_buf()
  assert(vim.bo.filetype == "pipe", "it is no Pipe: " .. vim.bo.filetype)
  assert(vim.bo.commentstring == "// %s", "the comments are not known")
  assert(vim.treesitter.highlighter.active[buffer], "nothing is coloured by the parser")
  -- Draws the lines, and so asks the queries.
  vim.cmd("redraw!")
  local get_query = vim.treesitter.query.get or vim.treesitter.get_query
  assert(get_query("pipe", "highlights"), "there are no highlights")
  if vim.treesitter.foldexpr then
    assert(vim.wo.foldmethod == "expr" and vim.fn.foldlevel(2) > 0, "nothing can be folded")
  end
  wait_for("a diagnostic", function()
    return #vim.diagnostic.get(buffer) == 1
  end)
  local shown = vim.diagnostic.get(buffer)[1]
  assert(shown.message:find("timeot", 1, true), shown.message)
  local text = vim.api.nvim_buf_get_lines(buffer, shown.lnum, shown.lnum + 1, true)[1]
  local mended = text:gsub("timeot", "timeout")
  vim.api.nvim_buf_set_lines(buffer, shown.lnum, shown.lnum + 1, true, { mended })
  wait_for("no diagnostic", function()
    return #vim.diagnostic.get(buffer) == 0
  end)
  vim.cmd("write")
  local saved = vim.fn.readfile(vim.api.nvim_buf_get_name(buffer))
  assert(saved[2] == "  stage build {", "it is not formatted when it is saved: " .. saved[2])
  assert(vim.v.errmsg == "", "an error was shown: " .. vim.v.errmsg)
end

local ok, problem = xpcall(session, debug.traceback)
if ok then
  vim.cmd("qall!")
else
  io.stderr:write("\ntests/nvim: " .. tostring(problem) .. "\n")
  vim.cmd("cquit 1")
end
