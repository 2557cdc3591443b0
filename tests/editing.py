"""An editor: pygls' own client, speaking to the real server in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys

from lsprotocol import types
from patience import PATIENCE_S
from pygls.lsp.client import LanguageClient

_NUMBERS = itertools.count()


class Editor:
    """One open document, and a cursor at its end.

    Attributes:
        messages: What the server showed the user.
        client: For all that has no method here.
        capabilities: What the server said that it can do.
    """

    def __init__(self, client, capabilities, messages, shown):
        self.client, self.capabilities, self.messages = client, capabilities, messages
        self._shown = shown
        self.address, self.text, self.version = "", "", 0

    async def told(self):
        """Wait for the next message to the user."""
        return await asyncio.wait_for(self._shown.get(), PATIENCE_S)

    def open(self, text):
        """Open a new document."""
        self.address, self.text, self.version = f"file:///{next(_NUMBERS)}.txt", text, 0
        item = types.TextDocumentItem(self.address, "text", self.version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, text):
        """Insert at the end."""
        here = self.cursor
        change = types.TextDocumentContentChangePartial(range=types.Range(here, here), text=text)
        self.text += text
        self.change(change)

    def change(self, change):
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(version=self.version, uri=self.address)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    @property
    def cursor(self):
        return self.before("")

    def before(self, end):
        """The place before the text's last letters."""
        text = self.text[: len(self.text) - len(end)]
        return types.Position(text.count("\n"), len(text.rpartition("\n")[2].encode("utf-16-le")) // 2)

    async def has_both(self):
        return bool(await self.words()), bool(await self.phrases())

    def asking_words(self, at=None):
        """A question that is on its way."""
        params = types.CompletionParams(types.TextDocumentIdentifier(self.address), at or self.cursor)
        return asyncio.ensure_future(self.client.text_document_completion_async(params))

    def asking_phrases(self, at=None, trigger=types.InlineCompletionTriggerKind.Automatic, chosen=None):
        params = types.InlineCompletionParams(
            context=types.InlineCompletionContext(trigger, chosen),
            text_document=types.TextDocumentIdentifier(self.address),
            position=at or self.cursor,
        )
        return asyncio.ensure_future(self.client.text_document_inline_completion_async(params))

    async def words(self, at=None):
        answer = await asyncio.wait_for(self.asking_words(at), PATIENCE_S)
        assert answer.is_incomplete  # the menu is asked for again at the next letter
        return answer.items

    async def phrases(self, at=None, **how):
        return (await asyncio.wait_for(self.asking_phrases(at, **how), PATIENCE_S)).items

    async def command(self, name, *arguments):
        params = types.ExecuteCommandParams(f"lstm_complete.{name}", list(arguments))
        return await asyncio.wait_for(self.client.workspace_execute_command_async(params), PATIENCE_S)


@contextlib.asynccontextmanager
async def served(*flags, options=None, encodings=None, logged=""):
    """`lstm-complete lsp FLAGS` in a process of its own, and an editor that is connected to it.

    What the server writes to its log must hold `logged`, or be nothing.
    """
    client = LanguageClient("editor", "1")
    messages, shown = [], asyncio.Queue()

    @client.feature(types.WINDOW_SHOW_MESSAGE)
    def _(params):
        messages.append(params.message)
        shown.put_nowait(params.message)

    await client.start_io(sys.executable, "-m", "lstm_complete", "lsp", *flags)
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    capabilities = types.ClientCapabilities(general=general if encodings else None)
    params = types.InitializeParams(capabilities, initialization_options=options)
    try:
        result = await asyncio.wait_for(client.initialize_async(params), PATIENCE_S)
        client.initialized(types.InitializedParams())
        yield Editor(client, result.capabilities, messages, shown)
        await asyncio.wait_for(client.shutdown_async(None), PATIENCE_S)
        client.exit(None)
        written = (await asyncio.wait_for(client._server.stderr.read(), PATIENCE_S)).decode()
        assert await client._server.wait() == 0, written
        assert (logged in written) if logged else not written, written
    finally:
        if client._server.returncode is None:
            client._server.kill()
        await client.stop()


def in_an_editor(scenario, *flags, **options):
    """Run `scenario(editor)` beside a server of its own; see `served`."""

    async def evening():
        async with served(*flags, **options) as editor:
            await scenario(editor)

    asyncio.run(evening())
