"""What the commands about one series share: how it is asked for, and how the answer is given."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import click

from app.cli.options import Decorated
from app.cli.output import print_csv, print_json
from app.usecases.wanted import Wanted

Form = Literal["words", "csv", "json"]


class LabelPair(click.ParamType[tuple[str, str], str]):
    """``K=V``."""

    name = "K=V"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the first equals sign."""
        key, sign, text = value.partition("=")
        if not sign or not key:
            self.fail(f"'{value}' is not K=V.", param, ctx)
        return key, text


class Moment(click.ParamType[datetime, str]):
    """An ISO time; without a zone it is UTC."""

    name = "TIME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the time."""
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not an ISO time such as 2026-11-22T03:05:00Z.", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


def one_series(command: Decorated) -> Decorated:
    """Add the options that name a series, a time and a form; they come in as ``wanted`` and ``form``."""

    @functools.wraps(command)
    def packed(
        *args: Any,
        service: str,
        metric: str,
        labels: tuple[tuple[str, str], ...],
        start: datetime | None,
        end: datetime | None,
        as_csv: bool,
        as_json: bool,
        **more: Any,
    ) -> Any:
        if as_csv and as_json:
            raise click.UsageError("--csv and --json exclude each other.")
        form: Form = "csv" if as_csv else "json" if as_json else "words"
        return command(*args, wanted=Wanted(service, metric, dict(labels), start, end), form=form, **more)

    decorated: Decorated = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_OPTIONS = (
    click.option("--service", required=True, help="Service of the series."),
    click.option("--metric", required=True, help="Metric of the series, or what is counted from log lines."),
    click.option("--label", "labels", multiple=True, type=LabelPair(), help="A label that it must have; repeatable."),
    click.option("--start", type=Moment(), help="First moment that is looked at."),
    click.option("--end", type=Moment(), help="End of that, not included."),
    click.option("--csv", "as_csv", is_flag=True, help="Values as CSV on stdout."),
    click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout."),
)


def give(
    told: Any, form: Form, heads: Sequence[str], points: Iterable[Sequence[Any]], say: Callable[[Any], None]
) -> None:
    """The answer as JSON, its points as CSV under ``heads``, or in words."""
    if form == "json":
        print_json(told)
    elif form == "csv":
        print_csv(heads, points)
    else:
        say(told)
