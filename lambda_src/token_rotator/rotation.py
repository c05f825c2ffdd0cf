"""One rotation: obtains a fresh access token and publishes it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from token_rotator.contract import Outcome, RotationStep
from token_rotator.credential.private_key import describe_key
from token_rotator.credential.secret_store import Credential
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import (
    CredentialError,
    NoServiceAccountYet,
    ParameterStoreUnavailable,
    RotationError,
    TokenRequestRefused,
    TokenSuperseded,
)
from token_rotator.parameter.cache import TokenCache
from token_rotator.parameter.publication import Published, PutResult
from token_rotator.parameter.record import Record
from token_rotator.report import Report
from token_rotator.retrying import Retrier
from token_rotator.steps import Steps
from token_rotator.timing import AWS_CALL_TIMEOUT, MIN_ATTEMPT_TIME, PUBLISH_RESERVE


class CredentialSource(Protocol):
    """The source of the service account."""

    def current(self, steps: Steps) -> Credential: ...
    def previous(self, steps: Steps) -> Credential | None: ...


class IdentityProvider(Protocol):
    """The service that exchanges a client assertion for an access token."""

    def exchange(self, account: ServiceAccount, *, deadline: datetime, steps: Steps) -> Record: ...


class Publication(Protocol):
    """The store from which consumers read the token."""

    def current(self) -> Published: ...
    def publish(self, record: Record) -> PutResult: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Obtains a fresh access token and publishes it, or keeps the old one."""

    credentials: CredentialSource
    identity_provider: IdentityProvider
    publication: Publication
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    key_lifetime: timedelta | None = None
    """How long a key is valid; None: unknown."""
    cache: TokenCache = field(default_factory=TokenCache)

    def run(self, report: Report, *, deadline: datetime, min_remaining: timedelta | None) -> None:
        """Rotates once and fills in the report. Raises RotationError without changing the token.

        With ``min_remaining``, keeps a published token with a longer remaining lifetime.
        """
        expires_at = self._published_expiry(report)
        if expires_at is not None:
            report.life_left_before = expires_at - self.now()
            if min_remaining is not None and report.life_left_before > min_remaining:
                report.outcome = Outcome.KEPT
                return
        try:
            record = self._obtain(report, deadline - PUBLISH_RESERVE)
        except NoServiceAccountYet as exc:
            if expires_at is not None or self.credentials.previous(report.steps):
                raise
            report.outcome = Outcome.WAITING
            report.warnings.append(str(exc))
            return
        report.set_token(record)
        with report.steps.timed(RotationStep.PUBLISH):
            outcome = self._retrier.call(
                lambda: self._publish(record, report),
                deadline=deadline,
                max_attempt=PUBLISH_RESERVE,
            )
        self._count_superseded(outcome)
        report.outcome = outcome

    def parameter_changed(self, report: Report) -> None:
        """Makes the next run read a parameter that another principal wrote or deleted.

        It does not rotate at once, because two rotators with the same parameter would trigger each
        other in an endless loop.
        """
        report.outcome = Outcome.NOTED
        if self.cache.parameter_changed():
            report.warnings.append(
                "Another principal wrote or deleted the parameter. The next run checks it. "
                "PutParameter and DeleteParameter in CloudTrail show who it was."
            )

    @property
    def _retrier(self) -> Retrier:
        return Retrier(now=self.now, sleep=self.sleep)

    def _published_expiry(self, report: Report) -> datetime | None:
        try:
            with report.steps.timed(RotationStep.READ):
                if cached_expiry := self.cache.expires_at(now=self.now()):
                    return cached_expiry
                published = self.publication.current()
        except ParameterStoreUnavailable as exc:
            report.warnings.append(str(exc))
            return None  # an extra token is harmless, and the read before the write is retried
        if published.problem:
            report.warnings.append(published.problem)
        self.cache.store(published.record, now=self.now())
        return published.record.expires_at if published.record is not None else None

    def _obtain(self, report: Report, deadline: datetime) -> Record:
        """A token for the current credential, or for the previous one if that is refused."""
        credential = None
        try:
            credential = self._retrier.call(
                lambda: self.credentials.current(report.steps),
                deadline=deadline,
                max_attempt=AWS_CALL_TIMEOUT,
            )
            return self._exchange(credential, report, deadline)
        except (CredentialError, TokenRequestRefused) as refusal:
            record = self._obtain_with_previous(credential, refusal, report, deadline)
            if record is None:
                raise
            return record

    def _obtain_with_previous(
        self, refused: Credential | None, refusal: RotationError, report: Report, deadline: datetime
    ) -> Record | None:
        """None if there is no other credential, or if it fails too."""
        report.steps.freeze_results()
        try:
            previous = self.credentials.previous(report.steps)
            if previous is None or (refused and previous.same_account_and_key(refused)):
                return None
            record = self._exchange(previous, report, deadline)
        except RotationError as exc:
            report.warnings.append(
                f"The previous version of the secret failed too: {type(exc).__name__}: {exc}"
            )
            return None
        report.previous_key_used = True
        report.warnings.append(
            "The current version of the secret failed, and the previous one worked: "
            f"{type(refusal).__name__}: {refusal}"
        )
        return record

    def _exchange(self, credential: Credential, report: Report, deadline: datetime) -> Record:
        report.secret_version = credential.version_id
        report.key = describe_key(credential.service_account.private_key)
        report.key_age_days = credential.age_days(now=self.now())
        report.key_days_left = credential.days_left(lifetime=self.key_lifetime, now=self.now())

        def attempt() -> Record:
            report.token_requests += 1
            return self.identity_provider.exchange(
                credential.service_account, deadline=deadline, steps=report.steps
            )

        return self._retrier.call(attempt, deadline=deadline, max_attempt=MIN_ATTEMPT_TIME)

    def _publish(self, record: Record, report: Report) -> Outcome:
        """Publishes the record, unless it or one that expires later is already published."""
        published = self.publication.current()
        self.cache.store(published.record, now=self.now())
        report.parameter_version = published.version
        if published.record is not None:
            expires_later = published.record.expires_at > record.expires_at
            if published.record.access_token != record.access_token:
                if expires_later:
                    return Outcome.SUPERSEDED
                report.replaced_token_expires_at = published.record.expires_at
            elif not expires_later:
                report.published_at = self.now()
                return Outcome.PUBLISHED  # an earlier attempt wrote it, but its response was lost
        self.cache.clear_before_write()
        written = self.publication.publish(record)
        self.cache.store(record, now=self.now())
        report.published_at = self.now()
        report.parameter_version = written.version
        if written.tagging_failed:
            report.warnings.append(written.tagging_failed)
        return Outcome.PUBLISHED

    def _count_superseded(self, outcome: Outcome) -> None:
        """Raises TokenSuperseded if two tokens in a row were discarded."""
        before, self.cache.superseded = self.cache.superseded, outcome is Outcome.SUPERSEDED
        if before and self.cache.superseded:
            raise TokenSuperseded(
                "A fresh token was discarded twice in a row because the published one expires "
                "later. Either another principal writes the parameter: check PutParameter in "
                "CloudTrail. Or the provider has shortened its tokens' lifetime: then this ends "
                "when the published one expires."
            )
