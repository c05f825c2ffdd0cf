"""``token-rotator try --probe``: finds out what requests the provider accepts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TextIO

from token_rotator import urls
from token_rotator.contract import Algorithm, Profile
from token_rotator.identity_provider.addresses import AddressPolicy
from token_rotator.identity_provider.discovery import Destination, Discovery
from token_rotator.parameter.publication import value_of
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cli.clock import Clock
from token_rotator_cli.console import Console
from token_rotator_cli.exchange.differences import differences
from token_rotator_cli.exchange.exchange import TryOptions, addresses, read_account
from token_rotator_cli.exchange.journal import Journal, ObservedHttp
from token_rotator_cli.exchange.network import Network
from token_rotator_cli.exchange.probe import plan
from token_rotator_cli.exchange.probe.api import MAX_REQUESTS as MAX_API_REQUESTS
from token_rotator_cli.exchange.probe.api import Api, check_api
from token_rotator_cli.exchange.probe.findings import WIDTHS, Observations, findings
from token_rotator_cli.exchange.probe.requests import MAX_REQUESTS, TIMEOUT, Reply, Requester
from token_rotator_cli.exchange.probe.rotators_file import rotators_file
from token_rotator_cli.exchange.probe.variant import Variant, alternatives
from token_rotator_cli.exchange.settings import ExchangeSettings, choose_settings
from token_rotator_cli.exchange.trust import Trust, machine_trust


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOptions:
    """The options of the command, besides those of ``try``."""

    api: str | None
    replay: bool


def probe(
    options: TryOptions, probe_options: ProbeOptions, console: Console, clock: Clock, stdin: TextIO
) -> int:
    """Runs the command. Prints only the ``rotators.toml`` on stdout, and the rest on stderr.

    Raises the same errors as ``exchange``, for the request of the settings.
    """
    if probe_options.api is not None:
        check_api(probe_options.api)
    messages = replace(console, out=console.err)
    journal = Journal(console=messages)
    chosen = choose_settings(
        config=options.config,
        rotator=options.rotator,
        provider=options.provider,
        redirected=True,
    )
    console.place = chosen.place  # the step `settings` shows it
    trust = machine_trust(chosen.ca_file)
    settings = chosen.settings
    account = read_account(options.file, stdin, settings, journal)
    journal.fact("settings", chosen.source, profile=settings.profile)
    network = Network(addresses(account, settings), trust.context)
    http = ObservedHttp(network=network, now=clock.now, journal=journal)
    discovery = Discovery(settings=settings, http=http, now=clock.now)
    destination = discovery.destination(account, deadline=clock.now() + TIMEOUT)
    _announce(messages, destination, probe_options)
    requester = Requester(
        account=account,
        settings=settings,
        token_endpoint=destination.token_endpoint,
        http=http,
        clock=clock,
        journal=journal,
    )
    first = Variant.of(settings, destination.audience)
    base = plan.find_variant(
        requester, first, lambda reply: _alternatives(reply, requester, chosen)
    )
    if base is None or base.record is None:
        for note in [*differences(network, trust, account, settings), *_refusal_notes(requester)]:
            messages.note(note)
        raise requester.replies[0].error or AssertionError
    value_of(base.record, settings.value_format)
    api = _api(probe_options, trust, clock, journal)
    if api:
        api.check_first_token(base.record)
    plan.probe_remaining(requester, base, second_token=api is not None)
    revocation = _revocation(api, requester)
    if probe_options.replay:
        requester.replay([one for one in requester.replies if one.accepted][-1])
    observed = Observations(
        requester=requester,
        base=base,
        discovery=http.discovery_response,
        revocation=revocation,
        replay=probe_options.replay,
    )
    text = "\n".join(rotators_file(observed, chosen, clock.now()))
    notes = list(differences(network, trust, account, settings))
    _show(observed, text, notes, journal, console)
    return 0


def _announce(console: Console, destination: Destination, probe_options: ProbeOptions) -> None:
    host = urls.host(destination.token_endpoint)
    replay_note = (
        " The last one sends an assertion a second time (--replay), which the provider may "
        "consider an attack."
        if probe_options.replay
        else " No assertion is sent twice."
    )
    console.note(
        f"This sends at most {MAX_REQUESTS} token requests to {host}, one after the other, with "
        f"this one key.{replay_note} Some may be refused, which the provider's log will show. The "
        "tokens are discarded. If a second token revokes the first one there, the token that a "
        "rotator has published with this key is revoked, until its next rotation. Ctrl-C stops."
    )
    if probe_options.api:
        console.note(
            f"It also sends at most {MAX_API_REQUESTS} requests to {urls.host(probe_options.api)} "
            "(--api), with a token or without."
        )


def _alternatives(
    reply: Reply, requester: Requester, chosen: ExchangeSettings
) -> Iterator[Variant]:
    provider = chosen.rotator.identity_provider
    # only profile intelligence omits exp, and it supports neither scope nor kid
    may_omit_exp = PROFILES[provider.profile].assertion_lifetime_seconds is None or (
        provider.profile is Profile.RFC7523
        and provider.scope is None
        and provider.key_id is None
        and provider.algorithm in (None, Algorithm.RS256)
    )
    return alternatives(
        reply.variant,
        skew=reply.answer.clock_skew if reply.answer else None,
        token_endpoint=requester.token_endpoint,
        fixed=provider.audience is not None,
        needs_exp=not may_omit_exp,
    )


def _refusal_notes(requester: Requester) -> Iterator[str]:
    for reply in requester.replies[1:]:
        if reply.refused:
            yield f"{reply.described.capitalize()}, too: {reply.variant.described}."
        else:
            yield f"Request {reply.number} was not answered, so no more requests were sent."
    yield (
        "No variant of the request returned a token. The following message is about request 1, "
        "which uses the settings; where it mentions the function, read this machine."
    )


def _api(probe_options: ProbeOptions, trust: Trust, clock: Clock, journal: Journal) -> Api | None:
    if probe_options.api is None:
        return None
    allowed = AddressPolicy(private=True, loopback=urls.is_loopback(urls.host(probe_options.api)))
    return Api(
        url=probe_options.api, network=Network(allowed, trust.context), clock=clock, journal=journal
    )


def _revocation(api: Api | None, requester: Requester) -> tuple[bool | None, str]:
    records = [reply.record for reply in requester.replies if reply.record]
    if api is None:
        return None, "not tested: --api URL sets an API that accepts the token"
    if len(records) < 2:  # noqa: PLR2004
        return None, "no second token was issued"
    return api.check_revocation(records[0], records[-1])


def _show(
    observed: Observations, text: str, notes: list[str], journal: Journal, console: Console
) -> None:
    found = list(findings(observed))
    messages = journal.console
    for note in notes:
        messages.note(note)
    for one in found:
        messages.row(one.question, one.answer, one.message, widths=WIDTHS)
    if observed.requester.stopped:
        messages.note(f"No more requests were sent: {observed.requester.stopped}")
    messages.text(
        f"{len(observed.requester.replies)} token requests were sent; the tokens were discarded, "
        "nothing was stored or published. A matching rotators.toml is on stdout:"
    )
    console.verbatim(text)
    console.document(
        {
            "ok": True,
            "service_account": observed.requester.account.service_account_id,
            "token_requests": len(observed.requester.replies),
            "notes": notes,
            "findings": [
                {"question": one.question, "answer": one.answer, "message": one.message}
                for one in found
            ],
            "rotators_toml": text,
            "steps": journal.as_json(),
        }
    )
