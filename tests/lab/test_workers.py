"""Processes of their own: limited in time, memory and number, replaced when they die, gone when closed."""

import asyncio
import contextlib
import importlib.util
import multiprocessing
import os
from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import Unavailable
from app.lab.workers import Workers
from tests.serving import apart


@contextlib.contextmanager
def working(seconds: float = 60, memory_mb: int = 1024, waiting: int = 8) -> Iterator[Workers]:
    """Workers, and no process of theirs afterwards."""
    workers = Workers(seconds, memory_mb, waiting)
    with apart():
        try:
            yield workers
        finally:
            workers.close()


def run(workers: Workers, task: str, *arguments: object) -> Any:
    return asyncio.run(workers.run(task, *arguments))


@pytest.fixture(autouse=True)
def torch_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the tasks here needs it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: find("os" if name == "torch" else name, *more))


def test_a_task_runs_in_a_process_of_its_own_that_serves_the_next_one_too() -> None:
    with working() as workers:
        assert run(workers, "math:gcd", 12, 18) == 6
        first, second = run(workers, "os:getpid"), run(workers, "os:getpid")
        assert first == second != os.getpid()


def test_no_process_starts_before_it_is_needed() -> None:
    with working():
        assert not multiprocessing.active_children()


def test_what_a_task_raises_comes_back_and_the_process_goes_on() -> None:
    with working() as workers:
        with pytest.raises(ZeroDivisionError):
            run(workers, "operator:truediv", 1, 0)
        assert run(workers, "operator:truediv", 1, 1) == 1


def test_a_task_ends_at_its_time_limit_and_the_next_one_runs() -> None:
    with working(seconds=0.2) as workers:
        with pytest.raises(Unavailable, match=r"0\.2 s") as ended:
            run(workers, "time:sleep", 600)
        assert ended.value.retry_after > 0
        assert run(workers, "math:gcd", 12, 18) == 6


def test_the_limit_is_a_tasks_own_and_not_its_processs() -> None:
    with working(seconds=0.5) as workers:
        for _ in range(4):
            run(workers, "time:sleep", 0.2)


def test_c_code_that_never_returns_to_python_ends_at_the_limit_too() -> None:
    with working(seconds=0.2) as workers, pytest.raises(Unavailable):
        run(workers, "math:factorial", 3_000_000)


@pytest.mark.parametrize(("task", "arguments"), [("os:_exit", (1,)), ("os:_exit", (0,)), ("os:abort", ())])
def test_a_process_that_dies_is_replaced(task: str, arguments: tuple[object, ...]) -> None:
    with working() as workers:
        with pytest.raises(Unavailable):
            run(workers, task, *arguments)
        assert run(workers, "math:gcd", 12, 18) == 6


def test_a_process_that_is_killed_from_outside_is_replaced() -> None:
    with working() as workers:
        run(workers, "math:gcd", 1, 1)
        (process,) = multiprocessing.active_children()
        process.kill()
        process.join()
        with contextlib.suppress(Unavailable):  # who comes first may be told so
            run(workers, "math:gcd", 1, 1)
        assert run(workers, "math:gcd", 12, 18) == 6


def test_more_memory_than_allowed_is_refused_and_the_next_one_runs() -> None:
    with working(memory_mb=600) as workers:
        assert run(workers, "builtins:len", b"x" * 1000) == 1000
        with pytest.raises(Unavailable, match="600 MB"):
            run(workers, "operator:mul", b"x", 700 << 20)
        assert run(workers, "math:gcd", 12, 18) == 6


def test_beyond_what_may_run_and_wait_together_a_task_is_refused_at_once() -> None:
    async def crowd(workers: Workers) -> list[Any]:
        tasks = [workers.run("time:sleep", 0.2) for _ in range(5)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    with working(waiting=3) as workers:
        outcomes = asyncio.run(crowd(workers))
        assert outcomes[:3] == [None] * 3
        assert [type(each) for each in outcomes[3:]] == [Unavailable] * 2
        assert run(workers, "math:gcd", 12, 18) == 6


def test_a_task_that_waited_behind_one_that_was_ended_is_not_ended_with_it() -> None:
    async def queue(workers: Workers) -> list[Any]:
        tasks = [workers.run("time:sleep", 600), workers.run("math:gcd", 12, 18)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    with working(seconds=1) as workers:
        ended, waited = asyncio.run(queue(workers))
        assert isinstance(ended, Unavailable)
        assert waited == 6


def test_a_process_started_while_another_breaks_is_closed_too() -> None:
    async def again(workers: Workers) -> None:
        with pytest.raises(Unavailable):
            await workers.run("time:sleep", 600)
        assert await workers.run("math:gcd", 12, 18) == 6

    async def queue(workers: Workers) -> None:
        await asyncio.gather(again(workers), workers.run("time:sleep", 600), return_exceptions=True)

    with working(seconds=1) as workers:
        asyncio.run(queue(workers))


def test_closing_ends_a_task_that_runs() -> None:
    async def start(workers: Workers) -> None:
        task = asyncio.create_task(workers.run("time:sleep", 600))
        while not multiprocessing.active_children():
            await asyncio.sleep(0.01)
        workers.close()
        with pytest.raises((Unavailable, asyncio.CancelledError)):
            await task

    with working() as workers:
        asyncio.run(start(workers))


def test_without_torch_nothing_starts_and_nobody_is_told_to_come_back_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with working() as workers:
        with pytest.raises(Unavailable, match="torch") as refused:
            run(workers, "math:gcd", 1, 1)
        assert refused.value.retry_after >= 60
        assert not multiprocessing.active_children()
