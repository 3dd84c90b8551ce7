"""The connector's command at another time.

``python -m integration_tests.support.frozen_clock 2026-11-16T09:44:30Z read --config ...`` does
what ``source-incontact read --config ...`` would have done then.
"""

from __future__ import annotations

import sys
from datetime import datetime

import time_machine

from source_incontact.run import run


def main() -> None:
    """Set the clock, which ticks on, and become the command."""
    now = datetime.fromisoformat(sys.argv.pop(1).replace("Z", "+00:00"))
    with time_machine.travel(now, tick=True):
        run()


if __name__ == "__main__":
    main()
