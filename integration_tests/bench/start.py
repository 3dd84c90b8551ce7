"""The start of each command beside the import of the CDK's entry point; the calls of ``check``."""

from __future__ import annotations

import sys

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox

REPEATS = 7
BAR = 1.0


def main() -> str:
    """Measure; what came of it, in Markdown."""
    bare = [sys.executable, "-c", "import airbyte_cdk.entrypoint"]
    with Sandbox.start(ticking=False) as sandbox:
        config = sandbox.config()
    measures = (
        lambda: measure.run(bare).seconds,
        lambda: measure.run([*measure.CONNECTOR, "spec"]).seconds,
        # Both end before the first request.
        lambda: measure.run([*measure.CONNECTOR, "check"], config={}).seconds,
        lambda: measure.read(config, []).seconds,
    )
    measure.in_turn(1, *measures)  # as in the image, whose bytecode is there
    imported, spec, check, read = measure.in_turn(REPEATS, *measures)
    lines = [("import of the CDK's entry point", f"{imported:.2f}", "1")]
    for name, seconds in (
        ("`spec`", spec),
        ("`check` of an empty form", check),
        ("`read` of no stream", read),
    ):
        lines.append((name, f"{seconds:.2f}", measure.verdict(seconds / imported, BAR)))
    said = measure.table(("what", "seconds", "ratio"), lines)
    return f"{said}\n\n{_calls()}"


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
