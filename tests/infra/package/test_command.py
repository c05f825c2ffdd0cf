"""`token-rotator package`: what it writes, and what it refuses."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes.certificates import an_authority
from tests.support.infra_templates import only
from token_rotator.contract import EXTRA_CA_CERTIFICATES_FILE
from token_rotator_cli.__main__ import main

CONFIG = """\
[stack]
name = "tokens"
reader_layer = true

[rotators.marketing]
parameter_name = "/marketing/token"
identity_provider.extra_ca_certificates = "private.pem"

[rotators.sales]
stack = "tokens-2"
parameter_name = "/sales/token"
"""

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command in a directory with a file, and returns what it says."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rotators.toml").write_text(CONFIG)
    (tmp_path / "private.pem").write_bytes(an_authority().pem)

    def command(*options: str, bucket: str = "acme-artifacts", code: int = 0) -> dict[str, Any]:
        assert main(["package", "--bucket", bucket, *options, "--json"]) == code
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return said

    return command


def test_the_zip_files_have_the_keys_that_the_templates_name(run: Run):
    said = run("--prefix", "token-rotator/", "--out", "out")

    documents = [json.loads(Path(one["template"]).read_text()) for one in said["stacks"]]
    named = [only(one, "AWS::Lambda::Function")["Code"] for one in documents]
    named += [only(one, "AWS::Lambda::LayerVersion")["Content"] for one in documents]
    written = {one["key"]: Path(one["file"]) for one in said["zip_files"]}
    assert {*written} == {one["S3Key"] for one in named}
    assert {str(one["S3Bucket"]) for one in named} == {"{'Fn::Sub': '${AssetsBucketName}'}"}
    assert all(key.startswith("token-rotator/") for key in written)
    templates = {Path(one["template"]) for one in said["stacks"]}
    assert {*Path("out").iterdir()} == {*written.values(), *templates}


def test_each_function_travels_with_its_authorities_and_the_layer_by_itself(run: Run):
    said = run()

    names = [{*zipfile.ZipFile(one["file"]).namelist()} for one in said["zip_files"]]
    functions = [one for one in names if "token_rotator/handler.py" in one]
    assert sorted(EXTRA_CA_CERTIFICATES_FILE in one for one in functions) == [False, True]
    (layer,) = (one for one in names if one not in functions)
    assert "python/token_reader/__init__.py" in layer


def test_a_bucket_with_placeholders_is_no_parameter(run: Run):
    said = run("--stack", "tokens-2", bucket="acme-${AWS::AccountId}-${AWS::Region}")

    (stack,) = said["stacks"]
    document = json.loads(Path(stack["template"]).read_text())
    assert "AssetsBucketName" not in document["Parameters"]
    assert only(document, "AWS::Lambda::Function")["Code"]["S3Bucket"] == {
        "Fn::Sub": "acme-${AWS::AccountId}-${AWS::Region}"
    }


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (
            ("--bucket", "arn:aws:s3:::acme"),
            2,
            '--bucket = "arn:aws:s3:::acme": write the bucket\'s',
        ),
        (("--bucket", "acme-${Qualifier}"), 2, "${AWS::AccountId} and ${AWS::Region}"),
        (("--prefix", "/tokens"), 2, '--prefix = "/tokens": write a prefix such as'),
        (("--prefix", "${AWS::Region}/"), 2, "--prefix"),
        (
            ("--stack", "other"),
            1,
            "There is no stack other to package. The stacks are: tokens, tokens-2.",
        ),
        (("--config", "nowhere.toml"), 1, "The file nowhere.toml does not exist."),
        (("--out", "rotators.toml"), 1, "rotators.toml cannot be written (File exists)."),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    run: Run, options: tuple[str, str], code: int, text: str
):
    said = run(*options, code=code)

    assert text in said["message"]


def test_without_node_the_text_says_who_needs_it(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JSII_NODE", raising=False)

    said = run(code=1)

    assert said["error"] == "PackagingFailed"
    assert "install Node.js 20 or newer" in said["message"]


def test_authorities_that_cannot_be_used_are_named(run: Run, tmp_path: Path):
    (tmp_path / "private.pem").write_text("nothing")

    said = run(code=1)

    assert said["error"] == "ConfigFileError"
    assert "[rotators.marketing.identity_provider] extra_ca_certificates" in said["message"]


def test_a_template_that_cloudformation_would_refuse_is_not_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("token_rotator_cdk.config.stack_limits.MAX_TEMPLATE_BYTES", 20_000)

    said = run("--stack", "tokens", code=1)

    assert "rotators fit into a stack" in said["message"]
    assert not Path("package").exists()
