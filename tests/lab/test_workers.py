"""Processes of their own: limited in time, memory and number, replaced when they die, gone when closed."""

import asyncio
import contextlib
import gc
import importlib.util
import os
import signal
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

import pytest

from app.errors import BadInput, Unavailable
from app.lab.process import Process
from app.lab.workers import Workers
from tests.gate import Clock, Gate
from tests.serving import alive, children, wait_for

pytestmark = pytest.mark.usefixtures("torch_is_there")


@contextlib.contextmanager
def working(seconds: float = 60, memory_mb: int = 1024, waiting: int = 8, count: int = 1) -> Iterator[Workers]:
    """Workers, closed at the end."""
    workers = Workers([Process(seconds, memory_mb) for _ in range(count)], waiting)
    try:
        yield workers
    finally:
        workers.close()


def run(workers: Workers, task: str, *arguments: object) -> Any:
    return asyncio.run(workers.run(task, *arguments))


def test_a_task_runs_in_a_process_of_its_own_that_serves_the_next_one_too() -> None:
    with working() as workers:
        assert run(workers, "math:gcd", 12, 18) == 6
        first, second = run(workers, "os:getpid"), run(workers, "os:getpid")
        assert first == second != os.getpid()


def test_as_many_run_at_once_as_there_are_processes(gate: Gate) -> None:
    other = gate.beside("other")
    with working(count=2) as workers:
        futures = [workers.submit("tests.lab.fakes:pass_through", (each.path,)) for each in (gate, other)]
        pids = {each.wait() for each in (gate, other)}  # both have come as far as their gate
        assert len(pids) == 2
        for each in (gate, other):
            each.open()
        assert {future.result() for future in futures} == pids


def test_runs_in_turn_share_the_process_that_is_warm() -> None:
    with working(count=2) as workers:
        assert len({run(workers, "os:getpid") for _ in range(4)}) == 1


def test_no_process_starts_before_it_is_needed() -> None:
    before = children()
    with working(count=2) as workers:
        assert children() <= before
        assert run(workers, "os:getpid") in children() - before
    assert children() <= before


def test_what_a_task_raises_comes_back_and_the_process_goes_on() -> None:
    with working() as workers:
        pid = run(workers, "os:getpid")
        with pytest.raises(ZeroDivisionError) as raised:
            run(workers, "operator:truediv", 1, 0)
        assert "_called" in "".join(raised.value.__notes__), "where it was raised is told too"
        assert run(workers, "os:getpid") == pid


@pytest.mark.parametrize(
    ("task", "arguments", "says"),
    [
        ("tests.lab.fakes:bad_input", (), "BadInput: side: at least 1"),  # cannot be made again from its text
        ("threading:Lock", (), "pickle"),
        ("tests.lab.fakes:nothing_here", (), "nothing_here"),
        ("tests.lab.no_such_module:run", (), "no_such_module"),
    ],
)
def test_what_cannot_be_sent_is_told_as_an_error(task: str, arguments: tuple[object, ...], says: str) -> None:
    with working() as workers:
        with pytest.raises(Exception, match=says) as raised:
            run(workers, task, *arguments)
        assert not isinstance(raised.value, BadInput | Unavailable)
        assert run(workers, "math:gcd", 12, 18) == 6


def test_a_task_that_reports_is_heard_in_order() -> None:
    heard: list[tuple[float, str, object]] = []
    with working() as workers:
        future = workers.submit("tests.lab.fakes:count", (3,), lambda *said: heard.append(said))
        assert future.result() == 3
    assert heard == [(0.0, "started", None), (1 / 3, "1 of 3", [1]), (2 / 3, "2 of 3", [2]), (1.0, "3 of 3", [3])]


