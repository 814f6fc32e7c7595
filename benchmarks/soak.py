"""A server under mixed load and faults: is every answer right, is none a defect, does its memory stay flat?

    python -m benchmarks.soak [minutes, 10 if left out]

Needs Linux and what the tests need. Visitors ask for pages, tables, code and sweeps, some of them again and again; send
descriptions and garbage; leave in the middle; read slowly; start and cancel jobs, whose processes are killed now and
then. Every answer that is a function of its address is compared, byte for byte and with its tag, with one computed in
this process. Refusals for want of room are meant at jobs, verifications, long sweeps and files with weights alone.
"""

import gzip
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlencode

import brotli

from app.lab.sweep import SweepSettings, sweep
from app.main import create_app
from app.settings import Settings
from app.web.sweep import read_sweep
from benchmarks.addresses import API, HALF, address, description, garbage, state
from benchmarks.many import memory
from tests.garbage import LIMITS, SETTINGS
from tests.serving import Server, serving, wait_for
from tests.web.raw import ask

Said = tuple[str | None, str, bytes]
"""Content type, tag and body."""
VISITORS, KILL_SECONDS = 12, 15
DECODED: dict[str | None, Callable[[bytes], bytes]] = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
LONG = f"{API}/networks/googlenet/sweep?format=csv&vary=4e.5x5:1:400:1&vary=classes:1:500:1"
"""200,000 points, 7 MB: a stream."""
MEANT = re.compile("the run's process ended|the run was ended at its limit|runs are under way|the answer took more")
"""Why a run may fail here."""


