"""The authorities of a private identity provider travel in the function's zip file."""

import io
import zipfile
from pathlib import Path

import pytest

from fakes.certificates import an_authority
from token_rotator.contract import EXTRA_CA_CERTIFICATES_FILE
from token_rotator_cdk.bundle import certificates
from token_rotator_cdk.bundle.build import Bundle
from token_rotator_cdk.bundle.cache import VARIABLE
from token_rotator_cdk.bundle.certificates import with_certificates

PEM = an_authority().pem.decode()


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    file = tmp_path / "function.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("token_rotator/handler.py", "")
    return Bundle(file=file, asset_hash="a" * 64)


def test_the_file_is_beside_the_package_and_readable_for_lambda(bundle: Bundle):
    with zipfile.ZipFile(with_certificates(bundle, PEM).file) as packed:
        entry = packed.getinfo(EXTRA_CA_CERTIFICATES_FILE)
        names = packed.namelist()

        assert packed.read(entry).decode() == PEM
    assert names == ["token_rotator/handler.py", EXTRA_CA_CERTIFICATES_FILE]
    assert f"{entry.external_attr >> 16:o}" == "100644"


def test_the_hash_follows_the_certificates_and_the_function(bundle: Bundle):
    other_pem = an_authority().pem.decode()
    other_function = Bundle(file=bundle.file, asset_hash="b" * 64)

    hashes = {
        bundle.asset_hash,
        with_certificates(bundle, PEM).asset_hash,
        with_certificates(bundle, other_pem).asset_hash,
        with_certificates(other_function, PEM).asset_hash,
    }

    assert len(hashes) == 4
    assert with_certificates(bundle, PEM).asset_hash in hashes


def test_the_same_content_makes_the_same_bytes(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    first = with_certificates(bundle, PEM)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "another cache"))
    second = with_certificates(bundle, PEM)

    assert first.file != second.file
    assert first.file.read_bytes() == second.file.read_bytes()
    assert io.BytesIO(first.file.read_bytes()).getbuffer().nbytes > bundle.file.stat().st_size


def test_the_functions_own_zip_file_stays_as_it_is(bundle: Bundle):
    before = bundle.file.read_bytes()

    certificates.with_certificates(bundle, PEM)

    assert bundle.file.read_bytes() == before
