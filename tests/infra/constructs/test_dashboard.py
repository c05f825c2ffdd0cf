"""The dashboard shows every alarm, metric and log of its rotators."""

import json
import re
from typing import Any

from tests.support.emitted import watched
from tests.support.infra_templates import a_rotator, a_stack, logical_id, only, resources, template


def body(document: dict[str, Any]) -> str:
    """As CloudWatch gets it; a reference becomes the logical id it leads to."""
    _, parts = only(document, "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"]
    return "".join(part if isinstance(part, str) else _target(part) for part in parts)


def widgets(document: dict[str, Any], kind: str | None = None) -> list[dict[str, Any]]:
    found = json.loads(body(document))["widgets"]
    return [widget["properties"] for widget in found if kind in (None, widget["type"])]


def _target(reference: dict[str, Any]) -> str:
    return str(reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0])


def test_every_alarm_is_on_it():
    document = template(a_stack(), a_rotator(), b=a_rotator(parameter_name="/b"))

    shown = [alarm for widget in widgets(document, "alarm") for alarm in widget["alarms"]]

    assert sorted(shown) == sorted(resources(document, "AWS::CloudWatch::Alarm"))


def test_its_graphs_show_metrics_that_alarms_watch():
    document = template()

    alarms = resources(document, "AWS::CloudWatch::Alarm").values()
    known = {(watched(alarm).namespace, watched(alarm).name) for alarm in alarms}
    graphs = [metric for widget in widgets(document, "metric") for metric in widget["metrics"]]
    shown = {(namespace, name) for namespace, name, *_ in graphs}
    assert shown == {
        ("TokenRotator", "ExpiryMarginSeconds"),
        ("TokenRotator", "TokenPublished"),
        ("AWS/Lambda", "Errors"),
    }
    assert shown <= known


def test_its_queries_read_this_functions_log():
    document = template()

    group = logical_id(document, "AWS::Logs::LogGroup")
    sources = [re.match(r"SOURCE '(.*?)' ", w["query"])[1] for w in widgets(document, "log")]  # type: ignore[index]
    assert sources == [group] * 4


def test_no_widget_covers_another():
    document = template(a_stack(), a_rotator(), b=a_rotator(parameter_name="/b"))

    units = [
        (x, y)
        for widget in json.loads(body(document))["widgets"]
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(units) == len(set(units))
    assert max(x for x, _ in units) < 24


def test_its_name_is_the_regions_because_dashboards_are_the_accounts():
    document = template(a_stack(name="tokens", region="eu-west-1"))

    assert only(document, "AWS::CloudWatch::Dashboard")["DashboardName"] == "tokens-eu-west-1"
    url = document["Outputs"]["DashboardUrl"]["Value"]
    assert url == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home"
        "?region=eu-west-1#dashboards/dashboard/tokens-eu-west-1"
    )


def test_it_can_be_switched_off():
    document = template(a_stack(dashboard=False))

    assert resources(document, "AWS::CloudWatch::Dashboard") == {}
    assert "DashboardUrl" not in document["Outputs"]
