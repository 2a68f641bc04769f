"""Predictions of models, with their features; labels too, where they stand in the same record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import MappingError
from data.ingest import names, numbers, times
from data.ingest.draft import Draft
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.job import columns_of
from data.ingest.kinds.kind import Job, Kind, Sample
from data.ingest.parts import Batch, Part, batch, listed
from data.schemas import TIME

UNKNOWN_MODEL = "unknown_model"
WANTED = (
    *("ts", "model", "version", "prediction_id", "y_pred", "y_score", "features", "received_at"),
    *("y_true", "label_ts"),
)
NO_LABEL_TIME = (
    "State label_lag (for example '7d') or map label_ts, or drop the column of labels: "
    "nothing else says when each label was known."
)


@dataclass(slots=True)
class Predictions:
    """Reads predictions; every column that is not a field of its own is a feature."""

    fields: Fields
    file_id: int = 0

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Builder`."""
        return self.fields.derived

    def build(self, frame: Frame) -> Part:
        """See `Builder`."""
        draft, fields = Draft(frame), self.fields
        ts = draft.time(fields)
        y_pred = fields.text(frame, "y_pred")
        score = self._score(draft, y_pred)
        draft.refuse(pc.and_(pc.is_null(y_pred), pc.is_null(score)), lambda _: "there is neither y_pred nor y_score")
        columns = {"ts": ts, "model": model_of(fields, frame, draft.notes), "version": fields.text(frame, "version")}
        columns |= {"y_pred": y_pred, "y_score": score, "features": self._features(frame)}
        columns |= {"prediction_id": self._ids(frame), "received_at": draft.known_at(fields, ts, "received_at")}
        label_ts = self._label_ts(draft, ts)
        part = draft.finish("predictions", columns)
        if "y_true" in fields.columns:
            part.batches.extend(self._labels(draft, columns, label_ts))
        return part

    def _score(self, draft: Draft, y_pred: pa.Array) -> pa.Array:
        """The score, or with a column per class the score of the class that was predicted."""
        mapping = self.fields.mapping
        if not mapping.scores:
            name = self.fields.columns.get("y_score", "y_score")
            return draft.number(self.fields.text(draft.frame, "y_score"), name, mapping.decimal)
        score = pa.nulls(len(y_pred), pa.float64())
        for label, column in mapping.scores.items():
            of_class = draft.number(draft.frame.text(column), column, mapping.decimal)
            score = pc.if_else(pc.fill_null(pc.equal(y_pred, label), False), of_class, score)
        return score

    def _features(self, frame: Frame) -> pa.Array:
        if "features" in self.fields.columns:
            return self.fields.text(frame, "features")
        return frame.rest(self.fields.used | set(self.fields.mapping.scores.values()))

    def _ids(self, frame: Frame) -> pa.Array:
        """The id, or file and line where there is none: such a prediction can have a label only beside it."""
        texts = self.fields.text(frame, "prediction_id")
        if not texts.null_count:
            return texts
        return pc.coalesce(texts, pa.array([f"{self.file_id:x}-{line}" for line in frame.lines], pa.string()))

    def _label_ts(self, draft: Draft, ts: pa.Array) -> pa.Array:
        if "y_true" not in self.fields.columns:
            return pa.nulls(len(ts), TIME)
        stated = draft.time_or_none(self.fields, "label_ts")
        lag = self.fields.mapping.label_lag_s
        return stated if lag is None else pc.coalesce(stated, times.shift(ts, lag))

    def _labels(self, draft: Draft, columns: Mapping[str, pa.Array], label_ts: pa.Array) -> list[Batch]:
        y_true = numbers.without_missing(self.fields.text(draft.frame, "y_true"))
        keep = pc.and_(pa.array(draft.kept), pc.and_(pc.is_valid(y_true), pc.is_valid(label_ts)))
        picked = {"y_true": y_true, "label_ts": label_ts, "line": pa.array(draft.frame.lines)}
        picked |= {name: columns[name] for name in ("prediction_id", "model")}
        rows = pc.sum(keep).as_py() or 0
        return [batch("labels", rows, {name: values.filter(keep) for name, values in picked.items()})] if rows else []


def model_of(fields: Fields, frame: Frame, notes: Counter[str]) -> pa.Array:
    """The model of each record; one that nothing names is called `UNKNOWN_MODEL`, with a note."""
    texts = fields.text(frame, "model")
    if texts.null_count:
        notes[f"records name no model and stand under {UNKNOWN_MODEL!r} (state constants.model)"] += texts.null_count
    return pc.fill_null(texts, UNKNOWN_MODEL)


def guess(sample: Sample) -> float:
    """Something predicted makes predictions, with or without a time."""
    found = columns_of(sample, WANTED, "predictions")
    said = ("y_pred" in found) + ("y_score" in found and "prediction_id" in found)
    return 0.0 if not said else min(0.95, 0.7 + 0.1 * said + 0.1 * ("ts" in found))


def prepare(job: Job) -> Predictions:
    """See `Kind`. Predictions without times are refused: nothing could be put on an axis."""
    fields = Fields.find(WANTED, job, "predictions")
    names.check({f"the score of {label}": name for label, name in job.mapping.scores.items()}, job.sample.names)
    if not fields.has("ts"):
        raise MappingError(
            "These predictions carry no time, and without the time of each prediction nothing can be said of "
            f"when the model was right. The columns are: {listed(job.sample.names, 40)}.",
            'Name the column with the time in a mapping file under [files.columns]: ts = "its column".',
        )
    if "y_true" in fields.columns and not fields.has("label_ts") and job.mapping.label_lag_s is None:
        raise MappingError(f"The column {fields.columns['y_true']!r} holds labels.", NO_LABEL_TIME)
    return Predictions(fields, job.file_id)


KIND = Kind("predictions", guess, prepare)
