// Interventions that start when something is observed in a district, as in engagesim.policy.Watch.

import { NEVER } from "./policy.js";

/** What can be observed in each district at the end of a month, by name. */
const SEEN = {
  token_answers: ({ share, response, act }) => share((o) => response[o] === act("official", "token")),
  resisting: ({ share, response, act }) => share((o) => response[o] === act("official", "resist")),
  responsive: ({ share, response, act }) => share((o) => response[o] >= act("official", "accommodate")),
  manager_holds_back: ({ response, manager, act }) => Number(response[manager] < act("official", "accommodate")),
  manager_tenure: ({ official, manager }) => official("tenure")[manager],
  broken_promises: ({ official, sum }) => sum(official("broken")),
  kept_promises: ({ official, sum }) => sum(official("kept")),
  disputes: ({ official, share }) => { const dispute = official("dispute"); return share((o) => dispute[o] > 0); },
  calls: ({ official, sum }) => sum(official("called")),
  participation: ({ society, district }) => society.column("district", "engaged")[district],
  quality: ({ society, district }) => society.column("district", "quality")[district],
  coalition: ({ society, district }) => society.column("district", "coalition")[district],
  patron: ({ stance, district, act }) => Number(stance[district] === act("politician", "patronage")),
  sponsor: ({ stance, district, act }) => Number(stance[district] === act("politician", "sponsor")),
  election_in: ({ society, district }) => society.column("politician", "election_in")[district],
};

function observed(society, name, district) {
  const { staff } = society.wiring, manager = district * staff, providers = staff - 1;
  const official = (column) => society.column("official", column);
  const sum = (values) => {
    let total = 0;
    for (let o = manager + 1; o <= manager + providers; o++) total += values[o];
    return total;
  };
  const share = (holds) => {
    let count = 0;
    for (let o = manager + 1; o <= manager + providers; o++) if (holds(o)) count++;
    return count / providers;
  };
  return SEEN[name]({
    society, district, manager, official, sum, share, response: official("response"), stance: society.column("politician", "stance"),
    act: (kind, word) => society.model.acts[kind].indexOf(word),
  });
}

/** Checks the districts at the end of each month, and writes into the plan when waiting interventions begin and end. */
export class Watch {
  /** `waits` comes from `plan`; an earlier watch passes on what it remembers of the same entries and districts. */
  constructor(waits, earlier = null) {
    this.waits = waits;
    this.memory = waits.map((_, k) => ({ met: 0, begun: 0, until: 0, ...earlier?.memory[k] }));
  }

  /** Write interventions that have begun into a new plan. */
  recall(table) {
    this.memory.forEach(({ until }, k) => { if (until > 0) this.write(table, k); });
  }

  look(society, month, table) {
    this.waits.forEach(({ entry, district }, k) => {
      const mine = this.memory[k], { at_least: low, at_most: high, months = 1 } = entry.when, stop = entry.stop || NEVER;
      const value = observed(society, entry.when.observed, district), waits = month >= entry.start && month + 1 >= mine.until;
      mine.met = waits && value >= (low ?? -Infinity) && value <= (high ?? Infinity) ? mine.met + 1 : 0;
      if (!waits || mine.met < months || month + 1 >= stop) return;
      Object.assign(mine, { met: 0, begun: month + 1, until: Math.min(stop, month + 1 + (entry.lasts || NEVER)) });
      this.write(table, k);
    });
  }

  write(table, k) {
    const count = table.length / 6, { begun, until } = this.memory[k];
    for (const row of this.waits[k].rows) {
      table[3 * count + row] = begun;
      table[4 * count + row] = until;
    }
  }
}
