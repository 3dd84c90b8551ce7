"""The image against the installed command: ``make image-test``.

Starts a sandbox and runs spec, check, discover and read twice: as the installed command, and in a
container that is not root and can write nowhere but in /tmp. Both must say the same. Then looks at
what is inside the image.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from integration_tests.sandbox.client import Sandbox
from integration_tests.support.check_report import Report
from integration_tests.support.cli import Outcome

ROOT = Path(__file__).resolve().parents[1]
IMAGE = [sys.executable, str(ROOT / "tools" / "image.py")]
COMMAND = [str(Path(sys.executable).with_name("source-incontact"))]
PYTHON = "/opt/source/bin/python"
TIMEOUT_SECONDS = 300

LARGEST_MEGABYTES = 240
"""What the connector may add to its base. It is 212 MB; pip, tests or bytecode would show."""
FOREIGN = ("mypy", "pip", "poetry", "pytest", "ruff", "uv")
"""What the connector may not bring along. Airbyte's own base has pip, poetry and uv, so only the
connector's programs are looked at: the image adds nothing to its base outside of their folder."""

PROBE = """
import importlib.metadata, json, os, sys
from pathlib import Path

def writable(folder):
    try:
        Path(folder, "probe").write_text("x")
    except OSError:
        return False
    return True

home = Path(sys.prefix)
mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
inside = [path for path in home.rglob("*") if not path.is_symlink()]
print(json.dumps({
    "uid": os.getuid(),
    "gid": os.getgid(),
    "python": sys.version.split()[0],
    "root": next(options for _, at, _, options, *_ in mounts if at == "/").split(",")[0],
    "writable": [
        folder
        for folder in ("/", home.as_posix(), "/config", "/home", "/run", "/tmp", "/var/tmp")
        if writable(folder)
    ],
    "packages": [found.metadata["Name"] for found in importlib.metadata.distributions()],
    "programs": [path.as_posix() for path in (home / "bin").iterdir() if path.name in %r],
    "tests": [path.as_posix() for path in inside
              if path.is_dir() and path.name in ("tests", "unit_tests", "integration_tests")],
    "caches": [path.as_posix() for path in inside if path.name == "__pycache__"],
    "megabytes": sum(path.stat().st_size for path in inside if path.is_file()) / 1e6,
}))
"""


@dataclass(frozen=True)
class Place:
    """Somewhere the connector runs.

    Attributes:
        command: What runs it.
        folder: Where it finds the files of the folder under test.
    """

    command: list[str]
    folder: str

    def run(self, command: str, *files: str) -> Outcome:
        """Run a command of the connector, the files named by their option."""
        options = [part for name in files for part in (f"--{name}", f"{self.folder}/{name}.json")]
        return _output([*self.command, command, *options])


def main() -> int:
    """Compare and look; 0 if all is well."""
    report = Report()
    with tempfile.TemporaryDirectory() as name, Sandbox.start(ticking=False) as sandbox:
        folder = Path(name)
        # The container's user is another one than ours.
        folder.chmod(0o755)
        installed = Place(COMMAND, str(folder))
        contained = Place([*IMAGE, "run", "--mount", str(folder)], "/config")
        write(folder, "config", config(sandbox))
        compare_answers(report, installed, contained)
        compare_catalogs(report, folder, installed, contained)
        compare_rows(report, installed, contained)
        look_inside(report, folder)
    look_at_settings(report)
    if report.failed:
        sys.stdout.write(f"\nThe image is not as it should be: {', '.join(report.failed)}.\n")
    return 1 if report.failed else 0


def config(sandbox: Sandbox) -> dict[str, Any]:
    """Every kind of report, over a week that is over, so that both reads see the same."""
    today = datetime.now(tz=timezone.utc).date()
    first, last = (str(today - timedelta(days)) for days in (9, 3))
    made = sandbox.config(
        date={"date_type": "range_specific", "start_date": first, "end_date": last},
        custom_reports=["Weekly Queue Overview"],
        data_downloads=["540"],
    )
    return {**made, "requests_per_second": 1000}


def compare_answers(report: Report, installed: Place, contained: Place) -> None:
    """The specification, the check and the survey."""
    expected, got = installed.run("spec"), contained.run("spec")
    specs = expected.of_type("SPEC"), got.of_type("SPEC")
    good = got.exit_code == 0 and len(specs[1]) == 1 and specs[0] == specs[1]
    report.note("spec", good, "the same as the command's" if good else got.text[-2000:])

    got = contained.run("check", "config")
    answers = [body["status"] for body in got.of_type("CONNECTION_STATUS")]
    good = got.exit_code == 0 and answers == ["SUCCEEDED"]
    report.note("check", good, "SUCCEEDED" if good else got.text[-2000:])

    got = contained.run("survey", "config")
    good = got.exit_code == 0 and got.text.startswith("Assumptions: ")
    report.note("survey", good, got.text.partition("\n")[0] if good else got.text[-2000:])


