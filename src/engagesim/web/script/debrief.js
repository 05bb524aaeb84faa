// The debrief of a class session: the histories of all groups, simulated again and side by side.

import { amount, bare, policyOf, yearsOf } from "./classroom.js";
import { Panel } from "./curves.js";
import { download, fill, h, named, percent, said, termed } from "./dom.js";
import { costOf, describe, read, written, YEAR } from "./request.js";
import { lastYear } from "./statistics.js";
import { headlines } from "./story.js";

const DRAWN = ["quality", "trust", "engaged", "coalition_districts"], TOLD = [...DRAWN, "agreements"];
const HUES = [["#0072B2", "#56B4E9"], ["#D55E00", "#E69F00"], ["#007a5a", "#2bc49a"], ["#9c3f84", "#d98cc5"]];
const DASHES = [undefined, "6 3", "2 2", "9 3 2 3"];
const UNTOUCHED = "untouched", MOST_SENTENCES = 2, MOST_GROUPS = 40;
const NO_CLASS = "must be a file of a class session, or a link to one";

/** Why a history does not belong to a class, in one line; empty if it does. */
export function misfit(request, first, { societies, levers }) {
  const { session } = request;
  if (!session) return NO_CLASS;
  if (!request.month) return "must have simulated a year";
  if (request.society !== first.society) return `is of the society ${societies[request.society].title}; this class plays ${societies[first.society].title}`;
  const [one, other] = [first, request].map((each) => describe(societies, { ...each, acts: [] }, levers));
  if (other.seed !== one.seed) return `seed = ${other.seed}: must be ${one.seed}, as in this class`;
  if (other.network.kind !== one.network.kind) return `network.kind = ${other.network.kind}: must be ${one.network.kind}, as in this class`;
  for (const [path, value] of Object.entries(other.values)) {
    if (value !== one.values[path]) return `${path} = ${value}: must be ${one.values[path]}, as in this class`;
  }
  for (const key of ["years", "move"]) {
    if (session[key] !== first.session[key]) return `${key} = ${session[key]}: must be ${first.session[key]}, as in this class`;
  }
  return "";
}

/** Add histories, each as `[source, text]`, to the existing ones; returns all, sorted, and a line for each one refused. */
export function gathered(groups, found, lab, first = null) {
  const all = [...groups], refused = [];
  for (const [place, text] of found) {
    try {
      if (!text.includes("years=")) throw Error(NO_CLASS);
      const request = read(bare(text), lab), line = misfit(request, first ?? all[0]?.request ?? request, lab);
      const key = written({ ...request, tab: "class", agent: null });
      if (line) throw Error(line);
      if (all.length >= MOST_GROUPS) throw Error(`must be one of at most ${MOST_GROUPS} groups`);
      if (!all.some((each) => each.key === key)) all.push({ key, request });
    } catch (error) {
      refused.push(`${place}: ${error.message}`);
    }
  }
  all.sort((one, other) => (one.key < other.key ? -1 : 1));
  all.sort((one, other) => one.request.session.group.localeCompare(other.request.session.group, "en"));
  const names = new Map();
  const labelled = all.map((each) => {
    const name = each.request.session.group || "no name", count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return { ...each, name: count > 1 ? `${name} (${count})` : name };
  });
  return { groups: labelled, refused };
}

/** The lines of a text that are not empty. */
export const linesOf = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);

export class Debrief {
  /** `started` returns the session that is open in this page, if there is one. */
  constructor(lab, started) {
    Object.assign(this, { lab, started, groups: [], lived: new Map(), turn: 0 });
    this.refused = h("div", { class: "complaint", role: "alert" });
    this.list = h("p", { role: "status" });
    this.result = h("div", { class: "results" });
    const ids = ["files", "links"].map(named), links = h("textarea", { id: ids[1], rows: "3", spellcheck: "false" });
    this.element = h("div", { class: "debrief" },
      h("h2", {}, "Debrief: all histories side by side"),
      h("div", { class: "gather" },
        h("p", {}, h("label", { for: ids[0] }, "Files that groups have handed in (several at once) "),
          h("input", { id: ids[0], type: "file", multiple: true, accept: ".txt", onchange: (event) => this.files([...event.target.files]) })),
        h("p", {}, h("label", { for: ids[1] }, "or links, one per line"), links,
          h("button", { onclick: () => {
            this.add(linesOf(links.value).map((line, k) => [`line ${k + 1}`, line]));
            links.value = "";
          } }, "Add the links"))),
      h("p", {}, h("button", { onclick: () => download("debrief.txt", this.groups.map(({ key }) => `#${key}\n`).join(""), "text/plain") }, "Save all in one file"), " ",
        h("button", { onclick: () => {
          this.groups = [];
          this.add([]);
        } }, "Empty the list")),
      this.refused, this.list, this.result);
    this.add([]);
  }

  async files(files) {
    const found = [];
    for (const file of files) {
      const lines = linesOf(await file.text());
      if (!lines.length) found.push([file.name, ""]);
      lines.forEach((line, k) => found.push([lines.length > 1 ? `${file.name}, line ${k + 1}` : file.name, line]));
    }
    await this.add(found);
  }

