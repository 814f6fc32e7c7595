"""How many connections there may be at once, in all and of one address."""

from contextlib import ExitStack, closing

from tests.serving import serving, wait_for
from tests.web.test_connection import LIMITS, ask, check, connect, heard, say


def test_connections_beyond_the_limit_are_told_to_come_back() -> None:
    with serving(**LIMITS, EXPLORER_MAX_CONNECTIONS="20") as server, ExitStack() as open_ones:
        others = [open_ones.enter_context(closing(connect(server))) for _ in range(30)]
        for each in others[20:]:
            said = heard(each)
            check(said, 503)
            assert b"retry-after: 5" in said.lower()
        open_ones.close()
        wait_for(lambda: ask(server).startswith("http/1.1 200"))


def test_one_client_cannot_have_all_connections_and_a_proxy_can() -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with serving(**LIMITS, EXPLORER_MAX_CONNECTIONS_PER_CLIENT="2") as server, ExitStack() as slow:

        def ask_from(host: str, said: bytes = whole) -> bytes:
            with closing(connect(server, host)) as connection:
                say(connection, said)
                return heard(connection)

        for host in ("127.0.0.2", "127.0.0.2", "127.0.0.1", "127.0.0.1"):
            slow.enter_context(closing(connect(server, host))).sendall(b"GET / HT")
        refused = ask_from("127.0.0.2", b"")
        check(refused, 429)
        assert b"retry-after: 5" in refused.lower()
        for host in ("127.0.0.3", "127.0.0.1"):  # the second is the proxy that is trusted
            assert ask_from(host).startswith(b"HTTP/1.1 200")
        slow.close()
        wait_for(lambda: ask_from("127.0.0.2").startswith(b"HTTP/1.1 200"))
