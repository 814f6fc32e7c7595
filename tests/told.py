"""What a run reports, for tests that look at it."""


class Told:
    """A report that remembers, and ends the run with `Stopped` once it has been called `stop` times."""

    def __init__(self, stop: int | None = None) -> None:
        self.progress: list[float] = []
        self.messages: list[str] = []
        self.partial: list[object] = []
        self._stop = stop

    def __call__(self, progress: float, message: str, partial: object = None) -> None:
        self.progress.append(progress)
        self.messages.append(message)
        self.partial.append(partial)
        if len(self.progress) == self._stop:
            raise Stopped


class Stopped(Exception):
    """Raised by a report, to end the run."""
