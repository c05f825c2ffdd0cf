"""A double of the pinned ministack version: the private names that ministack_main.py changes."""

import importlib
import sys
from http import HTTPStatus
from types import ModuleType
from typing import Any

import pytest


class Ministack:
    """The private names of the pinned ministack version that ministack_main.py changes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.scheduler = ModuleType("ministack.services.scheduler")
        self.eventbridge = ModuleType("ministack.services.eventbridge")
        self.schedules: dict[str, dict[str, Any]] = {}
        self.last_fired: dict[str, float] = {}
        self.ticks = 0
        vars(self.scheduler).update(
            _SCHEDULE_TICK_INTERVAL=10,
            _tick_schedules=self._tick,
            _schedule_last_fired=self.last_fired,
            _schedules=type("Scoped", (), {"_data": self.schedules})(),
        )
        self.announced: list[dict[str, Any]] = []
        vars(self.eventbridge).update(
            _parse_rate_seconds={"rate(4 minutes)": 240}.get, _dispatch_event=self.announced.append
        )
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
        self.ssm = ModuleType("ministack.services.ssm")
        vars(self.ssm).update(_put_parameter=self._change, _delete_parameter=self._change)
        self.busy_times = 0
        self.runs: list[object] = []
        self.lambda_svc = ModuleType("ministack.services.lambda_svc")
        self.functions: dict[str, dict[str, Any]] = {"f": {"concurrency": None}}
        vars(self.lambda_svc).update(
            _execute_function_with_config_scope=self._run, _functions=self.functions
        )
        self.cloudformation = ModuleType("ministack.services.cloudformation")
        self.provisioners = ModuleType("ministack.services.cloudformation.provisioners")
        vars(self.provisioners).update(
            _cw_metric_alarm_record=lambda name, kept: {name: kept},
            _RESOURCE_HANDLERS={
                "AWS::Lambda::Function": {"create": self._create, "update": self._create}
            },
        )
        self.handlers = ModuleType("ministack.services.cloudformation.handlers")
        self.stack: dict[str, Any] = {"_resources": {}, "_template": {"Resources": {}}}
        self.change_sets: list[dict[str, str]] = []
        vars(self.handlers).update(
            _ACTION_HANDLERS={"CreateChangeSet": self.change_sets.append},
            _resolve_stack=lambda _: self.stack,
            _p=lambda request, name: request.get(name),
        )
        vars(self.cloudformation).update(provisioners=self.provisioners, handlers=self.handlers)
        services = ModuleType("ministack.services")
        vars(services).update(
            scheduler=self.scheduler,
            eventbridge=self.eventbridge,
            lambda_svc=self.lambda_svc,
            ssm=self.ssm,
        )
        package = ModuleType("ministack")
        self.app = ModuleType("ministack.app")
        vars(self.app).update(app=self._serve)
        self.iam_actions = ModuleType("ministack.core.iam_actions")
        vars(self.iam_actions).update(
            extract_resource_arn=lambda _service, arn: arn,
            _lambda_action=lambda _method, path: path,
        )
        core = ModuleType("ministack.core")
        vars(core).update(iam_actions=self.iam_actions)
        vars(package).update(app=self.app, services=services, core=core)
        monkeypatch.setitem(sys.modules, "ministack.core", core)
        monkeypatch.setitem(sys.modules, "ministack", package)
        monkeypatch.setitem(sys.modules, "ministack.services", services)
        monkeypatch.setitem(sys.modules, "ministack.services.cloudformation", self.cloudformation)
        monkeypatch.delitem(sys.modules, "local.aws.ministack_main", raising=False)

    async def _serve(self, _scope: object, _receive: object, send: Any) -> None:
        await send({"status": HTTPStatus.OK})

    def _tick(self) -> None:
        self.ticks += 1

    def _create(self, name: str, *_: object) -> tuple[str, dict[str, object]]:
        self.functions[name] = {"concurrency": None}
        return name, {}

    def _change(self, _: object) -> tuple[int, dict[str, str], bytes]:
        return self.answer

    def _run(self, _function: object, event: object) -> dict[str, object]:
        if self.busy_times:
            self.busy_times -= 1
            return {"throttle": True, "error": True}
        self.runs.append(event)
        return {"body": "done"}

    def adapted(self, speedup: float = 1) -> Any:
        importlib.import_module("local.aws.ministack_main").adapt(speedup)
        return self.scheduler
