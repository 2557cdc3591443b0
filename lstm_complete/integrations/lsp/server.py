"""The language server itself: requests in, completions out, and the event loop never waits for a model."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from lstm_complete.errors import LSTMCompleteError
from lstm_complete.integrations.lsp.document import Document, Place, Surroundings
from lstm_complete.integrations.lsp.fitting import fitting, takes_phrases, takes_words
from lstm_complete.integrations.lsp.options import Options, options_from
from lstm_complete.integrations.model import Model, Words, open_model, percent
from lstm_complete.integrations.switch import SWITCH
from lstm_complete.integrations.worker import ask
from lstm_complete.settings import CANDIDATES

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

NAME = "lstm-complete"


class Protocol(LanguageServerProtocol):
    """pygls' own, but for the documents: see `document`."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Keep a document that was opened."""
        document = params.text_document
        encoding = types.PositionEncodingKind(self.server_capabilities.position_encoding)
        self._server.documents[document.uri] = Document(document.text, encoding.value)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Follow what is typed into it."""
        document = self._server.documents.get(params.text_document.uri)
        if document is None:  # never opened: there is nothing to change
            return
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                document.replace(change.text, _place(change.range.start), _place(change.range.end))
            else:
                document.replace(change.text)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Let go of it."""
        self._server.documents.pop(params.text_document.uri, None)


class Server(LanguageServer):
    """What one editor is told, and what it has open.

    A model is looked up at each question (one look at its file), so that one trained anew is the one that answers.

    Args:
        model: The model where the editor names none.

    Attributes:
        options: What the editor has set.
        documents: What it has open, by address.
    """

    def __init__(self, model: str) -> None:
        from lstm_complete import __version__  # noqa: PLC0415 - reads the installed package's metadata

        super().__init__(NAME, __version__, protocol_cls=Protocol)
        self.options = Options(model=model)
        self.documents: dict[str, Document] = {}
        self.complaint: str | None = None
        self._told: set[str] = set()
        self._newest: dict[str, object] = {}
        self._model: Model | None = None

    async def ask(self, kind: str, question: Callable[[Model], T], options: Options | None = None) -> T | None:
        """Put a question to the model, in the worker's thread.

        Args:
            kind: Of all questions of one kind only the newest is answered.
            question: What to ask.
            options: Of which model; None for the one in use.

        Returns:
            The answer; None where a newer question came, or there is no model, which the user is told, once.
        """
        newest = self._newest[kind] = object()
        try:
            answer = await ask(lambda: question(self._opened(options)), lambda: self._newest[kind] is newest)
        except LSTMCompleteError as error:
            self.tell(str(error))
            return None
        if self._model and isinstance(self._model.error, LSTMCompleteError):
            self.tell(str(self._model.error))
        return answer

    def tell(self, message: str) -> None:
        """Show the user a line, once."""
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"{NAME}: {message}"))

    def _opened(self, options: Options | None) -> Model:
        options = options or self.options
        self._model = open_model(options.model, options.settings)
        return self._model


def serve(model: str) -> None:
    """Answer one editor on standard input and output until it is done."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # what it says of a request holds the user's text
    logging.getLogger("lstm_complete").addHandler(logging.StreamHandler())  # editors keep what is written there
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")  # pygls closes it, and nothing else may write there
    with contextlib.redirect_stdout(sys.stderr):
        create(model).start_io(stdout=output)


def create(model: str) -> Server:
    """A server that waits for an editor's first words."""
    server = Server(model)
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    server.command("lstm_complete.useModel")(use_model)
    server.command("lstm_complete.toggle")(toggle)
    server.command("lstm_complete.learn")(learn)
    server.command("lstm_complete.why")(why)
    return server


def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Take the editor's settings, and offer what they leave on."""
    try:
        ls.options = options_from(params.initialization_options, ls.options.model)
    except LSTMCompleteError as error:
        ls.complaint = str(error)  # told once the editor listens
    if ls.options.menu:
        ls.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions())(complete)
    if ls.options.ghost:
        ls.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())(complete_inline)


