"""What every process of the lab has to know; the orchestrator writes it as JSON, the others read it."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

PARTS: tuple[str, ...] = ("nginx", "shop", "recommender", "redis", "postgres", "prometheus", "alertmanager", "observer")
PARTS += ("redis_exporter", "postgres_exporter", "node_exporter")


@dataclass(frozen=True, slots=True)
class Settings:
    """Folders as absolute paths: `out` is kept, `state` is removed; `trips` and `bikes` hold the real tables."""

    out: str
    state: str
    trips: str
    bikes: str
    minutes: float
    seed: int
    ports: dict[str, int]

    def url(self, part: str) -> str:
        return f"http://127.0.0.1:{self.ports[part]}"

    @property
    def database(self) -> str:
        return f"host=127.0.0.1 port={self.ports['postgres']} user=lab dbname=postgres"

    def file(self, name: str) -> Path:
        return Path(self.out, name)

    def kept_in_state(self, name: str) -> Path:
        return Path(self.state, name)

    def save(self) -> Path:
        path = self.kept_in_state("settings.json")
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: str) -> Settings:
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))


def free_ports() -> dict[str, int]:
    """A free loopback port per part; all are held until the last is drawn, so that none is drawn twice."""
    sockets = {part: socket.create_server(("127.0.0.1", 0)) for part in PARTS}
    ports = {part: held.getsockname()[1] for part, held in sockets.items()}
    for held in sockets.values():
        held.close()
    return ports
