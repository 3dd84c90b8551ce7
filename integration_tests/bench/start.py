"""The start: ``spec`` beside the import of the CDK's entry point, and the calls of ``check``."""

from __future__ import annotations

import sys

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox

REPEATS = 7
BAR = 1.15


def main() -> str:
    """Measure; what came of it, in Markdown."""
    bare = [sys.executable, "-c", "import airbyte_cdk.entrypoint"]
    imported, spec = measure.in_turn(
        REPEATS,
        lambda: measure.run(bare).seconds,
        lambda: measure.run([*measure.CONNECTOR, "spec"]).seconds,
    )
    lines = [
        ("import of the CDK's entry point", f"{imported:.2f}"),
        ("`spec`", f"{spec:.2f}"),
    ]
    said = measure.table(("what", "seconds"), lines)
    return f"{said}\n\nRatio: {measure.verdict(spec / imported, BAR)}.\n\n{_calls()}"


def _calls() -> str:
    with Sandbox.start(ticking=False) as sandbox:
        config = sandbox.config(custom_reports=["Weekly Queue Overview"], data_downloads=["540"])
        measure.run([*measure.CONNECTOR, "check"], config=config)
        asked = [f"`{entry['method']} {entry['path']}`" for entry in sandbox.requests()]
    return (
        f"`check` with a custom report and a data download makes {len(asked)} calls: "
        f"{', '.join(asked)}."
    )


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
