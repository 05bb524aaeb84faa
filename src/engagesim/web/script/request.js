// A reader's request: a society, its changes, and acts on the way; as a link, as a command and as code.

/** The description of a society with all changes and acts. */
export function describe(societies, { society, changes = {}, acts = [] }, levers, months) {
  const base = societies[society].description;
  const values = { ...base.values }, description = { ...base, values, network: { ...base.network } };
  for (const [path, value] of Object.entries(changes)) {
    if (base.people && path.startsWith("population.")) throw Error(`${path} = ${value}: must be left out, because the society comes from files`);
    if (path === "seed") description.seed = value;
    else if (path === "network.kind") description.network.kind = value;
    else if (path in values) values[path] = value;
    else throw Error(`${path}: must be a parameter of the society`);
  }
  const { "population.citizens": citizens, "population.districts": districts } = values;
  if (districts > citizens) throw Error(`population.districts = ${districts}: must be at most population.citizens (${citizens})`);
  description.interventions = [...base.interventions, ...schedulesOf(acts, levers)];
  if (months) description.months = months;
  return description;
}

/** The acts on the way, as interventions. An act is `{month, what, value}`. */
export function schedulesOf(acts, levers) {
  const entries = [], begun = new Map();
  for (const { month, what, value } of acts) {
    if (!(what in levers)) entries.push({ name: what, start: month, set: { [what]: value } });
    else if (value) {
      const { stop, ...entry } = levers[what].entry;
      begun.set(what, entries.length);
      entries.push({ ...entry, start: month });
    } else if (begun.has(what)) {
      entries[begun.get(what)] = { ...entries[begun.get(what)], stop: month };
      begun.delete(what);
    }
  }
  return entries;
}

/** The acts with one more; of two values of a setting in the same month, the later one holds. */
export function doing(acts, act, levers) {
  const same = acts.filter((each) => each.month === act.month && each.what === act.what);
  if (same.length && act.what in levers) return acts.filter((each) => !same.includes(each));
  return [...acts.filter((each) => !same.includes(each)), act];
}

/** The cost of forms and interventions in a list of acts up to a month; settings have no price. */
export function costOf(acts, levers, months, districts) {
  let sum = 0;
  for (const [what, { cost }] of Object.entries(levers)) {
    const mine = acts.filter((act) => act.what === what && act.month < months);
    mine.forEach(({ month, value }, k) => {
      const stop = Math.min(months, mine[k + 1]?.month ?? months);
      if (value) sum += cost * (stop - month) * districts;
    });
  }
  return sum;
}

/** Interventions and forms that were started on the way and not ended. */
export function underWay(acts, levers) {
  const last = new Map(acts.filter(({ what }) => what in levers).map(({ what, value }) => [what, value]));
  return [...last].filter(([, value]) => value).map(([what]) => what);
}

/** What an act does, in words. */
export function deed({ what, value }, { levers, controls }) {
  if (what === "none") return value ? "The form closes" : "The form is as planned again";
  if (what in levers) return `${levers[what].label} ${value ? "starts" : "ends"}`;
  const row = controls.flatMap(({ rows }) => rows).find(({ path }) => path === what);
  return `${row?.label ?? what} = ${value}`;
}

/** The text of a link, with the same words as in the dashboard; it has a `session` if a class plays year by year. */
export function written({ tab, society, changes, acts, month, agent, session = null }) {
  const pairs = [["tab", tab], ["scenario", society], ...Object.entries(changes)];
  if (month) pairs.push(["month", month]);
  for (const act of acts) pairs.push(["act", `${act.month}:${act.what}:${act.value}`]);
  if (agent !== null && agent !== undefined) pairs.push(["agent", agent]);
  for (const [key, value] of Object.entries(session ?? {})) if (value !== "") pairs.push([key, value]);
  return new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString().replaceAll("%3A", ":");
}

