"""Response surface: what the simulated plans say money does, as a formula curves can be read from.

The formula is in `formula`. It is fitted by penalised least squares: priors keep a fit on few plans
sober, and how much they weigh follows from the noise, which is estimated with the fit. Plans simulated on
different draws share one surface; each block of draws has a luck of its own, so luck averages out over
blocks instead of being fitted. The response curve of a channel is a slice of the surface through a plan,
so it holds for the others as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from optimize.chance import chance_in
from optimize.formula import Sample, bounds, evaluate, guess, jacobian, prior, size_of, synergy_part
from optimize.least_squares import Fitted, Task, solve

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

#: Residual expected before any was seen, as a share of the spread of y; how many plans that opinion is
#: worth, and the least residual believed in.
EXPECTED_NOISE, OPINION, LEAST_NOISE = 0.05, 6.0, 0.002
#: Times the noise is estimated anew, relative change from which on that is worth it, random starts.
ADAPT, CHANGED, STARTS = 2, 0.1, 3
#: Share of the total moved at which a plan counts half, and the least it counts.
FAR, LEAST_WEIGHT = 0.8, 0.1


@dataclass(frozen=True)
class FitError:
    """How far the surface is from the simulated plans, in units of the gain.

    Attributes:
        plans: number of plans fitted.
        r2: share of variance explained, weighted as fitted.
        rmse: root mean square residual.
        leave_one_out: root mean square error of each plan as predicted without it (by leverage).
        holdout: root mean square error of predictions made before the plan was simulated; None
            while no plan has been predicted.
    """

    plans: int
    r2: float
    rmse: float
    leave_one_out: float
    holdout: float | None = None


@dataclass(frozen=True, eq=False)
class Surface:
    """A fitted response surface.

    Attributes:
        theta: parameters of the formula, packed; the luck of blocks and what chance adds are apart.
        unit: money that x = 1 stands for.
        scale: gain that y = 1 stands for.
        free_c: indices of the channels in the formula, of `channels`.
        channels: length of an amounts vector.
        signed: gains may be negative.
        noise: standard deviation of one plan's gain around the surface.
        error: how well it fits.
        luck_b: luck of every block of draws; none where all plans met the same.
        chance_n: what chance seen in its run added to the gain of each plan fitted, currency.
    """

    theta: Floats
    unit: float
    scale: float
    free_c: Indices
    channels: int
    signed: bool
    noise: float
    error: FitError
    luck_b: Floats = field(default_factory=lambda: np.zeros(0))
    chance_n: Floats = field(default_factory=lambda: np.zeros(0))

    def predict(self, amounts_nc: Floats) -> Floats:
        """Gain of plans, (N,), in currency, on draws of average luck."""
        x_nc = np.atleast_2d(amounts_nc)[:, self.free_c] / self.unit
        return np.asarray(evaluate(self.theta, Sample.of(x_nc, signed=self.signed))[1] * self.scale)

    def slice(self, amounts_c: Floats, channel: int, grid: Floats) -> Floats:
        """Gain along one channel's amount, the other channels held; the response curve."""
        plans_nc = np.repeat(np.asarray(amounts_c)[None, :], len(grid), axis=0)
        plans_nc[:, channel] = grid
        return self.predict(plans_nc)

    def levelled(self, gains_n: Floats, block_n: Indices) -> Floats:
        """Measured gains of the plans fitted, without the luck of their draws and what chance added."""
        gains_n = gains_n - self.chance_n if len(self.chance_n) else gains_n
        luck_n = self.luck_b[block_n] if len(self.luck_b) else np.zeros(len(gains_n))
        return np.asarray(gains_n - luck_n * self.scale if self.signed else gains_n / (1.0 + luck_n))


