"""The registry of drift statistics: one small file each, described for people and for drop-downs."""

from collections.abc import Mapping
from types import MappingProxyType

from analytics.drift.statistics.chi_square import CHI_SQUARE
from analytics.drift.statistics.descriptor import Found, Statistic
from analytics.drift.statistics.ks import KS
from analytics.drift.statistics.psi import PSI

STATISTICS: Mapping[str, Statistic] = MappingProxyType({s.name: s for s in (KS, CHI_SQUARE, PSI)})

__all__ = ["STATISTICS", "Found", "Statistic"]
