"""What the month brings for everyone: settings by schedule and district, and whom one meets."""

from engagesim.ensemble.places import CONTACT, DN, S
from engagesim.randomness import uniform_pair
from engagesim.rules.schedule import held, moved, weight


def _is_moving(month, plan, lane):
    """Whether any schedule has another strength than the month before."""
    if month == 0:
        return True
    for r in range(plan.shape[1]):
        start, stop, ramp = plan[3, r, lane], plan[4, r, lane], plan[5, r, lane]
        if weight(month, start, stop, ramp) != weight(month - 1, start, stop, ramp):
            return True
    return False


def move_trends(month, settings, base, limits, plan, reach, districts):
    """Put the month's settings in force and supply the services.

    Parameters
    ----------
    settings : array, shape (settings, districts, lanes)
        In force; written.
    base : array, shape (settings, lanes)
        Before any schedule.
    limits : array, shape (settings, 2)
    plan : array, shape (6, schedules, lanes)
        Setting, whether added, target, start, stop and ramp of each schedule.
    reach : array of int8, shape (schedules, districts, lanes)
    districts : array, shape (columns, districts, lanes)
    """
    _, count, lanes = settings.shape
    rows = plan.shape[1]
    for lane in range(lanes):
        if not _is_moving(month, plan, lane):
            continue
        for r in range(rows):
            k = int(plan[0, r, lane])
            for d in range(count):
                settings[k, d, lane] = base[k, lane]
        for r in range(rows):
            k = int(plan[0, r, lane])
            strength = weight(month, plan[3, r, lane], plan[4, r, lane], plan[5, r, lane])
            for d in range(count):
                if reach[r, d, lane]:
                    settings[k, d, lane] = moved(settings[k, d, lane], plan[2, r, lane], plan[1, r, lane], strength)
        for r in range(rows):
            k = int(plan[0, r, lane])
            for d in range(count):
                settings[k, d, lane] = held(settings[k, d, lane], limits[k, 0], limits[k, 1])
    for d in range(count):
        for lane in range(lanes):
            districts[DN.resources, d, lane] = settings[S.conditions_resources, d, lane]


def meet_contacts(month, graph, numbers, first, kin, neighbours, met):
    """Write whom each agent learns from this month; -1 for those without kin (see ``Wiring.contacts``)."""
    for a in range(kin.shape[0]):
        count = kin[a] - first[a]
        lot, _ = uniform_pair(graph, month, numbers[a], CONTACT)
        met[a] = neighbours[first[a] + int(lot * count)] if count > 0 else -1
