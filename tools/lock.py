"""Keep the lock: ``poetry.lock``, two requirements files for plain pip, and the example's own.

    python tools/lock.py           lock afresh, needs the network (``make lock``)
    python tools/lock.py --export  write the requirements files from poetry.lock
    python tools/lock.py --check   do pyproject, lock and requirements agree? (``make lint``)

Poetry asks PyPI's JSON API, which not every mirror has. So the lock is made in a temporary
folder against the simple index, and the traces of that are taken out of it again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT, LOCK = "pyproject.toml", "poetry.lock"
POETRY = "poetry>=2.1,<3"
SOURCE = """
[[tool.poetry.source]]
name = "simple"
url = "https://pypi.org/simple/"
priority = "primary"
"""
REQUIREMENTS = {"requirements.txt": {"main"}, "requirements-dev.txt": {"main", "dev"}}
EXAMPLE_WANTS, EXAMPLE_HAS = "examples/requirements.in", "examples/requirements.txt"
UV = "uv>=0.8,<1"
HEADER = f"# Written by `make lock` from {LOCK}; do not edit.\n"


def content_hash(pyproject: Mapping[str, Any]) -> str:
    """Poetry's fingerprint of what a lock depends on, for a pyproject without ``[project]``."""
    poetry = pyproject["tool"]["poetry"]
    content = {key: poetry.get(key) for key in ("dependencies", "source", "extras")}
    content["dev-dependencies"] = poetry.get("dev-dependencies")
    if "group" in poetry:
        content["group"] = poetry["group"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def requirements(lock: Mapping[str, Any], groups: set[str]) -> str:
    """The lines of one requirements file: each package of ``groups``, pinned, with its hashes."""
    lines = [HEADER]
    for package in lock["package"]:
        wanted = groups.intersection(package["groups"])
        if not wanted:
            continue
        marker = _marker(package.get("markers"), wanted)
        lines.append(f"{package['name']}=={package['version']}{marker}")
        hashes = sorted({file["hash"] for file in package["files"]})
        lines.extend(f" \\\n    --hash={value}" for value in hashes)
        lines.append("\n")
    return "".join(lines)


def _marker(markers: str | Mapping[str, str] | None, groups: set[str]) -> str:
    """Where a package is wanted: one marker for all groups, or one for each."""
    if isinstance(markers, str):
        return f" ; {markers}"
    if not markers or groups - markers.keys():
        return ""
    each = sorted({markers[group] for group in groups})
    return " ; " + (each[0] if len(each) == 1 else " or ".join(f"({one})" for one in each))


def problems(root: Path) -> Iterator[str]:
    """Say what does not fit together."""
    pyproject = tomli.loads((root / PYPROJECT).read_text(encoding="utf-8"))
    lock = tomli.loads((root / LOCK).read_text(encoding="utf-8"))
    if lock["metadata"]["content-hash"] != content_hash(pyproject):
        yield f"{PYPROJECT} has changed since {LOCK} was made"
    if any("source" in package for package in lock["package"]):
        yield f"{LOCK} names a package source"
    for name, groups in REQUIREMENTS.items():
        file = root / name
        if not file.exists() or file.read_text(encoding="utf-8") != requirements(lock, groups):
            yield f"{name} is not what {LOCK} says"
    if missing := _unlocked(root):
        yield f"{EXAMPLE_HAS} lacks {', '.join(missing)} of {EXAMPLE_WANTS}"


def _unlocked(root: Path) -> list[str]:
    """What the example wants, a pinned package a line, and its requirements file does not have."""
    wanted = (root / EXAMPLE_WANTS).read_text(encoding="utf-8").splitlines()
    file = root / EXAMPLE_HAS
    has = {line.split(" ")[0] for line in file.read_text(encoding="utf-8").splitlines()}
    return [line for line in wanted if line and not line.startswith("#") and line not in has]


def export(root: Path) -> None:
    """Write the requirements files."""
    lock = tomli.loads((root / LOCK).read_text(encoding="utf-8"))
    for name, groups in REQUIREMENTS.items():
        (root / name).write_text(requirements(lock, groups), encoding="utf-8")


def relock_example(root: Path) -> None:
    """Lock the example's packages afresh, for every platform and Python they can be had for."""
    with tempfile.TemporaryDirectory() as name:
        uv = _tool("uv", UV, Path(name))
        options = ["--universal", "--python-version", "3.10", "--generate-hashes", "--upgrade"]
        # Without its extras a package would want others than those that were locked for it.
        options += ["--no-strip-extras", "--no-annotate", "--custom-compile-command", "make lock"]
        command = [uv, "pip", "compile", "--quiet", *options, "-o", EXAMPLE_HAS, EXAMPLE_WANTS]
        _run(command, root)


def relock(root: Path) -> None:
    """Lock afresh in a temporary folder and take the result home."""
    text = (root / PYPROJECT).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / PYPROJECT).write_text(text + SOURCE, encoding="utf-8")
        _run([_tool("poetry", POETRY, folder), "lock", "--no-interaction"], folder)
        lock = (folder / LOCK).read_text(encoding="utf-8")
    lock = re.sub(r"\n\[package\.source\]\n(?:[^\n\[]+\n)+", "", lock)
    fingerprint = f'content-hash = "{content_hash(tomli.loads(text))}"'
    lock = re.sub(r'^content-hash = ".*"$', fingerprint, lock, flags=re.MULTILINE)
    (root / LOCK).write_text(lock, encoding="utf-8")
    export(root)


def _tool(name: str, requirement: str, folder: Path) -> str:
    """The tool to use: the one on the path, else one installed for the occasion.

    ``POETRY`` or ``UV`` in the environment names another.
    """
    if found := shutil.which(os.environ.get(name.upper(), name)):
        return found
    home = folder / name
    venv.create(home, with_pip=True)
    _run([str(home / "bin" / "pip"), "install", "--quiet", requirement], folder)
    return str(home / "bin" / name)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - our own commands only


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description="Make or check the lock.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="say what does not fit together")
    choice.add_argument("--export", action="store_true", help="write the requirements files")
    arguments = parser.parse_args()
    if not (arguments.check or arguments.export):
        relock(ROOT)
        relock_example(ROOT)
    elif arguments.export:
        export(ROOT)
    found = list(problems(ROOT))
    for problem in found:
        print(f"{problem}: run `make lock`", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
