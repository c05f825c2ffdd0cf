"""Differences between this machine and the function: proxy, CA certificates, loopback."""

from collections.abc import Iterator

from token_rotator import urls
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.settings import Settings
from token_rotator_cli.exchange.network import Network
from token_rotator_cli.exchange.trust import Trust


def differences(
    network: Network, trust: Trust, account: ServiceAccount, settings: Settings
) -> Iterator[str]:
    """Describes each difference."""
    if network.via:
        yield (
            f"Unlike the function: the request used the proxy {network.via}, which chose the IP "
            "address. The function uses no proxy, and connects to "
            + ("public and private" if settings.allow_private_addresses else "public")
            + " addresses only."
        )
    if network.tls_version and trust.variables:
        yield (
            f"Unlike the function: {' and '.join(trust.variables)} change the CA certificates that "
            "this machine trusts. The function trusts those of Lambda's system."
        )
    if urls.is_loopback(urls.host(first_endpoint(account, settings))):
        yield (
            "Unlike the function: the identity provider is on this machine. The function rejects "
            "loopback addresses, unless AWS is on loopback too, as with `make run`."
        )


def first_endpoint(account: ServiceAccount, settings: Settings) -> str:
    """The URL of the first request; empty if none is configured."""
    return (
        settings.token_endpoint or settings.discovery_endpoint or account.discovery_endpoint or ""
    )
