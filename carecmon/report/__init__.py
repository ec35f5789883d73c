"""A finished run as machines read it: the JSON object, the Nagios line, the exit code. Pure; names are stable."""

from carecmon.report.exits import exit_code, undelivered
from carecmon.report.nagios import line as nagios_line
from carecmon.report.objects import (
    SCHEMA,
    alert_object,
    assessment_object,
    finding_object,
    plain,
    run_object,
    value_of,
)

__all__ = [
    "SCHEMA",
    "alert_object",
    "assessment_object",
    "exit_code",
    "finding_object",
    "nagios_line",
    "plain",
    "run_object",
    "undelivered",
    "value_of",
]
