"""Events of Kubernetes, CloudEvents, CDEvents, deployments of GitHub and git log, with the trap of each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from data.ingest.formats import git_log, github_deployments
from tests.data.ingest.parsing import Parser, Read
from tests.data.ingest.samples import CLOUD, COMMIT, DEPLOYMENT, KUBERNETES, rows

T1, T5 = datetime(2024, 5, 1, 10, 1, tzinfo=UTC), datetime(2024, 5, 1, 10, 5, tzinfo=UTC)


def attributes(read: Read) -> dict[str, Any]:
    return json.loads(read.rows["events"][0]["attributes"])


def test_an_event_of_kubernetes_stands_for_many(parse: Parser) -> None:
    read = parse(rows(KUBERNETES))
    row = read.only("events")
    assert (read.format, row["ts"], row["ends_at"], row["known_at"]) == ("kubernetes_events", T1, T5, T5)
    assert (row["service"], row["severity"], row["kind"]) == ("shop", "WARN", "note")
    assert (row["title"], attributes(read)["count"]) == ("BackOff: Pod shop-7d9f8b6c5-abcde", "3")


def test_newer_events_have_one_time_and_a_series(parse: Parser) -> None:
    event = {
        "metadata": {},
        "regarding": {"kind": "Deployment", "name": "shop"},
        "reason": "ScalingReplicaSet",
        "note": "n",
    }
    event |= {
        "eventTime": "2024-05-01T10:01:00.000000Z",
        "series": {"count": 9, "lastObservedTime": "2024-05-01T10:05:00Z"},
    }
    lone = {"metadata": {}, "regarding": {"kind": "Node", "name": "n1"}, "reason": "x", "firstTimestamp": None}
    read = parse(json.dumps({"kind": "List", "items": [event, lone]}, indent=1))
    assert read.counts == (1, 1, 0)
    row = read.only("events")
    assert (row["kind"], row["ts"], row["ends_at"], row["service"]) == ("change", T1, T5, "shop")
    assert read.reasons == {2: "the event has no time"}


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("dev.cdevents.service.deployed.0.1.1", "deploy"),
        ("dev.cdevents.service.rolledback.0.1.1", "deploy"),
        ("dev.cdevents.change.merged.0.1.2", "change"),
        ("dev.cdevents.build.finished.0.1.1", "change"),
        ("dev.cdevents.incident.detected.0.1.0", "alert"),
    ],
)
def test_cdevents_by_themselves_and_inside_a_cloud_event(parse: Parser, type_: str, kind: str) -> None:
    context = {"version": "0.3.0", "id": "1", "source": "/ci", "type": type_, "timestamp": "2024-05-01T12:01:00+02:00"}
    event = {"context": context, "subject": {"id": "/ns/shop", "content": {"environment": {"id": "prod"}}}}
    read = parse(rows(event, {**CLOUD, "data": event}))
    assert (read.format, read.counts) == ("cloud_events", (2, 0, 0))
    assert {(row["kind"], row["ts"], row["service"]) for row in read.rows["events"]} == {(kind, T1, "shop")}
    assert attributes(read)["environment"] == "prod"


def test_a_cloud_event_without_a_time_is_refused(parse: Parser) -> None:
    assert parse(rows(CLOUD, {**CLOUD, "time": "soon"})).counts == (1, 1, 0)


def test_deployments_of_the_api(parse: Parser) -> None:
    read = parse(json.dumps([DEPLOYMENT, {**DEPLOYMENT, "created_at": None}]))
    row = read.only("events")
    assert (read.format, read.counts) == ("github_deployments", (1, 1, 0))
    assert (row["kind"], row["service"], row["title"], row["fingerprint"]) == (
        "deploy",
        "shop",
        "deploy v1 to prod",
        "7",
    )


def test_deployments_of_webhooks_when_they_are_finished(parse: Parser) -> None:
    def hook(state: str) -> dict[str, Any]:
        status = {"state": state, "created_at": "2024-05-01T10:05:00Z"}
        return {"deployment_status": status, "deployment": DEPLOYMENT, "repository": {"name": "shop"}}

    read = parse(rows(hook("pending"), hook("success"), hook("failure")))
    assert [(row["ts"], row["severity"]) for row in read.rows["events"]] == [(T5, "INFO"), (T5, "ERROR")]
    assert read.reasons == {1: github_deployments.PENDING}


def test_a_commit_is_a_change_of_when_it_came_in(parse: Parser) -> None:
    read = parse("\n" + COMMIT.replace("{i}", "") + COMMIT.replace("{i}", "1"), service="shop")
    row = read.rows["events"][0]
    assert (read.format, read.counts) == ("git_log", (2, 0, 17))
    assert (row["kind"], row["title"], row["service"]) == ("change", "Faster checkout", "shop")
    assert row["ts"] == datetime(2024, 5, 2, 8, tzinfo=UTC)
    assert attributes(read)["message"] == "More words."


def test_commits_with_one_date_say_that_it_is_the_author_s(parse: Parser) -> None:
    read = parse("commit 0123abc (HEAD)\nMerge: a b\nAuthor: Ann\nDate:   Wed May 1 10:00:00 2024 +0200\n\n    x\n")
    assert read.notes[git_log.AUTHORED] == 1
    assert parse("commit 0123abc\nAuthor: Ann\nDate:   soon\n").reasons == {
        1: "the commit has no date that can be read"
    }


def test_half_a_surrogate_does_not_lose_an_event(parse: Parser) -> None:
    read = parse(
        '{"metadata": {}, "involvedObject": {"name": "\\ud800"}, "reason": "r", "eventTime": "2024-05-01T10:01:00Z"}\n'
    )
    assert read.counts == (1, 0, 0)
