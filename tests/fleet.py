"""What compose.yaml starts, without containers: nginx, as it is configured there, in front of two real servers."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.serving import ROOT, Server, serving, unused_port, wait_for

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
"""Where Debian's nginx-light is, if it is installed."""
TEMPLATE = ROOT / "deploy/nginx.conf.template"


@dataclass
class Fleet:
    """A proxy and its two servers."""

    url: str
    """Of the proxy, without a slash at its end."""
    webs: tuple[Server, Server]
    proxy: "subprocess.Popen[str]"
    folder: Path
    """The proxy's own: its cache is below."""


@contextmanager
def fleet(program: str = "app", **environment: str) -> Iterator[Fleet]:
    """Starts them; at the end all are stopped."""
    with ExitStack() as stack:
        webs = [
            stack.enter_context(
                serving(program=program, EXPLORER_SERVER_NAME=name, EXPLORER_WARM_LAB="false", **environment)
            )
            for name in ("web1", "web2")
        ]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # nginx's workers are somebody else where its master is root
        at = f"127.0.0.1:{unused_port()}"
        (folder / "nginx.conf").write_text(_filled(LISTEN=at, **_addresses(webs)))
        yield Fleet(f"http://{at}", (webs[0], webs[1]), stack.enter_context(_proxy(folder, at)), folder)


def _addresses(webs: list[Server]) -> dict[str, str]:
    return {f"WEB{number}": web.url.removeprefix("http://") for number, web in enumerate(webs, 1)}


def _filled(**values: str) -> str:
    """The template as the container's own start fills it in."""
    text = TEMPLATE.read_text()
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


@contextmanager
def _proxy(folder: Path, at: str) -> Iterator["subprocess.Popen[str]"]:
    assert NGINX, "nginx is not installed: apt-get install nginx-light"
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, text=True, start_new_session=True)
    try:
        wait_for(lambda: _answers(at) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield process
    finally:
        process.terminate()
        process.wait()


def _answers(at: str) -> bool:
    host, port = at.split(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return False
    return True
