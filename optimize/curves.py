"""Response surface: what the simulated plans say money does, as a formula curves can be read from.

    symbol   meaning                                                     shape
    x_nc     amounts of simulated plans / unit (total / free channels)   (N, C)
    u_nc     saturation x^h / (k^h + x^h), Hill; h > 1 is S-shaped       (N, C)
    a_c      gain of the channel by itself                               (C,)
    p_c, q_c factors of synergy: what a channel lends, what it takes up  (C,)
    y_n      gain of the objective (see `objectives`)                    (N,)

    y = b + sum_c a_c u_c + (sum_c p_c u_c) * (sum_c q_c u_c)

The product is one shared synergy term of rank one: in a funnel, those whom one channel makes aware
are those whom another converts. It may be negative where channels reach the same people. Fitted by
bounded least squares with an exact Jacobian; weak priors keep a fit on few plans sober. The response
curve of a channel is a slice of the surface through a plan, so it holds for the others as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]

#: Bounds on the Hill exponent and on log half-saturation (in units of an even share).
STEEP = (0.5, 4.0)
LOG_HALF = (-3.5, 4.5)
#: Prior means and standard deviations of exponent and log half-saturation.
PRIOR_STEEP, SD_STEEP = 1.2, 0.6
PRIOR_LOG_HALF, SD_LOG_HALF = 0.7, 1.5
#: Prior standard deviation of own gains and synergy factors, relative to their natural size.
SD_OWN, SD_SYNERGY = 3.0, 0.7
#: Residual a fit is expected to leave, as a share of the spread of y.
EXPECTED_NOISE = 0.02


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
        theta: parameters of the formula, packed.
        unit: money that x = 1 stands for.
        scale: gain that y = 1 stands for.
        free_c: indices of the channels in the formula, of `channels`.
        channels: length of an amounts vector.
        error: how well it fits.
    """

    theta: Floats
    unit: float
    scale: float
    free_c: npt.NDArray[np.intp]
    channels: int
    error: FitError

    def predict(self, amounts_nc: Floats) -> Floats:
        """Gain of plans, (N,), in currency."""
        x_nc = np.atleast_2d(amounts_nc)[:, self.free_c] / self.unit
        return np.asarray(_surface(self.theta, x_nc)[0] * self.scale)

    def slice(self, amounts_c: Floats, channel: int, grid: Floats) -> Floats:
        """Gain along one channel's amount, the other channels held; the response curve."""
        plans_nc = np.repeat(np.asarray(amounts_c)[None, :], len(grid), axis=0)
        plans_nc[:, channel] = grid
        return self.predict(plans_nc)


