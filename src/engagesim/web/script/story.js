// Events in words, as in engagesim.report.story; months and districts count from 1.

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Describe an event without its month. */
export function told(event, { words, standing, causes, ended, silent }) {
  const district = `district ${event.district + 1}`;
  const at = `service point ${event.service_point} of ${district}`;
  const posts = {
    manager: `the manager of ${district}`, politician: `the politician of ${district}`, citizen: `a user of ${at}`,
  };
  const parts = {
    who: posts[event.actor] ?? `the provider at ${at}`, users: `the users of ${at}`, district,
    before: standing[event.before] ?? "", after: standing[event.after] ?? "",
    count: event.count === 1 ? "1 citizen" : `${event.count} citizens`,
  };
  const said = words[event.kind].replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  if (!event.cause || silent.includes(event.cause)) return said;
  return `${said}, because ${event.kind === "coalition_ended" ? ended[event.cause] : causes[event.cause]}`;
}

/** A sentence about each of the latest events, newest first, except who joined, left and led organisations. */
export function latest(events, tables, most = 12) {
  const loud = events.filter(({ kind }) => !tables.quiet.includes(kind)).slice(-most).reverse();
  return loud.map((event) => `${capital(`month ${event.month + 1}`)}: ${told(event, tables)}.`);
}

/** What mattered most in one month, in a sentence; empty if nothing did. */
export function headline(events, tables) {
  return headlines(events, tables, 1)[0] ?? "";
}

/** What mattered most, with a sentence for each kind of event. */
export function headlines(events, tables, most) {
  const kinds = MATTERS.filter((name) => events.some((event) => event.kind === name));
  return kinds.slice(0, most).map((kind) => {
    const same = events.filter((event) => event.kind === kind), [one] = same;
    return same.length > 1 ? `${capital(PLURAL[kind])}: ${same.length}.` : `${capital(told(one, tables))}.`;
  });
}

/** Kinds of events, with the most important first. */
export const MATTERS = ["coalition_born", "coalition_ended", "voted_out", "politician_changed_platform", "agreement_made",
  "promise_broken", "dispute_escalated", "manager_changed_position", "demand"];

const PLURAL = {
  coalition_born: "coalitions formed", coalition_ended: "coalitions ended", voted_out: "politicians voted out",
  politician_changed_platform: "politicians changed platform", agreement_made: "agreements made",
  promise_broken: "promises broken", dispute_escalated: "service points in confrontation",
  manager_changed_position: "managers changed their way of working", demand: "demands made",
};
