"""Airbyte source for the reports of a NICE inContact (CXone) contact centre."""

from source_incontact.source import SourceIncontact

__all__ = ["SourceIncontact"]
