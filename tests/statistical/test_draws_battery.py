"""The battery of benchmarks/draws.py passes the engine's draws, and catches draws that are not random."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "draws.py"
FEW = 1 << 20


@pytest.fixture(scope="module")
def battery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draws_battery", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_engines_draws_pass(battery: ModuleType) -> None:
    results = battery.run(FEW)
    assert min(result.p for result in results) > 1e-4, [r for r in results if r.p <= 1e-4]


def failures(battery: ModuleType, test: str, source: object) -> list[str]:
    return [result.name for result in battery.BATTERY[test](source, FEW) if result.p < battery.SMALLEST_P]


def test_multiples_of_a_constant_are_caught(battery: ModuleType) -> None:
    def lazy(_: object, first: int, count: int) -> np.ndarray:
        index = np.arange(first, first + count, dtype=np.uint64)
        return (index * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)).astype(np.uint32)

    assert failures(battery, "bits", lazy)
    assert failures(battery, "consumers", lazy)


@pytest.mark.parametrize(
    ("test", "field"), [("periods", "period"), ("purposes", "purpose"), ("keys", "seed")]
)
def test_a_source_that_forgets_a_word_is_caught(battery: ModuleType, test: str, field: str) -> None:
    def forgetful(stream: object, first: int, count: int) -> np.ndarray:
        same = stream._replace(**{field: getattr(battery.Stream(), field)})  # type: ignore[attr-defined]
        return battery.engine_draws(same, first, count)

    assert failures(battery, test, forgetful)
