// Interventions and trends as schedules, as in engagesim.policy: tables that the engine follows month by month.

import { BEFORE, halfEven, uniformPair } from "./random.js";

/** A month beyond the end of any society. */
export const NEVER = 2_000_000;

/** Every setting before any schedule, in the order of the engine's table; no form of engagement is open. */
export function baseSettings(society, settings) {
  return Float64Array.from(settings, ({ path, form }) => (form ? 0 : society.values[path]));
}

/**
 * Lay out the schedules of a society in the order in which they act: trends, the form, interventions.
 *
 * `quality` is the quality of each district at the start, by which the worst are found. `waits` has what begins only when something is
 * observed: each entry with `when`, district by district, and the rows of the table that it changes.
 */
export function plan(society, settings, purposes, quality) {
  const row = new Map(settings.map(({ path }, place) => [path, place]));
  const districts = society.values["population.districts"], rows = [], reach = [], waits = [];
  for (const entry of entriesOf(society, settings)) {
    const all = districtsOf(society, entry, purposes, quality, districts), until = entry.stop || NEVER;
    const lay = (start, stop, reached) => {
      for (const [isAdded, changes] of [[0, entry.set], [1, entry.add]]) {
        for (const [path, full] of Object.entries(changes ?? {})) {
          const target = targetOf(society, path, full, isAdded, entry.intensity ?? 1);
          rows.push([row.get(path), isAdded, target, start, stop, entry.ramp ?? 0]);
          reach.push(reached);
        }
      }
    };
    if (!entry.when) lay(entry.start, until, all);
    else for (const district of all.keys()) {
      if (!all[district]) continue;
      const before = rows.length;
      lay(NEVER, NEVER, Int8Array.from(all.keys(), (d) => Number(d === district)));
      if (rows.length > before) waits.push({ entry, district, rows: Array.from({ length: rows.length - before }, (_, k) => before + k) });
    }
  }
  const table = new Float64Array(6 * rows.length), reaching = new Int8Array(districts * rows.length);
  rows.forEach((values, r) => values.forEach((value, k) => { table[k * rows.length + r] = value; }));
  reach.forEach((reached, r) => reaching.set(reached, r * districts));
  return { table, reach: reaching, rows: rows.length, waits };
}

/** Each entry, with its number in the draw of districts. */
function entriesOf({ trends, form, interventions, values }, settings) {
  const profile = Object.fromEntries(settings.filter((each) => each.form).map(({ path }) => [path, values[path]]));
  return [
    ...trends.map((entry, place) => ({ ...entry, number: 1 + (place % 7) })),
    { ...form, set: profile, number: 0 },
    ...interventions.map((entry, place) => ({ ...entry, number: 8 + (place % 8) })),
  ];
}

/** The target of a schedule of some intensity: an amount is scaled, a value is approached. */
function targetOf(society, path, full, isAdded, intensity) {
  if (intensity === 1) return full;
  const before = isAdded ? 0 : society.values[path];
  return intensity * full + (1 - intensity) * before;
}

/** Mark the districts that an entry reaches; a share is drawn once, from the society's seed. */
function districtsOf(society, entry, purposes, quality, districts) {
  const where = entry.where ?? "all", every = Array.from({ length: districts }, (_, d) => d);
  const by = (values) => every.sort((one, other) => values[one] - values[other]);
  let order = every, count = districts;
  if (Array.isArray(where)) {
    order = [...new Set(where)].sort((one, other) => one - other);
    count = order.length;
  } else if (typeof where === "object") {
    order = by(quality);
    count = halfEven(where.worst * districts);
  } else if (where !== "all") {
    const purpose = purposes.TARGETING + (entry.lot ?? entry.number);
    order = by(every.map((d) => uniformPair(society.seed, BEFORE, d, purpose)[0]));
    count = halfEven(Number(where) * districts);
  }
  const chosen = new Int8Array(districts);
  for (const d of order.slice(0, count)) chosen[d] = 1;
  return chosen;
}