def test_a_task_ends_at_its_time_limit_and_not_before_and_the_next_one_runs(gate: Gate, clock: Clock) -> None:
    heard: list[str] = []
    with working(seconds=100) as workers:
        task = workers.submit("tests.lab.fakes:halfway", (gate.path,), lambda _, message, __: heard.append(message))
        wait_for(lambda: "before the gate" in heard)
        clock.now = 99.9
        with pytest.raises(TimeoutError):
            task.result(timeout=0.5)
        clock.now = 100
        with pytest.raises(Unavailable, match="100 s") as ended:
            task.result()
        assert ended.value.retry_after > 0
        assert run(workers, "math:gcd", 12, 18) == 6


def test_the_limit_is_a_tasks_own_and_not_its_processs(gate: Gate, clock: Clock) -> None:
    with working(seconds=60) as workers:
        for each in (gate, gate.beside("b"), gate.beside("c")):
            task = workers.submit("tests.lab.fakes:pass_through", (each.path,))
            each.wait()
            clock.now += 40
            each.open()
            task.result()


@pytest.mark.parametrize("task", ["math:factorial", "tests.lab.fakes:forever"])
def test_what_never_returns_ends_at_the_limit_too(task: str) -> None:
    with working(seconds=0.2) as workers, pytest.raises(Unavailable, match=r"0\.2 s"):
        run(workers, task, 3_000_000)  # in C code, which holds Python's lock for all its time, and in Python


@pytest.mark.parametrize(
    ("task", "arguments", "how"),
    [("os:_exit", (1,), "exit code 1"), ("os:_exit", (0,), "exit code 0"), ("os:abort", (), "SIGABRT")],
)
def test_a_process_that_dies_is_replaced(task: str, arguments: tuple[object, ...], how: str) -> None:
    with working() as workers:
        with pytest.raises(Unavailable, match=how):
            run(workers, task, *arguments)
        assert run(workers, "math:gcd", 12, 18) == 6


def test_a_process_that_is_killed_while_nobody_uses_it_is_replaced() -> None:
    with working() as workers:
        pid = run(workers, "os:getpid")
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # every thread of it has ended
        assert run(workers, "os:getpid") != pid


def test_a_process_that_is_killed_at_work_ends_its_own_task_only(gate: Gate) -> None:
    other = gate.beside("other")
    with working(count=2) as workers:
        one, two = (workers.submit("tests.lab.fakes:pass_through", (each.path,)) for each in (gate, other))
        os.kill(gate.wait(), signal.SIGKILL)
        with pytest.raises(Unavailable, match="SIGKILL"):
            one.result()
        pid = other.wait()
        other.open()
        assert two.result() == pid


@pytest.mark.parametrize(
    ("task", "arguments"),
    [("operator:mul", (b"x", 700 << 20)), ("torch:ones", (700 << 20,)), ("tests.lab.fakes:unmapped", ())],
)
def test_more_memory_than_allowed_is_refused_and_the_next_one_runs(task: str, arguments: tuple[object, ...]) -> None:
    if task.startswith("torch"):
        pytest.importorskip("torch")
    with working(memory_mb=600) as workers:
        assert run(workers, "builtins:len", b"x" * 1000) == 1000
        with pytest.raises(Unavailable, match="600 MB"):
            run(workers, task, *arguments)
        assert run(workers, "math:gcd", 12, 18) == 6


def test_no_memory_is_set_aside_for_cores_that_numpy_will_not_use() -> None:
    with working() as workers:
        assert run(workers, "os:getenv", "OPENBLAS_NUM_THREADS") == "1"


@pytest.mark.parametrize(("size", "stays"), [(64 << 20, True), (320 << 20, False)])
def test_a_process_that_keeps_more_than_half_of_its_memory_is_replaced(size: int, stays: bool) -> None:
    with working(memory_mb=600) as workers:
        assert (run(workers, "tests.lab.fakes:keep", size) == run(workers, "os:getpid")) is stays


