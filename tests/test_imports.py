"""What the package offers, what importing it loads, and who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import lstm_complete

PACKAGE = Path(lstm_complete.__file__).parent
HEAVY = {"torch", "tokenizers", "matplotlib", "detect_secrets"}

# Left may import right, of our own modules; all may import `errors` and the version.
# `cli` and the package's own names see everything.
ALLOWED = {
    "candidates": {"tree"},
    "context": set(),
    "corpus": {"secrets"},
    "daemon": {"context", "forgetting", "places", "settings", "suggest"},
    "errors": set(),
    "evaluate": {"suggest", "predictor", "corpus", "settings"},
    "exposure": {"predictor"},
    "figures": set(),
    "forgetting": {"corpus", "forgotten", "model_file", "provenance", "recall", "recollection", "store", "text"},
    "forgotten": {"text"},
    "frontier": {"candidates"},
    "guard": {"forgotten", "secrets", "text"},
    "inspection": {"corpus", "model_file", "recollection", "secrets", "text"},
    "integrations": {"context", "forgetting", "places", "suggest", "store", "settings"},
    "kneser_ney": set(),
    "locking": set(),
    "ledger": {"corpus", "model_file", "tensors"},
    "lstm": {"product", "settings", "tensors"},
    "model_file": set(),
    "places": {"settings", "starter"},
    "predictor": {"kneser_ney", "lstm", "product", "recall", "recency", "settings", "tensors"},
    "product": set(),
    "proof": {"forgotten", "recollection", "suggest", "text"},
    "provenance": {"tensors"},
    "reading": {"recency", "search", "text", "tree"},
    "recall": {"kneser_ney", "stream", "tensors"},
    "recollection": {"corpus", "provenance", "recall", "text"},
    "recency": {"settings"},
    "secrets": set(),
    "search": {"candidates", "frontier", "predictor", "text", "tree"},
    "settings": set(),
    "starter": {"model_file"},
    "store": {"locking", "model_file", "places"},
    "stream": set(),
    "suggest": {
        "candidates",
        "reading",
        "search",
        "predictor",
        "provenance",
        "text",
        "settings",
        "places",
        "store",
        "why",
        "forgetting",
        "forgotten",
        "guard",
        "worth",
    },
    "tensors": set(),
    "text": set(),
    "tree": {"predictor"},
    "transfer": {"model_file", "store", "suggest"},
    "training": {
        "exposure",
        "forgetting",
        "forgotten",
        "ledger",
        "recollection",
        "corpus",
        "secrets",
        "text",
        "kneser_ney",
        "recall",
        "recency",
        "predictor",
        "provenance",
        "model_file",
        "places",
        "starter",
        "store",
        "settings",
        "stream",
    },
    "why": {"candidates", "kneser_ney", "predictor", "search"},
    "worth": {"candidates"},
}
SEES_EVERYTHING = {"cli", "__main__", "__init__"}


def sources():
    return sorted(PACKAGE.rglob("*.py"))


def top_level_name(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path):
    """(module, whether it is imported at run time) for each import in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) not in typing_only
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", id(node) not in typing_only


def test_the_public_names_are_these_and_all_can_be_had():
    assert lstm_complete.__all__ == [
        "Context",
        "CorpusError",
        "LSTMAutoSuggest",
        "LSTMCompleteError",
        "LSTMCompleter",
        "MissingExtraError",
        "ModelFormatError",
        "Place",
        "SettingsError",
        "StoreError",
        "SuggestSettings",
        "Suggester",
        "Suggestion",
        "TrainingError",
        "TrainingSettings",
        "UnknownModelError",
        "VocabularyError",
        "Why",
        "__version__",
        "key_bindings",
        "train",
    ]
    for name in lstm_complete.__all__:
        assert getattr(lstm_complete, name) is not None
    assert set(lstm_complete.__all__) <= set(dir(lstm_complete))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = lstm_complete.nonsense


def loaded_after(code, **environment):
    """The top-level modules that a fresh interpreter holds after running some code."""
    script = f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_nothing_of_weight():
    loaded = loaded_after("import lstm_complete")
    assert not loaded & (HEAVY | {"numpy", "prompt_toolkit"})


def test_a_prompt_with_a_model_loads_no_trainer(model_path):
    code = (
        "from lstm_complete import LSTMAutoSuggest, LSTMCompleter, Suggester, key_bindings\n"
        f"suggester = Suggester.load({str(model_path)!r})\n"
        "LSTMCompleter(suggester), LSTMAutoSuggest(suggester), key_bindings()\n"
        "suggester.suggest('Return the ')\n"
        "suggester.continuation('Return the ')"
    )
    loaded = loaded_after(code)
    assert "numpy" in loaded
    assert not loaded & HEAVY


A_PROMPT = (
    "from lstm_complete import LSTMAutoSuggest, LSTMCompleter\nLSTMCompleter({path!r}), LSTMAutoSuggest({path!r})\n"
)


def test_a_prompt_that_starts_does_not_wait_for_numpy(model_path):
    loaded = loaded_after(A_PROMPT.format(path=str(model_path)), LSTM_COMPLETE="off")  # or it is read soon after
    assert "prompt_toolkit" in loaded
    assert not loaded & (HEAVY | {"numpy"})


def test_the_model_of_a_prompt_is_read_soon_after_unasked_and_once(model_path):
    code = A_PROMPT.format(path=str(model_path)) + (
        "import threading\n"
        "from lstm_complete.integrations.worker import WORKER\n"
        "[timer] = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]\n"
        "timer.join()\n"
        "WORKER.submit(lambda: None).result()\n"  # after what the timer has submitted
    )
    assert "numpy" in loaded_after(code)


def test_the_command_line_loads_no_trainer_before_it_trains(model_path):
    code = f"from lstm_complete.cli import main; main(['show', {str(model_path)!r}])"
    assert not loaded_after(code, PYTHONIOENCODING="utf-8") & HEAVY


@pytest.mark.parametrize(
    "code",
    [
        "from lstm_complete.cli import main; main(['init', 'zsh'])",
        "import lstm_complete.cli, lstm_complete.integrations.run_program; lstm_complete.cli.build_parser('run')",
    ],
)
def test_what_a_shell_or_another_program_waits_for_loads_no_numpy(code):
    assert "numpy" not in loaded_after(code)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_import_only_what_the_design_allows(path):
    me = top_level_name(path)
    ours = {
        module.split(".")[1]
        for module, at_run_time in imports_of(path)
        if at_run_time and module.startswith("lstm_complete.")
    }
    if me not in SEES_EVERYTHING:
        assert ours - {me} <= ALLOWED[me] | {"errors", "__version__"}


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_torch_is_imported_in_training_alone(path):
    imported = {module.partition(".")[0] for module, _ in imports_of(path)}
    assert "torch" not in imported or top_level_name(path) == "training"


@pytest.mark.parametrize("module", ["lstm_complete.training", "lstm_complete.training.report", "lstm_complete.figures"])
def test_what_shows_a_training_loads_no_trainer(module):
    assert not loaded_after(f"import {module}") & HEAVY


def test_the_wheel_carries_its_types_and_every_module(checkout, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert "lstm_complete/py.typed" in names
    assert {f"lstm_complete/{path.relative_to(PACKAGE).as_posix()}" for path in sources()} <= names
