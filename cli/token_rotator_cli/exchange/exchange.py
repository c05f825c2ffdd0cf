"""``token-rotator try``: exchanges the downloaded file's key for a token."""

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final, TextIO

from token_rotator import urls
from token_rotator.credential.private_key import describe_key
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import CredentialError, IdentityProviderError
from token_rotator.identity_provider.addresses import AddressPolicy
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator.identity_provider.discovery import Discovery
from token_rotator.identity_provider.error_messages import NOTABLE_SKEW
from token_rotator.parameter.publication import value_of
from token_rotator.parameter.record import Record
from token_rotator.report import fingerprint
from token_rotator.settings import Settings
from token_rotator.steps import Steps
from token_rotator.timing import HTTP_CONNECT_TIMEOUT, HTTP_READ_TIMEOUT
from token_rotator_cli.clock import Clock
from token_rotator_cli.console import Console, moment
from token_rotator_cli.downloaded_file import account_in, read_file
from token_rotator_cli.errors import ProxyFailed
from token_rotator_cli.exchange.differences import differences, first_endpoint
from token_rotator_cli.exchange.journal import Journal, ObservedHttp, ObservedSigner
from token_rotator_cli.exchange.network import Network
from token_rotator_cli.exchange.settings import choose_settings
from token_rotator_cli.exchange.trust import machine_trust

TIMEOUT: Final = 2 * (HTTP_CONNECT_TIMEOUT + HTTP_READ_TIMEOUT) + timedelta(seconds=1)
"""Two requests with the function's timeouts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOptions:
    """The options of the command."""

    file: str
    """A path; ``-`` is stdin."""
    config: Path | None
    rotator: str | None
    provider: str | None
    print_token: bool


def exchange(options: TryOptions, console: Console, clock: Clock, stdin: TextIO) -> int:
    """Runs the command and returns the exit code.

    Raises CredentialError, IdentityProviderError, PublicationError like the function, and
    UsageError, ConfigFileError, ProxyFailed, ConfigurationError.
    """
    token_only = options.print_token and not console.as_json
    messages = replace(console, out=console.err) if token_only else console
    chosen = choose_settings(
        config=options.config, rotator=options.rotator, provider=options.provider
    )
    console.place = chosen.place  # the step `settings` shows it
    trust = machine_trust(chosen.ca_file)
    journal = Journal(console=messages)
    account = read_account(options.file, stdin, chosen.settings, journal)
    journal.fact("settings", chosen.source, profile=chosen.settings.profile)
    network = Network(addresses(account, chosen.settings), trust.context)
    provider = _provider(chosen.settings, network, journal, clock)
    steps = Steps(now=clock.now)
    try:
        record = provider.exchange(account, deadline=clock.now() + TIMEOUT, steps=steps)
        value_of(record, chosen.settings.value_format)
    except (IdentityProviderError, ProxyFailed):
        for note in differences(network, trust, account, chosen.settings):
            messages.note(note)
        messages.note(
            "The request used this machine's clock and network: where the following message "
            "mentions the function, read this machine."
        )
        raise
    _show_token(record, steps.clock_skew, journal)
    notes = list(differences(network, trust, account, chosen.settings))
    for note in notes:
        messages.text(note)
    messages.text(
        "The key works. "
        + ("" if options.print_token else "The token was discarded; ")
        + ("N" if options.print_token else "n")
        + "othing was stored or published."
    )
    console.document(
        {
            "ok": True,
            "service_account": account.service_account_id,
            "notes": notes,
            "steps": journal.as_json(),
            **({"access_token": record.access_token} if options.print_token else {}),
        }
    )
    if token_only:
        console.text(record.access_token)
    return 0


def read_account(file: str, stdin: TextIO, settings: Settings, journal: Journal) -> ServiceAccount:
    """The file's service account. Raises CredentialError."""
    with journal.step("file") as step:
        try:
            content = read_file(file, stdin)
        except CredentialError:
            step.finish("cannot be read")
            raise
        try:
            _, account = account_in(content, algorithm=settings.algorithm)
        except CredentialError as error:
            step.finish("cannot be used")
            raise type(error)(f"The file cannot be used. {error}") from None
        key = describe_key(account.private_key)
        endpoint = account.discovery_endpoint
        step.finish(
            f"service account {account.service_account_id}, {key}, "
            + (
                f"discovery endpoint {urls.without_query(endpoint)}"
                if endpoint
                else "no discovery endpoint"
            ),
            service_account=account.service_account_id,
            key=key,
            discovery_endpoint=urls.without_query(endpoint) if endpoint else None,
        )
    return account


def addresses(account: ServiceAccount, settings: Settings) -> AddressPolicy:
    """The function's address rules. Allows loopback if the URL contains a loopback address."""
    return AddressPolicy(
        private=settings.allow_private_addresses,
        loopback=urls.is_loopback(urls.host(first_endpoint(account, settings))),
    )


def _provider(
    settings: Settings, network: Network, journal: Journal, clock: Clock
) -> TokenEndpoint:
    """Like wiring.identity_provider, but shows each step."""
    http = ObservedHttp(network=network, now=clock.now, journal=journal)
    return TokenEndpoint(
        settings=settings,
        http=http,
        discovery=Discovery(settings=settings, http=http, now=clock.now),
        signer=ObservedSigner.from_settings(settings, journal=journal),
        now=clock.now,
    )


def _show_token(record: Record, skew: timedelta | None, journal: Journal) -> None:
    seconds = int((record.expires_at - record.issued_at).total_seconds())
    journal.fact(
        "token",
        f"lives {seconds} s, until {moment(record.expires_at)}; fingerprint {fingerprint(record)}",
        lifetime_seconds=seconds,
        expires_at=record.expires_at.isoformat(),
        fingerprint=fingerprint(record),
    )
    journal.fact(
        "clock",
        _clock(skew),
        clock_skew_seconds=None if skew is None else round(skew.total_seconds(), 3),
    )


def _clock(skew: timedelta | None) -> str:
    if skew is None:
        return "unknown: the response has no Date"
    if abs(skew) < NOTABLE_SKEW:
        return "the provider's clock agrees with this machine's"
    return describe_skew(skew)


def describe_skew(skew: timedelta) -> str:
    """The difference of the clocks, for example 5 s ahead."""
    seconds = math.ceil(abs(skew).total_seconds())
    where = "ahead of" if skew > timedelta() else "behind"
    return f"the provider's clock is {seconds} s {where} this machine's; the function's is AWS's"
