"""What changed between two windows of records: ``compare`` for tables, ``rank`` for counts that are there already."""

from analytics.changes.compare import Change, ChangeReport, compare, rank
from analytics.changes.tally import Tally, tally

__all__ = ["Change", "ChangeReport", "Tally", "compare", "rank", "tally"]
