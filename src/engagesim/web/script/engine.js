// A society in the compiled engine: its arrays in the memory of WebAssembly, and its simulated months.

import { baseSettings, plan } from "./policy.js";
import { Watch } from "./watch.js";
import { wire } from "./wiring.js";

const WORD = 8, WORDS = 8, PAGE = 65536;
const ARRAYS = { float64: Float64Array, int64: BigInt64Array, int32: Int32Array, int8: Int8Array };
const OFFICE = 2 ** 31, SEAT = 3 * 2 ** 30;

/** The compiled module with its own memory, in which arrays are placed one after another. */
export class Engine {
  constructor(module, model) {
    this.model = model;
    this.exports = new WebAssembly.Instance(module, {}).exports;
    this.row = new Map(model.table.map(([name], row) => [name, row]));
    this.begin = align(this.exports.__heap_base.value);
    this.clear();
  }

  /** Forget all arrays. */
  clear() {
    this.next = this.begin;
    this.places = new Map();
    this.base = this.room(this.model.table.length * WORDS * WORD);
    this.answer = this.room(64);
  }

  /** Let the module work on the arrays of the table. */
  ask(entry) {
    if (this.exports[entry](this.answer, this.answer + 8, this.base)) throw Error(`the engine stopped in ${entry}`);
  }

  room(bytes) {
    const place = this.next;
    this.next = align(place + bytes);
    const memory = this.exports.memory, lacking = this.next + PAGE - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / PAGE));
    new Uint8Array(memory.buffer, place, bytes).fill(0);
    return place;
  }

  /** Make room for an array of zeros that the engine knows by name. */
  make(name, ...shape) {
    const [, kind] = this.model.table[this.row.get(name)];
    const length = shape.reduce((one, other) => one * other, 1);
    const offset = this.room(length * ARRAYS[kind].BYTES_PER_ELEMENT);
    this.places.set(name, { kind, offset, length });
    this.tell(name, offset, ...shape);
    return this.view(name);
  }

  /** Make an array, and fill it. */
  put(name, values, ...shape) {
    const found = this.make(name, ...(shape.length ? shape : [values.length]));
    if (found instanceof BigInt64Array) {
      for (let k = 0; k < values.length; k++) found[k] = BigInt(values[k]);
    } else found.set(values);
  }

  /** Write numbers into the table. */
  tell(name, ...numbers) {
    const table = new BigInt64Array(this.exports.memory.buffer, this.base + this.row.get(name) * WORDS * WORD, WORDS);
    numbers.forEach((number, k) => { table[k] = BigInt(number); });
  }

  /** The array of a name; valid until the next array is made. */
  view(name) {
    const { kind, offset, length } = this.places.get(name);
    return new ARRAYS[kind](this.exports.memory.buffer, offset, length);
  }
}

/** A description with the arrays of the user's files unpacked; without files it stays as it is. */
export function unpacked(description) {
  const { people } = description;
  if (!people || people.district instanceof Int32Array) return description;
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const rows = (name) => (people[name] === null ? null : new Int32Array(bytes(people[name])));
  const given = Object.entries(people.given).map(([kind, text]) => [kind, new Float64Array(bytes(text))]);
  const names = ["district", "service_point", "broker", "peers", "profession"];
  return {
    ...description,
    people: { ...people, given: Object.fromEntries(given), ...Object.fromEntries(names.map((name) => [name, rows(name)])) },
  };
}

const align = (place) => Math.ceil(place / 64) * 64;

/**
 * A society simulated month by month, with the same results, bit for bit, as `engagesim.engines.compiled`.
 *
 * `description` is what `engagesim.web.description` writes; `month` counts the months simulated.
 */
