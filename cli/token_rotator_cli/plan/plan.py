"""``token-rotator plan``: compares a deployment with what is deployed, before it happens."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.console import Console
from token_rotator_cli.deployment.account import confirm_account
from token_rotator_cli.deployment.inventory import rotators_in
from token_rotator_cli.deployment.target import CONFIG, read_config
from token_rotator_cli.errors import CallerError, ConfigFileError, WrongAccount
from token_rotator_cli.plan.losses import Loss, losses
from token_rotator_cli.plan.moves import Note, notes
from token_rotator_cli.plan.planned import PlannedStack, stacks_of_assembly, stacks_of_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The options of the command."""

    config: Path | None
    app: Path | None
    """A cloud assembly, which is read instead of the file."""
    stack: str | None
    """The name of the only stack to deploy, or a pattern; None: all."""
    accepted: frozenset[str]
    """The parameters whose consumers may lose their token."""


def plan(options: Plan, console: Console, connect: Callable[[str | None], Aws]) -> int:
    """The exit code: 1 if consumers would lose a token and nobody has accepted that.

    What cannot be compared is said, and is no failure. ``connect`` is called with the region.
    Raises ConfigFileError.
    """
    found: list[Loss] = []
    said: list[Note] = []
    not_compared: list[str] = []
    for (account, region), stacks in _by_place(_stacks(options)):
        with console.progress("Asking AWS"):
            try:
                aws = connect(region)
                confirm_account(aws, account, source="The deployment")
                deployed = list(rotators_in(aws))
                found += losses(stacks, deployed)
                said += notes(stacks, deployed)
            except (CallerError, WrongAccount) as error:
                not_compared.append(str(error))
    refused = [one for one in found if one.parameter_name not in options.accepted]
    for one in said:
        console.text(f"note  {one.parameter_name}: {one.message}")
    _show(found, refused, not_compared, console)
    console.document(
        {
            "ok": not refused,
            "losses": [
                {
                    "parameter": one.parameter_name,
                    "message": one.message,
                    "accepted": one not in refused,
                }
                for one in found
            ],
            "notes": [{"parameter": one.parameter_name, "message": one.message} for one in said],
            "not_compared": not_compared,
        }
    )
    return 1 if refused else 0


def _stacks(options: Plan) -> list[PlannedStack]:
    stacks = list(
        stacks_of_assembly(options.app)
        if options.app is not None
        else stacks_of_file(read_config(options.config or CONFIG))
    )
    chosen = [one for one in stacks if fnmatchcase(one.name, options.stack or "*")]
    if not chosen:
        names = ", ".join(one.name for one in stacks) or "none"
        raise ConfigFileError(f"There is no stack {options.stack} to deploy. There is: {names}.")
    return chosen


def _by_place(
    stacks: Sequence[PlannedStack],
) -> Iterator[tuple[tuple[str | None, str | None], list[PlannedStack]]]:
    """The stacks of each account and region."""

    def place(stack: PlannedStack) -> tuple[str, str]:
        return stack.account or "", stack.region or ""

    for (account, region), those in groupby(sorted(stacks, key=place), place):
        yield (account or None, region or None), list(those)


def _show(
    found: Sequence[Loss], refused: Sequence[Loss], not_compared: Sequence[str], console: Console
) -> None:
    for reason in not_compared:
        console.note(f"Not compared with what is deployed. {reason}")
    for one in found:
        console.text(
            f"{'LOSS' if one in refused else 'accepted'}  {one.parameter_name}: {one.message}"
        )
    if refused:
        names = " ".join(dict.fromkeys(one.parameter_name for one in refused))
        console.text(
            "This deployment would leave consumers without a token. docs/renaming.md has the "
            f'steps that do not. To deploy all the same: make deploy ACCEPT="{names}" '
            "(token-rotator plan --accept)."
        )
    elif not found and not not_compared:
        console.text("No consumer of what is deployed loses its token.")
