-- A session with the language server in a real editor: see the mistake, mend it, see it gone, format.
-- Run by `tests/nvim/run`. Uses only what Neovim 0.7 has, and what later versions renamed in both forms.

local standpipe = assert(os.getenv("STANDPIPE"), "STANDPIPE is not set")
local folder = assert(os.getenv("STANDPIPE_TEST_FOLDER"), "STANDPIPE_TEST_FOLDER is not set")
local seconds = 10

local function say(text)
  io.stdout:write(text .. "\n")
end

local function check(condition, message, actual)
  if not condition then
    error(message .. (actual ~= nil and (": " .. vim.inspect(actual)) or ""), 2)
  end
end

local function wait_for(what, condition)
  check(vim.wait(seconds * 1000, condition, 10), "waited " .. seconds .. " s in vain for " .. what)
  say("ok: " .. what)
end

-- The misspelled field stands behind an é and an emoji: two bytes and one column, four bytes and two columns.
local wrong = {
  "pipeline demo {",
  "  stage build {",
  '    action compile = run { script: "echo é 🚰", timeot: 5m }',
  "  }",
  "}",
}

local function open(path)
  vim.fn.writefile(wrong, path)
  vim.cmd("edit " .. vim.fn.fnameescape(path))
  vim.bo.filetype = "pipe"
  return vim.api.nvim_get_current_buf()
end

local function start(buffer)
  local ended = {}
  local id = vim.lsp.start_client({
    name = "standpipe",
    cmd = { standpipe, "lsp" },
    root_dir = folder,
    on_exit = function(code, signal)
      ended.code, ended.signal = code, signal
    end,
  })
  check(id, "the server does not start")
  check(vim.lsp.buf_attach_client(buffer, id), "the buffer cannot be attached")
  local client = assert(vim.lsp.get_client_by_id(id), "the client is gone")
  wait_for("the server answers or ends", function()
    return ended.code or client.initialized or (client.server_capabilities or {}).textDocumentSync ~= nil
  end)
  check(not ended.code, "the server ended at once", ended)
  return client, ended
end