class Soak:
    """The visitors of one server, and what they saw.

    Args:
        server: that is asked.
        seed: of all that is random.
    """

    def __init__(self, server: Server, seed: int) -> None:
        self.server = server
        self.host = server.url.removeprefix("http://")
        self.over = threading.Event()
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.memory: list[tuple[float, float]] = []
        self.alive: list[float] = []
        self.slowest = 0.0, "none"
        self._fresh = create_app(Settings.model_construct(warm_lab=False, cache_mb=0))
        self._one_by_one = threading.Lock()
        self._random = random.Random(seed)
        self._favourites = [address(self._random) for _ in range(40)]

    def visit(self, seed: int) -> None:
        """What one visitor does, until it is over."""
        draw = random.Random(seed)
        doings: dict[Callable[[random.Random], None], int] = {
            self._right: 60, self._again: 60, self._garbage: 20, self._leaves: 12, self._described: 6, self._half: 6,
            self._slow: 2, self._sweeps: 2, self._job: 2, self._verified: 1,
        }  # fmt: skip
        while not self.over.is_set():
            (doing,) = draw.choices(list(doings), list(doings.values()))
            try:
                doing(draw)
            except Exception as error:
                self.blame(doing.__name__, f"{type(error).__name__}: {error}")

    def blame(self, what: object, why: str) -> None:
        """Notes what is not as it must be."""
        self.wrong.append(f"{str(what)[:300]}: {why[:300]}")

    def _right(self, draw: random.Random) -> None:
        self._compare("GET", address(draw), draw)

    def _again(self, draw: random.Random) -> None:
        self._compare("GET", draw.choice(self._favourites), draw)

    def _garbage(self, draw: random.Random) -> None:
        self._compare("GET", garbage(draw), draw)

    def _described(self, draw: random.Random) -> None:
        self._compare("POST", f"{API}/analysis", draw, description(draw).encode())

    def _compare(self, method: str, asked: str, draw: random.Random, body: bytes = b"") -> None:
        """Asks, and holds the answer beside a fresh one."""
        coding = draw.choice(("identity", "gzip", "br"))
        headers = {"Host": self.host, "Accept-Encoding": coding, "Accept": draw.choice(("*/*", "text/html"))}
        headers |= {"Content-Type": "application/json"} if body else {}
        status, got = self._ask(method, asked, headers, body)
        if status == 429 and "weights=" in asked:
            return
        with self._one_by_one:
            plain = {**headers, "Accept-Encoding": "identity"}
            fresh = ask(self._fresh, method, asked, plain.items(), body)
        expected = fresh.status_code, said(fresh.headers, fresh.content)
        if (status, got) != expected:
            self.blame(asked, f"{status} {got[:2]} {len(got[2])} bytes, fresh {expected[0]} {expected[1][:2]}")
        elif (tag := fresh.headers.get("etag")) and draw.random() < 0.2:
            status, _ = self._ask(method, asked, {**plain, "If-None-Match": tag})
            if status != 304:
                self.blame(asked, f"{status} to whom has it")
        self.seen["compared"] += 1

    def _ask(self, method: str, asked: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, Said]:
        """Status and content of an answer, which is no 5xx but 503, and then says when to come again."""
        since = time.perf_counter()
        with closing(http.client.HTTPConnection(self.host, timeout=120)) as connection:
            connection.request(method, asked, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        self.slowest = max(self.slowest, (time.perf_counter() - since, asked))
        self.seen[str(answer.status)] += 1
        if answer.status in (429, 503) and not int(answer.headers.get("retry-after", 0)):
            self.blame(asked, f"{answer.status} without Retry-After")
        if answer.status >= 500 and answer.status != 503:
            self.blame(asked, f"{answer.status}")
        return answer.status, said(answer.headers, content)

    def _leaves(self, draw: random.Random) -> None:
        """Goes before the answer is there, or in the middle of it; sometimes without a word."""
        with closing(self._connect()) as connection:
            there = draw.choice((LONG, address(draw)))
            connection.sendall(f"GET {there} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())
            if draw.random() < 0.5:
                connection.recv(draw.choice((1, 4096, 65536)))
            if draw.random() < 0.5:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.seen["left"] += 1

    def _half(self, draw: random.Random) -> None:
        with closing(self._connect()) as connection:
            connection.sendall(half := draw.choice(HALF))
            connection.settimeout(draw.uniform(0.05, 1))
            with suppress(TimeoutError, ConnectionError):
                if (answer := connection.recv(12)) and not answer.startswith(b"HTTP/1.1 4"):
                    self.blame(half, f"{answer!r}")
        self.seen["half a request"] += 1

    def _slow(self, draw: random.Random) -> None:
        """Reads a stream a little at a time; what came is right."""
        with closing(http.client.HTTPConnection(self.host, timeout=120)) as connection:
            connection.request("GET", LONG, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            self.seen[str(answer.status)] += 1
            if answer.status == 503:
                return
            got = b""
            while len(got) < draw.choice((1, 10)) * 10**6 and (piece := answer.read(1 << 16)):
                got += piece
                self.over.wait(0.01)
        with self._one_by_one:
            fresh = ask(self._fresh, "GET", LONG).content
        if not fresh.startswith(got):
            self.blame(LONG, "read slowly, it is another")
        self.seen["read slowly"] += 1

    def _connect(self) -> socket.socket:
        host, _, port = self.host.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=120)

    def _verified(self, draw: random.Random) -> None:
        """torch agrees, or its process was killed."""
        status, told = self._ask("GET", f"{API}/networks/googlenet/verify?{urlencode(state(draw))}", {})
        found = json.loads(told[2])
        if not (found["agrees"] if status == 200 else MEANT.search(found["detail"])):
            self.blame("verify", told[2].decode())

    def _job(self, draw: random.Random) -> None:
        """Starts a run, looks at it, and cancels it, or lets it be killed."""
        kind, body = draw.choice((("gradients", b'{"seeds": 1, "batch": 2}'), ("training", b'{"steps": 20}')))
        there = f"{API}/networks/googlenet/{kind}?input=64&width=0.25"
        status, told = self._ask("POST", there, {"Content-Type": "application/json"}, body)
        if status == 202:
            job = json.loads(told[2])
            for _ in range(draw.randint(0, 20)):
                if self._look(job)["status"] not in ("queued", "running"):
                    break
                self.over.wait(0.5)
            self._ask("DELETE", f"{API}/jobs/{job['id']}", {})
            self.seen["jobs"] += 1

    def _look(self, job: Any) -> Any:
        """What is known of a job now; it fails with its process alone."""
        found = json.loads(self._ask("GET", f"{API}/jobs/{job['id']}", {})[1][2])
        if found["status"] == "failed" and not MEANT.search(found["message"]):
            self.blame(job, found["message"])
        return found

    def _sweeps(self, draw: random.Random) -> None:
        """Has a grid counted as a job; its result is that of the same count here."""
        query = f"vary=width:0.5:1.5:0.25&vary=classes:1:{draw.randint(10, 900)}:1"
        status, told = self._ask("POST", f"{API}/networks/googlenet/sweep?{query}", {})
        if status != 202:
            return
        found = job = json.loads(told[2])
        while found["status"] in ("queued", "running") and not self.over.wait(0.2):
            found = self._look(job)
        if found["status"] == "done":
            if found["result"]["rows"] != counted(query):
                self.blame(query, "the job counted otherwise")
            self.seen["sweeps counted"] += 1

    def kill(self, draw: random.Random) -> None:
        """Ends a process of the lab now and then."""
        while not self.over.wait(KILL_SECONDS):
            if workers := self.server.workers:
                os.kill(draw.choice(workers), signal.SIGKILL)
                self.seen["killed"] += 1

    def watch(self) -> None:
        """Memory of the server, and whether it says that it lives, each second."""
        begun = time.perf_counter()
        while not self.over.wait(1):
            self.memory.append(((time.perf_counter() - begun) / 60, memory(self.server.process.pid)))
            since = time.perf_counter()
            self._ask("GET", "/healthz", {})
            self.alive.append(time.perf_counter() - since)


def said(headers: Mapping[str, str] | http.client.HTTPMessage, content: bytes) -> Said:
    """What an answer says, whatever its coding."""
    coding = headers.get("content-encoding")
    tag = headers.get("etag", "").replace(f'-{coding}"', '"')
    return headers.get("content-type"), tag, DECODED[coding](content)


def counted(query: str) -> list[list[float]]:
    """The rows of a grid's front, as the job finds them."""
    grid = read_sweep("googlenet", query, LIMITS, SETTINGS.max_job_points).grid
    found = sweep("googlenet", grid.choices, tuple(grid.axes), "", None, SweepSettings(), lambda *_: None)
    return [list(row) for row in found.rows]


def main() -> None:
    """Soaks, and ends with an error where anything was wrong."""
    minutes, seed = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0, time.time_ns() % 10**6
    with serving() as server:
        soak = Soak(server, seed)
        threads = [threading.Thread(target=soak.visit, args=(seed + at,)) for at in range(VISITORS)]
        threads += [
            threading.Thread(target=soak.kill, args=(random.Random(seed),)),
            threading.Thread(target=soak.watch),
        ]
        for thread in threads:
            thread.start()
        soak.over.wait(minutes * 60)
        soak.over.set()
        for thread in threads:
            thread.join()
        code = server.stop()
        wait_for(lambda: not server.members)
        log = server.log.read_text()
    report(soak, minutes, seed)
    if soak.wrong or code or log:
        sys.exit(f"exit code {code}, {len(soak.wrong)} wrong, on stderr: {log[-2000:]!r}")


def report(soak: Soak, minutes: float, seed: int) -> None:
    """What was seen."""
    least: dict[int, float] = {}  # of each minute: what is left between one large answer and the next
    for at, size in soak.memory:
        least[int(at)] = min(size, least.get(int(at), size))
    steady = [(at, size) for at, size in least.items() if at >= minutes / 3]
    slope = statistics.linear_regression(*zip(*steady, strict=True)).slope if len(steady) > 1 else 0.0
    for what in soak.wrong[:20]:
        print(f"wrong: {what}")
    seen = ", ".join(f"{name} {count:,}" for name, count in sorted(soak.seen.items()))
    sizes, alive = [size for _, size in soak.memory], [seconds * 1000 for seconds in soak.alive]
    print(f"{minutes:g} minutes, {VISITORS} visitors, seed {seed}: {seen}")
    print(f"wrong: {len(soak.wrong)}")
    print(f"memory of the server, MB: {sizes[0]:.0f} at first, {max(sizes):.0f} at most, least of each minute "
          f"{', '.join(f'{size:.0f}' for size in least.values())}, {slope:+.2f} a minute")  # fmt: skip
    print(f"the slowest answer took {soak.slowest[0]:.1f} s: {soak.slowest[1]}")
    print(f"/healthz, ms: median {statistics.median(alive):.0f}, at most {max(alive):.0f}")


if __name__ == "__main__":
    main()
