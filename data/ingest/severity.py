"""Severities of all tools in six words: TRACE DEBUG INFO WARN ERROR FATAL, or NULL where nothing says it."""

from __future__ import annotations

import pyarrow as pa

from data.ingest.names import plain

WORDS = {
    "TRACE": "TRACE FINEST FINER VERBOSE SILLY T V",
    "DEBUG": "DEBUG FINE DBG D",
    "INFO": "INFO INFORMATION INFORMATIONAL NOTICE CONFIG NORMAL LOG I N OK",
    "WARN": "WARN WARNING W MINOR",
    "ERROR": "ERROR ERR SEVERE FAILURE MAJOR E",
    "FATAL": "FATAL CRITICAL CRIT ALERT EMERG EMERGENCY PANIC DPANIC F C",
}
SCALES = {
    "bunyan": {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"},
    "python": {5: "TRACE", 10: "DEBUG", 20: "INFO", 30: "WARN", 40: "ERROR", 50: "FATAL"},
    "syslog": {7: "DEBUG", 6: "INFO", 5: "INFO", 4: "WARN", 3: "ERROR", 2: "FATAL", 1: "FATAL", 0: "FATAL"},
    "otel": {4 * step + i + 1: word for step, word in enumerate(WORDS) for i in range(4)},
}
SCALE_OF_COLUMN = {"levelno": "python", "recordlevelno": "python", "severitynumber": "otel", "priority": "syslog"}


_WORD = {given: word for word, all_ in WORDS.items() for given in all_.split()}


def read(texts: pa.Array, column: str = "", scale: str = "") -> pa.Array:
    """The severity of each text. Numbers are read by ``scale``, or by the scale that the column's name implies.

    The numbers of a column called ``level`` are taken for Bunyan's and Pino's tens; others stay NULL.
    """
    numbers = SCALES[scale or SCALE_OF_COLUMN.get(plain(column), "bunyan")]
    coded = texts.dictionary_encode()
    words = pa.array([_one(text, numbers) for text in coded.dictionary.to_pylist()], pa.string())
    return words.take(coded.indices)


def _one(text: str, numbers: dict[int, str]) -> str | None:
    word = text.strip().upper()
    if word.isdecimal() and len(word) < 4:
        return numbers.get(int(word))
    return _WORD.get(word.rstrip("0123456789"))
