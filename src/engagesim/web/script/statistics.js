// Means of paired differences, and their Student's intervals.

/** The mean of some numbers, and the ends of its 95 % interval. */
export function interval(values) {
  const count = values.length, mean = values.reduce((one, other) => one + other, 0) / count;
  if (count < 2) return { mean, low: NaN, high: NaN };
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) / count);
  const half = spread * quantile(count - 1);
  return { mean, low: mean - half, high: mean + half };
}

/** The 97.5 percent point of Student's distribution: exact for 1 and 2 degrees of freedom, otherwise by bisection. */
export function quantile(freedom) {
  let low = 0, high = 13;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}

/** The chance that Student's t is between -t and t (Abramowitz & Stegun 26.7.3 and 26.7.4). */
function within(t, freedom) {
  const angle = Math.atan(t / Math.sqrt(freedom)), cos = Math.cos(angle), odd = freedom % 2 === 1;
  let term = odd ? cos : 1, sum = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= cos * cos * ((k - 1) / k);
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** The mean of a series over its last year. */
export const lastYear = (series) => {
  const from = Math.max(0, series.length - 12);
  let sum = 0;
  for (let month = from; month < series.length; month++) sum += series[month];
  return sum / (series.length - from);
};
