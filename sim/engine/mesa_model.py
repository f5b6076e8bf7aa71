"""The object engine: a Mesa model in which every consumer is a `mesa.Agent`.

It shows the model as Mesa users expect it and checks the compiled engine: the same world, plan, seed and
replicate give the same run, bit for bit. It works with `mesa.batch_run` and `DataCollector`:

    results = mesa.batch_run(MarketModel, {"world": [world], "plan": [plan], "seed": [0, 1]}, max_steps=52)

A step of the model is one period: post the board, let every consumer live it, count. Consumers do not
meet, so the order of activation changes nothing.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.engine.board import empty_board, post_board
from sim.engine.ledger import empty_ledger
from sim.engine.life import live, sum_up
from sim.engine.person import IDENTITY, ORDERED, SEGMENT, STAGE, be_born, new_person, new_room
from sim.engine.recorder import close_books, make_run, new_recorder, record
from sim.engine.run import Progress, Run
from sim.engine.tables import make_tables, spend_with_tail
from sim.market.plan import Plan
from sim.market.vocabulary import Stage
from sim.market.world import World


class Consumer(mesa.Agent):
    """One consumer; stands for `world.weight` people."""

    def __init__(self, model: MarketModel, segment: int, index: int) -> None:
        super().__init__(model)
        self.person = new_person(len(model.world.channels))
        be_born(self.person, segment, index, model.tables)

    @property
    def stage(self) -> Stage:
        """Where the consumer stands in the funnel."""
        return Stage(int(self.person.marks[STAGE]))

    @property
    def segment(self) -> str:
        """Id of the consumer's segment."""
        return self.model.world.segments[int(self.person.marks[SEGMENT])]  # type: ignore[no-any-return]

    @property
    def resolved(self) -> bool:
        """Whether the brand sees one identity across channels."""
        return bool(self.person.marks[IDENTITY])

    @property
    def orders(self) -> int:
        """Orders placed so far."""
        return int(self.person.marks[ORDERED])

    def step(self) -> None:
        """Live one period: meet channels, feel their push, move, buy."""
        model = self.model
        live(self.person, model.period, model.tables, model.board, model.ledger, model.room)


class MarketModel(mesa.Model):
    """The market of a world under a plan.

    Args:
        world: the compiled scenario.
        plan: spend by period and channel; default: no spend.
        seed: seed of all draws, an integer >= 0.
        replicate: number of the replicate under this seed.
    """

    def __init__(self, world: World, plan: Plan | None = None, seed: int = 0, replicate: int = 0) -> None:
        super().__init__(seed=seed)
        self.world = world
        self.plan = plan or Plan.zero(world.channels, world.periods)
        self.replicate = replicate
        self.draw_seed = seed
        self.period = 0
        self.tables, self.prices = make_tables(world, seed, replicate)
        self.spend_tc = spend_with_tail(world, self.plan)
        self.board = empty_board(world)
        self.ledger = empty_ledger(world)
        self.recorder = new_recorder(world)
        self.room = new_room(len(world.channels), len(world.sell_channels))
        for segment, count in enumerate(world.agents_k):
            for index in range(count):
                Consumer(self, segment, index)
        reporters: dict[str, Any] = {stage.name.lower(): [self.people_at, [stage]] for stage in Stage}
        reporters |= {"orders": self.orders_so_far, "revenue": self.revenue_so_far}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)
        self.count()

    def step(self) -> None:
        """One period."""
        if self.period >= self.world.total_periods:
            self.running = False
            return
        t, ledger = self.period, self.ledger
        post_board(self.board, self.prices, self.recorder.n_ksr, self.spend_tc[t], t)
        record(self.recorder, self.board, t)
        self.agents.do("step")
        counts = ledger.exposures_tcks[t], ledger.withheld_tc[t], ledger.wanted_tj[t]
        close_books(self.recorder, self.board, self.prices, *counts, t)
        self.period += 1
        self.count()
        self.datacollector.collect(self)
        self.running = self.period < self.world.total_periods

    def count(self) -> None:
        """Count consumers by segment, stage and identity, as the next board needs them."""
        n_ksr = self.recorder.n_ksr
        n_ksr[:] = 0
        for consumer in self.agents:
            marks = consumer.person.marks
            n_ksr[marks[SEGMENT], marks[STAGE], marks[IDENTITY]] += 1
        self.recorder.occupancy_tks[self.period] = n_ksr.sum(axis=2)

    def people_at(self, stage: Stage) -> float:
        """People at a stage now."""
        return float(self.recorder.n_ksr[:, stage].sum() * self.world.weight)

    def orders_so_far(self) -> float:
        """Orders of the whole population so far."""
        return float(self.ledger.orders_tjkr.sum() * self.world.weight)

    def revenue_so_far(self) -> float:
        """Revenue of the whole population so far, currency."""
        return float(self.ledger.revenue_tjkr.sum() * self.world.weight / self.world.minor)

    def finish(self) -> Run:
        """The finished run."""
        for consumer in self.agents:
            sum_up(consumer.person, self.tables, self.ledger)
        return make_run(self.world, self.plan, self.draw_seed, self.replicate, self.recorder, self.ledger)


def run_mesa(world: World, plan: Plan, *, seed: int, replicate: int, progress: Progress | None) -> Run:
    """Run the object engine to the end; same contract as `simulate`."""
    model = MarketModel(world, plan, seed=seed, replicate=replicate)
    while model.period < world.total_periods:
        model.step()
        if progress:
            progress(model.period, world.total_periods)
    run = model.finish()
    model.remove_all_agents()
    return run
