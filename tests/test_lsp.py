"""The language server in a process of its own, as an editor sees it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys

import pytest
from editing import in_an_editor, served
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lstm_complete import Suggester, SuggestSettings

TYPED = "Return the "
EAGER = {"precision": 0.0}  # a tiny model is never sure
INVOKED = types.InlineCompletionTriggerKind.Invoked


@pytest.fixture
def serving(model_path):
    """Run a scenario beside a new server of the tiny model, with these options."""

    def run(scenario, **options):
        in_an_editor(scenario, "--model", str(model_path), options={**EAGER, **options})

    return run


@pytest.fixture(scope="module")
def shared(model_path):
    """Run a scenario beside the one server of those that leave no trace in it."""
    loop = asyncio.new_event_loop()
    server = served("--model", str(model_path), options=EAGER)
    editor = loop.run_until_complete(server.__aenter__())
    yield lambda scenario: loop.run_until_complete(scenario(editor))
    loop.run_until_complete(server.__aexit__(None, None, None))
    loop.close()


def applied(editor, item):
    """The text after an item was taken, cut and joined as an editor does it: in bytes of UTF-16."""
    where, new = (
        (item.text_edit.range, item.text_edit.new_text)
        if hasattr(item, "text_edit")
        else (item.range, item.insert_text)
    )
    lines = editor.text.split("\n")
    line = lines[where.start.line].encode("utf-16-le")
    line = line[: 2 * where.start.character] + new.encode("utf-16-le") + line[2 * where.end.character :]
    assert where.start.line == where.end.line
    lines[where.start.line] = line.decode("utf-16-le")
    return "\n".join(lines)


def test_words_and_phrases_come_for_what_is_typed(shared):
    async def scenario(editor):
        editor.open("")
        editor.type(TYPED)
        words = await editor.words()
        [phrase] = await editor.phrases()
        assert 1 < len(words) <= 5
        assert [word.sort_text for word in words] == sorted(word.sort_text for word in words)
        assert all(word.detail.endswith("%") for word in words)
        assert applied(editor, phrase).startswith(TYPED + phrase.insert_text)
        assert editor.capabilities.text_document_sync.change == types.TextDocumentSyncKind.Incremental
        assert editor.messages == []

    shared(scenario)


@pytest.mark.parametrize("before", ["é", "😋 é ", "naïve\r\n👩‍🔬 ", "a\x0cb\u2028c "])
def test_what_is_taken_lands_right_behind_any_letters(shared, before):
    async def scenario(editor):
        editor.open(before + "Return the st")
        for item in [*await editor.words(), *await editor.phrases()]:
            assert applied(editor, item).startswith(before + "Return the st")
        assert any(applied(editor, item) == before + "Return the string" for item in await editor.words())

    shared(scenario)


def test_a_word_replaces_its_letters_so_that_editors_can_filter_it(shared):
    async def scenario(editor):
        editor.open("Return the st")
        for word in await editor.words():
            assert word.text_edit.new_text == word.filter_text
            assert word.filter_text.startswith("st")
            assert word.text_edit.range == types.Range(editor.before("st"), editor.cursor)

    shared(scenario)


def test_what_stands_behind_the_cursor_is_not_offered_again(shared):
    async def scenario(editor):
        editor.open(TYPED)
        offered = (await editor.words())[0].label
        behind = f" {offered} it is"
        editor.open(f"{TYPED}{behind}")
        words = [word.label for word in await editor.words(editor.before(behind))]
        assert words
        assert offered not in words
        assert await editor.phrases(editor.before(behind)) == ()
        assert await editor.words(editor.before(behind[2:])) == ()  # in the midst of a word
        editor.open(f"{TYPED})")
        assert await editor.phrases(editor.before(")"))

    shared(scenario)


def test_asked_by_a_key_there_are_phrases_to_choose_from(shared):
    async def scenario(editor):
        editor.open(TYPED)
        assert len(await editor.phrases()) == 1
        several = await editor.phrases(trigger=INVOKED)
        assert len({item.insert_text for item in several}) == len(several) > 1

    shared(scenario)


def test_phrases_go_on_after_the_chosen_item_of_an_open_menu(shared):
    async def scenario(editor):
        editor.open("Return the s")
        where = types.Range(editor.before("s"), editor.cursor)
        [phrase] = await editor.phrases(chosen=types.SelectedCompletionInfo(where, "str"))
        assert phrase.range == where
        assert phrase.insert_text.startswith("str")
        assert applied(editor, phrase).startswith("Return the str")

    shared(scenario)


def test_columns_are_counted_as_the_editor_wishes(model_path):
    async def scenario(editor):
        assert editor.capabilities.position_encoding == types.PositionEncodingKind.Utf8
        editor.open("é😋 Return the st")
        [word, *_] = await editor.words(types.Position(0, len(editor.text.encode())))
        assert word.text_edit.range.start.character == len("é😋 Return the ".encode())

    in_an_editor(scenario, "--model", str(model_path), options=EAGER, encodings=[types.PositionEncodingKind.Utf8])


def test_only_the_newest_question_of_a_kind_is_answered_and_none_waits_for_the_model(serving, text_path):
    async def scenario(editor):
        editor.open(TYPED)
        busy = asyncio.ensure_future(editor.command("learn", text_path.read_text() * 6))
        older, newer = editor.asking_words(), editor.asking_words()
        ghost = editor.asking_phrases()
        assert await editor.command("toggle") is False  # answered while the model is busy
        assert await editor.command("toggle") is True
        assert not busy.done()
        assert (await older).items == ()
        assert (await newer).items != ()
        assert (await ghost).items != ()
        await busy

    serving(scenario)


def test_a_cancelled_question_is_dropped(serving, text_path):
    async def scenario(editor):
        editor.open(TYPED)
        busy = asyncio.ensure_future(editor.command("learn", text_path.read_text() * 6))
        params = types.CompletionParams(types.TextDocumentIdentifier(editor.address), editor.cursor)
        asked = editor.client.protocol.send_request_async(types.TEXT_DOCUMENT_COMPLETION, params, "mine")
        editor.client.cancel_request(types.CancelParams("mine"))
        with pytest.raises(JsonRpcException) as refused:
            await asked
        assert refused.value.code == types.LSPErrorCodes.RequestCancelled
        assert not busy.done()
        await busy

    serving(scenario)


def test_what_is_learned_counts_at_once(serving, model_path):
    text = "zanzibar return plover\n" * 3
    suggester = Suggester.load(model_path)
    for line in text.splitlines():
        suggester.learn(line)
    expected = [word.text for word in suggester.suggest("zanzibar ", SuggestSettings().limit)]

    async def scenario(editor):
        editor.open("zanzibar ")
        assert [word.text_edit.new_text for word in await editor.words()] != expected
        await editor.command("learn", text)
        assert [word.text_edit.new_text for word in await editor.words()] == expected

    serving(scenario)


def test_a_missing_model_is_told_once_and_taken_up_when_it_is_there(model_path, tmp_path):
    place = tmp_path / "later.safetensors"

    async def scenario(editor):
        editor.open(TYPED)
        assert await editor.has_both() == (False, False)
        assert "No model" in await editor.told()
        shutil.copy(model_path, place)
        assert await editor.has_both() == (True, True)
        assert len(editor.messages) == 1

    in_an_editor(scenario, "--model", str(place), options=EAGER)


def test_a_model_trained_anew_answers_from_then_on(model_path, tmp_path):
    place = tmp_path / "mine.safetensors"
    shutil.copy(model_path, place)

    def replace_by(content):
        (tmp_path / "new").write_bytes(content)
        (tmp_path / "new").replace(place)

    async def scenario(editor):
        editor.open(TYPED)
        assert await editor.has_both() == (True, True)
        replace_by(b"no model at all")
        assert await editor.has_both() == (False, False)
        assert "mine.safetensors" in await editor.told()
        replace_by(model_path.read_bytes())
        assert await editor.has_both() == (True, True)

    in_an_editor(scenario, "--model", str(place), options=EAGER, logged="ModelFormatError")


def test_a_command_switches_models_and_keeps_the_old_one_where_there_is_no_such(model_name, model_path, tmp_path):
    other = tmp_path / "other.safetensors"
    shutil.copy(model_path, other)

    async def scenario(editor):
        assert await editor.command("useModel", str(other)) == str(other)
        assert await editor.command("useModel", "nonsense") == str(other)
        assert f"The models are: {model_name}" in await editor.told()

    in_an_editor(scenario, "--model", model_name)


def test_a_command_says_why(shared):
    async def scenario(editor):
        editor.open("other\nReturn the st")
        place = {"textDocument": {"uri": editor.address}, "position": {"line": 1, "character": 13}}
        said = await editor.command("why", place)
        assert "  Return the st|ring" in said.splitlines()[0]
        assert "recall" in said
        assert await editor.told() == said

    shared(scenario)


def test_the_editor_names_the_model(model_name):
    async def scenario(editor):
        editor.open(TYPED)
        assert await editor.has_both() == (True, True)

    in_an_editor(scenario, "--model", "nonsense", options={**EAGER, "model": model_name})


def test_what_is_off_is_not_announced(serving):
    async def only_words(editor):
        assert editor.capabilities.completion_provider
        assert not editor.capabilities.inline_completion_provider

    async def only_phrases(editor):
        assert not editor.capabilities.completion_provider
        assert editor.capabilities.inline_completion_provider

    serving(only_words, ghost=False)
    serving(only_phrases, menu=False)


def test_a_wrong_setting_is_told_and_the_defaults_hold(serving):
    async def scenario(editor):
        assert "\"limit\" to be a whole number, found 'many'" in await editor.told()
        editor.open(TYPED)
        assert await editor.words()

    serving(scenario, limit="many")


def test_the_environment_turns_it_off(model_path, monkeypatch):
    monkeypatch.setenv("LSTM_COMPLETE", "off")

    async def scenario(editor):
        editor.open(TYPED)
        assert await editor.has_both() == (False, False)

    in_an_editor(scenario, "--model", str(model_path), options=EAGER)


def test_documents_that_are_closed_or_were_never_opened_get_nothing(shared):
    async def scenario(editor):
        editor.address = "file:///never/opened"
        assert await editor.has_both() == (False, False)
        editor.change(types.TextDocumentContentChangeWholeDocument("x"))
        editor.open(TYPED)
        assert await editor.has_both() == (True, True)
        document = types.TextDocumentIdentifier(editor.address)
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
        assert await editor.has_both() == (False, False)

    shared(scenario)


def test_the_server_ends_with_its_editor(model_path):
    done = subprocess.run(
        [sys.executable, "-m", "lstm_complete", "lsp", "--model", str(model_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_pygls_it_says_what_to_install():
    code = "import sys; sys.modules['pygls'] = None; from lstm_complete.cli import main; sys.exit(main(['lsp']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (5, "")
    assert 'pip install "lstm-complete[lsp]"' in done.stderr
    assert len(done.stderr.splitlines()) == 1
