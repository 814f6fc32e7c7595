"""Answers that take work, however many are asked for at once, are made one in each round of the event loop.

Between two of them the loop looks at what else has come. libuv accepts one connection a round: were all answers that
are asked for made in one, sixty who ask without end would keep the next out for seconds.
"""

import asyncio
from collections import deque
from weakref import WeakKeyDictionary


class Turns:
    """Who makes an answer waits here first."""

    def __init__(self) -> None:
        self._waiting = WeakKeyDictionary[asyncio.AbstractEventLoop, deque[asyncio.Future[None]]]()
        """Of each loop in whose round somebody has had the turn."""

    async def wait(self) -> None:
        """Until it is one's turn, in the order of coming."""
        loop = asyncio.get_running_loop()
        if (waiting := self._waiting.get(loop)) is None:
            self._waiting[loop] = deque()
            loop.call_soon(self._next, loop)
        else:
            turn = loop.create_future()
            waiting.append(turn)
            await turn

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting = self._waiting[loop]
        while waiting:
            turn = waiting.popleft()
            if not turn.done():  # its client is still there
                turn.set_result(None)
                loop.call_soon(self._next, loop)
                return
        del self._waiting[loop]
