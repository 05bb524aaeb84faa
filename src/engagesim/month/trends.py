"""Put a month's settings in force as schedules change them, for any number of societies and both engines."""

from engagesim.compiling import rule
from engagesim.rules.schedule import held, moved, weight


@rule
def is_moving(month, plan, lane):
    """Whether the strength of any schedule differs from that in the month before."""
    if month == 0:
        return True
    for r in range(plan.shape[1]):
        start, stop, ramp = plan[3, r, lane], plan[4, r, lane], plan[5, r, lane]
        if weight(month, start, stop, ramp) != weight(month - 1, start, stop, ramp):
            return True
    return False


@rule
def set_lane(month, lane, settings, base, plan, reach):
    """Apply each schedule of one society to its settings in turn."""
    districts, rows = settings.shape[1], plan.shape[1]
    for r in range(rows):
        k = int(plan[0, r, lane])
        for d in range(districts):
            settings[k, d, lane] = base[k, lane]
    for r in range(rows):
        k = int(plan[0, r, lane])
        strength = weight(month, plan[3, r, lane], plan[4, r, lane], plan[5, r, lane])
        for d in range(districts):
            if reach[r, d, lane]:
                settings[k, d, lane] = moved(settings[k, d, lane], plan[2, r, lane], plan[1, r, lane], strength)


@rule
def hold_lane(lane, settings, limits, plan):
    """Limit the settings of one society to their ranges."""
    for r in range(plan.shape[1]):
        k = int(plan[0, r, lane])
        for d in range(settings.shape[1]):
            settings[k, d, lane] = held(settings[k, d, lane], limits[k, 0], limits[k, 1])


@rule
def put_in_force(month, settings, base, limits, plan, reach):
    """Put the settings of a month in force wherever a schedule changes them (see ``engagesim.policy.Policy``).

    Parameters
    ----------
    month : int
    settings : array, shape (settings, districts, lanes)
        Settings in force; changed in place. Before month 0, they are those of the parameters.
    base : array, shape (settings, lanes)
    limits : array, shape (settings, 2)
    plan : array, shape (6, schedules, lanes)
    reach : array of int8, shape (schedules, districts, lanes)
    """
    for lane in range(settings.shape[2]):
        if is_moving(month, plan, lane):
            set_lane(month, lane, settings, base, plan, reach)
            hold_lane(lane, settings, limits, plan)
