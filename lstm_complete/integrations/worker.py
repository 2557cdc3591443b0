"""The one thread in which models think, so that a keystroke never waits for them.

prompt_toolkit's own `ThreadedCompleter` and `ThreadedAutoSuggest` use the event loop's executor: Enter has to wait for
that, and so does the end of the process. The thread here is a daemon: nobody ever waits for it.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# How often a question that is under way is held against what the user has typed since.
LOOK_AGAIN_S = 0.01

# A key's letter is drawn first: two threads of Python share one interpreter, and a search that began with the key would
# hold up what the eye waits for. It also lets a burst of keys pass without a question for each.
DRAW_FIRST_S = 0.004


def always() -> bool:
    """The answer is wanted, whatever happens in between."""
    return True


class Worker:
    """A single daemon thread and its queue; the thread starts with the first question.

    Work that nobody wants any more when its turn comes is dropped, without having run.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any], Callable[[], bool]]] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[[], T], wanted: Callable[[], bool] = always) -> Future[T]:
        """Queue `work`; first in, first out.

        Args:
            work: Called in the worker's thread, with no arguments.
            wanted: Called there as well, just before; where it says no, the future is cancelled.

        Returns:
            The future of what `work` returns or raises.
        """
        future: Future[T] = Future()
        self._jobs.put((future, work, wanted))
        with self._starting:
            if self._thread is None or not self._thread.is_alive():  # dead in the child of a fork
                self._thread = threading.Thread(target=self._run, name="lstm_complete", daemon=True)
                self._thread.start()
        return future

    def _run(self) -> None:
        while True:
            self._do(*self._jobs.get())  # in a call of its own, so that no finished answer is kept alive here

    @staticmethod
    def _do(future: Future[Any], work: Callable[[], Any], wanted: Callable[[], bool]) -> None:
        if not wanted():
            future.cancel()
        if not future.set_running_or_notify_cancel():
            return
        try:
            answer = work()
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it
            future.set_exception(error)
        else:
            future.set_result(answer)


# Menu and ghost of every prompt share it: two searches at a time would only slow each other down.
WORKER = Worker()


async def ask(work: Callable[[], T], wanted: Callable[[], bool] = always, worker: Worker = WORKER) -> T | None:
    """Await `work` done in the worker's thread, for as long as the answer is wanted.

    Args:
        work: What to compute.
        wanted: Whether the answer still matters; asked from both threads.
        worker: Where to compute it.

    Returns:
        The answer, or None once it was no longer wanted. The caller is free at once then, and so it is when its task
        is cancelled: what is under way ends by itself and goes nowhere.
    """
    await asyncio.sleep(DRAW_FIRST_S)
    if not wanted():
        return None
    future = asyncio.wrap_future(worker.submit(work, wanted))
    try:
        while not future.done():
            await asyncio.wait({future}, timeout=LOOK_AGAIN_S)
            if not future.done() and not wanted():
                return None
        return None if future.cancelled() else future.result()
    finally:
        future.cancel()
