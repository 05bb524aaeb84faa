// The part of a report in which a reader asks back: the reader changes numbers, and the model computes a new answer.

import { fill, h, named } from "./dom.js";
import { inflated } from "./inflate.js";
import { commandOf, memberOf, spanIn } from "./member.js";
import { valueOf } from "./outcome.js";
import { Pool, Stopped } from "./pool.js";
import { changed, judged, spanned } from "./verdict.js";

const SEEDS = [20, 40, 100, 200];

/** A number as text for a field. */
const brief = (value) => String(Number(value.toPrecision(6)));

class Asking {
  constructor(data, bytes, element) {
    Object.assign(this, { data, bytes, element, context: 0, chosen: data.first, moved: {}, wrong: new Map() });
    Object.assign(this, { wanted: SEEDS[1], negligible: data.outcome.negligible, lived: new Map(), run: 0 });
    this.status = h("p", { role: "status" });
    this.complaint = h("p", { class: "complaint", role: "alert" });
    this.progress = h("progress", { max: "1", value: 0, "aria-label": "pairs of societies", hidden: true });
    this.answer = h("div", { class: "wide", role: "region", "aria-label": "The answer", tabindex: "0" });
    this.words = h("div", { "aria-live": "polite" });
    this.command = h("pre", { tabindex: "0" });
    this.levers = h("div", {});
    this.draw();
    this.show();
  }

  get place() {
    return this.data.contexts[this.context];
  }

  draw() {
    const { data } = this, { outcome } = data, ids = ["package", "context", "negligible", "seeds"].map((each) => named(`ask-${each}`));
    const choice = (id, options, chosen, set) => h("select", { id, onchange: (event) => { set(Number(event.target.value)); this.show(); } },
      options.map(([value, text]) => h("option", { value: String(value), selected: value === chosen }, text)));
    const contexts = data.contexts.map(({ title }, k) => [k, title]);
    this.go = h("button", { type: "submit", class: "main" }, "Compute again");
    this.halt = h("button", { type: "button", hidden: true, onclick: () => this.pool?.stop() }, "Stop");
    this.form = h("form", { onsubmit: (event) => { event.preventDefault(); this.compute(); }, novalidate: true },
      h("div", { class: "choices" },
        h("p", {}, h("label", { for: ids[0] }, "Package"), choice(ids[0], data.packages.map((name, k) => [k, name]), this.chosen, (k) => { this.chosen = k; })),
        contexts.length > 1 ? h("p", {}, h("label", { for: ids[1] }, "Context"), choice(ids[1], contexts, 0, (k) => { this.context = k; this.fillLevers(); })) : null,
        h("p", {}, h("label", { for: ids[3] }, "Seeds"), choice(ids[3], SEEDS.map((count) => [count, `the first ${count}`]), this.wanted, (count) => { this.wanted = count; })),
        h("p", {}, h("label", { for: ids[2] }, `Too small to matter (${outcome.unit})`), this.field({ id: ids[2], name: "Too small to matter", low: 0, high: outcome.scale * outcome.reach,
          value: brief(outcome.scale * outcome.negligible), set: (value) => { this.negligible = value === null ? outcome.negligible : value / outcome.scale; } }))),
      this.levers,
      this.complaint,
      h("p", {}, this.go, " ", this.halt, " ", h("button", { type: "button", onclick: () => this.restore() }, "Back to the report’s numbers")));
    this.fillLevers();
    fill(this.element, this.form, this.progress, this.status, this.words, this.answer,
      data.command ? h("details", {}, h("summary", {}, "The same on the command line"), this.command) : null);
    this.element.hidden = false;
  }

  /** A field for a number; `set` gets a valid number, or null if it is empty, and a line states what is wrong. */
  field({ id, name, low, high, value, hint = "", set }) {
    const field = h("input", { id, type: "text", inputmode: "decimal", value, placeholder: hint, autocomplete: "off" });
    field.addEventListener("input", () => {
      const word = field.value.trim(), number = Number(word.replace(",", "."));
      const isWrong = word !== "" && !(Number.isFinite(number) && number >= low && number <= high);
      if (isWrong) this.wrong.set(id, `${name} = ${word}: must be a number from ${low} to ${brief(high)}`);
      else this.wrong.delete(id);
      field.setAttribute("aria-invalid", String(isWrong));
      if (!isWrong) set(word === "" ? null : number);
      this.show();
    });
    return field;
  }

