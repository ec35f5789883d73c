"""The types of the keys: each checked value beside its JSON Schema. Imports pydantic, so import this late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, PlainValidator, WithJsonSchema

from carecmon.config import values
from carecmon.model import LANGUAGES, Condition, Period, Severity


class Table(BaseModel):
    """A table of the file: unknown keys are refused, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True)


def _schema(*examples: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **({"examples": list(examples)} if examples else {}), **more})


def _enum(enum: type[StrEnum]) -> Callable[[object], Any]:
    return _one_of([member.value for member in enum], enum)


def _one_of(allowed: list[str], make: Callable[[str], Any] = str) -> Callable[[object], Any]:
    def check(value: object) -> Any:
        if isinstance(value, str) and value in allowed:
            return make(value)
        raise ValueError(f"allowed: {', '.join(allowed)}{values.near(str(value), allowed)}")

    return check


def _choice(*allowed: str) -> tuple[PlainValidator, WithJsonSchema]:
    return PlainValidator(_one_of(list(allowed))), WithJsonSchema({"type": "string", "enum": list(allowed)})


def _line(value: object) -> str:
    return values.text(value, "write some text")


def _names(value: object) -> tuple[str, ...]:
    what = 'write the id of an indicator, a pattern such as "cpmm.*", or a list of them'
    if isinstance(value, list) and value:
        return tuple(values.text(each, what) for each in value)
    return (values.text(value, what),)


def _codes(value: object) -> str:
    what = 'write a code, "*" for any, or a list of codes'
    if isinstance(value, list) and value:
        return "|".join(values.text(each, what) for each in value)
    return values.text(value, "write some text" if not isinstance(value, list) else what)


METHODS = ("open_sdg", "un_progress_chart", "linear")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Line = Annotated[str, PlainValidator(_line), _schema(minLength=1)]
Change = Annotated[float, PlainValidator(values.change), _schema("-50 %", "+20 %", pattern=r"^[-+−] ?[0-9.]+ ?%$")]
Rate = Annotated[float, PlainValidator(values.rate), _schema("1.5 % a year", pattern=r"^[0-9.]+ ?% (a|per) year$")]
Seconds = Annotated[float, PlainValidator(values.seconds), _schema("3 days", "12 hours")]
EnvName = Annotated[str, PlainValidator(values.env_name), _schema("COMTRADE_KEY", pattern="^[A-Z][A-Z0-9_]*$")]
Email = Annotated[str, PlainValidator(values.email), _schema("ops@example.org", format="email")]
Zone = Annotated[ZoneInfo, PlainValidator(values.zone), _schema("UTC", "Asia/Almaty")]
Address = Annotated[str, PlainValidator(values.address), _schema("https://example.org/api", format="uri")]
Clock = Annotated[time, PlainValidator(values.clock), _schema("09:30")]
Hours = Annotated[tuple[time, time], PlainValidator(values.hours), _schema("20:00-07:00")]
Schedule = Annotated[str, PlainValidator(values.schedule), _schema("0 6 * * 1", "every 6 hours", values.FROM_CALENDAR)]
ReferencePeriod = Annotated[
    Period,
    PlainValidator(values.period),
    WithJsonSchema({"type": ["integer", "string"], "examples": [2010, "2023-Q2", "2017/2018"]}),
]
Names = Annotated[
    tuple[str, ...],
    PlainValidator(_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
Codes = Annotated[
    str,
    PlainValidator(_codes),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
Level = Annotated[
    Severity,
    PlainValidator(_enum(Severity)),
    WithJsonSchema({"type": "string", "enum": [member.value for member in Severity]}),
]
When = Annotated[
    Condition,
    PlainValidator(_enum(Condition)),
    WithJsonSchema({"type": "string", "enum": [member.value for member in Condition]}),
]
Method = Annotated[str, *_choice(*METHODS)]
Language = Annotated[str, *_choice(*LANGUAGES)]
Day = Annotated[str, *_choice(*DAYS)]
Send = Annotated[str, *_choice("immediately", "daily", "weekly")]
Security = Annotated[str, *_choice("starttls", "tls", "none")]
Better = Annotated[str, *_choice("better")]
