"""The citizens' choice and learning in plain NumPy, one society at a time, all citizens at once."""

import time

import numpy as np

from engagesim.parameters import Parameters


def nanoseconds_per_citizen_month(citizens: int, months: int) -> float:
    """Least time of three repetitions."""
    return min(_once(citizens, months) for _ in range(3)) * 1e9 / (citizens * months)


def _once(count: int, months: int) -> float:
    s = Parameters()
    c = s.citizens
    draw = np.random.Generator(np.random.SFC64(1))
    peers = (np.arange(count)[:, None] + np.array([-4, -3, -2, -1, 1, 2, 3, 4])) % count
    education, vulnerability = draw.random(count), draw.random(count)
    connected = (education > 0.6) * 1.0
    efficacy = 0.5 * draw.random((3, count))
    trust, reliance = np.full(count, 0.35), np.full(count, 0.6)
    aspiration, strategy = 0.35 + 0.3 * education, np.zeros(count, dtype=int)
    rows, acted = np.arange(count), 0
    start = time.perf_counter()
    for _ in range(months):
        around = strategy[peers]
        engaged = ((around == 1) | (around == 2)).sum(axis=1)
        clients = (around == 3).mean(axis=1)
        missed = (1 - s.conditions.organising) * 0.8 * (1 - c.recruitment) ** engaged
        gate = np.where(draw.random(count) < 1 - missed, 1.0, c.spontaneity)
        received = 0.3 * (1 - c.disadvantage * vulnerability)
        grievance = np.maximum(0.0, aspiration - received)
        value = c.benefit_floor + c.benefit_slope * grievance
        doubt = 1 - c.trust_weight * (1 - trust)
        utilities = np.zeros((4, count))
        cost = c.time_price * 0.5 * (1 + 0.5 * vulnerability) - c.ict_saving * connected
        utilities[1] = value * 0.7 * efficacy[1] * doubt + c.solidarity * 0.7 * engaged / 8 - cost
        risk = c.confront_cost + s.incentives.repression * (1 - engaged / 8)
        utilities[2] = value * 0.6 * efficacy[2] * doubt + c.solidarity * engaged / 8 - risk
        utilities[2] += c.anger * grievance * (1 - trust)
        utilities[3] = c.favour_value * s.incentives.patronage * reliance * (c.need_floor + vulnerability)
        utilities[3] -= c.stigma * (0.5 + education) * (1 - 0.5 * clients)
        weights = np.exp(c.sensitivity * (utilities - utilities.max(axis=0)))
        weights[1:3] *= gate
        strategy = (draw.random(count) * weights.sum(axis=0) >= np.cumsum(weights, axis=0)).sum(axis=0)
        engages = (strategy == 1) | (strategy == 2)
        outcome = (draw.random(count) < np.where(strategy == 3, 0.8, 0.3)) * (strategy > 0) * 1.0
        other = peers[rows, draw.integers(0, 8, count)]
        for route in (1, 2):
            efficacy[route] += c.learning * (strategy == route) * (outcome - efficacy[route])
            efficacy[route] += c.vicarious * (strategy[other] == route) * (outcome[other] - efficacy[route])
        trust += c.trust_rate * engages * (outcome - trust)
        reliance += np.where(strategy == 3, c.learning, c.hearsay) * (outcome - reliance)
        aspiration += c.aspiration_rate * (received + c.ambition * education + 0.05 - aspiration)
        acted += int(engages.sum())
    taken = time.perf_counter() - start
    assert acted > 0
    return taken