/** Read a link; an error states in one line what is wrong with it. */
export function read(text, { societies, opens, controls, levers, model, version }) {
  const request = { tab: "explore", society: opens, changes: {}, acts: [], month: 0, agent: null, session: null }, session = {};
  const ranges = new Map(controls.flatMap(({ rows }) => rows).map((row) => [row.path, row]));
  for (const { path, low, high } of model.settings) if (!ranges.has(path)) ranges.set(path, { low, high });
  const number = (place, word, low, high, step = 1) => {
    const value = Number(word);
    if (!word || !(value >= low && value <= high) || (step === 1 && !Number.isInteger(value))) {
      throw Error(`${place} = ${word}: must be a ${step === 1 ? "whole " : ""}number from ${low} to ${high}`);
    }
    return value;
  };
  for (const [key, word] of new URLSearchParams(text)) {
    if (key === "tab") request.tab = word;
    else if (key === "scenario") {
      if (!(word in societies)) throw Error(`scenario = ${word}: must be one of ${Object.keys(societies).join(", ")}`);
      request.society = word;
    } else if (key === "month") request.month = number(key, word, 0, MOST_MONTHS);
    else if (key === "agent") request.agent = number(key, word, 0, 1e6);
    else if (key === "years") session.years = number(key, word, 1, MOST_YEARS);
    else if (SESSION.includes(key)) session[key] = word;
    else if (key === "act") {
      const [, month, what, value] = /^(\d+):(.+):([^:]+)$/.exec(word) ?? [];
      if (!what || !(what in levers || ranges.has(what))) {
        throw Error(`act = ${word}: must be MONTH:SETTING:VALUE, or MONTH:INTERVENTION:1 (0 to end it)`);
      }
      const { low, high, step = 0 } = ranges.get(what) ?? { low: 0, high: 1, step: 1 };
      request.acts.push({ month: number(key, month, 0, MOST_MONTHS), what, value: number(what, value, low, high, step) });
    } else {
      const range = ranges.get(key);
      if (!range) throw Error(`${key}: must be a parameter that a link can change`);
      request.changes[key] = number(key, word, range.low, range.high, range.step ?? 0);
    }
  }
  describe(societies, request, levers); // refuses numbers that do not fit together
  if (Object.keys(session).length) request.session = checked(session, request, { societies, levers, version });
  return request;
}

const SESSION = ["group", "move", "version", "mark"];

/** What a class plays, besides the society; an error states in one line what does not fit. */
function checked(session, { society, acts, month }, { societies, levers, version }) {
  const { years, group = "", move = "policies", version: played = version, mark = societies[society].mark } = session;
  if (!years) throw Error("years: must be the number of years that a class plays");
  if (played !== version) throw Error(`version = ${played}: must be ${version}, the version of the model in this page`);
  if (mark !== societies[society].mark) throw Error(`scenario = ${society}: must be the society of that name in this page; this is a different one`);
  if (!MOVES.includes(move)) throw Error(`move = ${move}: must be one of ${MOVES.join(", ")}`);
  if (month % YEAR || month > years * YEAR) throw Error(`month = ${month}: must be the end of one of ${years} years`);
  for (const act of acts) {
    const place = `act = ${act.month}:${act.what}:${act.value}`;
    if (act.month % YEAR || act.month > month || act.month >= years * YEAR) throw Error(`${place}: must be at the start of a year that the class plays`);
    if (move === "policies" && !(act.what in levers)) throw Error(`${place}: must be a form or an intervention; the groups of this class cannot change settings`);
  }
  return { years, group: nameOf(group), move, version, mark };
}

/** A name that a group gives itself, in one short line. */
export const nameOf = (text) => text.replace(/[\p{C}\s]+/gu, " ").trim().slice(0, 40);

/** What the groups of a class may change: forms and interventions, or also settings. */
export const MOVES = ["policies", "settings"];

export const YEAR = 12, MOST_YEARS = 50;

export const MOST_MONTHS = 1200;

/** A schedule in the syntax of the command line. */
function inWords(entry) {
  const inner = (value) => {
    if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
    if (value && typeof value === "object") return `{${Object.entries(value).map(([k, v]) => `${k}: ${inner(v)}`).join(", ")}}`;
    return value === null ? "null" : String(value);
  };
  return inner(entry);
}

/** The command that repeats a society up to a month. */
export function commandFor(societies, { society, changes, acts }, levers, months) {
  const own = schedulesOf(acts, levers), replaced = ["months", ...Object.keys(changes), ...(own.length ? ["interventions"] : [])];
  const words = societies[society].said.filter((word) => !replaced.includes(word.split("=")[0]));
  const parts = ["engagesim run", ...words, ...Object.entries(changes).map(([path, value]) => `${path}=${value}`), `months=${months}`];
  if (own.length) {
    const all = [...societies[society].description.interventions, ...own].map(inWords);
    parts.push(`interventions=[${all.join(", ")}]`);
  }
  return parts.map(quoted).join(" ");
}

const quoted = (word) => (/^[\w.=+\-/ ]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The Python code that makes the same society; empty if only the command can. */
export function codeFor(societies, { society, changes, acts }, levers, months) {
  const { code, description } = societies[society];
  if (!code) return "";
  const own = schedulesOf(acts, levers), all = { ...code.changes, ...changes, months };
  if (own.length) all.interventions = [...description.interventions, ...own];
  return `${code.call}.changed(${literal(all)})`;
}

function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (value && typeof value === "object") {
    return `{${Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`).join(", ")}}`;
  }
  if (value === null) return "None";
  return typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value);
}
