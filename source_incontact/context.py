"""The raw config together with the objects that are made from it once."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.account import Account
from source_incontact.api.client import InContactApi
from source_incontact.api.directory import ReportDirectory
from source_incontact.blocks import Backlog, as_records
from source_incontact.errors import error_of
from source_incontact.form.config import ConfigError, Settings

if TYPE_CHECKING:
    from source_incontact.blocks import Packer


class SyncContext(dict[str, Any]):
    """A config that carries its settings and API, so that every component shares one sign-in.

    The CDK hands the config, and nothing else, to the components that a manifest names; as a
    mapping it stays just what the user entered.

    Attributes:
        pack: Makes the CDK's records of a stream's rows.
    """

    pack: Packer = staticmethod(as_records)

    @cached_property
    def settings(self) -> Settings:
        """The parsed form.

        Raises:
            AirbyteTracedException: Something in it cannot be used (``config_error``).
        """
        try:
            return Settings.parse(self)
        except ConfigError as error:
            raise error_of(AirbyteTracedException, str(error), FailureType.config_error) from None

    @cached_property
    def api(self) -> InContactApi:
        """The tenant's API. Making it sends nothing."""
        return InContactApi(self.settings)

    @cached_property
    def account(self) -> Account:
        """The account that the credentials open. Making it sends nothing."""
        return Account(self.settings, lambda: self.api.business_unit_id)

    @cached_property
    def began(self) -> datetime:
        """When the command began; every stream counts its days from then."""
        return datetime.now(timezone.utc)

    @cached_property
    def backlog(self) -> Backlog:
        """The blocks that wait to be written."""
        return Backlog()

    @cached_property
    def directory(self) -> ReportDirectory:
        """The reports that exist. No network call until one is looked up."""
        return ReportDirectory(self.api)