def compare_catalogs(report: Report, folder: Path, installed: Place, contained: Place) -> None:
    """What discover finds; leave a configured catalog of it all."""
    expected, got = (place.run("discover", "config") for place in (installed, contained))
    streams = [_streams(outcome) for outcome in (expected, got)]
    good = got.exit_code == 0 and streams[0] and streams[0] == streams[1]
    said = f"{len(streams[1])} streams, the same as the command's"
    report.note("discover", good, said if good else got.text[-2000:])
    configured = [
        {
            "stream": stream,
            "sync_mode": stream["supported_sync_modes"][-1],
            "destination_sync_mode": "append",
        }
        for stream in streams[0].values()
    ]
    write(folder, "catalog", {"streams": configured})


def compare_rows(report: Report, installed: Place, contained: Place) -> None:
    """What read yields: the same rows as often, the same last states, every stream complete."""
    expected = installed.run("read", "config", "catalog")
    begun = time.monotonic()
    got = contained.run("read", "config", "catalog")
    seconds = time.monotonic() - begun
    rows = [_rows(outcome) for outcome in (expected, got)]
    names = {stream for stream, _ in rows[0]}
    complete = all(got.statuses(name)[-1:] == ["COMPLETE"] for name in names)
    good = got.exit_code == 0 and complete and rows[0] and rows[0] == rows[1]
    odd = (rows[0] - rows[1]).total(), (rows[1] - rows[0]).total()
    said = f"{rows[1].total()} rows of {len(names)} streams in {seconds:.1f} s, "
    said += "the same as the command's" if good else f"{odd[0]} missing, {odd[1]} too many"
    report.note("read", good, said if good else f"{said}\n{got.text[-2000:]}")
    states = [_states(outcome) for outcome in (expected, got)]
    report.note("states", states[0] and states[0] == states[1], f"of {len(states[1])} streams")


def look_inside(report: Report, folder: Path) -> None:
    """Who runs it, what can be written, and that nothing is inside but what is needed."""
    (folder / "probe.py").write_text(PROBE % (FOREIGN,), encoding="utf-8")
    options = ["--mount", str(folder), "--entrypoint", PYTHON]
    text = _output([*IMAGE, "run", *options, "/config/probe.py"]).text
    found = json.loads(text.splitlines()[-1])
    user = f"{found['uid']}:{found['gid']}"
    report.note("user", user == "1000:1000", f"{user}, Python {found['python']}")
    closed = found["root"] == "ro" and found["writable"] == ["/tmp"]  # noqa: S108 - the container's
    report.note("writable", closed, f"{', '.join(found['writable'])}; / is {found['root']}")
    extra = {_plain(name) for name in found["packages"]} - locked() - {"source-incontact"}
    said = f"{len(found['packages'])}, all of them in requirements.txt"
    report.note("packages", not extra, f"not locked: {sorted(extra)}" if extra else said)
    strange = found["programs"] + found["tests"] + found["caches"]
    said = "no tests, no caches, no tools of the build"
    report.note("contents", not strange, ", ".join(strange[:5]) if strange else said)
    small = found["megabytes"] <= LARGEST_MEGABYTES
    said = f"{found['megabytes']:.0f} MB of packages and bytecode, {LARGEST_MEGABYTES} allowed"
    report.note("weight", small, said)


def look_at_settings(report: Report) -> None:
    """Labels, user and entry point, as the image says them itself."""
    (image,) = json.loads(_output([*IMAGE, "inspect"]).text)
    settings = image["Config"]
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text("utf-8"))["data"]
    wanted = {
        "io.airbyte.name": metadata["dockerRepository"],
        "io.airbyte.version": metadata["dockerImageTag"],
    }
    labels = {name: settings["Labels"].get(name) for name in wanted}
    report.note("labels", labels == wanted, ", ".join(map(str, labels.values())))
    variables = dict(entry.split("=", 1) for entry in settings["Env"])
    entry = variables.get("AIRBYTE_ENTRYPOINT")
    good = settings["Entrypoint"] == [entry] and settings["User"] == "1000:1000"
    report.note("entrypoint", good, f"{entry}, user {settings['User']}")
    report.note("size", image["Size"], f"{image['Size'] / 1e6:.0f} MB with its base")


def locked() -> set[str]:
    """The packages that may be inside."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    return {_plain(name) for name in re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)}


def write(folder: Path, name: str, content: object) -> None:
    """Leave a JSON file where both find it."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    path.chmod(0o644)


def _streams(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {
        stream["name"]: stream for body in outcome.of_type("CATALOG") for stream in body["streams"]
    }


def _rows(outcome: Outcome) -> Counter[tuple[str, str]]:
    return Counter(
        (body["stream"], json.dumps(body["data"], sort_keys=True))
        for body in outcome.of_type("RECORD")
    )


def _states(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """The last state of each stream, but for the instant at which it was made."""
    return {
        name: {key: value for key, value in seen[-1].items() if key != "completed_at"}
        for name, seen in outcome.states.items()
    }


def _plain(name: str) -> str:
    """A package's name as all spellings of it share it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _output(command: list[str]) -> Outcome:
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    return Outcome(done.returncode, done.stdout)


if __name__ == "__main__":
    sys.exit(main())
