"""Which log lines are asked for, as SQL over the lines themselves or over their templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from data.errors import DataError
from data.queries.conditions import Conditions
from data.queries.log_masks import masked

LIKE_A_PATTERN: Final = 2  # a text between slashes is a regular expression


class WrongPattern(DataError):
    """A regular expression that cannot be read."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """``severities`` hold "" for lines that state none; ``text`` is part of a line, or a regular expression between
    slashes; ``field`` and ``value`` name an attribute. What is empty asks for nothing."""

    service: str = ""
    severities: tuple[str, ...] = ()
    text: str = ""
    template: str = ""
    field: str = ""
    value: str = ""

    @property
    def searches(self) -> bool:
        """Whether every line must be read: counts of service, severity and template are kept."""
        return bool(self.text or self.field)

    def without_template(self) -> LogFilter:
        """The rest of it."""
        return replace(self, template="")

    def of_lines(self, start: datetime | None, end: datetime | None) -> Conditions:
        """Conditions on records of logs in ``[start, end)``."""
        some = self._counted(start, end)
        if self.text and self.pattern is None:
            some.add("contains(lower(message), $text)", text=self.text.lower())
        some.add("regexp_matches(message, $pattern)", pattern=self.pattern)
        if self.field:
            some.add("json_extract_string(attributes, $field) = $value", field=pointer(self.field), value=self.value)
        return some.add(f"{masked('message')} = $template", template=self.template or None)

    def of_templates(self, start: datetime | None, end: datetime | None) -> Conditions:
        """Conditions on what `data.log_templates.source` gives."""
        return self._counted(start, end).add("template = $template", template=self.template or None)

    @property
    def pattern(self) -> str | None:
        """The regular expression (RE2), None where the text is plain."""
        inside = len(self.text) > LIKE_A_PATTERN and self.text[0] == self.text[-1] == "/"
        return self.text[1:-1] if inside else None

    def _counted(self, start: datetime | None, end: datetime | None) -> Conditions:
        some = Conditions().span("ts", start, end).add("service = $service", service=self.service or None)
        levels = list(self.severities) or None
        return some.add("list_contains($severities, coalesce(severity, ''))", severities=levels)


def pointer(field: str) -> str:
    """The JSON pointer of a name, whatever stands in it."""
    return "/" + field.replace("~", "~0").replace("/", "~1")
