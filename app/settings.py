"""Settings: one frozen record, filled from the environment (``DIPTYCH_...``) and the command line."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.errors import SettingsError

PREFIX: Final = "DIPTYCH_"


def _token(what: str) -> Any:
    """A setting that turns a receiver on."""
    return field(default="", metadata={"doc": f"Token of the receiver of {what}; none turns it off."})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field can be set by an environment variable of the same name, ``DIPTYCH_PORT`` for ``port``."""

    home: Path = field(default=Path("var"), metadata={"doc": "Folder that holds all state."})
    host: str = field(
        default="127.0.0.1", metadata={"doc": "Address to listen on; only loopback is allowed until there is sign-in."}
    )
    port: int = field(default=8050, metadata={"doc": "Port to listen on; 0 takes a free one."})
    workers: int = field(default=1, metadata={"doc": "Web processes that share the port."})
    threads: int = field(default=16, metadata={"doc": "Requests that one web process answers at the same time."})
    trusted_hosts: tuple[str, ...] = field(
        default=("localhost", "127.0.0.1", "[::1]"),
        metadata={"doc": "Host names that requests may ask for, parted by commas."},
    )
    max_request_kb: int = field(default=4096, metadata={"doc": "Largest body of a request, in kilobytes."})
    idle_timeout_s: int = field(default=60, metadata={"doc": "Seconds after which a silent connection is closed."})
    zone: str = field(default="UTC", metadata={"doc": "Time zone shown where the address names none."})
    figure_cache_entries: int = field(default=2000, metadata={"doc": "Most finished figures that are kept on disk."})
    log_level: str = field(
        default="INFO", metadata={"doc": "Least level that is logged: DEBUG, INFO, WARNING or ERROR."}
    )
    receive_prometheus: str = _token("Prometheus remote write at /api/v1/write")
    receive_otlp: str = _token("OpenTelemetry (OTLP over HTTP) at /v1/metrics and /v1/logs")
    receive_loki: str = _token("Loki's push API at /loki/api/v1/push")
    receive_alerts: str = _token("Alertmanager's webhook at /api/v1/alerts")
    receive_events: str = _token("events at /api/v1/events")
    receive_predictions: str = _token("predictions at /api/v1/predictions")
    receive_labels: str = _token("labels at /api/v1/labels")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, prefix: str = PREFIX) -> Settings:
        """Settings of the environment; raises SettingsError that names the variable that cannot be read."""
        given = os.environ if env is None else env
        values = {
            item.name: _read(item, given[prefix + item.name.upper()], prefix)
            for item in dataclasses.fields(cls)
            if prefix + item.name.upper() in given
        }
        return cls(**values)


def documentation() -> dict[str, str]:
    """Environment variable -> what it sets and its default, for the command line and the README."""
    return {
        PREFIX + item.name.upper(): f"{item.metadata['doc']} Default: {_shown(item.default)}."
        for item in dataclasses.fields(Settings)
    }


def _shown(default: Any) -> str:
    return ",".join(default) if isinstance(default, tuple) else str(default) or "none"


def _read(item: dataclasses.Field[Any], text: str, prefix: str) -> Any:
    kind: Callable[[str], Any] = type(item.default)
    if kind is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return kind(text)
    except ValueError as error:
        raise SettingsError(f"{prefix}{item.name.upper()} is {text!r}.", "Give a whole number.") from error
