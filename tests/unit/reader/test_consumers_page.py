"""docs/consume: Python runs, other snippets parse, figures match their formulas."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import yaml  # type: ignore[import-untyped]
from aws_lambda_powertools.utilities import parameters
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID

from local import ROOT
from tests.support.canned_server import CannedServer, answer
from tests.unit.reader.scenario import NAME
from token_rotator.parameter.record import Record

PAGES = sorted((ROOT / "docs" / "consume").glob("*.md"))
RECORD = (ROOT / "docs" / "reference" / "record.md").read_text(encoding="utf-8")
TEXT = "".join(page.read_text(encoding="utf-8") for page in PAGES)
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
MONTH_SECONDS = 30 * 24 * 3600


def blocks(language: str) -> list[str]:
    found = [code for name, code in BLOCKS if name == language]
    assert found, f"no {language} on the pages"
    return found


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """Publishes a record in the parameter that the page uses."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    now = int(time.time())
    record: dict[str, object] = {
        "access_token": "abc",
        "token_type": "Bearer",
        "issued_at": now,
        "expires_at": now + 300,
        "refresh_after": now + 240,
    }
    with mock_aws():
        monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
        value = json.dumps(record)
        boto3.client("ssm").put_parameter(Name=NAME, Value=value, Type="SecureString")
        parameters.clear_caches()
        yield record


def test_every_kind_of_snippet_is_tested():
    """test_shell.py and test_javascript.py run the files in examples/snippets."""
    assert {name for name, _ in BLOCKS} == {
        *("python", "json", "yaml", "sh", "js"),
        *("powershell", "hcl"),  # shown as they are
    }


@pytest.mark.parametrize("code", [code for code in blocks("python") if "aws_cdk" not in code])
def test_python_gets_the_token(
    code: str, published: dict[str, object], monkeypatch: pytest.MonkeyPatch
):
    parameter = json.dumps({"Parameter": {"Value": json.dumps(published)}}).encode()
    with CannedServer(answer(200, parameter)) as server:
        monkeypatch.setenv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", server.url.rpartition(":")[2])
        names: dict[str, Any] = {"__name__": "snippet"}
        code = code.replace("https://api.intelligence.example", server.url)
        exec(code.replace("111122223333", DEFAULT_ACCOUNT_ID), names)
        if handle := names.get("handle"):
            names["headers"] = handle({}, None)
        if upload := names.get("upload"):
            assert list(upload(iter([{"a": "row"}]))) == [200]

    token = names.get("token", "")
    used = b"".join(server.requests).decode() + names.get("headers", {}).get("Authorization", "")
    assert getattr(token, "value", token) == "abc" or "Bearer abc" in used


@pytest.mark.parametrize("shell", ["bash", "dash"])
@pytest.mark.parametrize("code", blocks("sh"))
def test_shell_parses(code: str, shell: str):
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")

    subprocess.run([shell, "-n"], input=code, text=True, check=True)


@pytest.mark.parametrize("code", blocks("yaml"))
def test_manifests_parse(code: str):
    manifest = yaml.safe_load(code)

    assert {"apiVersion", "kind", "metadata"} <= manifest.keys()
    assert NAME in code or manifest["kind"] == "ServiceAccount"


def test_json_parses_and_the_example_record_is_valid():
    documents = [json.loads(code) for code in blocks("json")]

    (shown,) = re.findall(r"^```json\n(.*?)^```$", RECORD, re.DOTALL | re.MULTILINE)
    fields = json.loads(shown)
    assert len(documents) == 3
    assert json.loads(Record.from_json(shown).to_json()) == fields
    for field in fields:
        assert f"| `{field}` |" in RECORD


@pytest.mark.parametrize("seconds", [195, 30, 1])
def test_costs_follow_from_the_prices(seconds: int):
    calls = 100 * MONTH_SECONDS / seconds
    dollars = calls / 10_000 * (0.05 + 0.03)

    assert f"| {calls:,.0f} | ${dollars:,.2f} |" in TEXT
