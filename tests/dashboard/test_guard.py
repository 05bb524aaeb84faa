"""The guard lets the dashboard's own page through, and nothing else."""

import pytest

from engagesim.dashboard.security import LOOPBACK, Guard


async def inner(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"in"})


@pytest.fixture
def ask(tmp_path):
    """Send a request through the guard; return what comes first, with its headers."""
    (tmp_path / "here.js").write_text("1")
    (tmp_path.parent / "secret.js").write_text("2")

    def asking(kind="http", path="/", host="127.0.0.1:8765", origin=None, method="GET", hosts=LOOPBACK):
        sent = []

        async def send(message):
            sent.append(message)

        headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])
        scope = {"type": kind, "path": path, "headers": headers, "method": method}
        answering = Guard(inner, hosts, tmp_path)(scope, None, send)
        with pytest.raises(StopIteration):  # nothing in it waits, so that it needs no loop
            answering.send(None)
        return sent[0]

    return asking


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "[::1]:1", "LOCALHOST:80"])
def test_loopback_is_answered_with_a_policy_that_names_no_other_place(ask, host):
    answer = ask(host=host)
    assert answer["status"] == 200
    policy = dict(answer["headers"])[b"content-security-policy"].decode()
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[bad", "localhost@evil.example"])
def test_a_name_that_was_pointed_here_is_refused(ask, host):
    assert ask(host=host)["status"] == 421
    assert ask("websocket", host=host, origin=f"http://{host}")["type"] == "websocket.close"


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        ("http://127.0.0.1:8765", True), ("http://127.0.0.1:9999", False), ("https://evil.example", False),
        ("null", False), (None, False), ("http://[bad", False),
    ],
)  # fmt: skip
def test_only_the_own_page_may_open_a_websocket_or_post(ask, origin, is_let_in):
    assert (ask("websocket", origin=origin)["type"] == "websocket.accept") == is_let_in
    assert (ask(method="POST", origin=origin)["status"] == 200) == is_let_in


def test_scripts_that_are_not_in_the_folder_and_inner_pages_are_not_there(ask):
    script = ask(path="/_solara/cdn/here.js")
    assert script["status"] == 200
    assert b"cache-control" in dict(script["headers"])
    for path in (
        "/_solara/cdn/gone.js",
        "/_solara/cdn/../secret.js",
        "/_solara/cdn/",
        "/resourcez",
        "/_solara/api/evict/x",
    ):
        assert ask(path=path)["status"] == 404


def test_a_name_that_was_told_and_plain_addresses_are_answered_but_no_other_page(ask):
    names = LOOPBACK | {"class.example"}
    for host in ("class.example", "192.0.2.7:8765", "[2001:db8::7]"):
        assert ask(host=host, hosts=names)["status"] == 200
        assert ask("websocket", host=host, origin=f"http://{host}", hosts=names)["type"] == "websocket.accept"
        assert ask("websocket", host=host, origin="http://evil.example", hosts=names)["type"] == "websocket.close"
    assert ask(host="evil.example", hosts=names)["status"] == 421