  /** Add histories, and show all. */
  async add(found) {
    const { lab } = this, first = this.groups.length ? null : this.started();
    const { groups, refused } = gathered(this.groups, found, lab, first);
    this.groups = groups;
    fill(this.refused, refused.map((line) => h("p", {}, line)));
    const turn = ++this.turn;
    if (!groups.length) {
      this.list.textContent = first ? "No history yet. Add histories of the class in this page." : "No history yet. The first one determines which class is shown.";
      fill(this.result);
      return;
    }
    const { request } = groups[0], { societies, levers } = lab;
    this.list.textContent = "Simulating all histories …";
    const months = request.session.years * YEAR;
    const wanted = [[UNTOUCHED, { ...request, acts: [], month: months }], ...groups.map((group) => [group.key, group.request])];
    try {
      await Promise.all(wanted.map(async ([key, each]) => {
        const known = `${key} ${months}`;
        if (!this.lived.has(known)) this.lived.set(known, await lab.pool().live(describe(societies, each, levers, each.month), TOLD, "all"));
      }));
    } catch (error) {
      this.list.textContent = error.message;
      return;
    }
    if (turn === this.turn) this.show(months);
  }

  show(months) {
    const { lab, groups } = this, { words, levers } = lab, { request } = groups[0], { session, society } = request;
    const of = (key) => this.lived.get(`${key} ${months}`), { description, title } = lab.societies[society];
    const districts = describe(lab.societies, request, levers).values["population.districts"];
    const rows = [{ key: UNTOUCHED, name: UNTOUCHED, request: { ...request, acts: [], month: months } }, ...groups];
    this.list.textContent = `${title}, seed ${request.changes.seed ?? description.seed}, ${session.years} years: ${groups.length === 1 ? "one history" : `${groups.length} histories`}, and the society without any of their policies.`;
    const lines = rows.map(({ key, name }, k) => ({ name: key, label: name, help: "", ...look(k) }));
    const ticks = Array.from({ length: session.years - 1 }, (_, k) => (k + 1) * YEAR);
    const panels = DRAWN.map((measure) => {
      const high = Math.max(0.2, ...rows.map(({ key }) => Math.ceil(5 * Math.max(...of(key)[measure])) / 5));
      const panel = new Panel({ title: words.measures[measure].label, unit: words.measures[measure].unit, lines, high, ends: true });
      panel.draw({ series: Object.fromEntries(rows.map(({ key }) => [key, of(key)[measure]])), span: months, ticks });
      return panel.element;
    });
    fill(this.result, h("div", { class: "pair" }, panels), this.ends(rows, of, districts), this.years(rows, of, session.years));
  }

  /** The results of each group. */
  ends(rows, of, districts) {
    const { words, levers } = this.lab, heads = ["quality", "trust", "engaged", "agreements"];
    return table("In the end", "outcomes", "Means over the last year simulated. A month with a coalition counts once for each district that has one. Settings have no price.",
      ["group", "years", ...heads.map((name) => termed(words.measures[name].label, words.measures[name].help)), "months with a coalition", "spent (dollars)"],
      rows.map(({ key, name, request: { acts, month } }) => {
        const found = of(key), standing = found.coalition_districts.reduce((sum, share) => sum + Math.round(share * districts), 0);
        return [name, month / YEAR, ...heads.map((each) => (["engaged", "agreements"].includes(each) ? percent(lastYear(found[each])) : said(lastYear(found[each])))),
          `${standing} of ${month * districts}`, amount(costOf(acts, levers, month, districts))];
      }));
  }

  /** What each group did in each year, and what followed. */
  years(rows, of, years) {
    const { lab } = this;
    const deeds = rows.map(({ request }) => yearsOf(request, lab));
    return table("Year by year", "years", "In bold: what a group did. Below: the most important events that followed.",
      ["year", ...rows.map(({ name }) => name)],
      Array.from({ length: years }, (_, year) => [year + 1, ...rows.map(({ key, request }, k) => {
        if (year >= request.month / YEAR) return "–";
        const events = of(key).story.filter(({ month }) => Math.floor(month / YEAR) === year);
        return [key === UNTOUCHED ? null : h("b", {}, `${policyOf(deeds[k][year], year)}.`), " ", headlines(events, lab.model.events, MOST_SENTENCES).join(" ") || "Nothing out of the ordinary."];
      })]));
  }
}

const look = (k) => {
  if (!k) return { light: "#777", dark: "#aaa", pale: true };
  const [light, dark] = HUES[(k - 1) % HUES.length];
  return { light, dark, dash: DASHES[Math.floor((k - 1) / HUES.length) % DASHES.length] };
};

function table(title, kind, note, heads, rows) {
  return h("div", {}, h("h2", {}, title),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, h("table", { class: kind },
      h("caption", {}, note),
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, rows.map(([head, ...cells]) => h("tr", {}, h("th", { scope: "row" }, String(head)), cells.map((cell) => h("td", {}, typeof cell === "number" ? String(cell) : cell))))))));
}
