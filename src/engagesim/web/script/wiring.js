// The social graph of a society, as in engagesim.society.network: who lives where, is served by whom, and is tied to whom.

import { BEFORE, halfEven, uniformPair } from "./random.js";

/**
 * Build the graph of a society from its values by path, its seed and the data in the user's files, if any.
 *
 * `purposes` and `ties` are the numbers that the model gives to draws and kinds of ties. Agents are numbered citizens
 * first, then officials (district by district, the manager first), then politicians.
 */
export function wire(society, { purposes, ties: kinds }) {
  const { values, people } = society;
  const seed = society.network.seed ?? society.seed;
  const citizens = values["population.citizens"], districts = values["population.districts"];
  const providers = values["population.providers"], staff = providers + 1, officials = districts * staff;
  const draw = (number, purpose) => uniformPair(seed, BEFORE, number, purposes[purpose]);
  const district = people?.district ?? homes(citizens, districts);
  const servicePoint = new Int32Array(citizens), broker = new Uint8Array(citizens);
  for (let i = 0; i < citizens; i++) {
    const [point, lot] = draw(i, "SERVICE_POINT");
    const drawn = district[i] * staff + 1 + Math.min(providers - 1, Math.floor(point * providers));
    servicePoint[i] = people && people.service_point[i] >= 0 ? people.service_point[i] : drawn;
    broker[i] = people && people.broker[i] >= 0 ? people.broker[i] : lot < values["network.brokers"] ? 1 : 0;
  }
  const desk = citizens, politician = citizens + officials;
  const peers = people?.peers ?? PEERS[society.network.kind](values, draw, district);
  const sought = people?.profession ?? profession(officials, staff, values["network.profession"], draw);
  const edges = [], ties = [];
  const add = (kind, one, other) => { edges.push(one, other); ties.push(kinds[kind]); };
  for (let k = 0; k < peers.length; k += 2) add("PEER", peers[k], peers[k + 1]);
  for (let i = 0; i < citizens; i++) add("SERVICE", i, desk + servicePoint[i]);
  for (let d = 0; d < districts; d++) {
    for (let one = 1; one <= providers; one++) {
      for (let other = one + 1; other <= providers; other++) {
        add("COLLEAGUE", desk + d * staff + one, desk + d * staff + other);
      }
    }
  }
  for (let k = 0; k < sought.length; k += 2) add("PROFESSION", desk + sought[k], desk + sought[k + 1]);
  for (let d = 0; d < districts; d++) {
    for (let p = 1; p <= providers; p++) add("HIERARCHY", desk + d * staff, desk + d * staff + p);
  }
  for (let d = 0; d < districts; d++) add("HIERARCHY", desk + d * staff, politician + d);
  for (let i = 0; i < citizens; i++) if (broker[i]) add("BROKER", i, politician + district[i]);
  const agents = citizens + officials + districts;
  const near = new Set([kinds.PEER, kinds.COLLEAGUE, kinds.PROFESSION]);
  return {
    seed, citizens, officials, districts, providers, staff, agents, district, servicePoint, broker,
    edges: Int32Array.from(edges), ties: Uint8Array.from(ties), ...adjacency(edges, ties, near, agents),
    homes: homesOfAll(district, officials, staff, districts),
  };
}

/** Equal parts, if no file states who lives where. */
function homes(citizens, districts) {
  return Int32Array.from({ length: citizens }, (_, i) => Math.floor((i * districts) / citizens));
}

function homesOfAll(district, officials, staff, districts) {
  const found = new Int32Array(district.length + officials + districts);
  found.set(district);
  for (let o = 0; o < officials; o++) found[district.length + o] = Math.floor(o / staff);
  for (let d = 0; d < districts; d++) found[district.length + officials + d] = d;
  return found;
}

/** Sort the neighbours of each agent, with those of its own kind first. */
function adjacency(edges, ties, near, agents) {
  const keys = new Float64Array(edges.length);
  for (let k = 0; k < ties.length; k++) {
    const [one, other, far] = [edges[2 * k], edges[2 * k + 1], near.has(ties[k]) ? 0 : 1];
    keys[2 * k] = (one * 2 + far) * agents + other;
    keys[2 * k + 1] = (other * 2 + far) * agents + one;
  }
  keys.sort();
  const first = new Int32Array(agents + 1), kin = new Int32Array(agents), neighbours = new Int32Array(keys.length);
  let k = 0;
  for (let i = 0; i < agents; i++) {
    first[i] = k;
    while (k < keys.length && keys[k] < (i * 2 + 1) * agents) k++;
    kin[i] = k;
    while (k < keys.length && keys[k] < (i * 2 + 2) * agents) k++;
  }
  first[agents] = keys.length;
  for (let k = 0; k < keys.length; k++) neighbours[k] = keys[k] % agents;
  return { first, kin, neighbours };
}

