"""What is published beside the code: metadata.yaml, one version everywhere, no plain http."""

from __future__ import annotations

import importlib
import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli
import yaml

from source_incontact.http.hosts import VENDOR_DOMAINS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT: dict[str, Any] = tomli.loads(text("pyproject.toml"))["tool"]["poetry"]
METADATA: dict[str, Any] = yaml.safe_load(text("metadata.yaml"))
FORM: dict[str, Any] = json.loads(text("source_incontact/spec.json"))["connectionSpecification"]

MODELS = "airbyte_connector_models.metadata.v0"
STATED_IN = {
    "CHANGELOG.md": r"^## (\S+) \(\d{4}-\d\d-\d\d\)$",
    "docs/integrations/sources/incontact.md": r"^\| (\d\S*) \| \d{4}-\d\d-\d\d \|",
    "Dockerfile": r'io\.airbyte\.version="([^"]*)"',
    "docs/deploy.md": r"source-incontact:(\d\S*)",
}
"""File to what precedes, surrounds and follows the version in it; the newest comes first."""


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="airbyte-connector-models has no release for Python 3.13"
)
def test_airbytes_own_model_accepts_the_metadata() -> None:
    models = importlib.import_module(f"{MODELS}.connector_metadata_definition_v0")
    model = models.ConnectorMetadataDefinitionV0
    assert model.model_validate(METADATA).data.docker_image_tag == PROJECT["version"]


def test_the_platform_may_reach_the_hosts_that_the_connector_may() -> None:
    own = "${api_host}"
    hosts = [f"*.{domain}" for domain in VENDOR_DOMAINS]
    assert METADATA["data"]["allowedHosts"]["hosts"] == [*hosts, own]
    assert own[2:-1] in FORM["properties"]
    assert [host for host in hosts if f"`{host}`" not in text("docs/deploy.md")] == []


def test_the_metadata_agree_with_what_they_describe() -> None:
    data = METADATA["data"]
    assert data["license"] == PROJECT["license"]
    assert (ROOT / data["icon"]).is_file()
    assert f"ARG BASE_IMAGE={data['connectorBuildOptions']['baseImage']}\n" in text("Dockerfile")
    page = data["documentationUrl"].removeprefix("https://docs.airbyte.com/")
    assert text(f"docs/{page}.md").startswith(f"# {data['name']}\n")


def test_the_image_adds_one_folder_to_its_base_and_nothing_else() -> None:
    # `make image-test` looks for what does not belong there in that folder alone.
    _, last = text("Dockerfile").rsplit("\nFROM ", 1)
    steps = re.findall(r"^(?:ADD|COPY|RUN) .*$", last, flags=re.MULTILINE)
    assert steps == ["COPY --from=builder /opt/source /opt/source"]


def test_the_version_is_the_same_everywhere() -> None:
    stated = {
        "metadata.yaml": METADATA["data"]["dockerImageTag"],
        "the installed package": metadata.version(PROJECT["name"]),
        **{
            name: next(iter(re.findall(pattern, text(name), flags=re.MULTILINE)), None)
            for name, pattern in STATED_IN.items()
        },
    }
    assert stated == dict.fromkeys(stated, PROJECT["version"])


def test_both_changelogs_give_a_version_the_same_date() -> None:
    page = text("docs/integrations/sources/incontact.md")
    dates = re.findall(r"^## (\S+) \(([\d-]+)\)$", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert dates == re.findall(r"^\| (\d\S*) \| ([\d-]+) \|", page, flags=re.MULTILINE)


def test_the_page_names_one_image() -> None:
    assert set(re.findall(STATED_IN["docs/deploy.md"], text("docs/deploy.md"))) == {
        PROJECT["version"]
    }


TEXTS = {".json", ".lock", ".md", ".py", ".tf", ".toml", ".txt", ".yaml", ".yml"}


def plain_http() -> Iterator[str]:
    """Lines that Airbyte's rule "HTTPS only" objects to, as ``file:line``."""
    folders = ("source_incontact", "tools", "docs", "examples")
    inside = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    for path in (*ROOT.glob("*.*"), *inside):
        if path.suffix not in TEXTS:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            looked_at = re.sub("http://(json-schema.org|localhost)", "", line)
            if "http://" in looked_at and "# ignore-https-check" not in line:
                yield f"{path.relative_to(ROOT)}:{number}"


def test_plain_http_is_used_where_it_is_meant_and_nowhere_else() -> None:
    assert list(plain_http()) == []
