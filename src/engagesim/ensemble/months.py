"""The month, in order, for many societies at once."""

from engagesim.ensemble import citizens as c
from engagesim.ensemble import coalitions as k
from engagesim.ensemble import hiring as h
from engagesim.ensemble import observing as t
from engagesim.ensemble import officials as o
from engagesim.ensemble import politicians as p
from engagesim.ensemble import services as s
from engagesim.ensemble import trends as e
from engagesim.ensemble.places import CC, CN, OC, ON, PC, PN


def live(begin, stop, seeds, terms, counted, wiring, plans, state, room, tallies):
    """Live the months from ``begin`` up to, but without, ``stop``.

    Parameters
    ----------
    seeds, terms : array of int, shape (lanes,)
        Seed and months between elections of each society.
    counted : array, shape (2, lanes)
        Minimum share and persistence of a coalition that counts.
    wiring : tuple of arrays
        Seed of the wiring, homes, service points, first, kin, neighbours and numbers (see ``Wiring``), citizens
        served by each official, residents of each district.
    plans : tuple of arrays
        Settings before any schedule, limits, plan and reach of the schedules (see ``move_trends``), and the numbers
        that people start from.
    state : tuple of arrays
        The blocks of ``State``: numbers and counts of citizens, officials, politicians, districts; counts of society.
    room : tuple of arrays
        Scratch: settings in force, activity, active share, practice, support, coalition counts and words.
    tallies : array, shape (months, tallies, lanes)
        Written, from 0 for ``begin``.
    """
    graph, home, point, first, kin, neighbours, numbers, served, residents = wiring
    base, limits, plan, reach, starts = plans
    citizens, acts, officials, posts, politicians, stances, districts, manager, society = state
    settings, activity, active_share, known, support, broad_count, members, reached, queue, is_queued, met, fixed = room
    people, offices = acts.shape[1], posts.shape[1]
    seats = people + offices
    staff = offices // residents.shape[0]
    t.tally_fixed(citizens, acts, fixed)
    for month in range(begin, stop):
        e.move_trends(month, settings, base, limits, plan, reach, districts)

        p.govern(month, seeds, settings, politicians, stances, districts)
        h.fill_posts(month, seeds, staff, settings, starts, officials, posts, stances)

        c.choose(month, seeds, home, first, kin, settings, citizens, acts, stances, districts)

        o.count_cases(staff, home, point, acts, posts)
        o.respond(month, seeds, staff, served, settings, officials, posts, stances, districts, manager)

        c.meet(month, seeds, staff, home, point, settings, citizens, acts, officials, posts, stances)

        s.serve(staff, served, settings, officials, posts, stances, districts)

        e.meet_contacts(month, graph, numbers, first, kin, neighbours, met)
        c.learn(home, met, settings, citizens, acts, stances, districts, support)
        o.officials_learn(
            month, seeds, people, staff, served, met, settings, officials, posts, stances, districts, known
        )
        s.services_learn(settings, districts)
        p.politicians_learn(settings, politicians, stances, support, residents)

        k.see_activity(home, settings, acts, posts, stances, activity)
        k.see_neighbours(first, kin, neighbours, acts, activity, active_share)
        k.join(0, home, settings, citizens[CN.threshold], activity, active_share, acts[CC.member], members)
        k.join(people, home, settings, officials[ON.threshold], activity, active_share, posts[OC.member], members)
        k.join(seats, home, settings, politicians[PN.threshold], activity, active_share, stances[PC.member], members)
        k.find_broad(people, offices, first, neighbours, members, reached, queue, is_queued)
        k.count_coalitions(month, staff, home, residents, settings, counted, districts, society, members, broad_count)

        p.vote(month, seeds, terms, settings, politicians, stances, districts)

        tally = tallies[month - begin]
        tally[:] = 0.0
        t.tally_citizens(month, home, settings, citizens, acts, districts, fixed, tally)
        t.tally_offices(staff, settings, officials, posts, politicians, stances, tally)
        t.tally_districts(settings, districts, society, members, active_share, broad_count, tally)
