"""The page about installing and deploying quotes what the tools say today, and is found."""

import re
from pathlib import Path

import pytest

from local import ROOT
from local.setup import tools
from tests.support.headings import anchors
from token_rotator_cdk.bundle import build

PAGE = (ROOT / "docs" / "deploy" / "troubleshooting.md").read_text(encoding="utf-8")
QUOTED = re.findall("(?m)^> (.*)$", PAGE)
NOT_BOOTSTRAPPED = (
    "SSM parameter %s not found in %s. Has the environment been bootstrapped? "
    "Please run 'cdk bootstrap'"
)
TOO_OLD = (
    "This CDK deployment requires bootstrap stack version '%s', found '%s' in %s. "
    "Please run 'cdk bootstrap'."
)
NOT_READ = (
    "This CDK deployment requires bootstrap stack version '%s', but during the confirmation "
    "via SSM parameter %s the following error occurred: %s"
)


@pytest.mark.parametrize("quoted", [line for line in QUOTED if "(TTY)" in line])
def test_what_the_cdk_says_without_a_terminal_is_quoted_as_it_says_it(quoted: str):
    program = (ROOT / "node_modules/aws-cdk/lib/index.js").read_text(encoding="utf-8")

    motivation, _, rest = quoted.partition(", but ")
    assert f'"{motivation}"' in program
    assert f"}}, but {rest}`" in program


@pytest.mark.parametrize(
    "words",
    [
        NOT_BOOTSTRAPPED,
        TOO_OLD,
        NOT_READ,
        "%s could not be used to assume '%s', but are for the right account. Proceeding anyway.",
    ],
)
def test_what_the_cdk_says_of_the_bootstrap_stack_is_quoted_as_it_says_it(words: str):
    program = (ROOT / "node_modules/aws-cdk/lib/index.js").read_text(encoding="utf-8")
    pattern = re.escape(words)

    assert re.search(pattern.replace("%s", r"\$\{[^}]*\}"), program), words
    assert [line for line in QUOTED if re.fullmatch(pattern.replace("%s", ".+"), line)], words


@pytest.mark.parametrize(
    ("source", "beginnings"),
    [
        (tools.__file__, ("Python 3.11 or", "This Python cannot make", "node is not")),
        (build.__file__, ("The function's packages (",)),
    ],
)
def test_our_own_messages_are_quoted_by_their_beginnings(source: str, beginnings: tuple[str, ...]):
    text = Path(source).read_text(encoding="utf-8")

    for beginning in beginnings:
        assert [line for line in QUOTED if line.startswith(beginning)], beginning
        assert beginning in text


@pytest.mark.parametrize(
    "symptom", [r"minimum value of \[10\]", "ECONNREFUSED", "'make' is not", "perform: sts:Assume"]
)
def test_the_symptoms_are_there_in_the_words_in_which_people_search(symptom: str):
    assert [line for line in QUOTED if re.search(symptom, line)]


@pytest.mark.parametrize("file", ["README.md", "Makefile", "docs/reference/command/preflight.md"])
def test_it_is_found_and_links_to_it_lead_somewhere(file: str):
    text = (ROOT / file).read_text(encoding="utf-8")

    links = re.findall(r"troubleshooting\.md(?:#([a-z0-9-]+))?", text)
    assert links
    assert {anchor for anchor in links if anchor} <= {*anchors(PAGE)}
