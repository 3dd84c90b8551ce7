"""Whose data a saved state claims: another account's claims must not hide this one's rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from source_incontact.form.config import AccessKey, ApplicationUser
from source_incontact.messages.signing_in import ANOTHER_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from source_incontact.form.config import Settings


@dataclass(frozen=True)
class Account:
    """The account that the form's credentials open.

    Attributes:
        settings: The form.
        ask: Signs in and tells the business unit, where the sign-in names it.
    """

    settings: Settings
    ask: Callable[[], int | None]

    def owns(self, claim: Mapping[str, str] | None, stream: str, *, reads: bool) -> bool:
        """Whether a saved state claims what was read from this account.

        Args:
            claim: What the state says of its account; an older state says nothing, and is believed.
            stream: Name of the stream, for the message.
            reads: Whether the sync signs in anyway.

        Raises:
            AirbyteTracedException: It is another business unit's (``config_error``).
        """
        if claim is None:
            return True
        mine = self._form
        is_elsewhere = any(claim.get(key, "") != mine[key] for key in ("api_host", "region"))
        is_doubtful = is_elsewhere or claim.get("login", "") != mine["login"]
        theirs = _digits(claim.get("business_unit", ""))
        ours = mine["business_unit"]
        if not ours and (reads or is_doubtful):
            ours = str(self.ask() or "")
        if not theirs or not ours:
            return not is_elsewhere
        if theirs != ours:
            raise ANOTHER_ACCOUNT.error(stream=stream, theirs=theirs, ours=ours)
        return claim.get("api_host", "") == mine["api_host"]

    def claim(self, before: Mapping[str, str] | None, *, signed_in: bool) -> dict[str, str]:
        """What a state is to say of this account; all of it that is not empty.

        Args:
            before: What the state said before, if it is of this account.
            signed_in: Whether the business unit can be told without a further request.
        """
        claim = dict(self._form)
        if not claim["business_unit"]:
            known = self.ask() if signed_in else None
            claim["business_unit"] = str(known or (before or {}).get("business_unit", ""))
        return {key: value for key, value in claim.items() if value}

    @cached_property
    def _form(self) -> dict[str, str]:
        """What the form alone tells; a login only as a hash, and a rotated key is another one."""
        credentials = self.settings.credentials
        if isinstance(credentials, ApplicationUser):
            business_unit, login, region = _digits(credentials.business_number), "", ""
        elif isinstance(credentials, AccessKey):
            business_unit, login, region = "", credentials.access_key_id, credentials.region
        else:
            business_unit, login = "", credentials.access_key_id
            region = credentials.tenant_id or ""
        return {
            "business_unit": business_unit,
            "api_host": self.settings.api_host,
            "region": region,
            "login": hashlib.sha256(login.encode()).hexdigest()[:12] if login else "",
        }


def _digits(number: str) -> str:
    return number.lstrip("0")
