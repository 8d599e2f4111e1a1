-- Opens, repairs, types and undoes in Neovim, and compares what its diagnostics are with what `check` says.
local limit = 60000
local repository, record = vim.env.REPOSITORY, vim.env.RECORD
local severities = { 'error', 'warning', 'info', 'hint' }
local buffers, complaints = {}, {}

vim.notify = function(message, level)
  if (level or 0) >= vim.log.levels.WARN then
    table.insert(complaints, tostring(message))
  end
end

-- What an editor draws: the ranges have gone through Neovim's own conversion to bytes.
local function lines()
  local found = {}
  for path, buffer in pairs(buffers) do
    local function place(line, byte)
      local text = vim.api.nvim_buf_get_lines(buffer, line, line + 1, false)[1] or ''
      local _, units = vim.str_utfindex(text, math.min(byte, #text))
      return line .. ':' .. units
    end
    for _, d in ipairs(vim.diagnostic.get(buffer)) do
      local code = d.code or d.user_data.lsp.code
      assert(d.source == 'seaworthy', vim.inspect(d))
      table.insert(found, ('%s:%s-%s %s[%s] %s'):format(path, place(d.lnum, d.col), place(d.end_lnum, d.end_col),
        severities[d.severity], code, (d.message:gsub('\n', '\\n'))))
    end
  end
  table.sort(found)
  return found
end

local function settle(state, expected)
  local wanted = vim.fn.readfile(vim.env.EXPECTED .. '/' .. (expected or state))
  local reached = vim.wait(limit, function() return #complaints > 0 or vim.deep_equal(lines(), wanted) end, 20)
  vim.fn.writefile(lines(), record .. '/' .. state)
  if not reached or #complaints > 0 then
    error(state .. ': not what check says, but\n' .. table.concat(lines(), '\n'))
  end
end

local function run()
  local id = vim.lsp.start_client({
    name = 'seaworthy',
    cmd = { vim.env.SERVER },
    root_dir = repository,
    workspace_folders = { { name = 'repository', uri = vim.uri_from_fname(repository) } },
    on_error = function(code, problem) table.insert(complaints, code .. ': ' .. vim.inspect(problem)) end,
  })
  assert(id, 'the server does not start')
  for path in vim.gsplit(vim.env.FILES, ' ') do
    vim.cmd('edit ' .. repository .. '/' .. path)
    vim.cmd('set hidden')
    buffers[path] = vim.api.nvim_get_current_buf()
    assert(vim.lsp.buf_attach_client(buffers[path], id))
  end
  local client = vim.lsp.get_client_by_id(id)
  settle('first')
  if vim.env.MODE == 'die' then
    vim.loop.kill(vim.loop.os_getpid(), 'sigkill')
  end

  local dockerfile = buffers['web/Dockerfile']
  vim.api.nvim_set_current_buf(dockerfile)
  assert(vim.bo.fileformat == 'dos')
  local offered
  vim.ui.select = function(items, _, choose)
    offered = items
    for _, item in ipairs(items) do
      local action = item.action or item[2]
      if action.isPreferred and action.kind == 'quickfix' then
        return choose(item)
      end
    end
    choose(nil)
  end
  assert(vim.fn.search('^CMD') > 0)
  vim.lsp.buf.code_action()
  if not vim.wait(limit, function() return vim.fn.search('^CMD exec ', 'cnw') > 0 end, 20) then
    error('no quick fix; offered: ' .. vim.inspect(offered))
  end
  vim.cmd('write')
  settle('fixed')

  -- Typing after this is one step of its own to undo.
  vim.cmd('let &undolevels = &undolevels')
  local before = vim.fn.undotree().seq_cur
  vim.cmd('normal! GoUSER root')
  assert(vim.fn.search('🚢 é', 'w') > 0)
  vim.cmd('normal! 2x')
  vim.api.nvim_set_current_buf(buffers['cloudbuild.yaml'])
  assert(vim.fn.search('Dockerfile.production', 'w') > 0)
  vim.cmd('normal! Cweb/Dockerfile')
  settle('typed')
  vim.cmd('undo')
  vim.api.nvim_set_current_buf(dockerfile)
  vim.cmd('undo ' .. before)
  settle('undone', 'fixed')
  assert(not vim.bo.modified)

  client.stop()
  assert(vim.wait(limit, function() return client.is_stopped() end, 20), 'the server does not stop')
  assert(#complaints == 0, table.concat(complaints, '\n'))
end

local fine, problem = xpcall(run, debug.traceback)
if not fine then
  io.stderr:write(problem, '\n', table.concat(complaints, '\n'), '\n')
  vim.cmd('cquit 1')
end
vim.cmd('qall!')
