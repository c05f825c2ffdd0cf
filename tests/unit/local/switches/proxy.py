"""The proxy before AWS, without a process."""

from local.aws.fault_proxy import AwsFault, Call


class Proxy:
    """The faults that the function's calls meet now."""

    def __init__(self) -> None:
        self.faults: dict[Call, AwsFault] = {}

    def fail(self, call: Call, fault: AwsFault, *, times: int | None) -> None:
        assert times is None
        assert call not in self.faults
        self.faults[call] = fault

    def recover(self) -> None:
        self.faults.clear()
