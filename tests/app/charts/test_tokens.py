"""One table of colours: the stylesheets agree with it, and every pair can be read."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import plotly.graph_objects as go
import pytest

from app.charts import tokens

ASSETS = Path(__file__).resolve().parents[3] / "assets"


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [part / 255 for part in tokens.rgb(color)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def blocks(css: str) -> list[dict[str, str]]:
    return [
        dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", block)) for block in re.findall(r":root[^{]*\{[^}]*\}", css)
    ]


def test_the_stylesheet_of_charts_is_made_from_the_table() -> None:
    assert (ASSETS / "charts.css").read_text(encoding="utf-8") == tokens.stylesheet()


def test_the_variables_are_those_of_the_table() -> None:
    light, dark = blocks((ASSETS / "tokens.css").read_text(encoding="utf-8"))[:2]
    for name, values in tokens.TOKENS.items():
        assert (light[name], dark[name]) == values, name


def test_a_light_value_names_one_token() -> None:
    lights = [light for light, _ in tokens.TOKENS.values()]
    assert len(set(lights)) == len(lights)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_signs_stand_out_on_every_ground(theme: int) -> None:
    words = ("text", "muted", "accent", "service", "model", "critical", "nodata")
    for name, ground in product(words, ("surface", "background")):
        value = contrast(tokens.TOKENS[name][theme], tokens.TOKENS[ground][theme])
        assert value >= 4.5, f"{name} on {ground}: {value:.2f}"
    for name in ("ok", "degraded"):
        assert contrast(tokens.TOKENS[name][theme], tokens.TOKENS["surface"][theme]) >= 3, name


def test_a_colour_with_an_opacity() -> None:
    assert tokens.rgba("#2F52CD", 0.25) == "rgba(47, 82, 205, 0.25)"


@pytest.mark.parametrize("wrong", ["2F52CD", "#2F52C", "red", "#GGGGGG"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no #RRGGBB"):
        tokens.rgb(wrong)


def test_the_template_is_one_that_plotly_takes() -> None:
    figure = go.Figure(layout={"template": tokens.template()})
    assert figure.layout.template.layout.font.family.startswith("Inter")
    assert figure.layout.template.layout.showlegend is False
