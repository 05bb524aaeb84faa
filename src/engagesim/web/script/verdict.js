// The interval, the verdict and the words for a difference, as in engagesim.analysis.differences and the report.

import { interval } from "./statistics.js";

/** The mean of paired differences with Student's interval, cut off at impossible differences, and the verdict on it. */
export function judged(differences, outcome, rule) {
  const { mean, low, high } = differences.every((each) => each === differences[0])
    ? { mean: differences[0], low: differences[0], high: differences[0] } : interval(differences);
  const ends = [Math.max(low, -outcome.reach), Math.min(high, outcome.reach)], varying = differences.filter((each) => each !== 0).length;
  return { mean, low: ends[0], high: ends[1], seeds: differences.length, verdict: verdictOn(ends, outcome, differences.length, varying, rule) };
}

/** The verdict on an interval; `rule` has the words and the minimum numbers of seeds. */
export function verdictOn([low, high], { negligible, better }, seeds, varying, { words, least_for_nothing: enough, least_differing: least }) {
  if (-negligible <= low && high <= negligible && negligible > 0) return seeds >= enough ? words.negligible : words.unclear;
  if ((low <= negligible && high >= -negligible) || varying < least) return words.unclear;
  const isMore = low > negligible;
  if (!better) return isMore ? words.higher : words.lower;
  return isMore === better > 0 ? words.better : words.worse;
}

/** A difference with its sign, in the unit that readers see. */
export function changed(value, { scale, digits }) {
  const size = Math.abs(scale * value);
  if (size === 0) return "0";
  if (size < 0.5 * 10 ** -digits) return "≈ 0";
  return `${value < 0 ? "−" : "+"}${size.toFixed(digits)}`;
}

/** An end of an interval, with more digits if it would otherwise read as the negligible amount. */
function ended(value, outcome) {
  const said = changed(value, outcome), size = Math.abs(outcome.scale * value), edge = outcome.scale * outcome.negligible;
  if (said.startsWith("≈") || said.slice(1) !== changed(outcome.negligible, outcome).slice(1)) return said;
  for (let digits = outcome.digits; digits <= 8; digits++) if (size.toFixed(digits) !== edge.toFixed(digits)) return `${said[0]}${size.toFixed(digits)}`;
  return said;
}

/** An interval of differences; one without width reads "in all runs". */
export function spanned(low, high, outcome) {
  return low === high ? `${ended(low, outcome)} in all runs` : `${ended(low, outcome)} to ${ended(high, outcome)}`;
}
