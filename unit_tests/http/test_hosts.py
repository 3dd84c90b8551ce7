"""Where a token may go: the vendor's domains over https, or the user's own host, else nowhere."""

from __future__ import annotations

import re

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.http.hosts import VENDOR_DOMAINS, HostGuard, encoded

PUBLIC = HostGuard("")
OWN = HostGuard("https://cxone.example.com:8443")

DOMAINS = [
    "incontact.com",
    "nice-incontact.com",
    "niceincontact.com",
    "nicecxone.com",
    "nicecxone-gov.com",
]


def test_the_vendor_domains_are_these_and_no_others() -> None:
    assert sorted(VENDOR_DOMAINS) == sorted(DOMAINS)


@pytest.mark.parametrize(
    "url",
    [
        *(f"https://api.{domain}/inContactAPI/" for domain in DOMAINS),
        "https://api-c42.nice-incontact.com/inContactAPI/services/v30.0/agents?skip=0&top=1000",
        "https://api-L36.nice-incontact.com",
        "https://API-NA1.NICEINCONTACT.COM/x",
        "HTTPS://api.incontact.com/x",
        "https://api.incontact.com:443/x",
        "https://a.b.c.incontact.com/",
        "https://api.incontact.com/a%20b?next=https://evil.example#part",
        "https://api.incontact.com/@evil.example",
    ],
)
def test_a_url_of_the_vendor_is_allowed(url: str) -> None:
    assert PUBLIC.allows(url)
    assert OWN.allows(url)
    assert PUBLIC.require(url, "The link") == url


REFUSED = [
    "http://api.incontact.com/",
    "http://api.incontact.com:443/",
    "ftp://api.incontact.com/",
    "ws://api.incontact.com/",
    "//api.incontact.com/",
    "api.incontact.com",
    "/inContactAPI/",
    "",
    "https://",
    "https:///incontact.com",
    "javascript:alert(1)//api.incontact.com",
    "data:text/html,api.incontact.com",
    "file://api.incontact.com/etc/passwd",
    *(f"https://{domain}/" for domain in DOMAINS),  # bare: the vendor serves no API there
    *(f"https://api.{domain}.evil.example/" for domain in DOMAINS),
    *(f"https://evil{domain}/" for domain in DOMAINS),
    *(f"https://evil-{domain}/" for domain in DOMAINS[1:]),
    "https://evilincontact.com/",
    "https://api.incontact.com.",
    "https://api.incontact.com./x",
    "https://.incontact.com/",
    "https://api..incontact.com/",
    "https://api.incontact.com:8443/",
    "https://api.incontact.com:80/",
    "https://api.incontact.com:0443x/",
    "https://api.incontact.com:99999/",
    "https://user@api.incontact.com/",
    "https://user:word@api.incontact.com/",
    "https://@api.incontact.com/",
    "https://api.incontact.com@evil.example/",
    "https://api.incontact.com%40evil.example/",
    "https://evil.example#@api.incontact.com/",
    "https://evil.example?.incontact.com",
    "https://evil.example/.incontact.com",
    "https://evil.example\\.incontact.com/",
    "https://evil.example\\@api.incontact.com/",
    "https:\\\\api.incontact.com/",
    "https://evil.example%2f.incontact.com/",
    "https://evil.example%00.incontact.com/",
    "https://evil.example\x00.incontact.com/",
    "https://evil.example\t.incontact.com/",
    "https://evil.example\r\n.incontact.com/",
    "https://api.incontact.com/\r\nX-Header: 1",
    " https://api.incontact.com/",
    "https://api.incontact.com /",
    "https://api.incontact\u3002com/",
    "https://api.incontact\uff0ecom/",
    "https://api.inc\u043entact.com/",
    "https://api.\uff49ncontact.com/",
    "https://api.incontact.com\u2044evil.example/",
    "https://api_x.incontact.com/",
    "https://[::1]/",
    "https://[::1].incontact.com/",
    "https://[::1",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://localhost/",
]


@pytest.mark.parametrize("url", [pytest.param(url, id=ascii(url)) for url in REFUSED])
def test_any_other_url_is_refused(url: str) -> None:
    assert not PUBLIC.allows(url)
    assert not OWN.allows(url)
    with pytest.raises(AirbyteTracedException) as caught:
        PUBLIC.require(url, "The link of the result file")
    assert caught.value.failure_type is FailureType.config_error
    assert str(caught.value).startswith("The link of the result file leads to ")
    assert "api_host" in str(caught.value)


