"""Severities of all tools in six words: TRACE DEBUG INFO WARN ERROR FATAL, or NULL where nothing says it."""

from __future__ import annotations

import pyarrow as pa

from data.ingest.names import plain

WORDS = {
    "TRACE": "TRACE FINEST FINER VERBOSE SILLY T V",
    "DEBUG": "DEBUG FINE DBG D .",
    "INFO": "INFO INFORMATION INFORMATIONAL INF NOTICE NOTE CONFIG NORMAL LOG SYSTEM I N OK *",
    "WARN": "WARN WARNING WRN W MINOR #",
    "ERROR": "ERROR ERR SEVERE FAILURE MAJOR E",
    "FATAL": "FATAL CRITICAL CRIT ALERT EMERG EMERGENCY PANIC DPANIC FTL F C",
}
SCALES = {
    "bunyan": {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"},
    "python": {5: "TRACE", 10: "DEBUG", 20: "INFO", 30: "WARN", 40: "ERROR", 50: "FATAL"},
    "syslog": {7: "DEBUG", 6: "INFO", 5: "INFO", 4: "WARN", 3: "ERROR", 2: "FATAL", 1: "FATAL", 0: "FATAL"},
    "nextcloud": {0: "DEBUG", 1: "INFO", 2: "WARN", 3: "ERROR", 4: "FATAL"},
    "otel": {4 * step + i + 1: word for step, word in enumerate(WORDS) for i in range(4)},
}
SCALE_OF_COLUMN = {"levelno": "python", "recordlevelno": "python", "severitynumber": "otel", "priority": "syslog"}


_WORD = {given: word for word, all_ in WORDS.items() for given in all_.split()}


def read(texts: pa.Array, column: str = "", scale: str = "") -> pa.Array:
    """The severity of each text. Numbers are read by ``scale``, or by the scale that the column's name implies.

    The numbers of a column called ``level`` are taken for Bunyan's and Pino's tens, if all are; others stay NULL.
    """
    coded = texts.dictionary_encode()
    said = scale or SCALE_OF_COLUMN.get(plain(column), "")
    numbers = SCALES[said or "bunyan"]
    if not said and any(_is_number(text) and int(text) not in numbers for text in coded.dictionary.to_pylist()):
        numbers = {}
    words = pa.array([_one(text, numbers) for text in coded.dictionary.to_pylist()], pa.string())
    return words.take(coded.indices)


def word(text: str) -> str | None:
    """Our word for one word of theirs; NULL for a number, whose scale is not known."""
    return _one(text, {}) if text else None


def _is_number(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdecimal() and len(text.strip()) < 4


def _one(text: str, numbers: dict[int, str]) -> str | None:
    word = text.strip().upper()
    if _is_number(text):
        return numbers.get(int(word))
    return _WORD.get(word.rstrip("0123456789"))
