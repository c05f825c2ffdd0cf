"""A running system: the deployed rotator, its identity provider and its AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.alarms.alarms import Alarms
from local.alarms.log_metrics import LogMetrics
from local.aws.deployment import Rotator
from local.aws.emulator import LocalAws
from local.aws.fault_proxy import FaultProxy
from local.followed_log import FollowedLog
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.observation.consumer import Consumer
from local.observation.state import Observer
from local.page.page import Page
from local.switches.panel import panel_of
from local.switches.switch import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSystem:
    """What `make run` observes and makes fail."""

    idp: IdentityProvider
    aws: LocalAws
    proxy: FaultProxy
    """The function calls AWS through it."""
    rotator: Rotator
    template: Mapping[str, Any]
    account: ServiceAccount
    """The service account whose key the secret holds."""
    key_stored_at: datetime

    def observer(self) -> Observer:
        """An observer of the parameter, the function's log and a consumer."""
        return Observer(
            consumer=Consumer(
                self.aws.client("ssm"),
                parameter_name=self.rotator.parameter_name,
                resource=self.idp.api("reports"),
            ),
            log=self._log(),
        )

    def page(self, port: int) -> Page:
        """The page. It has to be shown snapshots. Raises PortTaken."""
        return Page(
            port=port,
            parameter_name=self.rotator.parameter_name,
            alarms=Alarms(
                self.template, metrics=LogMetrics(self._log()), deployed_at=self.key_stored_at
            ),
            panel=self.panel(),
        )

    def panel(self) -> Panel:
        """The switches of this system."""
        return panel_of(
            self.rotator, aws=self.aws, proxy=self.proxy, idp=self.idp, account=self.account
        )

    def _log(self) -> FollowedLog:
        return FollowedLog(self.aws.client("logs"), log_group=self.rotator.log_group)
