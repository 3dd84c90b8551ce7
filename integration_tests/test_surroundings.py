"""What the connector's surroundings do to it: networks, encodings, signals, servers that hang."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import NOW, days_back
from integration_tests.support.scripted import Asked, Reply, ScriptedApi
from source_incontact.checks import CHECK_SECONDS
from unit_tests.dripping import certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from integration_tests.sandbox.client import Sandbox

COMMAND = [sys.executable, "-m", "source_incontact"]
END_SECONDS = 60
START_SECONDS = 5
"""What is left of the 45 for the process itself."""
NAMES = ("Größe", "山田")


def one_agent(asked: Asked) -> Reply | dict[str, Any]:
    """A business unit with two agents and nothing else."""
    if asked.path == "agents":
        rows = [{"agentId": number, "firstName": name} for number, name in enumerate(NAMES, 1)]
        return {"totalRecords": len(rows), "agents": rows}
    if asked.path in {"teams", "skills", "campaigns"}:
        return {"totalRecords": 1, asked.path: [{f"{asked.path[:-1]}Id": 1}]}
    return Reply(204)


def verdict(outcome: cli.Outcome) -> str:
    """The message of a failed check."""
    assert outcome.exit_code == 0, outcome.text
    [status] = outcome.of_type("CONNECTION_STATUS")
    assert status["status"] == "FAILED"
    return str(status["message"])


@contextmanager
def listener(serve: Callable[[socket.socket], object]) -> Iterator[int]:
    """A port on which every connection is served alike; an error of one concerns no other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):  # the server was shut down
                while True:
                    peer, _ = server.accept()
                    with peer, suppress(OSError):
                        serve(peer)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def check(sandbox: Sandbox, api_host: str, **environment: str) -> str:
    """What a check says that cannot reach the API."""
    config = {**sandbox.config("application_user"), "api_host": api_host}
    # Each retry waits; none of this is about how long.
    return verdict(cli.run("check", config=config, environment=environment))


def test_a_certificate_that_nobody_trusts_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with listener(lambda peer: context.wrap_socket(peer, server_side=True).close()) as port:
        said = check(sandbox, f"https://127.0.0.1:{port}")
        assert "certificate of 127.0.0.1 is not trusted" in said
        assert "REQUESTS_CA_BUNDLE" in said


def test_a_file_of_certificates_that_is_not_there_is_named(sandbox: Sandbox) -> None:
    said = check(sandbox, "https://127.0.0.1:9", REQUESTS_CA_BUNDLE="/nowhere/root.pem")
    assert "REQUESTS_CA_BUNDLE" in said
    assert "is not there" in said


def test_a_proxy_that_wants_a_password_is_named(sandbox: Sandbox) -> None:
    reply = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with listener(lambda peer: peer.recv(4096) and peer.send(reply)) as port:
        proxy = f"http://127.0.0.1:{port}"
        said = check(sandbox, "https://cluster.example", HTTPS_PROXY=proxy)
    assert "wants a user and a password (407)" in said


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_socks_proxy_is_refused_by_name(sandbox: Sandbox, variable: str) -> None:
    said = check(sandbox, "https://cluster.example", **{variable: "socks5://127.0.0.1:1080"})
    assert "names a SOCKS proxy" in said
    assert variable in said


def test_a_host_that_does_not_exist_is_named(sandbox: Sandbox) -> None:
    config = {**sandbox.config("application_user"), "api_host": "https://cxone.invalid"}
    outcome = cli.run("check", config=config)
    said = outcome.text
    assert "the name cxone.invalid could not be found" in said
    assert "api_host" in said


def run_really(words: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command in a Python of its own, with what the shell gives it."""
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, timeout=END_SECONDS, check=False, **options
    )


def test_output_and_input_are_utf_8_whatever_the_locale_says(tmp_path: Path) -> None:
    """A pipe on Windows has cp1252; the config comes from a pipe too, which can be read once."""
    with ScriptedApi(one_agent) as api:
        config = api.config(days_back(1), data_downloads=[])
        config["credentials"]["username"] = "größe@example.com"
        catalog = tmp_path / "catalog.json"
        catalog.write_text(json.dumps(cli.catalog(["agents"])), "utf-8")
        done = run_really(
            ["read", "--config", "/dev/stdin", "--catalog", str(catalog)],
            input=json.dumps(config, ensure_ascii=False).encode(),
            env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C"},
        )
    assert done.returncode == 0, done.stdout
    lines = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    names = [line["record"]["data"]["firstName"] for line in lines if line["type"] == "RECORD"]
    assert names == list(NAMES)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_config_that_windows_wrote_is_read_or_refused_by_what_it_is(
    sandbox: Sandbox, encoding: str
) -> None:
    config = json.dumps(sandbox.config()).encode(encoding)
    outcome = cli.run("check", config=config, now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    assert status["status"] == "SUCCEEDED" or "UTF-8" in status["message"]


def test_sigterm_ends_the_command_with_the_code_of_its_signal() -> None:
    hang = threading.Event()

    def route(asked: Asked) -> Reply | dict[str, Any]:
        del asked
        hang.wait()
        return Reply(204)

    with ScriptedApi(route) as api:
        kill = cli.Kill(once=lambda: bool(api.asked), signal=signal.SIGTERM)
        outcome = cli.run("check", config=api.config(days_back(1)), kill=kill)
        hang.set()
    assert outcome.exit_code == 128 + signal.SIGTERM


def test_check_ends_within_45_seconds_of_its_own_clock_though_nobody_answers() -> None:
    hang = threading.Event()

    def route(asked: Asked) -> Reply | dict[str, Any]:
        if asked.path == "skills":
            return Reply(403, {"error_description": "no"})
        if asked.path == "teams":
            hang.wait()
        return one_agent(asked)

    with ScriptedApi(route, is_parallel=True) as api:
        outcome = cli.run("check", config=api.config(days_back(1)), speed=20)
        hang.set()
    said = verdict(outcome)
    assert "skills" in said
    assert "teams" not in said
    assert "teams: it did not answer within 40 seconds; it counts as readable" in outcome.logs
    # It ended while teams still hung; how long its process took to start is the machine's affair.
    assert CHECK_SECONDS + START_SECONDS <= 45


def test_a_read_names_the_columns_that_its_catalog_lacks(sandbox: Sandbox) -> None:
    """Such as a catalog that was discovered while the report had fewer columns."""
    config = sandbox.config(date=days_back(1), data_downloads=["540"])
    catalog = cli.catalog(["data_download_540"])
    known = ["_row_number", "_report_start", "_report_end"]
    properties = {name: {"type": ["null", "string"]} for name in known}
    catalog["streams"][0]["stream"]["json_schema"] = {"type": "object", "properties": properties}
    outcome = cli.run("read", config=config, catalog=catalog, now=NOW)
    assert outcome.exit_code == 0
    lacking = [line for line in outcome.logs.splitlines() if "catalog" in line]
    assert len(lacking) == 1
    assert "data_download_540" in lacking[0]
