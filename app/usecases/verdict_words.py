"""The verdict of an incident in sentences: whose fault it was, why, and what to do. Pure functions of facts."""

from __future__ import annotations

from datetime import tzinfo

from analytics.verdict import MIN_LABELS, Verdict
from app.format import NBSP, clock, count, duration, number, value
from app.usecases.incident_facts import Facts, change_before, failed, is_apart, kind_of, lead, too_few
from app.usecases.incident_view import VerdictView
from app.usecases.incident_words import QUIET, outage_words
from app.usecases.thresholds import labels_words
from app.usecases.words import first_upper, listed, shortened

HEADLINES = {
    "infra": "Outage, not drift.",
    "model": "The model moved; the services were well.",
    "held": "Outage; the model held.",
    "apart": "Both: an outage, and a model that is wrong without it.",
    "neither": "Neither.",
}
UNWATCHED = "The model moved; no service is recorded."
SPLIT = ("infra", "model", "both")


def verdict_view(facts: Facts, zone: tzinfo) -> VerdictView:
    """The verdict line of one moment."""
    verdict = facts.verdict
    lost = verdict is not None and verdict.kind in SPLIT
    kind = kind_of(facts)
    headline, sentence, advice = _words(facts, verdict, zone)
    split = verdict if lost and facts.watched else None
    return VerdictView(
        known_from=facts.at,
        kind=kind,
        headline=headline,
        sentence=sentence,
        advice=advice,
        bar=bar_words(facts),
        explained_share=split.share if split else None,
        low=split.low if split else None,
        high=split.high if split else None,
        labels_percent=round(100 * verdict.labels_in) if verdict and kind == "unknown" else None,
        lost=lost,
    )


def _words(facts: Facts, verdict: Verdict | None, zone: tzinfo) -> tuple[str, str, str]:
    """Headline, why, what to do."""
    if verdict is not None and too_few(facts):
        return _too_few(facts, verdict, zone)
    if verdict is None or verdict.kind == "unknown":
        return _unknown(facts, zone)
    if verdict.kind == "neither":
        return _neither(facts, zone)
    if is_apart(facts):
        return _both_apart(facts, verdict, zone)
    write = {"infra": _infra, "model": _model, "both": _both}[verdict.kind]
    return write(facts, verdict, zone)


def bar_words(facts: Facts) -> str:
    """``accuracy lost 0.18 = outage 0.16 + rest 0.02``."""
    verdict = facts.verdict
    if verdict is None or (verdict.kind == "unknown" and facts.models):
        return f"{facts.metric} lost: cannot be split yet" if facts.models else ""
    if verdict.kind in ("neither", "unknown"):
        return f"{facts.metric} held" if verdict.kind == "neither" else ""
    if not facts.watched:
        return f"{facts.metric} lost {verdict.loss:.2f}"
    rest = max(round(verdict.loss, 2) - round(verdict.explained, 2), 0.0)  # so that the figures shown add up
    split = f"outage {verdict.explained:.2f} + rest {rest:.2f}"
    return f"{facts.metric} lost {verdict.loss:.2f} = {split}"


def _first_words(facts: Facts, zone: tzinfo) -> str:
    change, before = lead(facts), change_before(facts)
    said = f"{first_upper(outage_words(change))} at {clock(change.onset.happened, zone)}"
    if before is None:
        return said
    passed = (change.onset.happened.to_pydatetime() - before.ts).total_seconds()
    return f"{said}, {duration(passed)} after “{shortened(before.title)}”"


def _repair(facts: Facts) -> str:
    """``Repair shop.``; what was changed there shortly before is looked at first."""
    name = lead(facts).signal.name
    return f"Repair {name}: look at that change first." if change_before(facts) else f"Repair {name}."


def _defaults_words(facts: Facts) -> str:
    found = next((c for c in facts.models if c.signal.metric == "defaults"), None)
    if found is None:
        return ""
    share = f"{value(found.onset.peak_value, 'share')} of predictions used default features"
    if not facts.services:
        return share
    later = (found.onset.happened - lead(facts).onset.happened).total_seconds()
    return f"{duration(later)} later {share}" if later > 0 else f"at once {share}"


def share_words(share: float, low: float, high: float) -> str:
    """``89 % (81 – 95 %)``; the interval is left out where it is a point."""
    percent = [round(100 * x) for x in (share, low, high)]
    interval = f" ({percent[1]}{NBSP}–{NBSP}{percent[2]}{NBSP}%)" if percent[1] != percent[2] else ""
    return f"{percent[0]}{NBSP}%{interval}"


def _leaving_out(verdict: Verdict, metric: str) -> str:
    if round(100 * verdict.low) == 100:
        return f"Leaving those minutes out removes all of the {metric} loss."
    share = share_words(verdict.share, verdict.low, verdict.high)
    return f"Leaving those minutes out removes {share} of the {metric} loss."


def _infra(facts: Facts, verdict: Verdict, zone: tzinfo) -> tuple[str, str, str]:
    story = "; ".join(filter(None, [_first_words(facts, zone), _defaults_words(facts)]))
    sentence = f"{story}. {_leaving_out(verdict, facts.metric)}"
    return HEADLINES["infra"], sentence, f"{_repair(facts)} Do not retrain."