def fit_surface(
    amounts_nc: Floats,
    gains_n: Floats,
    *,
    free_c: Indices,
    unit: float,
    centre_c: Floats,
    block_n: Indices | None = None,
    pace_nm: Floats | None = None,
    signed: bool = False,
    start: Surface | None = None,
    seed: int = 0,
) -> Surface:
    """Fit the surface to simulated plans.

    Args:
        amounts_nc: (N, C) amounts simulated.
        gains_n: (N,) gain of each.
        free_c: channels that can take money.
        unit: money of an even share.
        centre_c: plan near which the surface must be right; far plans weigh less.
        block_n: (N,) block of draws of each plan, counted from 0; default: all on the same.
        pace_nm: (N, M) paces of each plan's run; default: none known.
        signed: own gains may be negative, and there is a free intercept.
        start: an earlier surface to start from.
        seed: for the random restarts.
    """
    weight_n = _weights(amounts_nc, centre_c, unit * len(free_c))
    sample = _sample(amounts_nc[:, free_c] / unit, block_n, pace_nm, weight_n, signed)
    scale = float(np.std(gains_n) + 1e-3 * np.abs(gains_n).mean()) or 1.0
    y_n = gains_n / scale
    size = float(np.abs(y_n).max())
    mean, sd = prior(sample, size)
    rng = np.random.default_rng([seed, len(gains_n)])
    starts = [guess(sample, y_n, mean, size, rng) for _ in range(STARTS)]
    noise = EXPECTED_NOISE
    if start is not None and len(start.free_c) == len(free_c):
        starts[0] = _rescaled(start, scale, mean.size)
        noise = max(start.noise / scale, LEAST_NOISE)
    # Matrices this small gain nothing from BLAS threads, lose up to 20 times on a busy machine, and
    # their last bits would depend on how many there are.
    with threadpool_limits(limits=1, user_api="blas"):
        best, noise = _fit(sample, y_n, weight_n, mean, sd, starts, noise)
    error = _fit_error(best, y_n, weight_n, scale)
    shape, luck_b, added_m = np.split(best.theta, np.cumsum([size_of(len(free_c)), sample.blocks]))
    chance_n = sample.chance_nm @ added_m * scale
    channels = amounts_nc.shape[1]
    return Surface(shape, unit, scale, free_c, channels, signed, noise * scale, error, luck_b, chance_n)


def _sample(
    x_nc: Floats, block_n: Indices | None, pace_nm: Floats | None, weight_n: Floats, signed: bool
) -> Sample:
    """Plans as the formula reads them, with the chance that their runs' paces show."""
    # The luck of a single block cannot be told from the level of the surface.
    block_n = None if block_n is None or block_n.max() == 0 else block_n
    chance_nm = None if pace_nm is None else chance_in(pace_nm, block_n, weight_n)
    return Sample.of(x_nc, block_n, signed=signed, chance_nm=chance_nm)


def with_holdout(surface: Surface, misses: Sequence[float]) -> Surface:
    """The surface with the error of predictions made before their plans were simulated."""
    if not misses:
        return surface
    holdout = float(np.sqrt(np.mean(np.square(misses))))
    return replace(surface, error=replace(surface.error, holdout=holdout))


def _fit(
    sample: Sample,
    y_n: Floats,
    weight_n: Floats,
    mean: Floats,
    sd: Floats,
    starts: Sequence[Floats],
    noise: float,
) -> tuple[Fitted, float]:
    """The best of the starts, and the noise it leaves; again while that changes what priors weigh."""
    low, high = bounds(sample)
    for _ in range(ADAPT + 1):
        task = Task(
            lambda theta: evaluate(theta, sample)[0],
            lambda theta: jacobian(theta, sample),
            y_n,
            weight_n / noise**2,
            mean,
            sd,
            low,
            high,
        )
        best = min((solve(task, theta) for theta in starts), key=lambda found: found.cost)
        loose = max(len(y_n) - float(best.lever_n.sum()), 1.0)
        left = float(weight_n @ best.residual_n**2) * len(y_n) / float(weight_n.sum())
        was, noise = noise, np.sqrt((OPINION * EXPECTED_NOISE**2 + left) / (OPINION + loose))
        noise = max(float(noise), LEAST_NOISE)
        if abs(noise / was - 1.0) < CHANGED:
            break
        starts = [best.theta]
    return best, noise


def _rescaled(start: Surface, scale: float, size: int) -> Floats:
    """An earlier surface's parameters in the units of this fit; new blocks start without luck."""
    theta, channels, ratio = np.zeros(size), len(start.free_c), start.scale / scale
    shape = start.theta.size
    luck_b = start.luck_b[: theta.size - shape] * (ratio if start.signed else 1.0)
    theta[:shape] = start.theta
    theta[: 1 + channels] *= ratio
    theta[synergy_part(channels)] *= np.sqrt(ratio)
    theta[shape : shape + len(luck_b)] = luck_b
    return theta


def _weights(amounts_nc: Floats, centre_c: Floats, total: float) -> Floats:
    """1 at the centre, less for plans that move more of the total."""
    moved_n = np.abs(amounts_nc - centre_c).sum(axis=1) / total
    return np.asarray(np.maximum(LEAST_WEIGHT, 1.0 / (1.0 + (moved_n / FAR) ** 2)))


def _fit_error(found: Fitted, y_n: Floats, weight_n: Floats, scale: float) -> FitError:
    share_n = weight_n / weight_n.sum()
    spread = float(share_n @ (y_n - share_n @ y_n) ** 2)
    rmse = float(np.sqrt(share_n @ found.residual_n**2))
    loo = float(np.sqrt(share_n @ (found.residual_n / (1.0 - found.lever_n)) ** 2))
    return FitError(len(y_n), 1.0 - rmse**2 / spread if spread > 0 else 1.0, rmse * scale, loo * scale)
