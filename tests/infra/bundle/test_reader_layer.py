"""A layer with the consumers' library, for stacks that say so."""

import zipfile
from pathlib import Path

from aws_cdk import App

from tests.support.infra_templates import (
    a_deployment,
    a_stack,
    only,
    rendered,
    resources,
    synthesized,
    template,
)
from token_rotator_cdk.bundle.sources import INSTALLED


def test_the_layer_holds_the_library_and_nothing_else(tmp_path: Path):
    stack = synthesized(a_deployment(a_stack(reader_layer=True)))

    app = App.of(stack)
    assert isinstance(app, App)
    assembly = Path(app.synth().directory)

    (layer,) = assembly.glob("asset.*.zip")
    with zipfile.ZipFile(layer) as packed:
        held = {entry.filename: f"{entry.external_attr >> 16:o}" for entry in packed.infolist()}
    library = INSTALLED.reader.iterdir()
    assert held == {
        f"python/token_reader/{file.name}": "100644" for file in library if file.is_file()
    }


def test_a_version_that_was_replaced_stays_for_the_functions_that_name_it():
    document = rendered(synthesized(a_deployment(a_stack(reader_layer=True))))

    (layer,) = (
        one for one in document["Resources"].values() if one["Type"] == "AWS::Lambda::LayerVersion"
    )
    assert (layer["UpdateReplacePolicy"], layer["DeletionPolicy"]) == ("Retain", "Delete")
    assert only(document, "AWS::Lambda::LayerVersion")["CompatibleRuntimes"][0] == "python3.11"


def test_no_layer_unless_it_is_asked_for():
    document = template()

    assert resources(document, "AWS::Lambda::LayerVersion") == {}
    assert "ReaderLayerArn" not in document["Outputs"]