def test_beyond_what_may_run_and_wait_together_a_task_is_refused_at_once(gate: Gate) -> None:
    async def crowd(workers: Workers) -> list[Any]:
        tasks = [asyncio.create_task(workers.run("tests.lab.fakes:pass_through", gate.path)) for _ in range(3)]
        await asyncio.to_thread(gate.wait)
        for _ in range(2):
            with pytest.raises(Unavailable, match="3 runs"):
                await workers.run("math:gcd", 12, 18)
        gate.open()
        return await asyncio.gather(*tasks)

    with working(waiting=3) as workers:
        assert len(asyncio.run(crowd(workers))) == 3
        assert run(workers, "math:gcd", 12, 18) == 6


def test_a_task_that_waited_behind_one_that_was_ended_is_not_ended_with_it(clock: Clock) -> None:
    heard: list[float] = []
    with working(seconds=100) as workers:
        first = workers.submit("tests.lab.fakes:forever", (), lambda progress, *_: heard.append(progress))
        second = workers.submit("math:gcd", (12, 18))
        wait_for(lambda: bool(heard))
        clock.now = 100
        with pytest.raises(Unavailable, match="100 s"):
            first.result()
        assert second.result() == 6


def test_a_task_whose_caller_has_gone_keeps_its_place_and_its_process_serves_the_next(gate: Gate) -> None:
    async def cancel(workers: Workers) -> int:
        task = asyncio.create_task(workers.run("tests.lab.fakes:pass_through", gate.path))
        pid = await asyncio.to_thread(gate.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    def free(workers: Workers) -> bool:
        with contextlib.suppress(Unavailable):
            return bool(run(workers, "math:gcd", 1, 1))
        return False

    with working(waiting=1) as workers:
        pid = asyncio.run(cancel(workers))
        assert not free(workers)
        gate.open()
        wait_for(lambda: free(workers))
        assert run(workers, "os:getpid") == pid


def test_how_a_task_failed_whose_caller_has_gone_is_no_line_in_the_log(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    async def leave(workers: Workers) -> None:
        task = asyncio.create_task(workers.run("tests.lab.fakes:pass_through", gate.path))
        pid = await asyncio.to_thread(gate.wait)
        task.cancel()
        await asyncio.wait([task])
        os.kill(pid, signal.SIGKILL)
        assert await workers.run("math:gcd", 12, 18) == 6  # behind it
        gc.collect()

    with working() as workers:
        asyncio.run(leave(workers))
    assert not caplog.records


def test_a_task_whose_caller_goes_while_it_waits_never_runs(gate: Gate) -> None:
    async def cancel(workers: Workers) -> None:
        task = asyncio.create_task(workers.run("os:_exit", 1))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with working() as workers:
        first = workers.submit("tests.lab.fakes:pass_through", (gate.path,))
        gate.wait()
        asyncio.run(cancel(workers))
        gate.open()
        assert run(workers, "os:getpid") == first.result()


def test_a_task_that_is_cancelled_while_it_waits_never_runs(gate: Gate) -> None:
    with working() as workers:
        first = workers.submit("tests.lab.fakes:pass_through", (gate.path,))
        waiting = workers.submit("os:_exit", (1,))
        gate.wait()
        assert waiting.cancel()
        gate.open()
        assert run(workers, "os:getpid") == first.result()


def test_closing_ends_a_task_that_runs_and_refuses_the_next(gate: Gate) -> None:
    with working() as workers:
        running, waiting = (workers.submit("tests.lab.fakes:pass_through", (gate.path,)) for _ in range(2))
        pid = gate.wait()
        workers.close()
        assert not alive(pid)
        for future in (running, waiting):
            with pytest.raises((Unavailable, CancelledError)):
                future.result()
        with pytest.raises(Unavailable, match="stopping"):
            run(workers, "math:gcd", 12, 18)


def test_without_torch_nothing_starts_and_nobody_is_told_to_come_back_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with working() as workers:
        with pytest.raises(Unavailable, match="torch") as refused:
            run(workers, "math:gcd", 1, 1)
        assert refused.value.retry_after >= 60
