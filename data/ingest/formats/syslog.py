"""syslog as RFC 3164 has it, and as rsyslog writes it to files.

No year and no zone: the year is counted from the date of the file, over New Year too. The priority is missing in most
files. The program is the service. Messages that go on over lines are one record.
"""

from __future__ import annotations

from data.ingest import line_layout, lined, written

_PRIORITY = r"^(?:<(?P<pri>\d{1,3})>)?"
_REST = (
    r" (?:(?P<host>[A-Za-z0-9][A-Za-z0-9_.:-]*) )?"
    r"(?:(?P<service>[A-Za-z0-9_][A-Za-z0-9_./@()-]*)(?: [0-9][0-9.]*)?(?:\[(?P<pid>[0-9]+)\])?: )?(?P<message>.*)$"
)
_STRICT = _REST.replace(" )?(?:(?P<service>", " )(?:(?P<service>").replace(": )?(?P<message>", ": )(?P<message>")


def _layout(way: written.Written) -> line_layout.Layout:
    """Lines without a host or a program are records too, but prove nothing."""
    return line_layout.Layout(f"{_PRIORITY}{way.regex}{_REST}", proof=f"{_PRIORITY}{way.regex}{_STRICT}")


FORMAT = lined.format_(
    "syslog", *map(_layout, (written.SYSLOG, written.NAMED, written.NAMED_LATE, written.ISO)), share=0.2
)
