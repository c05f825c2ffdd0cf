"""One way to name a rotator: rotators.toml here, another file, a stack, or a function."""

from pathlib import Path

import pytest

from token_rotator_cli.__main__ import main
from token_rotator_cli.deployment.target import Target, find_target
from token_rotator_cli.errors import ConfigFileError, UsageError

ONE = """\
[stack]
name = "tokens"
{region}

[rotators.marketing]
parameter_name = "/marketing/token"
"""

TWO_STACKS = (
    ONE.format(region="")
    + """
[rotators.sales]
parameter_name = "/sales/token"
stack = "more-tokens"
"""
)


def named(
    rotator: str | None = None,
    *,
    config: Path | None = None,
    stack: str | None = None,
    function: str | None = None,
) -> Target:
    return find_target(rotator=rotator, config=config, stack=stack, function=function)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("", {}),
        ('region = "eu-central-1"', {"region": "eu-central-1"}),
        ('account = "111122223333"', {"account": "111122223333"}),
    ],
)
def test_the_only_rotator_of_the_file_in_this_directory_needs_no_name(
    here: Path, line: str, place: dict[str, str]
):
    (here / "rotators.toml").write_text(ONE.format(region=line))

    wanted = Target(stack="tokens", rotator="marketing", **place)
    assert named() == named("marketing") == wanted


@pytest.mark.parametrize(("name", "stack"), [("marketing", "tokens"), ("sales", "more-tokens")])
def test_a_file_says_in_which_stack_a_rotator_is(here: Path, name: str, stack: str):
    file = here / "my envs" / "prod.toml"
    file.parent.mkdir()
    file.write_text(TWO_STACKS)

    assert named(name, config=file) == Target(stack=stack, rotator=name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (None, "rotators.toml has several rotators. Choose one of them: marketing, sales."),
        ("sale", "rotators.toml has no rotator sale. Did you mean sales?"),
        ("x", "rotators.toml has no rotator x. It has marketing, sales."),
    ],
)
def test_a_name_that_the_file_does_not_have_is_asked_for(here: Path, name: str | None, text: str):
    (here / "rotators.toml").write_text(TWO_STACKS)

    with pytest.raises(ConfigFileError) as caught:
        named(name)

    assert str(caught.value) == text


def test_a_named_stack_or_function_needs_no_file(here: Path):
    assert named(stack="s") == Target(stack="s")
    assert named("sales", stack="s") == Target(stack="s", rotator="sales")
    assert named(function="f") == Target(function="f")


@pytest.mark.parametrize(
    ("function", "region", "account"),
    [
        ("arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST", "eu-west-1", "123456789012"),
        ("arn:aws-cn:lambda:cn-north-1:111122223333:function:f", "cn-north-1", "111122223333"),
        ("111122223333:function:f", None, "111122223333"),
        ("f", None, None),
        ("f:7", None, None),
    ],
)
def test_the_arn_of_a_function_names_its_region_and_its_account(
    function: str, region: str | None, account: str | None
):
    assert named(function=function) == Target(function=function, region=region, account=account)


def test_a_function_has_no_second_name():
    with pytest.raises(UsageError, match="leave out sales"):
        named("sales", function="f")


def test_a_mistake_in_the_file_is_shown_as_synthesis_shows_it(here: Path):
    (here / "rotators.toml").write_text("[stack]\nnam = 1\n")

    with pytest.raises(ConfigFileError) as caught:
        named()

    assert "rotators.toml" in str(caught.value)
    assert "nam" in str(caught.value)


def test_a_file_that_is_not_there_is_named(here: Path):
    with pytest.raises(
        ConfigFileError, match=r"The file envs/prod.toml does not exist. Choose another"
    ):
        named(config=Path("envs/prod.toml"))


@pytest.mark.parametrize("command", ["check", "status", "rotate", "live-check"])
def test_without_any_name_and_without_a_file_the_usage_is_wrong(
    here: Path, command: str, capsys: pytest.CaptureFixture[str]
):
    assert main([command]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no rotators.toml in this directory" in captured.err
    for option in ("--config", "--stack", "--function"):
        assert option in captured.err
