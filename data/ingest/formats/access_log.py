r"""Combined and common access logs of Apache and nginx.

``-`` stands for nothing; the zone is in the time; quotes inside come as ``\"`` or ``\x22``; hosts may be IPv6; a
virtual host may stand before the address, and more fields behind the agent.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data.ingest import http_log, reading
from data.ingest.arrays import NO_TEXT, Mask, mask_of
from data.ingest.frames import Piece, TableFrame
from data.ingest.parts import reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks, is_utf8

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
LINE = (
    r"^(?:(?P<virtual_host>[^\s:]+:\d+) )?(?P<remote_addr>\S+) (?P<ident>\S+) (?P<remote_user>.*?) ?"
    rf"\[(?P<time_local>[^\]]+)\] {_QUOTED.replace('(', '(?P<request>', 1)} (?P<status>\d{{3}}|-) (?P<bytes>\d+|-)"
    rf"(?: {_QUOTED.replace('(', '(?P<http_referer>', 1)} {_QUOTED.replace('(', '(?P<http_user_agent>', 1)})?"
    r"(?: (?P<more>.*))?\s*$"
)
GROUPS = ("virtual_host", "remote_addr", "ident", "remote_user", "time_local", "request", "status", "bytes")
COLUMNS = (*GROUPS, "http_referer", "http_user_agent", "more")
_PLAIN = ("remote_addr", "ident", "remote_user", "day", "zone", "request", "status", "bytes")
_SPACE = np.isin(np.arange(256), list(b" \t\r\n\v\f"))
WHY = 'the line is no access log line (host ident user [time] "request" status bytes)'


def sniff(source: Source) -> tuple[Guess, ...]:
    """Most of the first lines are such lines."""
    lines = [line for line in source.head.split(b"\n")[:50] if line.strip()]
    texts = pa.array([line.decode(errors="backslashreplace") for line in lines], pa.string())
    hits = pc.sum(pc.match_substring_regex(texts, LINE)).as_py() or 0
    return (Guess("logs", 0.95),) if lines and hits >= 0.5 * len(lines) else ()


def open_(source: Source) -> Reader:
    """See `Format`."""
    return reading.read(source, _pieces(source), lambda _: COLUMNS, mixed=False, prepare=http_log.prepare)


def _pieces(source: Source) -> Iterator[Piece]:
    for block in blocks(source.path, source.mapping.encoding):
        yield _piece(block)


def _piece(block: Block) -> Piece:
    """Lines without backslashes and with few quotes go through Arrow's reader, the others through one expression."""
    blank = _blank(block)
    quotes = _counts(block, 34)
    width = _width(quotes[~blank])
    easy = _easy(block, quotes, width) & ~blank
    columns, read = _fast(block, easy, width)
    slow = np.flatnonzero(~blank & ~read)
    cut, hit = _slow(block, slow)
    rejects = [reject(block.first + i, WHY, block.line(i)) for i in slow[~hit]]
    lines = np.concatenate([np.flatnonzero(read), slow[hit]])
    if len(slow):
        order = np.argsort(lines, kind="stable")
        columns = {name: pa.concat_arrays([columns[name], cut[name]]).take(pa.array(order)) for name in COLUMNS}
        lines = lines[order]
    frame = TableFrame(lines + block.first, columns, lambda line: block.line(line - block.first))
    return Piece(frame, [*block.too_long, *rejects], int(blank.sum()))


def _blank(block: Block) -> Mask:
    blank = np.zeros(len(block), bool)
    for row in np.flatnonzero(_SPACE[np.frombuffer(block.data, np.uint8)[block.starts]]):
        blank[row] = not block.line(row).strip()
    return blank


def _counts(block: Block, code: int) -> npt.NDArray[np.int64]:
    """How often the byte stands in each line."""
    if code not in block.data:
        return np.zeros(len(block), np.int64)
    return _per_line(block, np.frombuffer(block.data, np.uint8) == code)


