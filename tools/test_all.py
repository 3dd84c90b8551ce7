"""Run make targets on the oldest and the newest Python, and on one between: ``make test-all``.

    python tools/test_all.py test     ``make test`` on each, in an environment of its own

A Python counts as installed if it is on the path and starts, or is one of pyenv's. What was run and
what was not found is said at the end. Fails if a run failed, or if there was none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.10", "3.11", "3.13")


def candidates(version: str) -> Iterator[Path]:
    """Where a Python may be: on the path, else pyenv's, the newest first."""
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)
    homes = (Path.home() / ".pyenv" / "versions").glob(f"{version}.*")
    yield from (home / "bin" / "python" for home in sorted(homes, key=_numbers, reverse=True))


def _numbers(home: Path) -> list[int]:
    """The version that a folder is named after, so that 3.13.10 comes after 3.13.9."""
    return [int(part) for part in home.name.split(".") if part.isdigit()]


def is_python(path: Path, version: str) -> bool:
    """Whether a program is that Python. pyenv's stand-ins are on the path, but not all start."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        said = subprocess.run(  # noqa: S603 - a Python of this machine
            [path, "-c", ask], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return said.returncode == 0 and said.stdout.strip() == version


def run(version: str, python: Path, targets: list[str]) -> str:
    """Make the targets with one Python and say how it ended."""
    print(f"\n== Python {version}: {python}", flush=True)
    own = [f"PYTHON={python}", f"VENV=.venv-{version}"]
    command = [os.environ.get("MAKE", "make"), "--no-print-directory", *own, *targets]
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own Makefile
    return "passed" if done.returncode == 0 else f"FAILED with exit code {done.returncode}"


def main() -> int:
    """Run the targets named on the command line on each Python."""
    targets = sys.argv[1:] or ["test"]
    endings = {}
    for version in VERSIONS:
        found = next((path for path in candidates(version) if is_python(path, version)), None)
        endings[version] = run(version, found, targets) if found else "not found, NOT RUN"
    print()
    for version, ending in endings.items():
        print(f"Python {version}: {ending}")
    ran = {ending for ending in endings.values() if "NOT RUN" not in ending}
    return 0 if ran == {"passed"} else 1


if __name__ == "__main__":
    sys.exit(main())
