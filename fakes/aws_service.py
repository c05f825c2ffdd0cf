"""The base of the AWS fakes: records calls, and makes them fail on request."""

from collections import Counter

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError


class FakeService:
    """A fake service with the methods of its boto3 client."""

    def __init__(self) -> None:
        self._failures: dict[str, list[Exception]] = {}
        self._lost: Counter[str] = Counter()
        self.calls: list[str] = []

    def fail(self, call: str, error: str | ClientError | BotoCoreError, *, times: int = 1) -> None:
        """Makes the next calls fail with an AWS error code or exception, without effect."""
        raised = refusal(error, call) if isinstance(error, str) else error
        self._failures.setdefault(call, []).extend([raised] * times)

    def lose_answer(self, call: str, *, times: int = 1) -> None:
        """Makes the next calls take effect, but lose their responses in a timeout."""
        self._lost[call] += times

    def _call(self, name: str) -> "_Call":
        return _Call(self, name)


class _Call:
    """Records a call, makes it fail before it takes effect, or loses its response afterwards."""

    def __init__(self, service: FakeService, name: str) -> None:
        self._service = service
        self._name = name

    def __enter__(self) -> None:
        self._service.calls.append(self._name)
        if failures := self._service._failures.get(self._name):  # noqa: SLF001
            raise failures.pop(0)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._service._lost[self._name] > 0:  # noqa: SLF001
            self._service._lost[self._name] -= 1  # noqa: SLF001
            raise ReadTimeoutError(endpoint_url="https://aws.example")


def refusal(code: str, call: str, *, status: int | None = None) -> ClientError:
    """The exception that botocore raises for an AWS error with this code."""
    if status is None:
        status = 500 if code.startswith("Internal") or code == "ServiceUnavailable" else 400
    return ClientError(
        {
            "Error": {"Code": code, "Message": "as the test asked"},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        call,
    )
