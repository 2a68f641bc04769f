"""Labels (ground truth), which arrive later than their predictions and find them by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather

from data.errors import MappingError
from data.ingest import names, times
from data.ingest.draft import Draft
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.kinds.kind import Job, Kind, Sample
from data.ingest.kinds.predictions import model_of
from data.ingest.mapping import FileMapping
from data.ingest.parts import Part, listed, shown
from data.schemas import TIME

WANTED = ("prediction_id", "model", "y_true", "label_ts")


@dataclass(slots=True)
class Labels:
    """Reads labels, which were known ``lag_s`` after their own time, or without one after their stored prediction."""

    fields: Fields
    lag_s: float = 0.0
    predicted: pa.Table | None = None

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Builder`."""
        return self.fields.derived

    def build(self, frame: Frame) -> Part:
        """See `Builder`."""
        draft, fields = Draft(frame), self.fields
        ids, y_true = fields.text(frame, "prediction_id"), fields.text(frame, "y_true")
        draft.refuse(pc.is_null(ids), lambda _: "there is no prediction_id")
        draft.refuse(pc.is_null(y_true), lambda _: "there is no y_true")
        model = model_of(fields, frame, draft.notes)
        happened = draft.time(fields, "label_ts") if fields.has("label_ts") else self._predicted(draft, ids, model)
        label_ts = times.shift(happened, self.lag_s)
        return draft.finish("labels", {"prediction_id": ids, "model": model, "y_true": y_true, "label_ts": label_ts})

    def _predicted(self, draft: Draft, ids: pa.Array, model: pa.Array) -> pa.Array:
        """When the prediction of each label was made, as far as it is stored."""
        predicted = self.predicted if self.predicted is not None else _no_predictions()
        at = pc.index_in(_key(model, ids), value_set=_key(predicted["model"], predicted["prediction_id"]))
        draft.refuse(pc.is_null(at), lambda i: _unknown(ids[i].as_py(), model[i].as_py()))
        return predicted["ts"].combine_chunks().take(at)


def _unknown(prediction_id: str, model: str) -> str:
    return (
        f"nothing says when this label was known: it has no time, and no prediction {shown(prediction_id)} of the "
        f"model {shown(model)} is stored from which the stated lag could count"
    )


def _key(model: pa.Array, ids: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(model, ids, "\x1f")


def _no_predictions() -> pa.Table:
    return pa.table(
        {"prediction_id": pa.nulls(0, pa.string()), "model": pa.nulls(0, pa.string()), "ts": pa.nulls(0, TIME)}
    )


def lag_of(mapping: FileMapping) -> float | None:
    """The stated lag between a prediction and its label."""
    return mapping.known_lag_s if mapping.label_lag_s is None else mapping.label_lag_s


def needs_predictions(mapping: FileMapping) -> bool:
    """Whether the labels of a file count their time from stored predictions: such files are read last."""
    return mapping.kind == "labels" and lag_of(mapping) is not None and "label_ts" not in mapping.columns


def guess(sample: Sample) -> float:
    """An id and a truth without a prediction beside them."""
    found = names.find_all(WANTED, sample.names)
    if "prediction_id" not in found or "y_true" not in found or names.find("y_pred", sample.names):
        return 0.0
    return 0.6 + 0.2 * ("label_ts" in found)


def prepare(job: Job) -> Labels:
    """See `Kind`."""
    fields, lag = Fields.find(WANTED, job), lag_of(job.mapping)
    for field, what in (("prediction_id", "the id of the prediction"), ("y_true", "the truth")):
        if not fields.has(field):
            raise names.need(field, what, job.sample.names)
    if fields.has("label_ts"):
        return Labels(fields, 0.0 if "label_ts" in job.mapping.columns else lag or 0.0)
    if lag is None or job.mapping.kind != "labels":
        raise MappingError(
            f"These labels say nothing of when they were known. The columns are: {listed(job.sample.names, 40)}.",
            "Map label_ts, or state as = 'labels' and known_lag, the time from a prediction to its label.",
        )
    return Labels(fields, lag, _load(job.prediction_times))


def _load(path: Path | None) -> pa.Table | None:
    return feather.read_table(path) if path else None


KIND = Kind("labels", guess, prepare)
