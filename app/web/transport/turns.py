"""Answers that take work, however many are asked for at once, are made in turns with all else that the loop does."""

import asyncio
from time import perf_counter

_LONG = 0.05
"""Seconds of such work after which the loop looks at what else has come."""


class Turns:
    """Who makes an answer waits here first."""

    def __init__(self) -> None:
        self._since: float | None = None
        """When the first of this round of the loop began."""

    async def wait(self) -> None:
        """Until this round of the loop has time left; in the order of coming."""
        while (since := self._since) is not None and perf_counter() - since > _LONG:
            await asyncio.sleep(0)
            if self._since == since:  # of a loop that ended in the middle of its round
                self._since = None
        if self._since is None:
            self._since = perf_counter()
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        """A new round."""
        self._since = None
