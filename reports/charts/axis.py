"""A numeric axis: where its ticks are, and where on the page a value stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from obstacles.reports.words import numbers


@dataclass(frozen=True)
class Axis:
    """Values between `low` and `high` laid from `left` to `right` (points); `reverse` puts `high` on the left."""

    low: float
    high: float
    left: float
    right: float
    percent: bool
    reverse: bool = False

    def at(self, value: float) -> float:
        """Points from the left edge of the figure."""
        part = (value - self.low) / (self.high - self.low)
        return self.left + (1 - part if self.reverse else part) * (self.right - self.left)

    def ticks(self, most: int = 6) -> tuple[list[float], list[str]]:
        """Positions in points, and the numbers at them; the last one of percentages has the sign."""
        from matplotlib.ticker import MaxNLocator

        scale = 100.0 if self.percent else 1.0
        steps = MaxNLocator(nbins=most, steps=[1, 2, 5, 10]).tick_values(self.low * scale, self.high * scale)
        inside = [float(s) for s in steps if self.low * scale - 1e-9 <= s <= self.high * scale + 1e-9]
        digits = decimals(inside)
        texts = [numbers.decimal(abs(s) if abs(s) < 1e-12 else s, digits) for s in inside]
        if self.percent and texts:
            texts[-1] = numbers.percent(inside[-1] / 100, digits)
        return [self.at(s / scale) for s in inside], texts


def decimals(values: Sequence[float]) -> int:
    """Decimals that tell the ticks apart."""
    for digits in range(4):
        if all(abs(round(v, digits) - v) < 1e-9 for v in values):
            return digits
    return 4


def padded(low: float, high: float, bounds: tuple[float, float], *, room: float = 0.08) -> tuple[float, float]:
    """Limits a little wider than the values, within the bounds of the scale."""
    width = high - low
    if width < 1e-3 * (bounds[1] - bounds[0]):
        return bounds
    return max(low - room * width, bounds[0]), min(high + room * width, bounds[1])
