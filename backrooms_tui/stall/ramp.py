"""From a measured quantity to evidence: nothing below one bound, full above another, straight between."""


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
