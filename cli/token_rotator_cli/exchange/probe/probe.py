"""``token-rotator try --probe``: finds out what requests the provider accepts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TextIO

from token_rotator import urls
from token_rotator.contract import Algorithm, Profile
from token_rotator.identity_provider.addresses import Addresses
from token_rotator.identity_provider.discovery import Destination, Discovery
from token_rotator.parameter.publication import value_of
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cli.clock import Clock
from token_rotator_cli.console import Console
from token_rotator_cli.exchange.differences import differences
from token_rotator_cli.exchange.exchange import Try, addresses, read_account
from token_rotator_cli.exchange.journal import Journal, ObservedHttp
from token_rotator_cli.exchange.network import Network
from token_rotator_cli.exchange.probe import plan
from token_rotator_cli.exchange.probe.api import MOST as MOST_OF_API
from token_rotator_cli.exchange.probe.api import Api, check_api
from token_rotator_cli.exchange.probe.findings import WIDTHS, Seen, findings
from token_rotator_cli.exchange.probe.manner import Manner, others
from token_rotator_cli.exchange.probe.requests import LONGEST, MOST, Asker, Reply
from token_rotator_cli.exchange.probe.rotators_file import rotators_file
from token_rotator_cli.exchange.settings import Chosen, choose
from token_rotator_cli.exchange.trust import Trust, machines_trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The options of the command, besides those of ``try``."""

    api: str | None
    replay: bool


def probe(options: Try, asked: Probe, console: Console, clock: Clock, stdin: TextIO) -> int:
    """Runs the command. Prints only the ``rotators.toml`` on stdout, and the rest on stderr.

    Raises the same errors as ``exchange``, for the request of the settings.
    """
    if asked.api is not None:
        check_api(asked.api)
    told = replace(console, out=console.err)
    journal = Journal(console=told)
    chosen = choose(
        config=options.config,
        rotator=options.rotator,
        provider=options.provider,
        redirected=True,
    )
    console.place = chosen.place  # the step `settings` says it
    trust = machines_trust(chosen.authorities)
    settings = chosen.settings
    account = read_account(options.file, stdin, settings, journal)
    journal.fact("settings", chosen.source, profile=settings.profile)
    network = Network(addresses(account, settings), trust.context)
    http = ObservedHttp(network=network, now=clock.now, journal=journal)
    discovery = Discovery(settings=settings, channel=http, now=clock.now)
    destination = discovery.destination(account, deadline=clock.now() + LONGEST)
    _announce(told, destination, asked)
    asker = Asker(
        account=account,
        settings=settings,
        token_endpoint=destination.token_endpoint,
        http=http,
        clock=clock,
        journal=journal,
    )
    first = Manner.of(settings, destination.audience)
    base = plan.find_manner(asker, first, lambda reply: _others(reply, asker, chosen))
    if base is None or base.record is None:
        for note in [*differences(network, trust, account, settings), *_without_a_token(asker)]:
            told.note(note)
        raise asker.replies[0].error or AssertionError
    value_of(base.record, settings.value_format)
    api = _api(asked, trust, clock, journal)
    if api:
        api.first(base.record)
    plan.ask_the_rest(asker, base, second_token=api is not None)
    ended = _ended(api, asker)
    if asked.replay:
        asker.replay([one for one in asker.replies if one.accepted][-1])
    seen = Seen(
        asker=asker, base=base, discovered=http.discovered, ended=ended, replay=asked.replay
    )
    text = rotators_file(seen, chosen, clock.now())
    notes = list(differences(network, trust, account, settings))
    _tell(seen, text, notes, journal, console)
    return 0


def _announce(console: Console, destination: Destination, asked: Probe) -> None:
    host = urls.host(destination.token_endpoint)
    again = (
        " The last one sends an assertion a second time (--replay), which the provider may take "
        "for an attack."
        if asked.replay
        else " No assertion is sent twice."
    )
    console.note(
        f"This sends at most {MOST} token requests to {host}, one after the other, with this one "
        f"key.{again} Some may be refused, which the provider's log will show. The tokens are "
        "discarded. If a second token ends the first one there, the token that a rotator has "
        "published with this key ends with it, until its next rotation. Ctrl-C stops."
    )
    if asked.api:
        console.note(
            f"It also sends at most {MOST_OF_API} requests to {urls.host(asked.api)} (--api), with "
            "a token or without."
        )


def _others(reply: Reply, asker: Asker, chosen: Chosen) -> Iterator[Manner]:
    provider = chosen.rotator.identity_provider
    # only profile intelligence omits exp, and it supports neither scope nor kid
    leaves_out = PROFILES[provider.profile].assertion_lifetime_seconds is None or (
        provider.profile is Profile.RFC7523
        and provider.scope is None
        and provider.key_id is None
        and provider.algorithm in (None, Algorithm.RS256)
    )
    return others(
        reply.manner,
        skew=reply.answer.clock_skew if reply.answer else None,
        token_endpoint=asker.token_endpoint,
        fixed=provider.audience is not None,
        needs_exp=not leaves_out,
    )


def _without_a_token(asker: Asker) -> Iterator[str]:
    for reply in asker.replies[1:]:
        if reply.refused:
            yield f"{reply.described.capitalize()}, too: {reply.manner.described}."
        else:
            yield f"Request {reply.number} could not be answered, so nothing more was asked."
    yield (
        "No manner of asking led to a token. The following text is about request 1, which asked as "
        "the settings say; where it says what the function has or does, it is this machine."
    )


def _api(asked: Probe, trust: Trust, clock: Clock, journal: Journal) -> Api | None:
    if asked.api is None:
        return None
    own = Addresses(private=True, loopback=urls.is_loopback(urls.host(asked.api)))
    return Api(url=asked.api, network=Network(own, trust.context), clock=clock, journal=journal)


def _ended(api: Api | None, asker: Asker) -> tuple[bool | None, str]:
    records = [reply.record for reply in asker.replies if reply.record]
    if api is None:
        return None, "not asked: --api URL names an API that takes the token"
    if len(records) < 2:  # noqa: PLR2004
        return None, "no second token was issued"
    return api.ended(records[0], records[-1])


def _tell(seen: Seen, text: str, notes: list[str], journal: Journal, console: Console) -> None:
    found = list(findings(seen))
    told = journal.console
    for note in notes:
        told.note(note)
    for one in found:
        told.row(one.question, one.answer, one.message, widths=WIDTHS)
    if seen.asker.stopped:
        told.note(f"Nothing more was asked: {seen.asker.stopped}")
    told.text(
        f"{len(seen.asker.replies)} token requests were sent; the tokens were discarded, nothing "
        "was stored or published. The rotators.toml that fits is on stdout:"
    )
    console.verbatim(text)
    console.document(
        {
            "ok": True,
            "service_account": seen.asker.account.service_account_id,
            "token_requests": len(seen.asker.replies),
            "notes": notes,
            "findings": [
                {"question": one.question, "answer": one.answer, "message": one.message}
                for one in found
            ],
            "rotators_toml": text,
            "steps": journal.as_json(),
        }
    )
