"""Ingests a folder in a process of its own and says what it does: ``file N`` as each begins, then the report.

With a number of parsers it reads so many files at once, however small they are.
"""

from __future__ import annotations

import json
import sys

from data.ingest import ingest, protocol
from data.store import Store


def main(home: str, folder: str, parsers: str = "1") -> None:
    if int(parsers) > 1:
        protocol.WORTH_BYTES, protocol._cores = 0, lambda: int(parsers)
    with Store.open(home) as store:
        print("open", flush=True)
        sys.stdin.readline()
        report = ingest(store, [folder], service="s", progress=lambda i, *_: print(f"file {i}", flush=True))
    print(json.dumps(report.to_json()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
