"""What a caching proxy in front of two server processes gives, and what it hides, without containers: `make bench`.

Needs Linux, two cores, and Debian's nginx-light and wrk; with the extra `cluster`, jobs run on a Dask cluster too. The
proxy has the first core and the load the second; the servers are where there is room, for they have nothing to do.
"""

import http.client
import importlib.util
import itertools
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.http import ADDRESSES, ROUNDS, SECONDS, cpu, load
from tests.fleet import NGINX, Fleet, fleet
from tests.grid import grid
from tests.serving import Server, members

NETWORK = "/api/v1/networks/googlenet"
DOORS = {
    "the explorer's page": "/networks/googlenet",
    "what follows a slider": "/networks/googlenet/live/wide/4e",
    "a chart": f"{NETWORK}/figures/saving",
    "JSON": NETWORK,
}
"""What visitors who edit ask for."""
CLIENTS, KILLS, REQUESTS = 32, 3, 1000


def main() -> None:
    """Measures and prints; ends with an error where something was lost or differs."""
    if not NGINX or not shutil.which("wrk"):
        sys.exit("this needs nginx and wrk: apt-get install nginx-light wrk")
    with fleet() as running:
        for pid in members(running.proxy.pid):
            subprocess.run(["taskset", "-cp", "0", str(pid)], check=True, capture_output=True)
        same(running)
        for name, address in ADDRESSES.items():
            for accepted in ("identity", "br"):
                kept(f"{name}, {accepted}", running, address, accepted)
        for name, door in DOORS.items():
            unseen(name, running, door)
        print(f"memory: {' and '.join(f'{memory(web.process.pid):.0f}' for web in running.webs)} MB for the servers, "
              f"{sum(map(memory, members(running.proxy.pid))):.0f} MB for the proxy")  # fmt: skip
    for at in range(KILLS):
        killed(at)
    jobs()


def same(running: Fleet) -> None:
    """Either server's answers are the other's, tags and all."""
    different = [
        (address, accepted)
        for address, accepted in itertools.product(ADDRESSES.values(), ("identity", "gzip", "br"))
        if len({_answer(web, address, accepted) for web in running.webs}) != 1
    ]
    if different:
        sys.exit(f"the servers differ: {different}")


def _answer(web: Server, address: str, accepted: str) -> tuple[object, ...]:
    headers = {"Accept-Encoding": accepted, "Host": "explorer.example"}
    with urlopen(Request(web.url + address, headers=headers)) as answer:
        return answer.status, answer.headers["etag"], answer.read()


def kept(name: str, running: Fleet, address: str, accepted: str) -> None:
    """What the proxy gives of an address that it has, while the servers are stopped and can do nothing."""
    with urlopen(Request(running.url + address, headers={"Accept-Encoding": accepted})) as answer:
        size = len(answer.read())
    with frozen(running):
        before = _spent(running)
        found = [load(running.url + address, accepted) for _ in range(ROUNDS)]
        used = _spent(running) - before
    rate, p50 = statistics.median(each.rate for each in found), statistics.median(each.p50 for each in found)
    print(f"{name:34} {rate:8,.0f} a second, {rate * size / 1e6:6,.0f} MB/s, p50 {p50 / 1e3:.1f} ms, p99 "
          f"{statistics.median(each.p99 / each.p50 for each in found):.1f} x p50; "
          f"{sum(each.rate for each in found) * SECONDS / used:8,.0f} a second of the proxy's own time")  # fmt: skip


def _spent(running: Fleet) -> float:
    """Seconds that the proxy has worked."""
    return sum(map(cpu, members(running.proxy.pid)))


@contextmanager
def frozen(running: Fleet) -> Iterator[None]:
    """Proof that nobody asks the servers: for as long they cannot answer."""
    for web in running.webs:
        web.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for web in running.webs:
            web.process.send_signal(signal.SIGCONT)


def unseen(name: str, running: Fleet, door: str) -> None:
    """What the servers' own time gives of states that nobody has asked for: each with other widths of one module."""
    draw = random.Random(0)
    states = [",".join(str(draw.randint(1, 500)) for _ in range(6)) for _ in range(REQUESTS)]
    requests = [Request(f"{running.url}{door}?4e={state}", headers={"Accept-Encoding": "br"}) for state in states]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fetch, requests[:100]))
        before, proxy = _served(running), _spent(running)
        sizes = [len(body) for body in pool.map(fetch, requests[100:])]
        used, passed = _served(running) - before, _spent(running) - proxy
    print(f"{name}, never seen, with Brotli, {statistics.mean(sizes) / 1000:.1f} kB: {len(sizes) / used:,.0f} "
          f"a second of a server's own time, {len(sizes) / passed:,.0f} of the proxy's")  # fmt: skip


def _served(running: Fleet) -> float:
    """Seconds that the servers have worked."""
    return sum(cpu(web.process.pid) for web in running.webs)


def killed(at: int) -> None:
    """A server is killed in the middle of a load of states that nobody has asked for; what comes is compared after."""
    with fleet() as running, ThreadPoolExecutor(CLIENTS) as pool:
        addresses = [f"{NETWORK}?input={32 + (at * REQUESTS + each) % 2000}" for each in range(REQUESTS)]
        answers = pool.map(lambda address: fetch(running.url + address), addresses)
        first = list(itertools.islice(answers, REQUESTS // 3))
        running.webs[1].process.kill()
        got = dict(zip(addresses, [*first, *answers], strict=True))
        ends = Counter(answer if isinstance(answer, str) else "good" for answer in got.values())
        wrong = sum(
            fetch(running.webs[0].url + address) != answer for address, answer in got.items() if answer != "cut off"
        )
    print(f"a server killed under load: of {REQUESTS:,} requests {dict(ends)}, {wrong} other than the other's answers")
    if set(ends) - {"good", "cut off"} or ends["cut off"] > 1 or wrong:
        sys.exit("a request was lost that could have been asked again")


def fetch(asked: str | Request) -> bytes | str:
    """The body, or how it went instead."""
    try:
        with urlopen(asked, timeout=60) as answer:
            body = answer.read()
            assert isinstance(body, bytes)
            return body
    except HTTPError as error:
        error.close()
        return str(error.code)
    except http.client.IncompleteRead:
        return "cut off"  # its head had gone out, so nobody can ask again


def jobs() -> None:
    """Four jobs on two Dask workers, from two servers behind the proxy; whoever asks finds each."""
    if not importlib.util.find_spec("distributed"):
        print("no jobs on Dask: the extra `cluster` is not installed")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        grid(Path(folder)) as cluster,
        fleet(EXPLORER_DASK_SCHEDULER=cluster.address) as running,
    ):
        settings = json.dumps({"runs": 5, "twin": False}).encode()
        head = {"Content-Type": "application/json"}
        left = {_json(Request(f"{running.url}{NETWORK}/latency", settings, head))["id"] for _ in range(4)}
        servers = Counter(id.partition(".")[0] for id in left)
        while left:
            states = {id: _json(Request(f"{running.url}/api/v1/jobs/{id}"))["status"] for id in left}
            if set(states.values()) & {"failed", "cancelled"}:
                sys.exit(f"a job failed: {states}")
            left = {id for id, status in states.items() if status != "done"}
            time.sleep(0.2)
    print(f"four runs on two Dask workers, started by {dict(servers)}: all done, each found by its address")


def _json(request: Request) -> dict[str, str]:
    with urlopen(request, timeout=60) as answer:
        told: dict[str, str] = json.load(answer)
        return told


def memory(pid: int) -> float:
    """Resident memory of a process, MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