export class Society {
  constructor(engine, told) {
    const description = unpacked(told), { model } = engine, { values, seed } = description;
    engine.clear();
    Object.assign(this, { engine, model, description, month: 0, tallies: [] });
    const wiring = wire(description, model);
    const { citizens, officials, districts, agents, staff } = wiring;
    this.wiring = wiring;
    this.sizes = { citizens, officials, districts, providers: officials - districts, agents };
    const entities = { citizen: citizens, official: officials, politician: districts, district: districts, society: 1 };
    const numbers = new Float64Array(agents), peers = new Int32Array(citizens), served = new Int32Array(officials);
    const residents = new Int32Array(districts), manages = new Uint8Array(officials);
    for (let i = 0; i < agents; i++) {
      numbers[i] = i < citizens ? i : i < citizens + officials ? OFFICE + i - citizens : SEAT + i - citizens - officials;
    }
    for (let i = 0; i < citizens; i++) {
      peers[i] = wiring.kin[i] - wiring.first[i];
      served[wiring.servicePoint[i]]++;
      residents[wiring.district[i]]++;
    }
    for (let d = 0; d < districts; d++) {
      manages[d * staff] = 1;
      served[d * staff] = residents[d];
    }
    engine.put("seeds", [seed]);
    engine.tell("graph", wiring.seed);
    engine.put("numbers", numbers);
    engine.put("wires.0", wiring.first);
    engine.put("wires.1", wiring.kin);
    engine.put("wires.2", wiring.neighbours);
    engine.put("home", wiring.homes);
    engine.put("post", wiring.servicePoint);
    engine.put("peers", peers);
    engine.put("served", served);
    engine.put("residents", residents);
    engine.put("number", Array.from({ length: districts }, (_, d) => d));
    engine.put("broker", wiring.broker);
    engine.put("manages", manages);
    engine.put("fixed", model.fixed.map((path) => Number(values[path])), model.fixed.length, 1);
    for (const [entity, kinds] of Object.entries(model.columns)) {
      for (const kind of ["numbers", "counts"]) {
        engine.make(`${entity}_${kind}`, kinds[kind].length, entities[entity], 1);
      }
    }
    for (const [kind, rows] of Object.entries(model.copied)) engine.make(`${kind}_before`, rows, entities[kind], 1);
    engine.make("district_sums", model.monthly.district, districts, 1);
    engine.make("society_sums", model.monthly.society, 1, 1);
    engine.make("block", model.settings.length, 1);
    engine.make("met", agents);
    engine.make("tallies", 1, model.tallies.length, 1);
    engine.make("terms", 1, model.terms, agents, 1);
    for (const [kind, names] of Object.entries(model.given)) {
      const blank = () => new Float64Array(names.length * entities[kind]).fill(NaN);
      engine.put(`given_${kind}`, description.people?.given?.[kind] ?? blank(), names.length, entities[kind]);
    }
    const base = baseSettings(description, model.settings), settings = new Float64Array(base.length * districts);
    base.forEach((value, row) => settings.fill(value, row * districts, (row + 1) * districts));
    engine.put("settings", settings, base.length, districts, 1);
    engine.put("policy.base", base, base.length, 1);
    engine.put("policy.limits", model.settings.flatMap(({ low, high }) => [low, high]), base.length, 2);
    engine.ask("settle");
    for (const attribute of ["education", "vulnerability"]) this.rank(attribute);
    for (const [entity, name, start] of model.starts) this.column(entity, name).fill(start);
    this.quality = this.column("district", "quality").slice();
    this.follow(description.interventions);
  }

  /** Follow other interventions from this month on; those that have begun must stay unchanged. */
  follow(interventions) {
    this.description = { ...this.description, interventions };
    const found = plan(this.description, this.model.settings, this.model.purposes, this.quality);
    this.watch = new Watch(found.waits, this.watch);
    this.watch.recall(found.table);
    this.engine.put("policy.plan", found.table, 6, found.rows, 1);
    this.engine.put("policy.reach", found.reach, found.rows, this.sizes.districts, 1);
  }

  /** One column of the state, with one value per entity; valid until something is put into the engine. */
  column(entity, name) {
    const { numbers, counts } = this.model.columns[entity], size = this.sizeOf(entity);
    const kind = numbers.includes(name) ? "numbers" : "counts";
    const row = this.model.columns[entity][kind].indexOf(name);
    if (row < 0) throw Error(`${entity} has no column ${name}; it has ${[...numbers, ...counts].join(", ")}`);
    return this.engine.view(`${entity}_${kind}`).subarray(row * size, (row + 1) * size);
  }

  sizeOf(entity) {
    const { citizens, officials, districts } = this.sizes;
    return { citizen: citizens, official: officials, politician: districts, district: districts, society: 1 }[entity];
  }

  /** Sort citizens into thirds; the number decides ties. */
  rank(attribute) {
    const values = this.column("citizen", attribute), thirds = this.column("citizen", `${attribute}_tercile`);
    const order = Array.from(values.keys()).sort((one, other) => values[one] - values[other]);
    order.forEach((citizen, place) => { thirds[citizen] = Math.floor((place * 3) / values.length); });
  }

  /** Simulate one month. */
  step() {
    this.engine.tell("begin", this.month);
    this.engine.tell("stop", this.month + 1);
    this.engine.ask("live");
    this.tallies.push(this.engine.view("tallies").slice());
    if (this.watch.waits.length) this.watch.look(this, this.month, this.engine.view("policy.plan"));
    this.month++;
  }

  /** A measure of a simulated month, counted from 0. */
  measure(name, month = this.month - 1) {
    return this.model.measures[name].of(this.tallies[month], this.sizes);
  }

  /** A measure of every simulated month. */
  series(name) {
    const { of } = this.model.measures[name];
    return Float64Array.from(this.tallies, (tallies) => of(tallies, this.sizes));
  }

  /** The terms of an agent's options as it would weigh them now: `{option: {term: value}}`. */
  reasons(row) {
    this.engine.tell("begin", this.month);
    this.engine.ask("weigh");
    const { citizens, officials, agents } = this.sizes, terms = this.engine.view("terms");
    const kinds = ["citizen", "official", "politician"];
    const kind = row < citizens ? 0 : row < citizens + officials ? 1 : 2, place = row - [0, citizens, citizens + officials][kind];
    let k = 0;
    for (const other of kinds.slice(0, kind)) for (const names of Object.values(this.model.reasons[other])) k += names.length;
    const found = {};
    for (const [option, names] of Object.entries(this.model.reasons[kinds[kind]])) {
      found[option] = Object.fromEntries(names.map((name) => [name, terms[k++ * agents + place]]));
    }
    return found;
  }
}
