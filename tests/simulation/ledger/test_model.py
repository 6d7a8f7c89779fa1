"""Every answer and every counter of the ledger against the model, under random life."""

import asyncio
from collections import Counter
from itertools import count

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from quid.kit import db
from quid.ledger.types import Result
from tests.simulation.ledger.machine import Life
from tests.simulation.ledger.rails import RailLife

EXAMPLES, STEPS = 320, 40


@pytest.mark.timeout(300)
def test_the_ledger_and_its_model_agree_for_10_000_steps(db_url: str) -> None:
    with asyncio.Runner() as runner:
        Life.run, Life.seen, Life.steps = runner, Counter(), 0
        Life.numbers = count()
        Life.database = db.Database(db.Options(db_url, name="simulation"))
        runner.run(Life.database.open())
        Life.admin = runner.run(asyncpg.connect(db_url))
        try:
            run_state_machine_as_test(
                RailLife,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(Life.admin.close())
            runner.run(Life.database.close())
    assert set(Life.seen) == set(Result)
    assert Life.steps >= 10_000
