"""A second person beside the test, on a connection of their own (marks: transaction=True, postgresql)."""

import threading
from collections.abc import Callable

from django.db import connections

HELD_AFTER = 0.5  # seconds


class Aside:
    """A call in a thread with a connection of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._answer: list[object] = []
        self._thread = threading.Thread(target=self._run, args=[work])
        self._thread.start()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            self._answer.append(work())
        except Exception as raised:  # noqa: BLE001
            self._answer.append(raised)
        finally:
            connections.close_all()

    @property
    def held(self) -> bool:
        self._thread.join(HELD_AFTER)
        return self._thread.is_alive()

    def end(self) -> object:
        self._thread.join(30)
        (answer,) = self._answer
        return answer
