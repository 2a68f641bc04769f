"""Ingests a folder in a process of its own and says what it does: ``file N`` as each begins, then the report."""

from __future__ import annotations

import json
import sys

from data.ingest import ingest
from data.store import Store


def main(home: str, folder: str) -> None:
    with Store.open(home) as store:
        print("open", flush=True)
        sys.stdin.readline()
        report = ingest(store, [folder], service="s", progress=lambda i, *_: print(f"file {i}", flush=True))
    print(json.dumps(report.to_json()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
