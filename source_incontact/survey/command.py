"""``source-incontact survey``: ask a tenant which assumptions hold."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact import documents
from source_incontact.checks import sign_in
from source_incontact.context import SyncContext
from source_incontact.messages.form import SMALL_BUDGET
from source_incontact.source import SourceIncontact
from source_incontact.survey.facts import facts_of
from source_incontact.survey.findings import look_at
from source_incontact.survey.probes import PROBES, PROBES_OF_RESPONSES
from source_incontact.survey.report import Survey
from source_incontact.survey.streams_seen import known_streams, look_at_streams
from source_incontact.survey.tenant import SURVEY_SECONDS, Tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_BUDGET = 60
_LEAST_BUDGET = 10
_LOGGER = logging.getLogger("airbyte")


def main(args: Sequence[str]) -> int:
    """Run the survey, its text on standard output and messages on standard error.

    Returns:
        The exit code: 1 if the tenant cannot be signed in to, or the file not be written.
    """
    chosen = _parser().parse_args(list(args))
    _log_to_standard_error()
    try:
        context = SyncContext(documents.read(chosen.config, "config", SourceIncontact.read_config))
        source = SourceIncontact()
        form = source.spec(_LOGGER).connectionSpecification
        AirbyteEntrypoint.set_up_secret_filter(context, form)
        context.api.is_probing = True  # fewer tries: nobody waits a minute for a response
        context.api.clock.is_required = False
        if chosen.budget < _LEAST_BUDGET:
            raise SMALL_BUDGET.error(budget=chosen.budget, least=_LEAST_BUDGET)
        deadline = sign_in(context, SURVEY_SECONDS)  # without it there is nothing to look at
        survey = _survey(source, Tenant(context, chosen.budget, deadline, chosen.with_jobs))
    except AirbyteTracedException as error:
        sys.stderr.write(f"The survey cannot be made: {error}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in survey.lines())
    return _write(survey, chosen.output) if chosen.output else 0


def _write(survey: Survey, path: str) -> int:
    """Write the survey as JSON; the exit code."""
    text = json.dumps(survey.as_json(), indent=2, ensure_ascii=False)
    try:
        Path(path).write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"The file given with --output cannot be written: {error.strerror}.\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="source-incontact survey",
        description="Ask a tenant which of the connector's assumptions hold. Nothing is changed, "
        "and no value of the tenant's data is written.",
    )
    parser.add_argument("--config", required=True, help="path to the configuration file")
    parser.add_argument("--output", help="where to write the survey as JSON")
    parser.add_argument(
        "--budget", type=int, default=DEFAULT_BUDGET, help="most requests (default: %(default)s)"
    )
    parser.add_argument(
        "--with-jobs",
        action="store_true",
        help="start the form's first custom report, to look at how jobs are answered",
    )
    return parser


def _survey(source: SourceIncontact, tenant: Tenant) -> Survey:
    findings = [look_at(probe, tenant) for probe in PROBES]
    streams = look_at_streams(known_streams(source, tenant), tenant)
    facts = facts_of(tenant)
    findings += [look_at(probe, tenant) for probe in PROBES_OF_RESPONSES]
    findings.sort(key=lambda finding: finding.probe.number)
    return Survey(findings, facts, streams)


def _log_to_standard_error() -> None:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)
            handler.setLevel(logging.ERROR)
