"""A stack that would be deployed, as far as it can fail or hurt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from token_rotator_cli.deployment.network import Network
from token_rotator_cli.preflight.bootstrap import Bootstrap
from token_rotator_cli.preflight.named import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRotator:
    """A rotator of a stack, as far as consumers and the account depend on it."""

    stack: str
    rotator: str
    parameter_name: str
    creates_secret: bool
    """Whether the stack creates the secret, with the rotator's name."""
    value_format: str
    secret_arn: str | None
    """Of the secret that is named; None: the stack creates it, or it is not known at synthesis."""
    secret_key_arn: str | None = field(default=None, compare=False)
    """The key that the file names for that secret; empty: none. None: a template does not say."""
    reserves_concurrency: bool = True
    has_shared_reader: bool = False
    """Whether workloads of other accounts read the token through a role of the stack."""
    network: Network | None = None
    """The subnets and security groups that are named; None: the function is in no VPC."""
    key_arn: str | None = None
    """None: the stack creates the key, or it is known at deployment only."""
    role_path: str = "/"
    role_name: str | None = None
    """What the name of the function's role begins with. None: CloudFormation chooses it."""

    @property
    def table(self) -> str:
        """The name of its table in the file."""
        return self.rotator.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStack:
    """A stack, and where it goes. None: to the account or region of the caller."""

    name: str
    account: str | None
    region: str | None
    rotators: tuple[PlannedRotator, ...]
    bootstrap: Bootstrap | None
    named: frozenset[Named]
    resources: Mapping[str, int] = field(compare=False)
    """How many there are at least of a resource type."""
