// The societies of a report: a context with a reader's changes, with or without a package, for each seed.

/**
 * The description of a society as `engagesim compare` simulates it for a seed.
 *
 * Seeds use the members of a context in turn: parameter sets, or societies that stand for a place, which have their own
 * seeds. A number that a reader changed is the same in all of them. `chosen` is the index of a package; null for doing nothing.
 */
export function memberOf({ contexts, people, turns }, { context, chosen, moved }, seed) {
  const { base, doing, packages, paths, members, seeds } = contexts[context];
  const place = seed - turns.first, turn = ((place % members.length) + members.length) % members.length;
  const varied = Object.fromEntries(paths.map((path, k) => [path, members[turn][k]]));
  return {
    ...base,
    people: base.people === null ? null : people[base.people],
    seed: seeds ? (seeds[turn] + Math.floor(place / members.length) * turns.apart) % turns.modulus : seed,
    values: { ...base.values, ...varied, ...moved },
    interventions: chosen === null ? doing : packages[chosen].interventions,
  };
}

/** The command that computes a reader's answer; a number that the reader changed replaces that of the report's command. */
export function commandOf({ command, contexts, outcome }, { context, moved, negligible, seeds }) {
  const own = new Map(Object.entries(moved)), { name, named } = contexts[context];
  if (negligible !== outcome.negligible) own.set(`negligible.${outcome.name}`, negligible);
  const kept = command.filter(([key]) => !own.has(key)).map(([, word]) => word);
  return ["engagesim compare", ...kept, ...(named ? [`'contexts=[${name}]'`] : []), ...Array.from(own, ([key, value]) => `${key}=${value}`),
    `seeds=${seeds}`, "unknowns=0", "output=asked_back"].join(" ");
}

/** The lowest and the highest value of a setting over the members of a context. */
export function spanIn({ base, paths, members }, path) {
  const k = paths.indexOf(path);
  if (k < 0) return [base.values[path], base.values[path]];
  const values = members.map((each) => each[k]);
  return [Math.min(...values), Math.max(...values)];
}
