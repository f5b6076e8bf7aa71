"""What `fit-customers` says: tables and sentences, JSON, and the YAML of the segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.fit_customers.answer import SEGMENT, YEAR, Customers
from experiments.formatting import percent
from experiments.tables import Grid

if TYPE_CHECKING:
    from sim import Fit

ESTIMATED = (
    "How often customers buy and when they stop, and how far they differ in both.",
    "Order value, and its spread between customers and between one customer's orders.",
)
NOT_ESTIMATED = (
    "Responsiveness to media: orders alone cannot tell it. The rates hold under the marketing of that time; "
    "`repeat` and `retain` effects of channels come on top of them.",
    "How customers are won: moves up to the first order, initial stages, win-back, and what loyal customers "
    "and advocates do differently.",
    "Whether each customer's first order in the file is the first ever: it must be, or rates are biased.",
)


def sections(found: Customers) -> list[str | Grid]:
    """The answer for people, in the order of reading."""
    parts: list[str | Grid] = [_headline(found), _parameters(found.purchases), _implied(found)]
    parts.append(_spend(found))
    if found.holdout is not None:
        parts += [_holdout(found), _verdict(found)]
    if found.warnings:
        parts.append(_list("Warnings", found.warnings))
    if found.request.model != "pareto_nbd":
        label = _model_label(found.purchases)
        parts.append(f"{label} has no lapse rate per period; pareto_nbd gives a segment.")
    if found.segment is not None:
        parts.append(f"Segment for a scenario whose period is a {found.request.period}\n{_body(found)}")
    parts.append(_list("Estimated from these orders", ESTIMATED))
    parts.append(_list("Not estimated", NOT_ESTIMATED))
    return parts


def summary(found: Customers) -> dict[str, Any]:
    """The answer as plain data."""
    request, first_last = found.request, found.transactions.days
    return {
        "schema_version": 1,
        "orders": request.orders,
        "period": request.period,
        "first_day": str(first_last[0]),
        "last_day": str(first_last[1]),
        "calibration_end": None if request.calibration_end is None else str(request.calibration_end),
        "customers": found.histories.purchases.size,
        "repeat_purchases": int(found.histories.purchases.x.sum()),
        "purchases": _fit(found.purchases),
        "rates": {
            name: {"estimate": value, "standard_error": error}
            for name, (_, value, error) in _rates(found).items()
        },
        "alive": found.alive,
        "spend": None if found.spend is None else _fit(found.spend),
        "correlation": found.histories.spend.correlation,
        "holdout": _holdout_summary(found),
        "segment": found.segment,
        "warnings": list(found.warnings),
        "estimated": list(ESTIMATED),
        "not_estimated": list(NOT_ESTIMATED),
    }


def segment_yaml(found: Customers) -> str:
    """The segment as a file that a scenario can extend, with what it rests on."""
    size, days = found.histories.purchases.size, found.transactions.days
    last, period = found.request.calibration_end or days[1], found.request.period
    lines = [
        f"Fitted by omnifunnel fit-customers: {_model_label(found.purchases)}, {size:,} customers,",
        f"{days[0]} to {last}. Rates are per {period}: use it with calendar.period {period}.",
        "Responsiveness to media and how customers are won are not estimated from orders: set them yourself.",
        "In a scenario: `extends: THIS_FILE`, or copy the segment into its `segments`.",
    ]
    return "".join(f"# {line}\n" for line in lines) + _body(found)


def _body(found: Customers) -> str:
    from sim import dump

    return dump({"segments": {SEGMENT: found.segment}})


def _headline(found: Customers) -> str:
    days, size = found.transactions.days, found.histories.purchases.size
    end = found.request.calibration_end
    calibration = f", fitted up to {end}" if end else ""
    return (
        f"{found.request.orders}: {size:,} customers, {days[0]} to {days[1]}{calibration}; "
        f"{int(found.histories.purchases.x.sum()):,} repeat purchases. Orders of one day are one purchase."
    )


def _parameters(fit: Fit) -> Grid:
    rows = tuple((name, _four(value), _four(fit.errors[name])) for name, value in fit.parameters.items())
    title = f"{_model_label(fit)}, log likelihood {fit.log_likelihood:,.1f}"
    return Grid(title, ("Parameter", "Estimate", "Standard error"), rows)


def _implied(found: Customers) -> Grid:
    rows = [(label, _four(value), _four(error)) for label, value, error in _rates(found).values()]
    size = found.histories.purchases.size
    rows.append(("Customers not lapsed at the end", f"{found.alive:,.0f} of {size:,}", ""))
    return Grid("What that means", ("", "Estimate", "Standard error"), tuple(rows))


def _rates(found: Customers) -> dict[str, tuple[str, float, float]]:
    """Name -> label, estimate and standard error of what the parameters imply."""
    from sim import MODELS

    fit, period = found.purchases, found.request.period
    model, year = MODELS[fit.model], YEAR[period]
    measures: dict[str, tuple[str, Any]] = {
        "purchase_rate": (f"Purchases a {period} of a customer, mean", lambda v: v[0] / v[1])
    }
    if fit.model == "pareto_nbd":
        measures["lapse_rate"] = (f"Lapse rate a {period}, mean", lambda v: v[2] / v[3])
    else:
        measures["drop_out"] = ("Chance to leave after a purchase, mean", lambda v: v[2] / (v[2] + v[3]))
    measures["first_year"] = (
        f"Repeat purchases of a new customer in {year} {period}s",
        lambda v: float(model.expected(v, float(year))),
    )
    return {
        name: (label, float(measure(fit.values)), fit.error_of(measure))
        for name, (label, measure) in measures.items()
    }


def _spend(found: Customers) -> str | Grid:
    if found.spend is None or found.order_value is None:
        return "Gamma-Gamma: not fitted; see the warnings."
    grid, value, correlation = _parameters(found.spend), found.order_value, found.histories.spend.correlation
    rows = [
        *grid.rows,
        ("mean order value", _four(value["mean"]), ""),
        ("correlation of value and frequency", "—" if correlation is None else f"{correlation:+.2f}", ""),
    ]
    return Grid(grid.title, grid.header, tuple(rows))


def _holdout(found: Customers) -> Grid:
    holdout = found.holdout
    assert holdout is not None
    rows = [(x, f"{size:,}", f"{guess:,.1f}", f"{actual:,}") for x, size, guess, actual in holdout.rows]
    total = sum(row[1] for row in holdout.rows)
    rows.append(("all", f"{total:,}", f"{holdout.predicted:,.1f}", f"{holdout.actual:,}"))
    title = f"Orders in the {holdout.periods:,.3g} {found.request.period}s after"
    return Grid(title, ("Repeats before", "Customers", "Predicted", "Actual"), tuple(rows))


def _verdict(found: Customers) -> str:
    holdout = found.holdout
    assert holdout is not None
    error = holdout.predicted / holdout.actual - 1 if holdout.actual else None
    off = "" if error is None else f" ({percent(error, signed=True, digits=1)})"
    lines = [
        f"Predicted {holdout.predicted:,.0f} orders from each customer's history, {holdout.actual:,} came"
        f"{off}; {holdout.unconditional:,.0f} by age alone."
    ]
    if found.purchases.model == "pareto_nbd":
        gap, period = percent(_step_gap(found), signed=True, digits=1), found.request.period
        lines.append(f"Stepping by {period}, the simulator expects {gap} against continuous time here.")
    return "\n".join(lines)


def _step_gap(found: Customers) -> float:
    """Orders in the holdout that the simulator expects against the closed form, at the mean age."""
    from sim import MODELS, orders_in_steps

    assert found.holdout is not None
    start = max(round(found.histories.purchases.mean_age), 1)
    stop = start + max(round(found.holdout.periods), 1)
    values = found.purchases.values
    stepped = float(orders_in_steps(values, stop)[start:].sum())
    low, high = MODELS["pareto_nbd"].expected(values, [start, stop])
    return stepped / float(high - low) - 1.0


def _holdout_summary(found: Customers) -> dict[str, Any] | None:
    holdout = found.holdout
    if holdout is None:
        return None
    names = ("repeats", "customers", "predicted", "actual")
    return {
        "periods": holdout.periods,
        "predicted": holdout.predicted,
        "unconditional": holdout.unconditional,
        "actual": holdout.actual,
        "by_repeats": [dict(zip(names, row, strict=True)) for row in holdout.rows],
    }


def _fit(fit: Fit) -> dict[str, Any]:
    return {
        "model": fit.model,
        "log_likelihood": fit.log_likelihood,
        "customers": fit.customers,
        "parameters": {
            name: {"estimate": value, "standard_error": fit.errors[name]}
            for name, value in fit.parameters.items()
        },
    }


def _model_label(fit: Fit) -> str:
    from sim import MODELS

    return MODELS[fit.model].label


def _four(value: float) -> str:
    """Four significant digits, never in powers of ten for usual sizes."""
    return f"{value:,.4g}" if 1e-4 <= abs(value) < 1e4 else f"{value:.3e}"


def _list(title: str, lines: tuple[str, ...]) -> str:
    return title + "\n" + "\n".join(f"- {line}" for line in lines)
