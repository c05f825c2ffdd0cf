"""Reads a ``rotators.toml`` and reports all its issues at once."""

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from token_rotator_cdk.config.combinations.conflict import RotatorContext
from token_rotator_cdk.config.combinations.rotator import conflicts
from token_rotator_cdk.config.combinations.stack import conflicts_of_stack
from token_rotator_cdk.config.document.check import CheckResult, check
from token_rotator_cdk.config.issues import (
    ConfigIssue,
    ConfigurationIssues,
    KeyPath,
    keys_in_lines,
    shown,
    table_name,
)
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.stack_limits import stack_issues


def load(path: Path, *, to_deploy: bool = False) -> Deployment:
    """Reads a deployment. Raises ConfigurationIssues with every issue of the file.

    ``to_deploy``: also check the files it refers to. Commands for existing deployments do not need
    them.
    """
    read = _read(path, to_deploy=to_deploy)
    if isinstance(read, Deployment):
        return read
    raise ConfigurationIssues.in_file(path, read)


def _read(path: Path, *, to_deploy: bool) -> Deployment | list[ConfigIssue]:
    # issues are returned, not raised: a decoder's error holds the whole document
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return [ConfigIssue(fix="the file does not exist; choose another one with -c config=PATH")]
    except (OSError, UnicodeDecodeError):
        return [ConfigIssue(fix="the file is not readable UTF-8 text")]
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [_toml_issue(error), *keys_in_lines(text)]
    checked = check(Deployment, document)
    directory = path.parent if to_deploy else None
    return issues_of(checked, directory) or [*keys_in_lines(text)] or checked.value


def issues_of(checked: CheckResult[Deployment], directory: Path | None = None) -> list[ConfigIssue]:
    """All issues, grouped by table.

    ``directory`` is the file's; None: skip checks that read other files.
    """
    issues = [*checked.issues, *_conflicts(checked), *stack_issues(checked.value)]
    if directory is not None:
        issues += _certificates(checked, directory)
    tables: dict[KeyPath, list[ConfigIssue]] = {}
    for issue in issues:
        tables.setdefault(issue.table[:2], []).append(issue)
    return [issue for group in tables.values() for issue in group]


def _conflicts(checked: CheckResult[Deployment]) -> Iterator[ConfigIssue]:
    stack = checked.value.stack
    for path, fix in conflicts_of_stack(stack, _usable_in(checked, ("stack",))):
        yield checked.conflict(("stack", *path), fix)
    for name, rotator in checked.value.rotators.items():
        table = ("rotators", name)
        context = RotatorContext(
            rotator_name=checked.value.rotator_name(name),
            place=stack.place,
            parameter_tags=stack.tags,
            fips=stack.fips,
        )
        for path, fix in conflicts(rotator, context, _usable_in(checked, table)):
            yield checked.conflict((*table, *path), fix)
    yield from _duplicate_names(checked)


def _certificates(checked: CheckResult[Deployment], directory: Path) -> Iterator[ConfigIssue]:
    # a slow import, and commands do not need it
    from token_rotator_cdk.config.certificates import fix_of_certificates  # noqa: PLC0415

    now = datetime.now(UTC)
    for name, rotator in checked.value.rotators.items():
        path = ("rotators", name, "identity_provider", "extra_ca_certificates")
        file = rotator.identity_provider.extra_ca_certificates
        if file is None or not checked.usable(*path):
            continue
        if fix := fix_of_certificates(directory / file, now=now):
            yield checked.conflict(path, fix)


def _usable_in(checked: CheckResult[Deployment], table: KeyPath) -> Callable[..., bool]:
    return lambda *path: checked.usable(*table, *path)


def _duplicate_names(checked: CheckResult[Deployment]) -> Iterator[ConfigIssue]:
    parameter_owners: dict[str, str] = {}
    log_group_owners: dict[str, str] = {}
    for name, rotator in checked.value.rotators.items():
        levels = "/".join(filter(None, rotator.parameter_name.split("/")))
        parameter_owner = parameter_owners.setdefault(levels, name)
        if levels and parameter_owner != name:
            yield _duplicate_issue(
                name,
                "parameter_name",
                rotator.parameter_name,
                f"{_bracketed(parameter_owner)} uses",
            )
        if rotator.log_group_name is not None:
            log_group_owner = log_group_owners.setdefault(rotator.log_group_name, name)
            if log_group_owner != name:
                yield _duplicate_issue(
                    name,
                    "log_group_name",
                    rotator.log_group_name,
                    f"{_bracketed(log_group_owner)} uses",
                )


def _bracketed(rotator: str) -> str:
    return f"[{table_name(('rotators', rotator))}]"


def _duplicate_issue(rotator: str, key: str, value: str, usage: str) -> ConfigIssue:
    what = key.removesuffix("_name").replace("_", " ")
    fix = f"write another name: {usage} this {what} already"
    return ConfigIssue(table=("rotators", rotator), key=key, value=shown(value), fix=fix)


def _toml_issue(error: tomllib.TOMLDecodeError) -> ConfigIssue:
    # only the position: the decoder's message can quote the file
    position = re.search(r"line (\d+), column (\d+)", str(error))
    place = f"line {position[1]}, column {position[2]}" if position else "the end of the file"
    fix = f"invalid TOML at {place}; write strings in quotes, and each key once per table"
    return ConfigIssue(fix=fix)
