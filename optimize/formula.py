"""The formula of a response surface: its value, its Jacobian, priors and bounds of its parameters.

    symbol      meaning                                                     shape
    x_nc        amounts of simulated plans / unit (total / free channels)   (N, C)
    u_nc        saturation x^h / (k^h + x^h), Hill; h > 1 is S-shaped       (N, C)
    a_c         gain of the channel by itself                               (C,)
    p_rc, q_rc  factors of synergy: what a channel lends, what it takes up  (R, C)  R = `RANK`
    s_b         luck of a block of draws                                    (B,)
    z_nm        chance seen in the paces of a run (see `chance`)            (N, M)
    g_m         what a standard deviation of it adds                        (M,)
    y_n         gain of the objective (see `objectives`)                    (N,)

    f = b + sum_c a_c u_c + sum_r (sum_c p_rc u_c) * (sum_c q_rc u_c)
    y = (1 + s_b) f + sum_m g_m z_m, or f + s_b + sum_m g_m z_m where gains may be negative

In a funnel, those whom one channel makes aware are those whom another converts: that is what the
products carry. They may be negative where channels reach the same people. All of it is packed into one
vector `theta`: b, a, p, q, log k, h, s, g.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

#: Products of lent and taken-up synergy.
RANK = 2
#: Bounds on the Hill exponent and on log half-saturation (in units of an even share).
STEEP = (0.5, 4.0)
LOG_HALF = (-3.5, 4.5)
#: Prior means and standard deviations of exponent and log half-saturation.
PRIOR_STEEP, SD_STEEP = 1.2, 0.6
PRIOR_LOG_HALF, SD_LOG_HALF = 0.7, 1.5
#: Prior standard deviation of own gains and synergy factors, relative to their natural size, and of the
#: luck of a block of draws; of what chance adds, in standard deviations of the gains.
SD_OWN, SD_SYNERGY, SD_LUCK, SD_CHANCE = 3.0, 0.4, 0.1, 0.2


@dataclass(frozen=True, eq=False)
class Sample:
    """Plans as the formula reads them.

    Attributes:
        log_nc: log of x where x > 0, else 0.
        some_nc: x > 0.
        block_n: block of draws each plan was simulated on, 0 to B - 1.
        blocks: B; 0 leaves luck out.
        signed: gains may be negative.
        chance_nm: z, no columns where paces are not known.
    """

    log_nc: Floats
    some_nc: npt.NDArray[np.bool_]
    block_n: Indices
    blocks: int
    signed: bool
    chance_nm: Floats

    @classmethod
    def of(
        cls,
        x_nc: Floats,
        block_n: Indices | None = None,
        *,
        signed: bool = False,
        chance_nm: Floats | None = None,
    ) -> Sample:
        """Read plans; without blocks their luck is left out, without chance it is 0."""
        some_nc = x_nc > 0
        log_nc = np.log(np.where(some_nc, x_nc, 1.0))
        blocks = 0 if block_n is None else int(block_n.max()) + 1
        block_n = np.zeros(len(x_nc), dtype=np.intp) if block_n is None else block_n
        chance_nm = np.zeros((len(x_nc), 0)) if chance_nm is None else chance_nm
        return cls(log_nc, some_nc, block_n, blocks, signed, chance_nm)

    @property
    def channels(self) -> int:
        """C."""
        return int(self.log_nc.shape[1])


def size_of(channels: int, blocks: int = 0, paces: int = 0) -> int:
    """Parameters in `theta`."""
    return 1 + channels * (3 + 2 * RANK) + blocks + paces


def synergy_part(channels: int) -> slice:
    """Where the factors of synergy stand in `theta`."""
    return slice(1 + channels, 1 + channels + 2 * RANK * channels)


def evaluate(theta: Floats, sample: Sample) -> tuple[Floats, Floats]:
    """y with the luck of each block and what chance adds, and f without them."""
    value_n, _ = _parts(theta, sample)
    return _with_luck(theta, sample, value_n) + sample.chance_nm @ theta[_chance_part(sample)], value_n


def _chance_part(sample: Sample) -> slice:
    start = size_of(sample.channels, sample.blocks)
    return slice(start, start + sample.chance_nm.shape[1])


def jacobian(theta: Floats, sample: Sample) -> Floats:
    """(N, P) derivatives of y."""
    value_n, parts = _parts(theta, sample, slopes=True)
    jac = np.concatenate(parts, axis=1)
    if not sample.blocks:
        return np.concatenate([jac, sample.chance_nm], axis=1)
    rows, luck_b = np.arange(len(value_n)), _luck(theta, sample)
    own_nb = np.zeros((len(value_n), sample.blocks))
    own_nb[rows, sample.block_n] = 1.0 if sample.signed else value_n
    if not sample.signed:
        jac *= (1.0 + luck_b[sample.block_n])[:, None]
    return np.concatenate([jac, own_nb, sample.chance_nm], axis=1)


def _luck(theta: Floats, sample: Sample) -> Floats:
    return theta[size_of(sample.channels) : size_of(sample.channels, sample.blocks)]


def _with_luck(theta: Floats, sample: Sample, value_n: Floats) -> Floats:
    if not sample.blocks:
        return value_n
    luck_n = _luck(theta, sample)[sample.block_n]
    return value_n + luck_n if sample.signed else value_n * (1.0 + luck_n)


def _parts(theta: Floats, sample: Sample, *, slopes: bool = False) -> tuple[Floats, list[Floats]]:
    channels = sample.channels
    own_c = theta[1 : 1 + channels]
    p_rc, q_rc = theta[synergy_part(channels)].reshape(2, RANK, channels)
    log_half_c, steep_c = theta[1 + (1 + 2 * RANK) * channels : size_of(channels)].reshape(2, channels)
    ratio_nc = np.where(sample.some_nc, sample.log_nc - log_half_c, 0.0)
    u_nc = np.where(sample.some_nc, 1.0 / (1.0 + np.exp(-np.clip(steep_c * ratio_nc, -60, 60))), 0.0)
    lends_nr, takes_nr = u_nc @ p_rc.T, u_nc @ q_rc.T
    value_n = theta[0] + u_nc @ own_c + (lends_nr * takes_nr).sum(axis=1)
    if not slopes:
        return value_n, []
    slope_nc = u_nc * (1.0 - u_nc) * (own_c + takes_nr @ p_rc + lends_nr @ q_rc)
    lent = [u_nc * takes_nr[:, r : r + 1] for r in range(RANK)]
    taken = [u_nc * lends_nr[:, r : r + 1] for r in range(RANK)]
    ones = np.ones((len(u_nc), 1))
    return value_n, [ones, u_nc, *lent, *taken, -steep_c * slope_nc, ratio_nc * slope_nc]


def prior(sample: Sample, size: float) -> tuple[Floats, Floats]:
    """Mean and standard deviation of every parameter, for gains of up to `size` and standard deviation 1."""
    each, signed = np.ones(sample.channels), sample.signed
    natural = size / sample.channels
    factor = SD_SYNERGY * np.sqrt(size / sample.channels)
    pair = np.zeros(2 * RANK * sample.channels)
    luck = SD_LUCK * (size if signed else 1.0)
    mean = [[0.0], (0.0 if signed else natural) * each, pair, PRIOR_LOG_HALF * each, PRIOR_STEEP * each]
    sd = [[1e6 if signed else 1e-6], SD_OWN * natural * each, pair + factor, SD_LOG_HALF * each]
    paces = sample.chance_nm.shape[1]
    sd += [SD_STEEP * each, np.full(sample.blocks, luck), np.full(paces, SD_CHANCE)]
    return np.concatenate([*mean, np.zeros(sample.blocks + paces)]), np.concatenate(sd)


def bounds(sample: Sample) -> tuple[Floats, Floats]:
    """Least and most of every parameter: no channel's own gain is negative unless gains may be."""
    channels = sample.channels
    low = np.full(size_of(channels, sample.blocks, sample.chance_nm.shape[1]), -np.inf)
    high = -low
    if not sample.signed:
        low[1 : 1 + channels] = 0.0
    half = slice(1 + (1 + 2 * RANK) * channels, 1 + (2 + 2 * RANK) * channels)
    low[half], high[half] = LOG_HALF
    steep = slice(half.stop, half.stop + channels)
    low[steep], high[steep] = STEEP
    return low, high


def guess(sample: Sample, y_n: Floats, mean: Floats, size: float, rng: np.random.Generator) -> Floats:
    """A start: the prior, with small random synergy to break its symmetry."""
    theta, channels = mean.copy(), sample.channels
    theta[0] = float(y_n.mean()) if sample.signed else 0.0
    synergy = synergy_part(channels)
    theta[synergy] = 0.2 * np.sqrt(size / channels) * rng.random(2 * RANK * channels)
    theta[synergy.stop : synergy.stop + channels] += rng.normal(0.0, 0.3, channels)
    return theta
