"""Messages about signing in, the addresses that are called, and the network on the way."""

from __future__ import annotations

from source_incontact.messages.message import note, refused, transient, wrong_input

_BUNDLE = "REQUESTS_CA_BUNDLE"
_PROXY = "http://proxy.example.com:3128"  # ignore-https-check: an example of a proxy
_PROXY_WITH_USER = "http://user:password@proxy.example.com:3128"  # ignore-https-check: the same

REFUSED = refused(
    "Sign-in was refused ({status}{words}). Check {fields}.{hint}",
    "correct the fields that the message names; refused credentials are tried once a sync",
)
NO_SUCH_ADDRESS = wrong_input(
    "The server has nothing at the address of {report} (404{words}). Check {field:api_host}; with "
    "an access key, check {field:credentials.region} too.",
    "check the API host; with an access key, the region",
)
NO_TENANT = wrong_input(
    "The sign-in response does not name your tenant, and discovery does not know it. Fill in the "
    "field {field:credentials.tenant_id}.",
    "fill in Tenant ID",
)
UNUSABLE = transient(
    "The sign-in response could not be used: {reason}.",
    "run the sync again; if it stays, ask NICE",
)
TOO_LATE = transient(
    "The sign-in did not answer within {seconds:.0f} seconds. Check {field:api_host} and the "
    "connector's network, and try again.",
    "check the API host and the network, and try again",
)
STILL_REFUSED = wrong_input(
    "The API still refuses {report} right after a new sign-in (401{words}). Check that the account "
    "in {field:credentials} is active and may use the reporting API.",
    "check that the account is active and may use the reporting API",
)
FOREIGN_HOST = wrong_input(
    "{what} leads to {address}, which is neither a NICE inContact host nor the field "
    "{field:api_host}. It was not called and no token was sent. If this is your private cluster, "
    "enter its root address in {field:api_host}.",
    "nothing was sent there; for a private cluster, enter its root in API host",
)
FILE_NOT_HTTPS = wrong_input(
    "A file lies at {address}, which is no https address. It was not fetched.",
    "ask NICE why the file's address is no https one",
)
ANOTHER_ACCOUNT = refused(
    "The saved state of the stream {stream} is that of business unit {theirs}, but the fields "
    "under {field:credentials} open business unit {ours}. Nothing was read, and the state stays as "
    "it is. Enter the former credentials again, or, if this connection shall read the other "
    "business unit from now on, clear its data (reset it) in Airbyte first.",
    "enter the former credentials, or clear the connection's data",
)
CLOCKS_DIFFER = refused(
    "The clock of this machine says {ours:%Y-%m-%d %H:%M:%S} UTC, but the server's says "
    "{theirs:%Y-%m-%d %H:%M:%S} UTC. Nothing is counted as read. Set the clock of the machine that "
    "runs Airbyte (NTP), and run the sync again.",
    "set the clock of the machine that runs Airbyte",
)
CERTIFICATE = refused(
    "The certificate of {host} is not trusted ({reason}). If a proxy of your network reads "
    "encrypted traffic, or this is a private cluster with a certificate of its own, give the "
    f"connector that authority's certificates in {_BUNDLE}. Check {{field:api_host}} too.",
    f"give the connector the authority's certificates in `{_BUNDLE}`",
)
NO_BUNDLE = refused(
    f"The file of certificates that the environment variable {_BUNDLE} (or CURL_CA_BUNDLE) names "
    "is not there, or holds no certificates. Correct the variable, or remove it to use the usual "
    "authorities.",
    "correct the variable, or remove it",
)
SOCKS = refused(
    "The environment variable HTTPS_PROXY (or ALL_PROXY) names a SOCKS proxy, which the connector "
    f"cannot use. Name an HTTP proxy there, such as {_PROXY}.",
    "name an HTTP proxy in the variable",
)
NO_PROXY = refused(
    "The environment variable HTTPS_PROXY holds no address of a proxy. Enter one such as "
    f"{_PROXY}, or remove the variable.",
    "correct the variable, or remove it",
)
PROXY_WITHOUT_USER = refused(
    "The proxy in the environment variable HTTPS_PROXY wants a user and a password (407). Write "
    f"them into it: {_PROXY_WITH_USER}.",
    "write user and password into the variable",
)
PROXY_REFUSES = wrong_input(
    "The proxy in the environment variable HTTPS_PROXY (or HTTP_PROXY) wants a user and a password "
    "(407). Write them into it, before the name of the proxy.",
    "the same",
)

PROXY_OUT_OF_REACH = note(
    "the proxy in the environment variable HTTPS_PROXY could not be reached, or refused to "
    "connect. Check the variable; NO_PROXY lists hosts that are reached without the proxy",
    "check the variable",
)
UNKNOWN_HOST = note(
    "the name {host} could not be found. Check {field:api_host} and {field:credentials.region}, "
    "and that the network of the connector knows the name or has HTTPS_PROXY set",
    "check API host and region, and the connector's network",
)
NO_ENCRYPTION = note(
    "no encrypted connection to {host} could be made", "the network or a proxy on the way"
)
TIMED_OUT = note("the API did not answer in time", "the vendor is busy or down")
NO_CONNECTION = note(
    "the connection could not be made or broke off",
    "the network or a proxy on the way, if it is not the vendor",
)
BROKEN_RESPONSE = note("the response broke off or could not be decoded", "the same")