def _per_line(block: Block, where: Mask) -> npt.NDArray[np.int64]:
    before = np.searchsorted(np.flatnonzero(where), np.append(block.starts, len(where)))
    return np.diff(before)


def _width(quotes: npt.NDArray[np.int64]) -> int:
    """Cells of most lines, by their quotes: 8 (common) or 10 (combined); 0 where neither."""
    most = int(np.bincount(quotes).argmax()) if len(quotes) else 0
    return {2: 8, 6: 10}.get(most, 0)


def _easy(block: Block, quotes: npt.NDArray[np.int64], width: int) -> Mask:
    if not width:
        return np.zeros(len(block), bool)
    odd = _counts(block, 92) + _counts(block, 13) + (quotes != {8: 2, 10: 6}[width])
    if not is_utf8(block.data):
        odd += _per_line(block, np.frombuffer(block.data, np.uint8) > 127)
    easy: Mask = odd == 0
    return easy


def _fast(block: Block, easy: Mask, width: int) -> tuple[dict[str, pa.Array], Mask]:
    """Columns of the lines that Arrow could cut, and which those are; none where a quote misled it."""
    rows, read = np.flatnonzero(easy), easy.copy()
    if not len(rows):
        return {name: pa.nulls(0, pa.string()) for name in COLUMNS}, read
    wrong: list[int] = []
    names = [*_PLAIN, "http_referer", "http_user_agent"][:width]
    data = block.data if easy.all() else b"\n".join(block.line(i) for i in rows) + b"\n"
    cells = _arrow(data, names, wrong)
    if cells.num_rows + len(wrong) != len(rows):
        return _fast(block, np.zeros_like(easy), width)
    read[rows[wrong]] = False
    fits = pc.and_(pc.starts_with(cells["day"], "["), pc.ends_with(cells["zone"], "]"))
    fits = pc.and_(fits, pc.match_substring_regex(cells["status"], r"^(\d{3}|-)$")).combine_chunks()
    columns = {name: cells[name].combine_chunks() for name in names}
    if not pc.all(fits, min_count=0).as_py():
        columns = {name: texts.filter(fits) for name, texts in columns.items()}
    read[np.flatnonzero(read)[~mask_of(fits)]] = False
    time = pc.binary_join_element_wise(columns.pop("day"), columns.pop("zone"), " ")
    columns["time_local"] = pc.utf8_slice_codeunits(time, 1, -1)
    nothing = pa.nulls(len(time), pa.string())
    return {name: _dashed(columns.get(name, nothing)) for name in COLUMNS}, read


def _arrow(data: bytes, names: list[str], wrong: list[int]) -> pa.Table:
    def skip(row: pacsv.InvalidRow) -> str:
        wrong.append(row.number - 1)
        return "skip"

    return pacsv.read_csv(
        pa.py_buffer(data),
        read_options=pacsv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        parse_options=pacsv.ParseOptions(delimiter=" ", invalid_row_handler=skip, ignore_empty_lines=False),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )


def _slow(block: Block, rows: npt.NDArray[np.int64]) -> tuple[dict[str, pa.Array], Mask]:
    texts = pa.array([block.line(i).decode(errors="backslashreplace") for i in rows], pa.string())
    found = pc.extract_regex(texts, LINE)
    hit = pc.is_valid(found)
    kept = found.filter(hit)
    columns = {name: _dashed(_unescaped(pc.struct_field(kept, [i]))) for i, name in enumerate(COLUMNS)}
    return columns, mask_of(hit)


def _unescaped(texts: pa.Array) -> pa.Array:
    return pc.replace_substring(pc.replace_substring(texts, r"\"", '"'), r"\\", "\\")


def _dashed(texts: pa.Array) -> pa.Array:
    """NULL for a dash or nothing."""
    if not pc.any(pc.less_equal(pc.binary_length(texts), 1)).as_py():
        return texts
    return pc.if_else(pc.is_in(texts, pa.array(["-", ""])), NO_TEXT, texts)


FORMAT = Format("access_log", ("logs",), sniff, open_, grows=True)
