"""``token-rotator live-check``: announces what it will change, and runs the steps."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from token_rotator_cli.deployment.find import find_deployment
from token_rotator_cli.live_check import alarm_delivery
from token_rotator_cli.live_check.alarms import alarms
from token_rotator_cli.live_check.concurrency import concurrency
from token_rotator_cli.live_check.context import LiveCheckContext, LiveCheckOptions
from token_rotator_cli.live_check.expiry import TIME_TO_EXPIRY, expiry, name_of
from token_rotator_cli.live_check.function import function, log
from token_rotator_cli.live_check.metrics import metrics
from token_rotator_cli.live_check.network import network
from token_rotator_cli.live_check.parameter import parameter, versions
from token_rotator_cli.live_check.permissions import permissions
from token_rotator_cli.live_check.report import check_writable, report_lines
from token_rotator_cli.live_check.schedule_accuracy import pauses, schedule
from token_rotator_cli.live_check.secret_access import secret_access
from token_rotator_cli.session import Session
from token_rotator_cli.steps import Finding, Step, run_steps

STEPS: Final[tuple[Step[LiveCheckContext], ...]] = (
    Step(run=function, needs=None),
    Step(run=parameter, optional=True),
    Step(run=log, optional=True),
    Step(run=versions, needs="log"),
    Step(run=schedule, needs="log"),
    Step(run=pauses, needs="log"),
    Step(run=concurrency, needs="log", optional=True),
    Step(run=metrics, needs="log", optional=True),
    Step(run=permissions, needs="log", optional=True),
    Step(run=network, optional=True),
    Step(run=alarms, optional=True),
    Step(run=secret_access, optional=True),
    Step(run=alarm_delivery.delivery, needs="alarms"),
    Step(run=expiry),
)


def live_check(session: Session, options: LiveCheckOptions) -> int:
    """Runs the command. Raises ConfigurationError, CallerError before anything is changed."""
    context = LiveCheckContext(session, options)
    if options.report is not None:
        check_writable(options.report)
    for sentence in _announcement(context):
        session.console.note(sentence)
    try:
        return run_steps(STEPS, context, session.console, report=partial(_report, context))
    except KeyboardInterrupt:
        session.console.note("Interrupted. All changes of this check are restored.")
        raise


def _report(context: LiveCheckContext, found: Sequence[tuple[str, Finding]]) -> None:
    if (file := context.options.report) is not None:
        lines = report_lines(STEPS, context, found)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        context.console.note(f"The report is in {file}. Read it before you publish it.")


def _announcement(context: LiveCheckContext) -> Iterator[str]:
    """Describes the changes and their durations."""
    options = context.options
    if options.alarm is None and options.expire is None:
        yield "Read-only, for about a minute."
        return
    settings = find_deployment(context.aws, context.target).settings
    if options.alarm is not None:
        minutes = alarm_delivery.LONGEST_TEST.seconds // 60
        yield (
            f"Will set the alarm {settings.rotator}/{options.alarm} to ALARM and restore it, "
            f"within {minutes} minutes. All subscribers of its topic are notified, twice."
        )
    if options.expire is not None:
        minutes = int((TIME_TO_EXPIRY + options.expire).total_seconds() // 60)
        yield (
            f"Will create {name_of(settings.parameter_name, options.run)}, wait at most {minutes} "
            "minutes until SSM deletes it, and delete it otherwise."
        )
    yield "Press Ctrl-C to stop at any time; all changes are restored."
