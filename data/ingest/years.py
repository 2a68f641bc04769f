"""Years for times that are written without one, days for those that are only a clock; both by the order of the records.

The last record of a file is not younger than the file: that tells its year, and a file that runs over New Year is
counted back from there. A mapping's ``begins`` (a year or a day) holds over that. A clock without a day needs it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import written

Days = npt.NDArray[np.int64]
SLACK = timedelta(days=2)
HALF_A_YEAR, NEARLY_A_YEAR = 190, 340
HALF_A_DAY_S = 43_200


@dataclass(slots=True)
class Years:
    """The year of each record, from that of the first one on. Days are ``32 * month + day``."""

    year: int
    last: int = 0

    def of(self, days: Days) -> Days:
        """Years of the next records ``(n,)``."""
        if not len(days):
            return days
        steps = np.diff(days, prepend=self.last or days[0])
        years = self.year + np.cumsum((steps < -HALF_A_YEAR).astype(np.int64) - (steps > NEARLY_A_YEAR))
        self.year, self.last = int(years[-1]), int(days[-1])
        return years


@dataclass(slots=True)
class Dates:
    """The date of each record that only has a clock, from that of the first one on."""

    day: date
    last: int = -1

    def of(self, seconds: Days) -> list[str]:
        """Dates of the next records ``(n,)``, given their seconds of the day."""
        if not len(seconds):
            return []
        steps = np.diff(seconds, prepend=self.last if self.last >= 0 else seconds[0])
        moved = np.cumsum((steps < -HALF_A_DAY_S).astype(np.int64) - (steps > HALF_A_DAY_S))
        dates = [(self.day + timedelta(days=int(each))).isoformat() for each in moved]
        self.day, self.last = self.day + timedelta(days=int(moved[-1])), int(seconds[-1])
        return dates


def days_of(pieces: Mapping[str, pa.Array]) -> Days:
    """Month and day of each record as one number that grows with them."""
    month = written.month(pieces["month"]).cast(pa.int64())
    day = pc.utf8_trim_whitespace(pieces["day"]).cast(pa.int64())
    return np.asarray(pc.add(pc.multiply(month, 32), day).to_numpy(zero_copy_only=False), np.int64)


def first_year(all_days: Iterable[Days], written_at: datetime) -> int:
    """The year of the first record, given the days of all records and when the file was last written."""
    count, leaps, last = Years(0), list[int](), 0
    for days in all_days:
        years = count.of(days)
        leaps += [int(year) for year in np.unique(years[days == 32 * 2 + 29])]
        last = int(days[-1]) if len(days) else last
    year = _year_not_after(last, written_at + SLACK) - count.year
    while leaps and not calendar.isleap(year + leaps[0]):
        year -= 1
    return year


def _year_not_after(day: int, moment: datetime) -> int:
    return moment.year if day <= 32 * moment.month + moment.day else moment.year - 1


def begins(text: str) -> date | None:
    """What a mapping says of when a file begins: a year or a day. Raises `ValueError`."""
    if not text:
        return None
    return date(int(text), 1, 1) if len(text) == 4 else date.fromisoformat(text)


def seconds_of(clock: pa.Array) -> Days:
    """Seconds of the day of texts ``H:MM:SS``."""
    found = pc.extract_regex(clock, r"^ *(?P<h>\d{1,2}):(?P<m>\d\d):(?P<s>\d\d)")
    h, m, s = (pc.struct_field(found, [i]).cast(pa.int64()) for i in range(3))
    total = pc.add(pc.add(pc.multiply(h, 3600), pc.multiply(m, 60)), s)
    return np.asarray(pc.fill_null(total, 0).to_numpy(zero_copy_only=False), np.int64)


def now_of(modified_s: float) -> datetime:
    """The moment a file was last written."""
    return datetime.fromtimestamp(modified_s, UTC)
