// Simulates whole societies in the background, and answers with measures of each month.

import { Engine, Society } from "./engine.js";
import { eventsOf, seen } from "./events.js";
import { MEASURES } from "./measures.js";
import { MATTERS, told } from "./story.js";

let engine = null;

self.onmessage = ({ data }) => {
  if (data.module) {
    engine = new Engine(new WebAssembly.Module(data.module), { ...data.model, measures: MEASURES });
    return;
  }
  const { ticket, description, names, rows = null } = data;
  try {
    self.postMessage({ ticket, series: lived(description, names, rows) });
  } catch (error) {
    self.postMessage({ ticket, error: error.message });
  }
};

/**
 * Series of measures, and of columns of single entities (`citizen.trust@12`); `story` has the events of some rows in words,
 * or, if rows are "all", the important events of everybody.
 */
function lived(description, names, rows) {
  const society = new Society(engine, description), story = [];
  const watched = names.filter((name) => name.includes("@")).map((name) => {
    const [, entity, column, place] = /^(\w+)\.(\w+)@(\d+)$/.exec(name);
    return { name, entity, column, place: Number(place), values: [] };
  });
  for (let month = 0; month < description.months; month++) {
    const before = rows ? seen(society) : null;
    society.step();
    for (const { entity, column, place, values } of watched) values.push(society.column(entity, column)[place]);
    if (!rows) continue;
    for (const event of eventsOf(before, seen(society), society, month)) {
      if (rows === "all") {
        if (MATTERS.includes(event.kind)) story.push(event);
      } else if (rows.includes(event.row)) story.push({ month, kind: event.kind, text: told(event, engine.model.events) });
    }
  }
  const found = Object.fromEntries(names.filter((name) => !name.includes("@")).map((name) => [name, society.series(name)]));
  for (const { name, values } of watched) found[name] = Float64Array.from(values);
  return rows ? { ...found, story } : found;
}
