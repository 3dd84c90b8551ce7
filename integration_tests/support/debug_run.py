"""Commands at debug level, and everything they write searched for what is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integration_tests.support import cli
from integration_tests.support.constants import NOW
from integration_tests.support.secrecy import leaks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.sandbox.client import Sandbox
    from integration_tests.support.cli import Outcome


def run(command: str, sandbox: Sandbox, config: dict[str, Any], **options: Any) -> Outcome:
    """Run a command; ``options`` as for `cli.run`."""
    outcome = cli.run(f"{command} --debug", config=config, now=NOW, **options)
    assert leaks(outcome.text, sandbox) == []
    return outcome


def read(
    sandbox: Sandbox, config: dict[str, Any], streams: Iterable[str], **options: Any
) -> Outcome:
    """Read some streams in full."""
    return run("read", sandbox, config, catalog=cli.catalog(streams), **options)


def only_error(outcome: Outcome, stream: str) -> str:
    """What the one error of a stream says, which must have been foreseen."""
    assert outcome.exit_code == 1, outcome.text[-2000:]
    [error] = [error for error in outcome.errors if error["stream"] == stream]
    assert "unexpected" not in error["message"], error
    assert "Traceback" not in outcome.logs
    return str(error["message"])
