"""Returns on one channel's money, from the plan with and without it and at +-5 % (FACTS E.1, E.3, E.4).

    symbol           meaning                                                        shape
    billed_r         the channel's own money billed under the plan, currency        (R,)
    gain_rv          v(plan) - v(plan without that money); free impressions stay    (R, V)
    step_billed_r    its own money billed at +5 % less at -5 %                      (R,)
    step_gain_rv     v(+5 %) - v(-5 %)                                              (R, V)

Money is what the channel itself was billed. What the others are billed may move too, since they meet
other audiences: `Truth.lift(channel, "spend")` less the channel's own is that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.measure.ratios import ratio
from sim.measure.truth.counterfactuals import TRUTH_MEASURES

Floats = npt.NDArray[np.float64]
#: Spend is moved by this share, up and down, for marginal returns.
STEP = 0.05
_REVENUE, _MARGIN = list(TRUTH_MEASURES).index("revenue"), list(TRUTH_MEASURES).index("margin")
_OUTCOMES = [v for v, name in enumerate(TRUTH_MEASURES) if name not in {"spend", "profit"}]


@dataclass(frozen=True, eq=False)
class Returns:
    """What one channel's money brings, by replicate; NaN where no money was billed."""

    billed_r: Floats
    gain_rv: Floats
    step_billed_r: Floats
    step_gain_rv: Floats

    @property
    def unmoved(self) -> bool:
        """Whether the money brings something, yet the step changed no outcome in any replicate.

        So small a sample cannot show what the last money brings; it does not show that this is nothing.
        """
        return bool(self.gain_rv[:, _OUTCOMES].any() and not self.step_gain_rv[:, _OUTCOMES].any())

    @property
    def iroas_r(self) -> Floats:
        """Incremental revenue / money."""
        return ratio(self.gain_rv[:, _REVENUE], self.billed_r)

    @property
    def roi_r(self) -> Floats:
        """(Incremental margin - money) / money."""
        return ratio(self.gain_rv[:, _MARGIN] - self.billed_r, self.billed_r)

    @property
    def mroas_r(self) -> Floats:
        """Revenue of the last money / that money; NaN where the step moved nothing that could be seen."""
        return self._marginal(self.step_gain_rv[:, _REVENUE])

    @property
    def mroi_r(self) -> Floats:
        """Margin of the last money / that money, less 1: the channel is filled up where it is 0."""
        return self._marginal(self.step_gain_rv[:, _MARGIN] - self.step_billed_r)

    def _marginal(self, above_r: Floats) -> Floats:
        return np.full(len(above_r), np.nan) if self.unmoved else ratio(above_r, self.step_billed_r)
