"""Numbers as a person would say them."""

from __future__ import annotations

import math


def amount(value: float, margin: float) -> str:
    """``value`` with the digits that a margin of this size leaves meaningful: two of the margin, three at most.

    amount(812.3, 60) is "812", amount(0.0512, 0.009) is "0.051".
    """
    if not math.isfinite(value):
        return "unknown"
    digits = 1 - math.floor(math.log10(margin)) if margin > 0 else 3
    digits = min(max(digits, 0), 9)
    rounded = round(value, digits) + 0.0  # + 0.0 makes -0.0 a plain 0
    text = f"{rounded:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
