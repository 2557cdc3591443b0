-- Words by omni-completion and a phrase in grey behind the cursor, from `lstm-complete lsp`; Neovim 0.7 and later.
--
--     dofile("…/lstm_complete.lua").setup({ options = { model = "default" } })
--
-- The keys that take the grey text are mapped only while it shows, and never over a mapping of the buffer's own.
-- `:LstmComplete toggle | model NAME | why | stop`; `stop` takes away all that `setup` brought.

local M = {}

local defaults = {
  cmd = { "lstm-complete", "lsp" },
  options = vim.empty_dict(), -- model, limit, precision, menu, ghost: see "lstm-complete lsp"
  filetypes = nil, -- a list; nil for every file
  ghost = true,
  highlight = "Comment",
  keys = { all = "<Right>", word = "<C-Right>", ask = "<M-g>", toggle = "<M-s>" },
}

local NAME = "lstm-complete"
local namespace = vim.api.nvim_create_namespace("lstm_complete")
local settings, client_id, shown, asked
local is_on = true
local omnifuncs = {} -- the buffers whose omnifunc is ours

-- As LSTM_COMPLETE_GHOST says: by its "colour", by a "mark" and no colour, or nothing before a "key" asks for it.
local function looks()
  local chosen = (vim.env.LSTM_COMPLETE_GHOST or ""):lower()
  if chosen == "mark" or chosen == "key" then
    return chosen
  end
  return chosen == "" and (vim.env.NO_COLOR or "") ~= "" and "mark" or "colour"
end

local function request(method, params, handler, buffer)
  local client = client_id and vim.lsp.get_client_by_id(client_id)
  if not (client and client.initialized) then
    return
  end
  if vim.fn.has("nvim-0.11") == 1 then
    return client:request(method, params, handler, buffer)
  end
  return client.request(method, params, handler, buffer)
end

local function command(name, arguments, done)
  local params = { command = "lstm_complete." .. name, arguments = arguments }
  request("workspace/executeCommand", params, function(_, result)
    return done and done(result)
  end)
end

-- Where the cursor is, and in which state of the text.
local function here()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local buffer = vim.api.nvim_get_current_buf()
  return { buffer = buffer, row = row - 1, column = column, tick = vim.api.nvim_buf_get_changedtick(buffer) }
end

local function hide()
  if not shown then
    return
  end
  if vim.api.nvim_buf_is_valid(shown.buffer) then
    vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
    for _, key in ipairs(shown.keys) do
      pcall(vim.keymap.del, "i", key, { buffer = shown.buffer }) -- the user may have been there first
    end
  end
  shown = nil
end

local function show(text)
  hide()
  local place = here()
  local inline = vim.fn.has("nvim-0.10") == 1
  local ghost = looks() == "colour" and { text, settings.highlight } or { "·" .. text }
  local rest = vim.api.nvim_get_current_line():sub(place.column + 1)
  vim.api.nvim_buf_set_extmark(place.buffer, namespace, place.row, place.column, {
    -- An overlay hides what stands behind the cursor, so that is drawn once more behind it.
    virt_text = inline and { ghost } or { ghost, { rest } },
    virt_text_pos = inline and "inline" or "overlay",
  })
  shown = vim.tbl_extend("force", place, { text = text, keys = {} })
  for part, key in pairs({ all = settings.keys.all, word = settings.keys.word }) do
    if key and vim.fn.maparg(key, "i", false, true).buffer ~= 1 then
      vim.keymap.set("i", key, function()
        M.accept(part)
      end, { buffer = place.buffer, desc = "Take the grey text: " .. part })
      table.insert(shown.keys, key)
    end
  end
end

