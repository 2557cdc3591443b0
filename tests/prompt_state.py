"""What a guest could change at a host's prompt, to be compared: imported in the hosts that the tests drive."""

from word_list import WordList

from lstm_complete.integrations.worker import WORKER


def state(app, buffer, **more):
    """All of it; `more` is what the host has besides."""
    return {
        "ghost": buffer.auto_suggest,
        "menu": buffer.completer,
        "accept": buffer.accept_handler,
        "keys": list(app.key_bindings.bindings),
        "text handlers": list(buffer.on_text_changed._handlers),
        "cursor handlers": list(buffer.on_cursor_position_changed._handlers),
        "drawing": [list(getattr(each, "input_processors", None) or []) for each in app.layout.find_all_controls()],
        **more,
    }


def state_of_ipython(shell):
    session = shell.pt_app
    return state(
        session.app,
        session.default_buffer,
        suggesters=[session.auto_suggest, shell.auto_suggest],
        magics=sorted(shell.magics_manager.magics["line"]),
        magic_traces=sorted(vars(shell.magics_manager.user_magics)),
        matchers=list(shell.Completer.custom_matchers),
        cell_handlers=list(shell.events.callbacks["post_run_cell"]),
    )


def state_of_xonsh(xsh):
    prompter, events = xsh.shell.shell.prompter, xsh.builtins.events
    return state(
        prompter.app,
        prompter.default_buffer,
        suggester=prompter.auto_suggest,
        command_handlers=list(events.on_postcommand),
        prompt_handlers=list(events.on_ptk_create),
    )


def state_of_ptpython(repl):
    return state(repl.app, repl.default_buffer)


def changes(before, after):
    return [name for name in before if before[name] != after[name]]


class Listener(WordList):
    """Knows nothing, and what it is told."""

    def __init__(self):
        super().__init__([])

    def told(self):
        """What it was told, oldest first, cut to what can be recognized."""
        WORKER.submit(int).result()  # all before it is done
        return [line[:12] for line in reversed(self.lines)]