@pytest.mark.parametrize(
    ("own", "url", "allowed"),
    [
        ("https://cxone.example.com", "https://cxone.example.com/x?y", True),
        ("https://cxone.example.com", "https://CXONE.example.com:443/x", True),
        ("https://cxone.example.com:443/", "https://cxone.example.com/", True),
        ("https://CXone.example.com/base/path", "https://cxone.example.com/elsewhere", True),
        ("https://cxone.example.com", "http://cxone.example.com/", False),
        ("https://cxone.example.com", "https://cxone.example.com:8443/", False),
        ("https://cxone.example.com:8443", "https://cxone.example.com/", False),
        ("https://cxone.example.com", "https://api.cxone.example.com/", False),
        ("https://cxone.example.com", "https://example.com/", False),
        ("https://cxone.example.com", "https://cxone.example.com.evil.example/", False),
        ("https://cxone.example.com", "https://u:p@cxone.example.com/", False),
        ("https://cxone.example.com", "https://cxone.example.com\\.evil.example/", False),
        ("http://localhost:8080", "http://localhost:8080/x", True),
        ("http://localhost:8080", "http://localhost:8081/", False),
        ("http://localhost:8080", "https://localhost:8080/", False),
        ("http://localhost:8080", "http://127.0.0.1:8080/", False),
        ("http://127.0.0.1", "http://127.0.0.1:80/", True),
        ("http://[::1]:8080", "http://[::1]:8080/x", True),
        ("http://[::1]:8080", "http://[::1]:8080.evil.example/", False),
        ("http://[::1]", "http://[::1].evil.example/", False),
        ("http://[::1]:8080", "http://[::1].evil.example:8080/", False),
    ],
)
def test_the_users_own_host_is_allowed_with_its_scheme_and_port_alone(
    own: str,
    url: str,
    allowed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert HostGuard(own).allows(url) is allowed


@pytest.mark.parametrize(
    "url",
    [
        "https://s3cret:s3cret@evil.example/s3cret/x?token=s3cret#s3cret",
        "http://evil.example/s3cret?token=s3cret",
        "https://s3cret@evil.example:99999/s3cret",
        "https://[::1/s3cret",
        "//evil.example/s3cret",
        "/s3cret?token=s3cret",
        "?token=s3cret",
        "evil.example/s3cret",
        "mailto:s3cret@evil.example",
        "https://evil.example\\s3cret",
        "s3cret:s3cret@evil.example/s3cret",
    ],
)
def test_a_refusal_shows_no_path_query_or_user(url: str) -> None:
    with pytest.raises(AirbyteTracedException) as caught:
        PUBLIC.require(url, "A link")
    assert "s3cret" not in f"{caught.value} {caught.value.internal_message}"


def test_a_refusal_names_the_host_that_it_refused() -> None:
    with pytest.raises(AirbyteTracedException, match=r"leads to 'https://files\.evil\.example'"):
        PUBLIC.require("https://files.evil.example/x", "The file")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/files?fileName=Weekly SLA.csv", "/files?fileName=Weekly%20SLA.csv"),
        ("/files?fileName=Reports\\Weekly.csv", "/files?fileName=Reports%5CWeekly.csv"),
        ("/Détail.csv", "/D%C3%A9tail.csv"),
        (
            "/files?fileName=Reports%5CWeekly%20SLA.csv",
            "/files?fileName=Reports%5CWeekly%20SLA.csv",
        ),
        ("/files?fileName=100% {a}&b=c#d", "/files?fileName=100%25%20%7Ba%7D&b=c#d"),
        ("/\\evil.example/", "/%5Cevil.example/"),
    ],
)
def test_the_path_and_query_of_an_address_are_encoded(written: str, sent: str) -> None:
    assert encoded(f"https://api.incontact.com{written}") == f"https://api.incontact.com{sent}"
    assert PUBLIC.allows(encoded(f"https://api.incontact.com{written}"))


@pytest.mark.parametrize("url", [pytest.param(url, id=ascii(url)) for url in REFUSED])
def test_what_is_refused_stays_refused_once_it_is_encoded(url: str) -> None:
    assert not PUBLIC.allows(encoded(url))
    assert not OWN.allows(encoded(url))


@given(st.text(max_size=30))
def test_an_address_never_changes_its_host(tail: str) -> None:
    for start in ("https://", "https://api.incontact.com", "https://api.incontact.com/"):
        before, after = start + tail, encoded(start + tail)
        assert re.split(r"[/?#]", after)[2] == re.split(r"[/?#]", before)[2]


def under_vendor(host: str) -> bool:
    labels = host.lower().split(".")
    return any(
        len(labels) > domain.count(".") + 1
        and labels[-domain.count(".") - 1 :] == domain.split(".")
        for domain in DOMAINS
    )


LABELS = st.text("abcxyz019-", min_size=1, max_size=8)
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
NEAR_MISSES = st.builds(
    lambda head, domain, tail: f"{head}{domain}{tail}",
    st.sampled_from(["", "evil", "a.", "-", "x-", "a.b.", "."]),
    st.sampled_from(DOMAINS),
    st.sampled_from(["", ".evil.example", "x", "-x", ".", "..", ".com", "%2e", "@evil.example"]),
)


@given(NAMES | NEAR_MISSES | st.text(max_size=12), st.sampled_from(["https", "http"]))
def test_no_host_outside_the_vendors_domains_is_allowed(host: str, scheme: str) -> None:
    if PUBLIC.allows(f"{scheme}://{host}/path"):
        assert scheme == "https"
        assert under_vendor(re.split(r"[/?#]", host, maxsplit=1)[0].removesuffix(":443"))


@given(st.text(max_size=30))
def test_no_text_makes_the_guard_crash(url: str) -> None:
    HostGuard(url).allows(url)
    assert not PUBLIC.allows(url)
