"""Says in every error which stream and window it is about."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.errors import error_of
from source_incontact.messages.reports import UNEXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def error_context(what: str) -> Iterator[None]:
    """Put ``what`` before the message of an error that leaves the block, and mask secrets.

    If ``what`` is empty, the message stays as it is.

    The CDK writes errors of a worker to the output without masking, so it happens here. An
    exception that nobody foresaw is told by its type and place alone: its text may hold a row.
    """
    before = f"{what}: " if what else ""
    try:
        yield
    except AirbyteTracedException as error:
        said = filter_secrets(f"{before}{error}")
        # Some classes are told apart further up.
        raise error_of(type(error), said, error.failure_type) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, the person must learn which window
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = UNEXPECTED.says(
            error=type(error).__name__, file=Path(place.filename).name, line=place.lineno
        )
        raise error_of(AirbyteTracedException, f"{before}{said}", UNEXPECTED.failure) from None