  fillLevers() {
    this.wrong.clear();
    const rows = this.data.levers.map((lever) => [lever, this.lever(lever)]), of = (isDisputed) => rows.filter(([{ disputed }]) => disputed === isDisputed).map(([, row]) => row);
    const others = of(false), isOpen = this.levers.querySelector("details")?.open ?? false;
    fill(this.levers, h("h3", {}, "Numbers in dispute"), of(true),
      others.length ? h("details", { open: isOpen }, h("summary", {}, `All other numbers of the context (${others.length})`), others) : null);
  }

  lever({ path, label, help, low, high, step }) {
    const id = named("ask-lever"), [from, to] = spanIn(this.place, path), usual = from === to ? brief(from) : `${brief(from)} to ${brief(to)}`;
    const middle = (from + to) / 2, { trends, form } = this.place.base;
    const later = [...trends, ...this.place.doing].filter((entry) => path in (entry.set ?? {}) || path in (entry.add ?? {}));
    const set = (value) => {
      if (value === null || (from === to && value === from)) delete this.moved[path];
      else this.moved[path] = value;
      range.value = String(this.moved[path] ?? middle);
      range.setAttribute("aria-valuetext", path in this.moved ? brief(this.moved[path]) : usual);
    };
    const field = this.field({ id, name: label, low, high, value: path in this.moved ? brief(this.moved[path]) : from === to ? usual : "", hint: usual, set });
    const range = h("input", { type: "range", min: String(Math.min(low, from)), max: String(Math.max(high, to)), step: "any", "aria-label": `${label}, as a slider`, oninput: () => {
      field.value = brief(low + Math.round((Number(range.value) - low) / step) * step);
      field.dispatchEvent(new Event("input"));
    }, onkeydown: (event) => {
      const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!steps) return;
      event.preventDefault();
      range.value = String(Number(range.value) + steps * step);
      range.dispatchEvent(new Event("input"));
    } });
    field.setAttribute("aria-describedby", `${id}-help`);
    range.value = String(this.moved[path] ?? middle);
    range.setAttribute("aria-valuetext", path in this.moved ? brief(this.moved[path]) : usual);
    return h("div", { class: "lever" }, h("label", { for: id }, label), field, range,
      h("small", { id: `${id}-help` }, `${help} Here: ${usual}${from === to ? "" : ", by parameter set"}.`,
        later.length ? ` From month ${Math.min(...later.map(({ start }) => start)) + 1} on, the context itself changes it.` : null));
  }

  restore() {
    this.moved = {};
    this.negligible = this.data.outcome.negligible;
    this.wrong.clear();
    this.draw();
    this.show();
    this.go.focus();
  }

  /** A key for everything that the answer depends on; societies simulated before under the same key are used again. */
  key(chosen) {
    return JSON.stringify([this.context, chosen, Object.entries(this.moved).sort()]);
  }

  /** The pairs simulated so far for this request, one per seed, from the first seed on. */
  pairs() {
    const one = this.lived.get(this.key(null)), other = this.lived.get(this.key(this.chosen));
    if (!one || !other) return [];
    const { first } = this.data.seeds;
    return Array.from({ length: this.wanted }, (_, k) => [one.get(first + k), other.get(first + k)]).filter((pair) => pair.every((each) => each?.value !== undefined));
  }

  async compute() {
    if (this.wrong.size || this.busy) return;
    this.busy = true;
    const { first } = this.data.seeds, seeds = Array.from({ length: this.wanted }, (_, k) => first + k), chosen = this.chosen;
    const begun = performance.now(), before = this.pairs().length;
    this.go.disabled = true;
    this.halt.hidden = this.progress.hidden = false;
    Object.assign(this.progress, { max: this.wanted, value: before });
    this.words.setAttribute("aria-live", "off"); // only the last answer is read aloud, not those before it
    this.status.textContent = `Simulating ${2 * this.wanted} societies …`;
    this.form.querySelectorAll("select, input").forEach((each) => { each.disabled = true; });
    let ended = "";
    try {
      this.pool ??= new Pool(document.getElementById("ask-worker").textContent, this.bytes, this.data.model);
      await Promise.all(seeds.map((seed) => Promise.all([null, chosen].map((each) => this.live(each, seed))).then(() => {
        this.progress.value = this.pairs().length;
        this.show();
      })));
      ended = `${this.wanted} pairs of societies in ${((performance.now() - begun) / 1000).toFixed(1)} seconds.`;
    } catch (error) {
      ended = error instanceof Stopped ? `Stopped after ${this.pairs().length} of ${this.wanted} pairs. “Compute again” continues from there.` : `The model stopped: ${error.message}.`;
    }
    this.busy = false;
    this.go.disabled = false;
    this.halt.hidden = this.progress.hidden = true;
    this.form.querySelectorAll("select, input").forEach((each) => { each.disabled = false; });
    this.status.textContent = ended;
    this.words.setAttribute("aria-live", "polite");
    this.show();
  }

  /** Simulate a society, unless it was simulated before; keep the value of the outcome, and the series that show whether anything differs. */
  async live(chosen, seed) {
    const key = this.key(chosen), { outcome, watched } = this.data;
    if (!this.lived.has(key)) this.lived.set(key, new Map());
    const known = this.lived.get(key);
    if (known.has(seed)) return;
    const series = await this.pool.live(memberOf(this.data, { context: this.context, chosen, moved: this.moved }, seed), watched);
    known.set(seed, { value: valueOf(outcome, series), series });
  }

  show() {
    const { data, place } = this, outcome = { ...data.outcome, negligible: this.negligible }, { words } = data.rule;
    const mine = place.packages[this.chosen], { said } = mine, pairs = this.pairs(), rows = [];
    this.complaint.textContent = [...this.wrong.values()].join("; ");
    if (data.command) this.command.textContent = commandOf(data, { context: this.context, moved: this.moved, negligible: this.negligible, seeds: this.wanted });
    let found = null;
    if (pairs.length > 1) {
      found = judged(pairs.map(([one, other]) => other.value - one.value), outcome, data.rule);
      if (pairs.every(([one, other]) => same(one.series, other.series))) found.verdict = mine.in_force ? words.idle : words.powerless;
      rows.push(["This page", found]);
    }
    rows.push(["The report", { ...said, seeds: data.seeds.count }]);
    const ends = rows.flatMap(([, { low, high }]) => [low, high, 0]), low = Math.min(...ends), width = Math.max(...ends) - low || 1, at = (value) => `${(100 * (value - low)) / width}%`;
    const bar = (row) => {
      const parts = [["zero", 0, 0], ["line", row.low, row.high], ["dot", row.mean, row.mean]].map(([kind, from, to]) => {
        const part = h("i", { class: kind });
        Object.assign(part.style, { left: at(from), width: `${(100 * (to - from)) / width}%` });
        return part;
      });
      return h("td", {}, h("span", { class: "reach", "aria-hidden": "true" }, parts));
    };
    fill(this.answer, h("table", {},
      h("caption", {}, `${data.packages[this.chosen]} in ${place.title.toLowerCase()}: difference from doing nothing in ${outcome.description.toLowerCase()}, ${outcome.unit}`),
      h("thead", {}, h("tr", {}, ["", "Difference", "95 % interval", "Seeds", "Verdict", "From less to more"].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, rows.map(([name, row]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, changed(row.mean, outcome)), h("td", {}, spanned(row.low, row.high, outcome)),
        h("td", {}, String(row.seeds)), h("td", {}, row.verdict), bar(row))))));
    const moves = [...Object.entries(this.moved).map(([path, value]) => `${data.levers.find((each) => each.path === path).label.toLowerCase()} ${brief(value)}`),
      ...(this.negligible === data.outcome.negligible ? [] : [`differences up to ${brief(outcome.scale * this.negligible)} too small to matter`])];
    const now = moves.length ? `With ${moves.join(", ")}` : "With the numbers of the report";
    const told = found ? [h("strong", {}, `${now}: ${inShort(found, outcome)}. `), `In the report: ${inShort(said, outcome)}.`,
      found.verdict === words.unclear && found.verdict !== said.verdict ? " More seeds may settle it." : ""] : `${now}: not computed yet.`;
    fill(this.words, h("p", {}, told), h("p", { class: "quiet" }, `Each interval is for one difference alone: Student’s t here, a bootstrap in the report. The report’s verdict follows a wider interval, ${spanned(...said.ends, outcome)}, which holds for all its comparisons together.`));
  }
}

const same = (one, other) => Object.keys(one).every((name) => one[name].every((value, month) => value === other[name][month]));

const inShort = ({ verdict, mean, low, high }, outcome) => `${verdict}, ${changed(mean, outcome)} (${spanned(low, high, outcome)})`;

async function open() {
  const element = document.getElementById("ask-back");
  try {
    const bytes = await inflated("ask-module");
    await WebAssembly.compile(bytes);
    new Asking(JSON.parse(document.getElementById("ask-data").textContent), bytes, element);
    document.getElementById("ask-needs").hidden = true;
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    element.hidden = true;
    throw error;
  }
}

open();
