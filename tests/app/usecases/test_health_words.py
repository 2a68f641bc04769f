from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.usecases import health_words as words
from app.usecases.health_words import Miss, Moved

START = datetime(2026, 11, 21, 14, 6, tzinfo=UTC)
ALERT = datetime(2026, 11, 21, 14, 7, 35, tzinfo=UTC)


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def headline(misses=(), services=(), models=(), story="", of=(3, 1)):
    return plain(words.headline(misses, services, models, story, of))


def test_a_missed_objective_comes_first_then_the_story_of_the_incident():
    said = headline([Miss("shop", 180)], story="Feature store stopped; recommendations fell back to defaults")
    assert said == "Shop missed its objective for 3 min. Feature store stopped; recommendations fell back to defaults."


def test_of_several_misses_the_longest_leads():
    said = headline([Miss("gateway", 20), Miss("shop", 200)])
    assert said == "Shop and gateway missed objectives, shop for 3 min 20 s."


def test_many_misses_are_counted_not_listed():
    forty = [Miss(f"svc-{i}", 100 - i) for i in range(40)]
    assert headline(forty, of=(50, 0)) == "40 of 50 services missed objectives, up to 1 min 40 s."
    assert headline(forty, of=(40, 0)) == "All 40 services missed objectives, up to 1 min 40 s."


def test_without_a_missed_objective_what_moved_is_told():
    said = headline(services=[Moved("shop errors", 200, "4.6 %"), Moved("shop latency", 90, "1 s")])
    assert said == "Shop errors left what is expected for 3 min 20 s, 4.6 % at worst. 1 more measure did too."


def test_when_only_the_model_moved_the_services_are_cleared():
    said = headline(models=[Moved("recommender v4 accuracy", 240, "0.73")])
    assert said == "Recommender v4 accuracy left what is expected for 4 min, 0.73 at worst. The services were well."
    said = headline(models=[Moved("homes accuracy", 240, "0.73")], of=(0, 1))
    assert said.endswith("0.73 at worst. No service is recorded.")


def test_calm_is_said_with_its_extent():
    assert headline() == "3 services, 1 model: all inside what is expected."
    silent = words.headline([], [], [], "", (3, 1), 3)
    assert silent.endswith(": all inside what is expected; of 3 of them there is nothing to judge in this range.")


@pytest.mark.parametrize(
    ("services", "models", "said"),
    [(5, 4, "5 services, 4 models"), (1, 0, "1 service"), (0, 1, "1 model"), (0, 0, "no services")],
)
def test_members_are_counted_in_words(services, models, said):
    assert plain(words.members(services, models)) == said


def test_the_alert_is_compared_with_what_could_be_known():
    number, line = words.noticed(START, ALERT, START.replace(second=15), UTC)
    assert plain(number) == "1 min 35 s"
    assert line == "alert 14:07:35; knowable 14:06:15"


def test_no_alert_is_said_and_no_time_is_made_up():
    assert words.noticed(START, None, None, UTC) == ("–", "no alert")


def test_an_incident_is_open_or_resolved():
    assert words.incident_state(START, None, UTC) == "Open since 14:06:00."
    assert words.incident_state(START, ALERT, UTC) == "Resolved 14:07:35."


def test_hostile_names_stay_as_they_are():
    assert headline([Miss("<script>alert(1)</script>", 5)]).startswith("<script>alert(1)</script> missed")


def test_a_pattern_says_where_how_often_and_since_when():
    assert plain(words.pattern_line("recommender", 1204, START, UTC)) == "recommender · 1 204 lines, first 14:06:00"
    assert plain(words.patterns_line(3, 212)) == "3 of 212 patterns first seen in this range"
