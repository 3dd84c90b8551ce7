"""How checks that are no tests of pytest say what they found."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


@dataclass
class Report:
    """What was found, printed as it comes.

    Attributes:
        width: Of the column of topics.
        failed: The topics that are not as they should be.
    """

    width: int = 11
    failed: list[str] = field(default_factory=list)

    def note(self, topic: str, good: object, text: object) -> None:
        """One line: what was looked at, whether it is as it should be, and what was seen."""
        sys.stdout.write(f"{'ok  ' if good else 'FAIL'}  {topic:<{self.width}}{text}\n")
        sys.stdout.flush()
        if not good:
            self.failed.append(topic)
