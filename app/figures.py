"""The one place that caches: finished figures, as JSON bytes in a private folder. Nothing in it is ever unpickled.

A figure is found again by what it depends on, never by age: give in the key the store's generation and revision (or the
segments touched), the absolute range, the zone and every parameter. The version of our own code is added here.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

import orjson
import plotly
from cachelib.serializers import FileSystemSerializer
from flask import Flask, current_app
from flask_caching import Cache
from flask_caching.backends.filesystemcache import FileSystemCache
from plotly.io.json import to_json_plotly

log = logging.getLogger("diptych")
EXTENSION: Final = "diptych_figures"
ROOT: Final = Path(__file__).resolve().parents[1]
#: What a figure is made by: a change in any of these makes every cached figure a stranger.
CODE: Final = (
    "analytics",
    "app/charts",
    "app/components",
    "app/usecases",
    "pages",
    "app/format.py",
    "data/queries",
    "data/meanings.py",
)


class JsonBytes(FileSystemSerializer):
    """Plotly's JSON in place of cachelib's pickle; a file that is no JSON counts as absent."""

    def dump(self, value: Any, f: IO[bytes], *_: Any) -> None:
        """Write ``value``, arrays included."""
        f.write(to_json_plotly(value).encode())

    def load(self, f: IO[bytes]) -> Any:
        """Read what :meth:`dump` wrote."""
        try:
            return orjson.loads(f.read())
        except ValueError:
            log.warning("a cached figure is no JSON and is made anew")
            return None


class JsonFiles(FileSystemCache):
    """flask-caching's folder of files, holding JSON."""

    serializer = JsonBytes()


class FigureCache:
    """Finished figures of one application, in ``folder`` (made private), at most ``entries`` of them."""

    def __init__(self, app: Flask, folder: Path, entries: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        config = {"CACHE_DIR": str(folder), "CACHE_THRESHOLD": entries, "CACHE_DEFAULT_TIMEOUT": 0}
        self._cache = Cache(app, config={"CACHE_TYPE": f"{__name__}.{JsonFiles.__name__}", **config})
        self._version = code_version()

    def cached(self, name: str, key: tuple[Any, ...], build: Callable[[], Any]) -> dict[str, Any]:
        """The figure ``name`` of this ``key`` (JSON-able), built where it is not there yet."""
        address = json.dumps([name, self._version, *key], default=str)
        found: dict[str, Any] | None = self._cache.get(address)
        if found is not None:
            return found
        made: dict[str, Any] = orjson.loads(to_json_plotly(_packed(build())))
        self._cache.set(address, made)
        return made


def cached(name: str, key: tuple[Any, ...], build: Callable[[], Any]) -> dict[str, Any]:
    """:meth:`FigureCache.cached` of the application that answers this request."""
    figures: FigureCache = current_app.extensions[EXTENSION]
    return figures.cached(name, key, build)


def _packed(made: Any) -> Any:
    """A figure with its arrays as plotly's typed arrays, which cost a tenth of lists to read and write."""
    return made.to_dict() if hasattr(made, "to_plotly_json") and hasattr(made, "to_dict") else made


def as_json(value: Any) -> orjson.Fragment:
    """``value``, which is plain JSON already, for a property of a component: Dash writes it without walking it again.

    Dash visits every element of every list that it sends, which costs more than all else on a page with long lists.
    """
    return orjson.Fragment(orjson.dumps(value))


def code_version(root: Path = ROOT, parts: tuple[str, ...] = CODE) -> str:
    """A hash of the sources that make figures, and of plotly's version."""
    digest = hashlib.sha256(plotly.__version__.encode())
    for part in parts:
        path = root / part
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.is_file():
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
