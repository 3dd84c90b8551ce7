"""The files that Airbyte's acceptance tests name, and writing those that follow from the seed.

``make catalog`` writes the two catalogs, the expected records, the sample state and the tables of
the documentation anew, after a change of a stream, a schema or the sandbox's data. Look at
the difference before you keep it: ``test_acceptance_files.py`` can only say that there is one.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration_tests import written_pages
from integration_tests.sandbox.client import Sandbox
from integration_tests.sandbox_config import secret_config
from integration_tests.streams import STREAMS, Stream
from integration_tests.support import cli
from integration_tests.support.constants import NOW
from integration_tests.written_pages import with_part

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent
MENU = FOLDER.parent / "examples/terraform/menu.json"
RETIRED = FOLDER / "acceptance" / "acceptance-test-config.yml"
CURRENT = FOLDER.parent / "acceptance-test-config.yml"
CONFIGURED, INCREMENTAL, SAMPLE_STATE = (
    FOLDER / f"{name}.json"
    for name in ("configured_catalog", "incremental_catalog", "sample_state")
)
EXPECTED = RETIRED.with_name("expected_records.jsonl")

PAGE = FOLDER.parent / "docs/integrations/sources/incontact.md"

_HEAD = (
    *("stream", "Report menu", "a row", "primary key", "cursor"),
    *("permission", "personal data", "late"),
)
NAMED_ROWS = """\
| `custom_report_<name>` | Custom inContact Report | a row of the report's file | `_row_number` \
| - | Reporting API, view and run of custom reports | as its template says | - |
| `data_download_<number>` | Data Download | a row of a day's file \
| `_report_start`, `_row_number` | `_report_start` | Data Download: view | as its template says \
| late figures: the lookback |

The standard ones are bold. Those without a cursor are read whole each time. The last column says
what may come after a window has ended, and for how long the window is read again: for *Lookback
days*, or for so many days whatever the form says.
"""

ROWS = 2
"""Expected records of a stream."""

SAMPLED_AT = datetime(2026, 11, 15, 13, tzinfo=timezone.utc)
"""When the sync began that left the sample state."""


def load(path: Path) -> Any:
    """The content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def sample_config(sandbox: Sandbox) -> dict[str, Any]:
    """The sample config with a sandbox's address and credentials, in no hurry to be polite."""
    ours = secret_config(sandbox)
    borrowed = ("credentials", "api_host", "requests_per_second")
    return {**load(FOLDER / "sample_config.json"), **{name: ours[name] for name in borrowed}}


def configured(stream: dict[str, Any], sync_mode: str) -> dict[str, Any]:
    """A discovered stream as an entry of a catalog file. Its columns are left to discover."""
    entry = {
        "stream": {**stream, "json_schema": {}},
        "sync_mode": sync_mode,
        "destination_sync_mode": "append" if sync_mode == "incremental" else "overwrite",
        "primary_key": stream["source_defined_primary_key"],
    }
    if "default_cursor_field" in stream:
        entry["cursor_field"] = stream["default_cursor_field"]
    return entry


def catalog(streams: Iterable[dict[str, Any]], sync_mode: str) -> dict[str, Any]:
    """The catalog file of all discovered streams that have a sync mode."""
    return {
        "streams": [
            configured(stream, sync_mode)
            for stream in streams
            if sync_mode in stream["supported_sync_modes"]
        ]
    }


def discovered(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What discover says of the config that Airbyte's tests use."""
    outcome = cli.run("discover", config=secret_config(sandbox), now=NOW)
    [found] = outcome.of_type("CATALOG")
    streams: list[dict[str, Any]] = found["streams"]
    return streams


def left_by_a_sync(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The state that the sample config's first sync leaves, in the order of the catalog.

    Without its account: whoever uses the sample has another one.
    """
    sandbox.reset(now=SAMPLED_AT, ticking=False)
    outcome = cli.run(
        "read", config=sample_config(sandbox), catalog=load(INCREMENTAL), now=SAMPLED_AT
    )
    for state in outcome.final_state:
        del state["stream"]["stream_state"]["account"]
    return sorted(outcome.final_state, key=lambda state: str(state["stream"]["stream_descriptor"]))


def _late(stream: Stream) -> str:
    """What comes after its day, and how many days are read again for it at least."""
    if not stream.cursor:
        return "-"
    days = f"at least {stream.lookback} days" if stream.lookback else "the lookback"
    return f"{stream.late}: {days}"


def stream_table() -> str:
    """The rows of the menu for the user's page."""
    rows = []
    for stream in STREAMS:
        key = ", ".join(f"`{field}`" for field in stream.key)
        cursor = f"`{stream.cursor}`" if stream.cursor else "-"
        title = f"**{stream.title}**" if stream.is_standard else stream.title
        words = (stream.one_row, key, cursor, stream.permission, stream.personal, _late(stream))
        rows.append((f"`{stream.name}`", title, *words))
    return f"{written_pages.table(_HEAD, rows)}\n{NAMED_ROWS.rstrip()}"


def menu() -> list[dict[str, Any]]:
    """The entries of the Report menu, for those who create connections by program."""
    return [
        {
            "title": stream.title,
            "stream": stream.name,
            "dated": bool(stream.cursor),
            "standard": stream.is_standard,
        }
        for stream in STREAMS
    ]


def page_with_streams() -> str:
    """The user's page with the table of streams as it has to be."""
    return with_part(PAGE.read_text("utf-8"), "streams", stream_table())


def main() -> None:
    """Write the files."""
    PAGE.write_text(page_with_streams(), encoding="utf-8")
    written_pages.main()
    _write(MENU, menu())
    with Sandbox.start(now=NOW, ticking=False) as sandbox:
        streams = discovered(sandbox)
        _write(CONFIGURED, catalog(streams, "full_refresh"))
        _write(INCREMENTAL, catalog(streams, "incremental"))
        outcome = cli.run("read", config=secret_config(sandbox), catalog=load(CONFIGURED), now=NOW)
        lines = []
        for stream in streams:
            rows = outcome.records(stream["name"])
            rows.sort(key=lambda row: json.dumps(row, sort_keys=True))
            lines += [
                {"stream": stream["name"], "data": row, "emitted_at": int(NOW.timestamp() * 1000)}
                for row in rows[:ROWS]
            ]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        EXPECTED.write_text(text, encoding="utf-8")
        _write(SAMPLE_STATE, left_by_a_sync(sandbox))


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