local function expect_diagnostic(buffer, line, word)
  wait_for("a diagnostic is shown", function()
    return #vim.diagnostic.get(buffer) > 0
  end)
  local shown = vim.diagnostic.get(buffer)
  check(#shown == 1, "one diagnostic is expected", shown)
  local text = vim.api.nvim_buf_get_lines(buffer, line, line + 1, true)[1]
  local column = assert(text:find(word, 1, true)) - 1
  check(shown[1].lnum == line, "it is on the wrong line", shown[1])
  check(shown[1].col == column, "it begins at the wrong column, not " .. column, shown[1])
  check(shown[1].end_col == column + #word, "it ends at the wrong column", shown[1])
  check(shown[1].severity == vim.diagnostic.severity.ERROR, "it is no error", shown[1])
  check(shown[1].message:find("timeot", 1, true), "it does not name the field", shown[1])
  check(shown[1].source == "standpipe", "it does not say where it comes from", shown[1])
  say("ok: it stands at " .. (line + 1) .. ":" .. (column + 1) .. ": " .. shown[1].message:gsub("\n.*", ""))
end

local function expect_none(buffer, what)
  wait_for(what, function()
    return #vim.diagnostic.get(buffer) == 0
  end)
end

-- Edits in the middle of a line behind wide characters: the client sends ranges, in UTF-16.
local function replace(buffer, line, from, to)
  local text = vim.api.nvim_buf_get_lines(buffer, line, line + 1, true)[1]
  local start = assert(text:find(from, 1, true), "no " .. from) - 1
  vim.api.nvim_buf_set_text(buffer, line, start, line, start + #from, { to })
end

local function quick_fix(client, buffer)
  local shown = vim.diagnostic.get(buffer)[1]
  vim.api.nvim_win_set_cursor(0, { shown.lnum + 1, shown.col })
  local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
  params.context = { diagnostics = {} }
  local answer = assert(client.request_sync("textDocument/codeAction", params, seconds * 1000, buffer))
  check(not answer.err, "the code action failed", answer.err)
  local fixes = vim.tbl_filter(function(action)
    return action.kind == "quickfix"
  end, answer.result)
  check(#fixes == 1, "one quick fix is expected", answer.result)
  vim.lsp.util.apply_workspace_edit(fixes[1].edit, client.offset_encoding)
  say("ok: the quick fix is applied: " .. fixes[1].title)
end

local function format(client, buffer)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    options = { tabSize = 2, insertSpaces = true },
  }
  local answer = assert(client.request_sync("textDocument/formatting", params, seconds * 1000, buffer))
  check(not answer.err, "formatting failed", answer.err)
  vim.lsp.util.apply_text_edits(answer.result or {}, buffer, client.offset_encoding)
  return #(answer.result or {})
end

local function ask(client, buffer, method, params)
  params.textDocument = { uri = vim.uri_from_bufnr(buffer) }
  local answer = assert(client.request_sync("textDocument/" .. method, params, seconds * 1000, buffer))
  check(not answer.err, method .. " failed", answer.err)
  return answer.result
end

-- A new action is begun: its callee and its fields are offered, and what is chosen is written.
local function complete(client, buffer, line)
  vim.api.nvim_buf_set_lines(buffer, line, line, true, { "    action next = ru" })
  local function offered(character)
    local result = ask(client, buffer, "completion", { position = { line = line, character = character } })
    local labels = {}
    for _, item in ipairs(result.items or result) do
      labels[item.label] = item
    end
    return labels
  end
  check(offered(#("    action next = ru")).run, "`run` is not offered")
  replace(buffer, line, "ru", "run { sc")
  local script = offered(#("    action next = run { sc")).script
  check(script and script.textEdit, "`script` is not offered")
  vim.lsp.util.apply_text_edits({ script.textEdit }, buffer, client.offset_encoding)
  local text = vim.api.nvim_buf_get_lines(buffer, line, line + 1, true)[1]
  check(text:find("run { script", 1, true), "the completion went wrong", text)
  vim.api.nvim_buf_set_lines(buffer, line, line + 1, true, { '    action next = run { after: [compile], script: "y" }' })
  expect_none(buffer, "what was completed is right")
end

-- The action that the new one waits for gets another name, in both places.
local function rename(client, buffer, line)
  local text = vim.api.nvim_buf_get_lines(buffer, line, line + 1, true)[1]
  local position = { line = line, character = text:find("compile", 1, true) }
  local edit = ask(client, buffer, "rename", { position = position, newName = "make" })
  vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
  local whole = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), "\n")
  check(whole:find("action make = run", 1, true) and whole:find("after: [make]", 1, true), "it is not renamed", whole)
  check(not whole:find("compile", 1, true), "the old name is still there", whole)
  expect_none(buffer, "it is renamed, and still right")
  local hover = ask(client, buffer, "hover", { position = position })
  check(hover and vim.inspect(hover):find("make", 1, true), "nothing is said about the action", hover)
end

local function session()
  local buffer = open(folder .. "/é demo.pipe")
  local client, ended = start(buffer)
  expect_diagnostic(buffer, 2, "timeot")

  replace(buffer, 2, "timeot", "timeout")
  expect_none(buffer, "it vanishes when it is mended")

  replace(buffer, 2, "timeout", "timeot")
  expect_diagnostic(buffer, 2, "timeot")
  vim.api.nvim_buf_set_lines(buffer, 0, 0, true, { "// é 🚰", "" })
  wait_for("it moves with its line", function()
    local shown = vim.diagnostic.get(buffer)
    return #shown == 1 and shown[1].lnum == 4
  end)
  quick_fix(client, buffer)
  expect_none(buffer, "it vanishes with the quick fix")
  local line = vim.api.nvim_buf_get_lines(buffer, 4, 5, true)[1]
  check(line:find("timeout: 5m", 1, true), "the quick fix went wrong", line)

  complete(client, buffer, 5)
  rename(client, buffer, 5)

  -- What the server has must be what the editor has, or formatting would tear the text.
  format(client, buffer)
  local before = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
  expect_none(buffer, "formatting leaves no mistake")
  if os.getenv("STANDPIPE_TEST_FORMAT") == "1" then
    replace(buffer, 3, "  stage build {", "      stage   build   {")
    check(format(client, buffer) > 0, "there is something to format")
    local after = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
    check(after[4] == "  stage build {", "the line is not formatted", after)
    check(vim.deep_equal(after[1], before[1]), "the comment is gone", after)
    check(format(client, buffer) == 0, "formatting twice changes something")
    expect_none(buffer, "it is formatted, and still right")
  end

  client.stop()
  wait_for("the server ends", function()
    return ended.code ~= nil
  end)
  check(ended.code == 0 and ended.signal == 0, "it does not end well", ended)
end

local ok, problem = xpcall(session, debug.traceback)
if ok then
  say("ok: neovim " .. tostring(vim.version().major) .. "." .. tostring(vim.version().minor))
  vim.cmd("qall!")
else
  io.stderr:write("\ntests/nvim: " .. tostring(problem) .. "\n")
  vim.cmd("cquit 1")
end