def _model(facts: Facts, verdict: Verdict, zone: tzinfo) -> tuple[str, str, str]:
    before, during = verdict.baseline, verdict.during_value
    sentence = f"{first_upper(facts.metric)} went from {number(before)} to {number(during)}"
    if facts.models:
        sentence += f" at {clock(facts.models[0].onset.happened, zone)}"
    sentence += f", {_rollout_words(facts)}." if facts.rollout else "."
    if not facts.watched:
        return UNWATCHED, f"{sentence} Whether an outage was behind it cannot be told.", _model_advice(facts)
    if not facts.services:
        sentence += " No service that it depends on left what is usual."
    return HEADLINES["model"], sentence, _model_advice(facts)


def _rollout_words(facts: Facts) -> str:
    return f"{'right after' if facts.rolled_before else 'within seconds of'} {facts.rollout}"


def _model_advice(facts: Facts, it: str = "It", its: str = "its") -> str:
    if facts.rollout and facts.rolled_back:
        return f"{it} was rolled back. Find out how it passed before it goes out again."
    if facts.rollout:
        return f"Roll {it.lower()} back, then find out how it passed."
    return f"Look at {its} inputs and labels of these minutes; retrain only if the world has changed."


def _both(facts: Facts, verdict: Verdict, zone: tzinfo) -> tuple[str, str, str]:
    headline = (
        f"Both: the outage explains {round(100 * verdict.share)}{NBSP}% "
        f"({round(100 * verdict.low)}–{round(100 * verdict.high)})."
    )
    advice = f"{_repair(facts)} Then judge the model on the minutes outside the outage."
    return headline, "; ".join(filter(None, [_first_words(facts, zone), _defaults_words(facts)])) + ".", advice


def _both_apart(facts: Facts, verdict: Verdict, zone: tzinfo) -> tuple[str, str, str]:
    """Services failed and the model lost, but its loss lies outside of what they did."""
    lost = f"{facts.metric} went from {number(verdict.baseline)} to {number(verdict.during_value)}"
    advice, change = _model_advice(facts, "The model", "the model’s"), change_before(facts)
    if change is not None and change.title == facts.rollout:
        return HEADLINES["apart"], f"{_first_words(facts, zone)}; {lost} as well.", advice
    after = f", {_rollout_words(facts)}" if facts.rollout else ""
    sentence = f"{_first_words(facts, zone)}; {lost}{after}, but not because of it."
    return HEADLINES["apart"], sentence, f"{_repair(facts)} {advice}"


def _too_few(facts: Facts, verdict: Verdict, zone: tzinfo) -> tuple[str, str, str]:
    judged = f"{count(verdict.n, 'labelled prediction')} in it, {MIN_LABELS} are needed"
    if not failed(facts):
        return "Cannot tell: too few predictions.", first_upper(f"{judged}."), ""
    sentence = f"{_first_words(facts, zone)}; {judged}."
    return "Outage; too few predictions to judge the model.", sentence, _repair(facts)


def _neither(facts: Facts, zone: tzinfo) -> tuple[str, str, str]:
    moved = [c.signal.name for c in (*facts.services, *facts.models)]
    held = f"{first_upper(facts.metric)} held"
    if facts.services or failed(facts):
        sentence = f"{_first_words(facts, zone)}; {facts.metric} held."
        if not failed(facts):
            return HEADLINES["neither"], sentence, "Nothing to repair, nothing to retrain."
        return HEADLINES["held"], sentence, f"{_repair(facts)} The model needs nothing."
    if moved:
        return (
            f"Neither. Inputs changed, {facts.metric} held.",
            f"{listed(moved)} moved.",
            "Nothing to repair, nothing to retrain.",
        )
    return f"Neither. {held}.", "", ""


def _unknown(facts: Facts, zone: tzinfo) -> tuple[str, str, str]:
    if not facts.services and not facts.models:
        return QUIET, "", ""
    if facts.verdict is None:
        return (
            "No model is known to be hit.",
            f"{_first_words(facts, zone)}.",
            _repair(facts),
        )
    headline = f"Cannot tell yet: {round(100 * facts.verdict.labels_in)}{NBSP}% of labels are in."
    story = "; ".join(filter(None, [_first_words(facts, zone) if facts.services else "", _defaults_words(facts)]))
    unknown = f"{facts.metric} of those minutes is not known."
    sentence = f"{first_upper(story)}; {unknown}" if story else first_upper(unknown)
    return headline, sentence, _meanwhile(facts, zone)


def _meanwhile(facts: Facts, zone: tzinfo) -> str:
    check = f"Check {_suspect(facts)} meanwhile."
    if facts.next_answer is None:
        return check
    return (
        f"Next answer about {clock(facts.next_answer, zone)}, when {labels_words(facts.labels_needed)} are in. {check}"
    )


def _suspect(facts: Facts) -> str:
    """What is looked at first while nothing is settled: what moved, what an alert is about, a rollout, the inputs."""
    if facts.services:
        return lead(facts).signal.name
    if facts.alerted:
        alert = facts.alerted[-1]
        return f"{alert.service} (“{shortened(alert.title)}”)"
    return f"“{shortened(facts.rollout)}”" if facts.rollout else "the inputs and the last rollout"
