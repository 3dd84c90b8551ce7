"""The console command: ``source-incontact spec | check | discover | read | survey``.

Importing the CDK takes one to two seconds, so it is imported by the commands that need it.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPEC = Path(__file__).with_name("spec.json")
_INTERRUPTED = 130
"""The exit code that shells expect after Ctrl-C."""
_TERMINATED = 143
"""The exit code that container runtimes expect after SIGTERM."""
_GRACE_SECONDS = 5.0
"""How long Python may take to end; all that is to be said has been said by then."""


def run() -> None:
    """Run the command line's command and exit; 1 if it failed."""
    if sys.stdout is None:
        _end_unheard("it is closed", 1)
    for name in ("stdout", "stderr"):
        stream = _written_whole(getattr(sys, name))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    own = sys.stdout, sys.stderr
    # As process 1 of a container, a command without a handler would never be told.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(_TERMINATED))
    code = 1
    try:
        code = main(sys.argv[1:])
    except SystemExit:
        raise  # the command line was not understood; nothing has begun
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BaseException:  # noqa: BLE001 - whatever it was, it ends here and is told
        # The CDK's buffer is still in their place if it was what could not be written.
        sys.stdout, sys.stderr = own
        with suppress(Exception):  # nobody may be listening any more, or memory be short
            sys.stdout.flush()
            sys.excepthook(*sys.exc_info())
    _leave(code)


def _written_whole(stream: TextIO) -> TextIO:
    """A standard stream that writes UTF-8 in any locale, and all that it is given.

    With ``PYTHONUNBUFFERED`` Python asks the system once to write. A pause of the container, a
    sleep of the machine, or a full disk may end that write early, and the rest would be lost.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if isinstance(stream.buffer, io.RawIOBase):
        stream = io.TextIOWrapper(io.BufferedWriter(stream.detach()), line_buffering=True)
    # A pipe on Windows would be cp1252.
    stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    return stream


def main(args: Sequence[str]) -> int:
    """Run one command, its messages on standard output.

    Returns:
        The exit code.
    """
    if list(args) == ["spec"]:
        spec = json.loads(_SPEC.read_text(encoding="utf-8"))
        sys.stdout.write(f"{json.dumps({'type': 'SPEC', 'spec': spec}, ensure_ascii=False)}\n")
        return 0
    gc.disable()  # what is imported stays, so there is nothing to collect, now or at the end
    from source_incontact.command import main as command  # noqa: PLC0415 - takes seconds

    gc.freeze()
    gc.enable()
    return command(args)


def _end_unheard(reason: str, code: int) -> NoReturn:
    """End where standard output takes nothing; Python would try again and print its own error."""
    with suppress(AttributeError, OSError):  # standard error may be closed or full as well
        sys.stderr.write(f"Standard output cannot be written: {reason}.\n")
        sys.stderr.flush()
    os._exit(code)


def _leave(code: int) -> NoReturn:
    """End the process, and with it every worker.

    The CDK's workers hand their records to the main thread through a queue of limited length. Once
    that thread has left its loop, they would wait for room for ever, and Python for them.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        _end_unheard(error.strerror or str(error), code or 1)
    end = threading.Timer(_GRACE_SECONDS, os._exit, [code])
    end.daemon = True
    try:
        end.start()
    except RuntimeError:  # there is no room for a further thread
        os._exit(code)
    sys.exit(code)
