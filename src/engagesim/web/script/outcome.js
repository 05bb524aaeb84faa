// The outcome of a comparison in one society, as in engagesim.analysis.outcomes.

import { OUTCOME_OF } from "./outcomes.js";
import { lastYear } from "./statistics.js";

/** The value of an outcome in a society, from the series of its measures. */
export function valueOf({ name, measures, at_end: atEnd }, series) {
  const path = series[measures[0]].map((_, month) => OUTCOME_OF[name](...measures.map((each) => series[each][month])));
  return atEnd ? path[path.length - 1] : lastYear(path);
}
