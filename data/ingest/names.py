"""Which column is which: the names that the tools of the field use for one thing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from data.errors import MappingError
from data.ingest.parts import listed, shown

Found = dict[str, str]
_NOISE = re.compile(r"[^a-z0-9]+")

ALIASES: dict[str, tuple[str, ...]] = {
    name: tuple(words.split())
    for name, words in {
        "ts": "ts timestamp time datetime date ds eventtime eventtimestamp starttime startsat startedat start "
        "occurredat createdat committedat timeiso8601 timelocal msec asctime epoch unixtimestamp timestampms "
        "timestampmillis timestampns timeunixnano t observedtimestamp recordtimetimestamp instantepochsecond gmtcreate "
        "firsttimestamp",
        "known_at": "knownat receivedat arrivedat observedat observedtimestamp",
        "service": "service servicename resourceservicename app application appname job component",
        "metric": "metric metricname name measurement",
        "value": "value val v y count",
        "severity": "severity level lvl loglevel severitytext levelname priority severitynumber levelno "
        "recordlevelname",
        "message": "message msg body log text logmessage event recordmessage",
        "ends_at": "endsat endtime endedat end resolvedat finishedat closedat",
        "kind": "kind type eventtype category",
        "title": "title summary subject name description event what message",
        "source": "source origin provider tool",
        "fingerprint": "fingerprint id eventid key uid uuid",
        "model": "model modelname modelid",
        "version": "version modelversion",
        "prediction_id": "predictionid requestid id inferenceid recordid uuid eventid rowid",
        "y_pred": "ypred prediction predicted predictedlabel predictedclass predictedvalue yhat pred",
        "y_score": "yscore ypredproba probability proba score confidence predproba predictionscore",
        "features": "features inputs featurevalues",
        "received_at": "receivedat loggedat arrivedat knownat",
        "y_true": "ytrue label target groundtruth actual truelabel truth outcome actualvalue",
        "label_ts": "labelts labeltime labeltimestamp labelledat labeledat receivedat knownat arrivedat "
        "ts timestamp time",
        "predictions.label_ts": "labelts labeltime labeltimestamp labelledat labeledat",
        "depends_on": "dependson target to callee destination child downstream upstream",
        "http.ts": "timeiso8601 msec timelocal timestamp time ts datetime",
        "request": "request",
        "method": "requestmethod method",
        "path": "requesturi uri path url",
        "status": "status responsestatus statuscode",
        "topology.service": "service source from caller parent src",
        "topology.kind": "kind type relation",
    }.items()
}


def plain(name: str) -> str:
    """A column's name without case, spaces and punctuation."""
    return _NOISE.sub("", name.lower())


def find(field: str, available: Iterable[str], taken: Collection[str] = (), kind: str = "") -> str | None:
    """The column among ``available`` that customarily holds ``field``, in data of a ``kind``."""
    by_plain: dict[str, str] = {}
    for name in available:
        if name not in taken:
            by_plain.setdefault(plain(name), name)
    aliases = ALIASES.get(f"{kind}.{field}", ALIASES[field])
    return next((by_plain[alias] for alias in aliases if alias in by_plain), None)


def find_others(field: str, available: Sequence[str], taken: Collection[str], kind: str = "") -> tuple[str, ...]:
    """Further columns that customarily hold ``field``, for records that lack the first."""
    found: list[str] = []
    while (column := find(field, available, {*taken, *found}, kind)) is not None:
        found.append(column)
    return tuple(found)


def find_all(fields: Sequence[str], available: Sequence[str], taken: Collection[str] = (), kind: str = "") -> Found:
    """Column of each of ``fields`` that can be told by its name; no column is taken twice."""
    found, gone = dict[str, str](), set(taken)
    for field in fields:
        column = find(field, available, gone, kind)
        if column is not None:
            found[field] = column
            gone.add(column)
    return found


def prefixes(column: str) -> list[str]:
    """``a.b.c``, ``a.b`` and ``a``: the columns in which it may be found."""
    keys = column.split(".")
    return [".".join(keys[:count]) for count in range(len(keys), 0, -1)]


def check(stated: Mapping[str, str], available: Sequence[str]) -> None:
    """Raises `MappingError` that says which column is missing, which are meant perhaps, and which there are."""
    for field, column in stated.items():
        inside = any(name.startswith(f"{column}.") for name in available)
        if not inside and not any(prefix in available for prefix in prefixes(column)):
            close = get_close_matches(column, available, 1)
            hint = f" Did you mean {shown(close[0])}?" if close else ""
            raise MappingError(
                f"The column {shown(column)}, which the mapping names for {field}, is not there.{hint}",
                f"There are: {listed(available, 40)}.",
            )


def need(field: str, what: str, available: Sequence[str]) -> MappingError:
    """The error that says that no column is ``what``, and which columns there are."""
    return MappingError(
        f"No column is known to hold {what}. There are: {listed(available, 40)}.",
        f'Name it in a mapping file under [files.columns]: {field} = "its column".',
    )
