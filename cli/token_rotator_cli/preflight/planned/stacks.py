"""A planned stack, as far as the checks need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from token_rotator_cli.deployment.network import Network
from token_rotator_cli.preflight.bootstrap import Bootstrap
from token_rotator_cli.preflight.references import ReferencedResource


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRotator:
    """A rotator of a planned stack."""

    stack: str
    rotator: str
    parameter_name: str
    creates_secret: bool
    """Whether the stack creates the secret. Its name is the rotator's."""
    value_format: str
    secret_arn: str | None
    """The existing secret. None: the stack creates it, or it is unknown at synthesis."""
    secret_key_arn: str | None = field(default=None, compare=False)
    """The configured key of that secret. Empty: none. None: unknown (templates)."""
    reserves_concurrency: bool = True
    has_shared_reader: bool = False
    """Whether the stack has a role for other accounts."""
    network: Network | None = None
    """The subnets and security groups. None: the function is not in a VPC."""
    key_arn: str | None = None
    """None: the stack creates the key, or it is known only at deployment."""
    role_path: str = "/"
    role_name: str | None = None
    """The beginning of the role's name. None: CloudFormation generates it."""

    @property
    def table(self) -> str:
        """The name of the file's table."""
        return self.rotator.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStack:
    """A stack and its target. None: the caller's account or region."""

    name: str
    account: str | None
    region: str | None
    rotators: tuple[PlannedRotator, ...]
    bootstrap: Bootstrap | None
    references: frozenset[ReferencedResource]
    resources: Mapping[str, int] = field(compare=False)
    """Minimum number of resources by type."""