-- Leave standing what agrees with the letters that were typed into it.
local function keep(place)
  if not shown or (shown.buffer == place.buffer and shown.row == place.row and shown.column == place.column) then
    return
  end
  local typed = vim.api.nvim_get_current_line():sub(shown.column + 1, place.column)
  local agrees = shown.buffer == place.buffer and shown.row == place.row and #typed > 0 and #typed < #shown.text
  if agrees and vim.startswith(shown.text, typed) then
    show(shown.text:sub(#typed + 1))
  else
    hide()
  end
end

-- Ask for what comes next at a place, and show it.
local function ask(place)
  local client = client_id and vim.lsp.get_client_by_id(client_id)
  local params = vim.lsp.util.make_position_params(0, client and client.offset_encoding or "utf-16")
  params.context = { triggerKind = 2 }
  local sent = request("textDocument/inlineCompletion", params, function(_, result)
    if not vim.deep_equal(here(), place) or not vim.startswith(vim.api.nvim_get_mode().mode, "i") then
      return
    end
    local item = result and result.items and result.items[1]
    if not item then
      hide()
    elseif not (shown and shown.text == item.insertText) then
      show(item.insertText)
    end
  end, place.buffer)
  asked = sent and place or nil
end

local function follow()
  local place = here()
  keep(place)
  if not vim.deep_equal(place, asked) and settings.ghost and looks() ~= "key" then
    ask(place)
  end
end

-- What the server says, in all of its lines: Neovim's own handler leaves the last one on the screen.
local function say(_, message)
  vim.api.nvim_echo({ { message.message, message.type < 3 and "WarningMsg" or nil } }, true, {})
end

local function ended(code)
  if settings and code ~= 0 then
    local command = table.concat(settings.cmd, " ")
    say(nil, { message = ("%s: the server has ended (%d); in a terminal, %s says why"):format(NAME, code, command), type = 2 })
  end
end

local function attach(buffer)
  if not vim.api.nvim_buf_is_loaded(buffer) then -- while init.lua is read; it will be entered
    return
  end
  local wanted = not settings.filetypes or vim.tbl_contains(settings.filetypes, vim.bo[buffer].filetype)
  if vim.bo[buffer].buftype ~= "" or not wanted then
    return
  end
  local config = {
    name = NAME,
    cmd = settings.cmd,
    init_options = settings.options,
    handlers = { ["window/showMessage"] = say },
    on_exit = vim.schedule_wrap(vim.schedule_wrap(ended)), -- behind what Neovim says of it, which would hide it
    on_attach = function()
      if vim.startswith(vim.api.nvim_get_mode().mode, "i") then
        follow()
      end
    end,
  }
  if vim.lsp.start then
    client_id = vim.lsp.start(config, {
      bufnr = buffer,
      reuse_client = function(client) -- whatever the directory: one model serves all
        return client.id == client_id
      end,
    })
  else
    client_id = client_id or vim.lsp.start_client(config)
    if client_id then
      vim.lsp.buf_attach_client(buffer, client_id)
    end
  end
  if not client_id then -- Neovim has said so
    M.stop()
  elseif vim.bo[buffer].omnifunc == "" then
    vim.bo[buffer].omnifunc = "v:lua.vim.lsp.omnifunc"
    omnifuncs[buffer] = true
  end
end

-- Take the grey text: "all" of it, or a "word".
function M.accept(part)
  if not shown then
    return
  end
  local text, row, column = shown.text, shown.row, shown.column
  local taken = part == "word" and text:match("^%s*%S+") or text
  hide()
  vim.api.nvim_buf_set_text(0, row, column, row, column, { taken })
  vim.api.nvim_win_set_cursor(0, { row + 1, column + #taken })
  if #taken < #text then
    show(text:sub(#taken + 1))
  end
end

-- The grey text that shows, or nil.
function M.shown()
  return shown and shown.text
end

-- Ask now: with LSTM_COMPLETE_GHOST=key, the only way to.
function M.ask()
  ask(here())
end

function M.toggle()
  hide()
  command("toggle", {}, function(on)
    is_on, asked = on, nil
    vim.api.nvim_echo({ { NAME .. (on and ": on" or ": off") } }, true, {})
  end)
end

-- Whether anything is suggested: for a status line, say.
function M.on()
  return settings ~= nil and is_on
end

local function run(words)
  if words[1] == "model" and words[2] then
    command("useModel", { table.concat(words, " ", 2) })
  elseif words[1] == "why" then
    local client = vim.lsp.get_client_by_id(client_id)
    local place = vim.lsp.util.make_position_params(0, client and client.offset_encoding or "utf-16")
    local line = vim.api.nvim_get_current_line()
    if vim.api.nvim_get_mode().mode == "n" and vim.fn.col(".") == vim.fn.col("$") - #vim.fn.matchstr(line, ".$") then
      place.position.character = #line -- who has left insert mode stands on the last letter, and means what comes behind it
    end
    command("why", { place })
  elseif words[1] == "toggle" or words[1] == "stop" then
    M[words[1]]()
  else
    vim.notify("LstmComplete: expected toggle, model NAME, why or stop", vim.log.levels.WARN)
  end
end

function M.setup(given)
  M.stop()
  settings = vim.tbl_deep_extend("force", defaults, given or {})
  local group = vim.api.nvim_create_augroup("lstm_complete", { clear = true })
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, callback = callback })
  end
  on({ "BufEnter", "FileType" }, function(event)
    attach(event.buf)
  end)
  on({ "InsertEnter", "TextChangedI", "TextChangedP", "CursorMovedI" }, follow)
  on({ "InsertLeave", "BufLeave", "VimLeavePre" }, hide)
  vim.api.nvim_create_user_command("LstmComplete", function(call)
    run(call.fargs)
  end, {
    nargs = "+",
    complete = function()
      return { "model", "stop", "toggle", "why" }
    end,
  })
  settings.mapped = {}
  for _, name in ipairs({ "ask", "toggle" }) do
    local key = settings.keys[name]
    if key and vim.fn.maparg(key, "i") == "" then
      vim.keymap.set("i", key, M[name], { desc = "lstm-complete: " .. name })
      table.insert(settings.mapped, key)
    end
  end
  attach(vim.api.nvim_get_current_buf())
end

-- Take away all that `setup` brought.
function M.stop()
  if not settings then
    return
  end
  hide()
  vim.api.nvim_del_augroup_by_name("lstm_complete")
  vim.api.nvim_del_user_command("LstmComplete")
  for _, key in ipairs(settings.mapped) do
    vim.keymap.del("i", key)
  end
  for buffer in pairs(omnifuncs) do
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.bo[buffer].omnifunc = ""
    end
  end
  local client = client_id and vim.lsp.get_client_by_id(client_id)
  if client then
    vim.lsp.stop_client(client_id)
  end
  settings, client_id, asked, omnifuncs = nil, nil, nil, {}
end

return M
