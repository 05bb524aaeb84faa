// Lives whole societies in the background, and answers with a measure of each month.

import { Engine, Society } from "./engine.js";
import { MEASURES } from "./measures.js";

let engine = null;

self.onmessage = ({ data }) => {
  if (data.module) {
    engine = new Engine(new WebAssembly.Module(data.module), { ...data.model, measures: MEASURES });
    return;
  }
  const { ticket, description, names } = data;
  try {
    const society = new Society(engine, description);
    for (let month = 0; month < description.months; month++) society.step();
    self.postMessage({ ticket, series: Object.fromEntries(names.map((name) => [name, society.series(name)])) });
  } catch (error) {
    self.postMessage({ ticket, error: error.message });
  }
};
