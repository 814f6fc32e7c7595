"""What a server process serves, beside a bare Starlette route with the same bytes, in one run: `make bench`.

Needs Linux, two cores and wrk (Debian's package). The server has the first core and the load the second; each pair of
servers is measured in turn, several times, and the medians are compared.
"""

import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import starlette.requests
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from app.network.catalog import NETWORKS
from app.settings import Settings
from app.web.address import Limits, parse
from app.web.described import describe
from tests.serving import serving

SECONDS, ROUNDS, CONNECTIONS = 3, 5, 64
COLUMNS = [f"{name}.{column}" for name in ("3a", "4b", "4e", "5b") for column in ("1x1", "3x3", "5x5_reduce", "5x5")]
ADDRESSES = {
    "JSON, 70 kB": "/api/v1/networks/googlenet?4e.5x5=192",
    "the explorer's page": "/",
    "a size, 200 bytes": "/api/v1/size?op=conv&input=28&kernel=5&stride=1&padding=2",
}
UNSEEN = """
local keys = { %s }
math.randomseed(%d)
request = function()
  return wrk.format("GET", "/api/v1/networks/googlenet?" .. keys[math.random(#keys)] .. "=" .. math.random(1, 4000)
    .. "&input=" .. math.random(32, 512))
end
"""


def main() -> None:
    """Measures and prints."""
    if not shutil.which("wrk"):
        sys.exit("this needs wrk: apt-get install wrk")
    with pinned(0, serving, EXPLORER_WARM_LAB="false") as url:
        for name, address in ADDRESSES.items():
            for accepted in ("identity", "br"):
                repeated(f"{name}, {accepted}", url, address, accepted)
        unseen(url)
    two()


def repeated(name: str, url: str, address: str, accepted: str) -> None:
    """The same address again and again, beside a route that does nothing but answer the same."""
    with urlopen(Request(url + address, headers={"Accept-Encoding": accepted})) as answer:
        body, kind = answer.read(), answer.headers["content-type"]
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        with pinned(0, bare, file.name, kind) as other:
            pairs = [(load(other), load(url + address, accepted)) for _ in range(ROUNDS)]
    ratios = [ours.rate / theirs.rate for theirs, ours in pairs]
    tails = [ours.p99 / ours.p50 for _, ours in pairs]
    print(
        f"{name:34} {statistics.median(ours.rate for _, ours in pairs):8,.0f} a second, bare "
        f"{statistics.median(theirs.rate for theirs, _ in pairs):8,.0f}: {statistics.median(ratios):5.0%} "
        f"({min(ratios):.0%} to {max(ratios):.0%}), p99 {statistics.median(tails):.1f} x p50"
    )


def unseen(url: str) -> None:
    """States that nobody has asked for, beside the same work in a plain loop."""
    script = UNSEEN % (", ".join(f'"{name}"' for name in COLUMNS), time.time_ns() % 10**6)
    pairs = []
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        for _ in range(ROUNDS):
            looped = float(subprocess.run(
                ["taskset", "-c", "0", sys.executable, "-m", __spec__.name, "loop"], check=True, capture_output=True
            ).stdout)  # fmt: skip
            pairs.append((looped, load(url, script=file.name).rate))
    ratios = [served / looped for looped, served in pairs]
    print(f"never-seen states: {statistics.median(served for _, served in pairs):,.0f} a second, in a plain loop "
          f"{statistics.median(looped for looped, _ in pairs):,.0f}: {statistics.median(ratios):.0%}")  # fmt: skip


def loop() -> None:
    """How many states a second become JSON in a loop that does nothing else."""
    from pydantic import TypeAdapter

    from app.render.report import Report

    network, limits, json = NETWORKS["googlenet"], Limits.of(Settings()), TypeAdapter(Report)
    draw = random.Random()
    begun, made = time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS:
        values = {draw.choice(COLUMNS): str(draw.randint(1, 4000)), "input": str(draw.randint(32, 512))}
        json.dump_json(describe(parse(network, values, limits), "").report)
        made += 1
    print(made / (time.perf_counter() - begun))


def two() -> None:
    """Two server processes on both cores, beside one: requests for each second of the servers' own time."""
    address = ADDRESSES["JSON, 70 kB"]
    rates = {}
    for count in (1, 2):
        with ExitStack() as stack:
            servers = [stack.enter_context(serving(EXPLORER_WARM_LAB="false")) for _ in range(count)]
            for at, server in enumerate(servers):
                subprocess.run(["taskset", "-cp", str(at), str(server.process.pid)], check=True, capture_output=True)
            load(servers[0].url + address)
            spent = [cpu(server.process.pid) for server in servers]
            loads = [start(server.url + address) for server in servers]
            for each in loads:
                each.wait()
            used = [cpu(server.process.pid) - before for server, before in zip(servers, spent, strict=True)]
            done = [Load.read(each.stdout.read() if each.stdout else "").rate * SECONDS for each in loads]
            rates[count] = sum(requests / seconds for requests, seconds in zip(done, used, strict=True))
    print(f"two processes: {rates[2] / rates[1]:.2f} x one, for each second of their own time")


class Load:
    """What wrk saw."""

    def __init__(self, rate: float, p50: float, p99: float) -> None:
        self.rate, self.p50, self.p99 = rate, p50, p99

    @staticmethod
    def read(said: str) -> "Load":
        """From its report."""
        if "Non-2xx" in said or "Socket errors" in said:
            sys.exit(said)
        times = [float(number) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]
                 for number, unit in re.findall(r"(?:50|99)%\s+([\d.]+)(us|ms|s)", said)]  # fmt: skip
        return Load(float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]), *times)


def start(url: str, accepted: str = "identity", script: str = "") -> "subprocess.Popen[str]":
    """wrk on the second core."""
    more = ["-s", script] if script else []
    command = [
        "taskset",
        "-c",
        "1",
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS}",
        "--latency",
        "--timeout=20s",
        *more,
    ]
    return subprocess.Popen([*command, "-H", f"Accept-Encoding: {accepted}", url], stdout=subprocess.PIPE, text=True)


def load(url: str, accepted: str = "identity", script: str = "") -> Load:
    """A round of it."""
    running = start(url, accepted, script)
    return Load.read(running.communicate()[0])


def cpu(pid: int) -> float:
    """Seconds that a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def pinned(core: int, made: Callable[..., object], *arguments: str, **environment: str) -> Iterator[str]:
    """A server on one core; its address."""
    with made(*arguments, **environment) as server:  # type: ignore[attr-defined]
        subprocess.run(["taskset", "-acp", str(core), str(server.process.pid)], check=True, capture_output=True)
        yield server.url


def bare(path: str, kind: str) -> object:
    """The same bytes from a route of Starlette's."""
    return serving(path, kind, program=__spec__.name)


def serve(arguments: Sequence[str]) -> None:
    """The bare server, as uvicorn runs ours."""
    body, kind = Path(arguments[-2]).read_bytes(), arguments[-1]

    async def same(_: starlette.requests.Request) -> Response:
        return Response(body, media_type=kind)

    app = Starlette(routes=[Route("/", same)])
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"Inception Explorer: http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    if sys.argv[1:] == ["loop"]:
        loop()
    elif "--port" in sys.argv:
        serve(sys.argv)
    else:
        main()
