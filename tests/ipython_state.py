"""What loading an extension could change in an IPython, to be compared."""

from word_list import LINES, WordList

from lstm_complete.integrations import ipython
from lstm_complete.integrations.worker import WORKER


def state(shell):
    session = shell.pt_app
    buffer = session.default_buffer
    return {
        "session's suggester": session.auto_suggest,
        "shell's suggester": shell.auto_suggest,
        "suggester": buffer.auto_suggest,
        "completer": buffer.completer,
        "accept": buffer.accept_handler,
        "magics": sorted(shell.magics_manager.magics["line"]),
        "traces of magics": sorted(vars(shell.magics_manager.user_magics)),
        "matchers": list(shell.Completer.custom_matchers),
        "keys": list(session.app.key_bindings.bindings),
        "text handlers": list(buffer.on_text_changed._handlers),
        "cursor handlers": list(buffer.on_cursor_position_changed._handlers),
        "cell handlers": list(shell.events.callbacks["post_run_cell"]),
        "processors": [
            list(control.input_processors or [])
            for control in session.app.layout.find_all_controls()
            if hasattr(control, "input_processors")
        ],
    }


def changes(before, after):
    return [name for name in before if before[name] != after[name]]


def with_word_list(shell):
    """Ask a word list from now on; returns it."""
    words = WordList()
    ipython._loaded[shell]._guest.use(words)
    return words


def learned(words):
    """What a word list was told, oldest first."""
    WORKER.submit(int).result()  # all before it is done
    return words.lines[: -len(LINES)][::-1]
