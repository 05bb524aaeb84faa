// Random numbers as a pure function of seed, month, agent and purpose: Philox 2x32, as in engagesim.randomness.

const MULTIPLIER = 0xd256d193;
const WEYL = 0x9e3779b9;
const UNIT = 1 / 4294967296;
const PURPOSES = 64;
export const BEFORE = 2 ** 26 - 1;

const LOW = MULTIPLIER & 0xffff;
const HIGH = MULTIPLIER >>> 16;

/** The upper 32 bits of a product of two words; every part is below 2 ** 53, where doubles are exact. */
function upper(word) {
  const low = word & 0xffff, high = word >>> 16;
  const middle = high * LOW + ((low * LOW) >>> 16);
  const rest = low * HIGH + (middle & 0xffff);
  return high * HIGH + Math.floor(middle / 65536) + Math.floor(rest / 65536);
}

/** Two uniform numbers in (0, 1). */
export function uniformPair(seed, month, agent, purpose) {
  let first = agent >>> 0, second = (month * PURPOSES + purpose) >>> 0, key = seed >>> 0;
  for (let round = 0; round < 10; round++) {
    const above = upper(first);
    const below = Math.imul(first, MULTIPLIER) >>> 0;
    first = (above ^ key ^ second) >>> 0;
    second = below;
    key = (key + WEYL) >>> 0;
  }
  return [(first + 0.5) * UNIT, (second + 0.5) * UNIT];
}

/** Round halves to the even neighbour, like Python. */
export function halfEven(value) {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}
