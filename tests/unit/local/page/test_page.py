"""The page shows what is observed, and neither a token nor a key."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from local.alarms.alarms import Alarms
from local.alarms.log_metrics import LogMetrics
from local.followed_log import FollowedLog
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.observation.consumer import Consumer, Use
from local.observation.state import Observer, Snapshot
from local.page.page import Page
from local.page.token_history import TokenHistory
from local.switches.identity_provider import identity_provider_switch
from local.switches.key import Key
from local.switches.names import ButtonName, PositionName, SwitchName
from local.switches.switch import Button, Panel, Switch
from tests.support.watching import NOW, Logs, published, worked

PARAMETER = "/a/token"
FILES = ("/", "/page.js", "/chart.js", "/page.css", "/state")


class Store:
    """Parameter Store with one record."""

    def __init__(self, token: str) -> None:
        at = int(NOW.timestamp())
        self._record = {"access_token": token, "issued_at": at, "expires_at": at + 300}

    def get_parameter(self, **_: object) -> dict[str, Any]:
        return {"Parameter": {"Value": json.dumps(self._record), "Version": 7}}


def page_of(idp: IdentityProvider, logs: Logs, *switches: Switch) -> Page:
    log = FollowedLog(logs, log_group="/group")
    return Page(
        port=0,
        parameter_name=PARAMETER,
        alarms=Alarms({"Resources": {}}, metrics=LogMetrics(log), deployed_at=NOW),
        panel=Panel(
            switches=[identity_provider_switch(idp), *switches],
            buttons=[Button(name=ButtonName.ROTATE, label="Rotate now", press=lambda: None)],
        ),
    )


def ask(page: Page, path: str, content: object = None) -> str:
    request = urllib.request.Request(
        page.address + path,
        data=None if content is None else json.dumps(content).encode(),
        headers={"Origin": page.address, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())


def state(page: Page) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(ask(page, "/state"))
    return content


@pytest.fixture
def page(idp: IdentityProvider) -> Iterator[Page]:
    with page_of(idp, Logs()) as page:
        yield page


def test_before_the_first_snapshot_there_are_only_the_switches(page: Page) -> None:
    assert state(page).keys() == {"switches", "buttons"}


def test_it_shows_what_a_consumer_reads(page: Page) -> None:
    page.show(Snapshot(at=NOW, published=published(7), worked=True, reads=2, reads_that_worked=1))

    shown = state(page)

    assert shown["published"] == {
        "version": 7,
        "fingerprint": published().token_fingerprint,
        "issued_at": NOW.timestamp(),
        "expires_at": NOW.timestamp() + 300,
    }
    assert (shown["worked"], shown["reads"], shown["reads_that_worked"]) == (True, 2, 1)
    assert shown["parameter_name"] == PARAMETER


def test_it_shows_rotations_with_trigger_outcome_error_and_time(page: Page) -> None:
    logs = Logs()
    logs.log(NOW, trigger="watchdog", outcome="failed", error="CredentialError", error_message="no")
    observer = Observer(consumer=Gone(), log=FollowedLog(logs, log_group="/group"))

    page.show(observer.observe(NOW))

    (rotation,) = state(page)["rotations"]
    told = {name: value for name, value in rotation.items() if value}
    assert told == {
        "at": NOW.timestamp(),
        "trigger": "watchdog",
        "outcome": "failed",
        "error": "CredentialError",
        "error_message": "no",
    }


class Gone:
    """A consumer that finds no parameter."""

    def use(self) -> Use:
        return Use(published=None)


def test_it_shows_the_position_of_a_switch_as_soon_as_it_is_turned(page: Page) -> None:
    before = state(page)["switches"][0]["now"]
    answered = json.loads(
        ask(page, "/turn", {"switch": SwitchName.IDENTITY_PROVIDER, "position": PositionName.DOWN})
    )

    assert before == PositionName.WORKS
    assert answered["switches"][0]["now"] == PositionName.DOWN
    assert state(page)["switches"][0]["now"] == PositionName.DOWN


def test_no_answer_holds_a_token_or_a_key(idp: IdentityProvider, account: ServiceAccount) -> None:
    token, logs = "a-very-secret-access-token", Logs()
    observer = Observer(
        consumer=Consumer(Store(token), parameter_name=PARAMETER, resource=idp.api("reports")),
        log=FollowedLog(logs, log_group="/group"),
    )
    key = Key(Secrets(), secret_arn="arn", idp=idp, account=account).switch()
    with page_of(idp, logs, key) as page:
        page.show(observer.observe(NOW))
        answers = [ask(page, path) for path in FILES]
        answers += [
            ask(page, "/turn", {"switch": SwitchName.KEY, "position": position.name})
            for position in key.positions
        ]
        answers.append(ask(page, "/press", {"button": ButtonName.ROTATE}))

    shown = "\n".join(answers)
    assert '"version": 7' in shown
    assert token not in shown
    for line in account.private_key_pem.splitlines():
        assert line not in shown


class Secrets:
    """Secrets Manager that takes any secret."""

    def put_secret_value(self, **_: object) -> None:
        pass


def test_the_life_of_the_token_is_a_span_for_each_record_of_the_last_minutes() -> None:
    life = TokenHistory()
    for seconds, seen in ((0, None), (1, published()), (2, published()), (3, None)):
        spans = life.add(seen, at=NOW + timedelta(seconds=seconds))

    assert [(span.begins - NOW).total_seconds() for span in spans] == [0, 1, 3]
    assert [span.expires_at for span in spans] == [None, published().expires_at, None]

    late = life.add(worked().published, at=NOW + timedelta(minutes=10, seconds=1))
    assert [(span.begins - NOW).total_seconds() for span in late] == [1, 3, 601]