/** Ties that each official seeks at random among the officials of other districts, without duplicates. */
function profession(officials, staff, wanted, draw) {
  const elsewhere = officials - staff, pairs = [];
  if (elsewhere <= 0) return new Int32Array(0);
  for (let k = 0; k < officials * wanted; k++) {
    const seeker = Math.floor(k / Math.max(1, wanted));
    const step = staff - (seeker % staff) + Math.floor(draw(k, "PROFESSION")[0] * elsewhere);
    pairs.push(seeker, (seeker + step) % officials);
  }
  return distinct(pairs);
}

/** Drop loops and duplicates; sort the ties, with the smaller number first in each. */
function distinct(pairs) {
  let base = 1;
  for (const one of pairs) if (one >= base) base = one + 1;
  const keys = [];
  for (let k = 0; k < pairs.length; k += 2) {
    const low = Math.min(pairs[k], pairs[k + 1]), high = Math.max(pairs[k], pairs[k + 1]);
    if (low !== high) keys.push(low * base + high);
  }
  return apart(Float64Array.from(keys).sort(), base, true);
}

function apart(keys, base, once = false) {
  const found = [];
  for (let k = 0; k < keys.length; k++) {
    if (!once || !k || keys[k] !== keys[k - 1]) found.push(Math.floor(keys[k] / base), keys[k] % base);
  }
  return Int32Array.from(found);
}

/** Rows in the order of some values; rows with equal values stay in order, because sorting is stable. */
function ordered(values) {
  return Int32Array.from(Array.from(values.keys()).sort((one, other) => values[one] - values[other]));
}

/** Ring lattice with a share of its ties rewired at random; neighbours share districts. */
function wattsStrogatz(values, draw, district) {
  const count = district.length, half = Math.floor(values["network.degree"] / 2), order = ordered(district), pairs = [];
  for (let tie = 0; tie < count * half; tie++) {
    const [lot, place] = draw(tie, "WIRING");
    const source = Math.floor(tie / half);
    const near = (source + 1 + (tie % half)) % count;
    const target = lot < values["network.rewiring"] ? Math.floor(place * count) : near;
    pairs.push(order[source], order[target]);
  }
  return distinct(pairs);
}

/** Preferential attachment: each newcomer forms ties to the ends of ties drawn at random. */
function barabasiAlbert(values, draw, district) {
  const count = district.length, half = Math.floor(values["network.degree"] / 2), ends = new Float64Array(count * half);
  for (let tie = 0; tie < ends.length; tie++) {
    const [lot] = draw(tie, "WIRING");
    // End 2t is the newcomer of tie t, end 2t + 1 its target. The first person's ties go to the next ones.
    let end = tie < half ? 2 * half * (tie + 1) : Math.floor(lot * 2 * tie);
    while (end % 2) end = ends[Math.floor(end / 2)];
    ends[tie] = end;
  }
  const places = Float64Array.from({ length: count }, (_, i) => draw(i, "WIRING_MORE")[0]);
  const newcomer = ordered(places), pairs = [];
  for (let tie = 0; tie < ends.length; tie++) {
    pairs.push(newcomer[Math.floor(tie / half)], newcomer[Math.floor(Math.floor(ends[tie] / 2) / half)]);
  }
  return distinct(pairs);
}

/** Draw distinct pairs until there are enough; a tiny society may not have so many. */
function randomPairs(values, draw, district, homophily) {
  const count = district.length, order = ordered(district), districts = values["population.districts"];
  const start = new Int32Array(districts + 1).fill(count);
  for (let k = count - 1; k >= 0; k--) start[district[order[k]]] = k;
  for (let d = districts - 1; d >= 0; d--) start[d] = Math.min(start[d], start[d + 1]);
  const wanted = halfEven((count * values["network.degree"]) / 2), keys = new Set();
  let drawn = 0;
  while (keys.size < wanted && drawn < 20 * wanted) {
    const more = wanted - keys.size + 16;
    for (let tie = drawn; tie < drawn + more && keys.size < wanted; tie++) {
      const [one, other] = draw(tie, "WIRING"), [lot] = draw(tie, "WIRING_MORE");
      const source = order[Math.floor(one * count)], home = district[source];
      const near = order[start[home] + Math.floor(other * (start[home + 1] - start[home]))];
      const target = lot < homophily ? near : Math.floor(other * count);
      if (source !== target) keys.add(Math.min(source, target) * count + Math.max(source, target));
    }
    drawn += more;
  }
  return apart(Float64Array.from(keys).sort(), count);
}

const PEERS = {
  watts_strogatz: wattsStrogatz,
  barabasi_albert: barabasiAlbert,
  erdos_renyi: (values, draw, district) => randomPairs(values, draw, district, 0),
  stochastic_block: (values, draw, district) => randomPairs(values, draw, district, values["network.homophily"]),
};