async def initialized(ls: Server, params: types.InitializedParams) -> None:  # noqa: ARG001 - nothing is in them
    """Say what is wrong with the settings, and read the model before the first key."""
    if ls.complaint:
        ls.tell(ls.complaint)
    if SWITCH:
        await ls.ask("start", _works)


async def complete(ls: Server, params: types.CompletionParams) -> types.CompletionList:
    """The words that may stand at the cursor."""
    nothing = types.CompletionList(is_incomplete=True, items=[])
    document = ls.documents.get(params.text_document.uri)
    if not SWITCH or document is None:
        return nothing
    around = document.around(_place(params.position))
    if not takes_words(around.after):
        return nothing
    words = await ls.ask("menu", lambda model: model.words(around.before, ls.options.limit))
    if words is None:
        return nothing
    return types.CompletionList(is_incomplete=True, items=_items(words, around, document, params.position.line))


async def complete_inline(ls: Server, params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """The phrases that probably come next, best first.

    While the editor's menu is open, they are those that go on after its chosen item, as they would replace it.
    """
    nothing = types.InlineCompletionList(items=[])
    document = ls.documents.get(params.text_document.uri)
    if not SWITCH or document is None:
        return nothing
    around = document.around(_place(params.position))
    chosen = params.context.selected_completion_info
    begun = chosen.text if chosen else ""
    before = document.around(_place(chosen.range.start)).before + begun if chosen else around.before
    if not takes_phrases(around.after):
        return nothing
    asked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
    limit = CANDIDATES if asked else ls.options.candidates
    phrases = await ls.ask("ghost", lambda model: model.ghosts(before, limit))
    column = document.units(_line(around.before))
    here = types.Range(*2 * (types.Position(params.position.line, column),))
    where = chosen.range if chosen else here
    found = fitting(phrases or [], around.after)
    return types.InlineCompletionList(
        items=[types.InlineCompletionItem(begun + each.text, range=where) for each in found]
    )


async def use_model(ls: Server, name: str) -> str:
    """Switch to another model, if there is one of that name; returns the name of the one in use."""
    options = replace(ls.options, model=name)
    if await ls.ask("start", _works, options):
        ls.options = options
    return ls.options.model


def toggle(ls: Server) -> bool:  # noqa: ARG001 - pygls gives every command its server
    """Turn all of it off, and on again; returns whether it is on now."""
    SWITCH.toggle()
    return bool(SWITCH)


async def learn(ls: Server, text: str) -> None:
    """Let the lines of a text count from now on, until the server ends."""

    def learned(model: Model) -> bool:
        for line in filter(str.strip, text.split("\n")):
            model.learn(line)
        return True

    await ls.ask("learn", learned)


async def why(ls: Server, place: types.TextDocumentPositionParams) -> str:
    """Show what speaks for the suggestion at a place: the shares of its sources, and where it was read."""
    document = ls.documents.get(place.text_document.uri)
    if document is None:
        return ""
    before = document.around(_place(place.position)).before
    text = "\n".join(await ls.ask("why", lambda model: model.why(before)) or ["nothing is suggested there"])
    ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))
    return text


def _works(model: Model) -> bool:
    """Read a model, and let it think for the first time; whether it could."""
    model.ghost("")
    return model.error is None


def _items(words: Words, around: Surroundings, document: Document, line: int) -> list[types.CompletionItem]:
    """The menu's items: each replaces the unfinished word, so that every editor filters by the same letters."""
    before = _line(around.before)
    start = types.Position(line, document.units(before[: len(before) - len(words.partial_word)]))
    where = types.Range(start, types.Position(line, document.units(before)))
    return [
        types.CompletionItem(
            label=(words.partial_word + offer.text).strip(),
            kind=types.CompletionItemKind.Text,
            detail=percent(offer.probability),
            sort_text=f"{rank:04d}",
            filter_text=words.partial_word + offer.text,
            text_edit=types.TextEdit(where, words.partial_word + offer.text),
        )
        for rank, offer in enumerate(fitting(words.offers, around.after))
    ]


def _line(before: str) -> str:
    return before.rpartition("\n")[2]


def _place(position: types.Position) -> Place:
    return Place(position.line, position.character)