def fit_surface(
    amounts_nc: Floats,
    gains_n: Floats,
    *,
    free_c: npt.NDArray[np.intp],
    unit: float,
    centre_c: Floats,
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
        signed: own gains may be negative, and there is a free intercept.
        start: an earlier surface to start from.
        seed: for the random restarts.
    """
    x_nc = amounts_nc[:, free_c] / unit
    scale = float(np.std(gains_n) + 1e-3 * np.abs(gains_n).mean()) or 1.0
    y_n = gains_n / scale
    weight_n = _weights(amounts_nc, centre_c, unit * len(free_c))
    rng = np.random.default_rng([seed, len(gains_n)])
    starts = [_guess(x_nc, y_n, rng, signed)]
    if start is not None and start.theta.size == starts[0].size:
        starts.insert(0, _rescale(start, scale, len(free_c)))
    else:
        starts += [_guess(x_nc, y_n, rng, signed) for _ in range(2)]
    best: Any = None
    # Matrices this small gain nothing from BLAS threads, lose up to 20 times on a busy machine, and
    # their last bits would depend on how many there are.
    with threadpool_limits(limits=1, user_api="blas"):
        for theta in starts:
            found = _solve(theta, x_nc, y_n, weight_n, signed)
            if best is None or found.cost < best.cost:
                best = found
        error = _fit_error(best, x_nc, y_n, weight_n, scale)
    return Surface(best.x, unit, scale, free_c, amounts_nc.shape[1], error)


def with_holdout(surface: Surface, misses: Sequence[float]) -> Surface:
    """The surface with the error of predictions made before their plans were simulated."""
    if not misses:
        return surface
    holdout = float(np.sqrt(np.mean(np.square(misses))))
    return replace(surface, error=replace(surface.error, holdout=holdout))


def _surface(theta: Floats, x_nc: Floats) -> tuple[Floats, Floats]:
    """y and its Jacobian; theta packs b, then a, p, q, log k, h, one block of C each."""
    channels = x_nc.shape[1]
    a, p, q, log_half, steep = theta[1:].reshape(5, channels)
    with np.errstate(divide="ignore"):
        log_x = np.log(x_nc)
    ratio = np.where(x_nc > 0, log_x - log_half, 0.0)
    u_nc = np.where(x_nc > 0, 1.0 / (1.0 + np.exp(-np.clip(steep * ratio, -60, 60))), 0.0)
    lends_n, takes_n = u_nc @ p, u_nc @ q
    y_n = theta[0] + u_nc @ a + lends_n * takes_n
    by_u = a + p * takes_n[:, None] + q * lends_n[:, None]
    slope = u_nc * (1.0 - u_nc) * by_u
    blocks = [
        np.ones((len(x_nc), 1)),
        u_nc,
        u_nc * takes_n[:, None],
        u_nc * lends_n[:, None],
        -steep * slope,
        ratio * slope,
    ]
    return y_n, np.concatenate(blocks, axis=1)


def _bounds(channels: int, signed: bool) -> tuple[Floats, Floats]:
    free = np.full(channels, np.inf)
    low = [np.array([-np.inf if signed else -1e-9]), -free if signed else 0 * np.ones(channels), -free, -free]
    high = [np.array([np.inf if signed else 1e-9]), free, free, free]
    low += [np.full(channels, LOG_HALF[0]), np.full(channels, STEEP[0])]
    high += [np.full(channels, LOG_HALF[1]), np.full(channels, STEEP[1])]
    return np.concatenate(low), np.concatenate(high)


def _solve(theta: Floats, x_nc: Floats, y_n: Floats, weight_n: Floats, signed: bool) -> Any:
    """Bounded least squares of weighted residuals plus priors."""
    channels = x_nc.shape[1]
    mean, sd = _prior(channels, float(np.abs(y_n).max()))
    root_n = np.sqrt(weight_n) / EXPECTED_NOISE
    own = np.flatnonzero(np.isfinite(sd))
    prior_jac = np.zeros((len(own), theta.size))
    prior_jac[np.arange(len(own)), own] = 1.0 / sd[own]

    def residual(at: Floats) -> Floats:
        return np.concatenate([root_n * (_surface(at, x_nc)[0] - y_n), (at[own] - mean[own]) / sd[own]])

    def jacobian(at: Floats) -> Floats:
        return np.concatenate([root_n[:, None] * _surface(at, x_nc)[1], prior_jac])

    low, high = _bounds(channels, signed)
    inside = np.clip(theta, low + 1e-10, high - 1e-10)
    return least_squares(
        residual, inside, jac=jacobian, bounds=(low, high), method="trf", max_nfev=60, ftol=1e-6
    )


def _prior(channels: int, size: float) -> tuple[Floats, Floats]:
    """Mean and sd of every parameter; an infinite sd is no prior."""
    each = np.ones(channels)
    natural = size / channels
    mean = np.concatenate(
        [[0.0], natural * each, 0 * each, 0 * each, PRIOR_LOG_HALF * each, PRIOR_STEEP * each]
    )
    factor = SD_SYNERGY * np.sqrt(size) / np.sqrt(channels)
    sd = np.concatenate(
        [[np.inf], SD_OWN * natural * each, factor * each, factor * each, SD_LOG_HALF * each, SD_STEEP * each]
    )
    return mean, sd


def _guess(x_nc: Floats, y_n: Floats, rng: np.random.Generator, signed: bool) -> Floats:
    """A start: even gains, mild saturation, small random synergy factors to break their symmetry."""
    channels = x_nc.shape[1]
    size = float(np.abs(y_n).max())
    own = np.zeros(channels) if signed else np.full(channels, size / channels)
    factors = 0.2 * np.sqrt(size / channels) * rng.random(2 * channels)
    log_half = rng.normal(PRIOR_LOG_HALF, 0.3, channels)
    steep = np.full(channels, PRIOR_STEEP)
    return np.concatenate([[float(y_n.mean()) if signed else 0.0], own, factors, log_half, steep])


def _rescale(start: Surface, scale: float, channels: int) -> Floats:
    """An earlier surface's parameters in the units of this fit."""
    theta = start.theta.copy()
    ratio = start.scale / scale
    theta[: 1 + channels] *= ratio
    theta[1 + channels : 1 + 3 * channels] *= np.sqrt(ratio)
    return theta


def _weights(amounts_nc: Floats, centre_c: Floats, total: float) -> Floats:
    """1 at the centre, less for plans that move more of the total, never below 0.1."""
    moved_n = np.abs(amounts_nc - centre_c).sum(axis=1) / total
    return np.asarray(np.maximum(0.1, 1.0 / (1.0 + (moved_n / 0.4) ** 2)))


def _fit_error(found: Any, x_nc: Floats, y_n: Floats, weight_n: Floats, scale: float) -> FitError:
    residual_n = _surface(found.x, x_nc)[0] - y_n
    # Leverage of the linearised fit: what each plan contributes to its own prediction.
    jac = np.asarray(found.jac)
    normal = jac.T @ jac + 1e-9 * np.eye(jac.shape[1])
    head = jac[: len(y_n)]
    lever_n = np.clip(np.einsum("np,pn->n", head, np.linalg.solve(normal, head.T)), 0.0, 0.99)
    share_n = weight_n / weight_n.sum()
    spread = float(share_n @ (y_n - share_n @ y_n) ** 2)
    rmse = float(np.sqrt(share_n @ residual_n**2))
    loo = float(np.sqrt(share_n @ (residual_n / (1.0 - lever_n)) ** 2))
    return FitError(len(y_n), 1.0 - rmse**2 / spread if spread > 0 else 1.0, rmse * scale, loo * scale)
