"""What stands alone is isolated soon, what stands in the crowd late, as scikit-learn's forest has it."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import IsolationForest

from analytics.anomaly.trees import plant


def crowd(rows: int = 600, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(0, 1, (rows, 5))
    points[:6] += 8
    return points


def test_points_apart_are_isolated_before_all_others() -> None:
    alone = plant(crowd(), trees=50, samples=256, seed=0).alone(crowd())
    assert alone[:6].min() > alone[6:].max()
    assert 0 < alone.min() < alone.max() < 1


def test_the_order_is_that_of_scikit_learn() -> None:
    points = crowd(2_000, seed=1)
    ours = plant(points, trees=200, samples=256, seed=0).alone(points)
    theirs = -IsolationForest(n_estimators=200, max_samples=256, random_state=0).fit(points).score_samples(points)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.97
    assert abs(np.median(ours) - np.median(theirs)) < 0.03


def test_a_row_is_judged_the_same_in_any_company() -> None:
    points = crowd(900)
    forest = plant(points, trees=50, samples=256, seed=0)
    whole = forest.alone(points)
    for cut in (1, 2, 399, 400, 401, 899):
        assert forest.alone(points[:cut]).tobytes() == whole[:cut].tobytes()


def test_the_same_seed_plants_the_same_forest_and_another_another() -> None:
    points = crowd()
    first, same, other = (plant(points, trees=20, samples=64, seed=seed).alone(points) for seed in (3, 3, 4))
    assert first.tobytes() == same.tobytes() != other.tobytes()


def test_points_that_are_all_alike_are_all_alike_alone() -> None:
    alone = plant(np.ones((100, 3)), trees=10, samples=64, seed=0).alone(np.ones((100, 3)))
    assert np.ptp(alone) == 0


def test_two_points_make_a_forest() -> None:
    points = np.array([[0.0], [1.0]])
    assert np.isfinite(plant(points, trees=5, samples=256, seed=0).alone(points)).all()


def test_nothing_to_judge_is_judged() -> None:
    assert plant(crowd(), trees=5, samples=64, seed=0).alone(np.empty((0, 5))).shape == (0,)
