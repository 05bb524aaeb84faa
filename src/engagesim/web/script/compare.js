// Two societies with the same luck: many seeds in workers, paired differences with intervals.

import { COLOURS, Panel } from "./curves.js";
import { fill, fitting, h, named, said, termed } from "./dom.js";
import { Stopped } from "./pool.js";
import { codeFor, describe } from "./request.js";
import { interval, lastYear } from "./statistics.js";

const UNCLEAR = "no clear difference";
const SEEDS = [10, 20, 50, 100, 200];
export const OUTCOMES = ["quality", "quality_gap", "trust", "morale", "engaged", "client", "responsive", "members", "agreements",
  "promises_broken", "coalition_districts", "coalition_ever"];

/** Simulate both societies with some seeds; `told` is called after each pair. Returns series by measure, one per seed. */
export async function livePairs(pool, one, other, seeds, names, told) {
  const found = seeds.map(() => null);
  let count = 0;
  await Promise.all(seeds.map(async (seed, place) => {
    const pair = await Promise.all([one, other].map((description) => pool.live({ ...description, seed }, names)));
    found[place] = pair;
    told(++count, found);
  }));
  return found;
}

/** The verdict on a mean difference; fewer than `least` pairs that differ support none. */
export function direction({ low, high }, higher, lower, least) {
  if (higher + lower >= least && (low > 0 || high < 0)) return low > 0 ? "higher" : "lower";
  return higher + lower ? UNCLEAR : "the same in every seed";
}

export class Compare {
  constructor(lab, request, { changed = () => {} } = {}) {
    Object.assign(this, { lab, request, changed, seeds: 20, month: 24, what: "", value: null, measure: "quality", months: null });
    this.form = h("div", { class: "side" });
    this.result = h("div", { class: "results", "aria-live": "polite" });
    this.element = h("div", { class: "compare" }, this.form, this.result);
    this.draw();
  }

  /** Society A is the one in Explore; B is the same society with one change from a month on. */
  open(request) {
    this.request = request;
    this.draw();
  }

  draw() {
    const { lab, request } = this, { levers, controls, societies } = lab;
    const forms = Object.entries(levers).filter(([, { form }]) => form), others = Object.entries(levers).filter(([, { form }]) => !form);
    const settings = controls.flatMap(({ rows }) => rows).filter(({ restarts }) => !restarts);
    this.what ||= societies[request.society].description.form.form === "social_audit" ? "cocreation" : "social_audit";
    if (!(this.what in levers) && !settings.some(({ path }) => path === this.what)) this.what = Object.keys(levers)[0];
    const setting = settings.find(({ path }) => path === this.what);
    const ids = ["what", "value", "from", "seeds", "months"].map(named), option = (value, text) => h("option", { value, selected: value === this.what }, text);
    if (setting && this.value === null) this.value = setting.low;
    this.months ??= Math.min(societies[request.society].description.months, 240);
    this.month = Math.min(this.month, this.months - 1);
    const number = (id, value, low, high, step, set) => h("input", { id, type: "number", min: String(low), max: String(high), step: String(step), value: String(value), onchange: (event) => { set(fitting(event.target.value, low, high, step)); this.draw(); } });
    fill(this.form,
      h("h2", {}, "Two societies, the same luck"),
      h("p", {}, h("b", {}, "A: "), `${societies[request.society].title}, as in Explore${request.acts.length ? `, with the ${request.acts.length} changes made there` : ""}.`),
      h("p", {}, h("b", {}, "B: "), "the same society with the same chance events, but"),
      h("p", {}, h("label", { for: ids[0] }, "with "), h("select", { id: ids[0], onchange: (event) => { this.what = event.target.value; this.value = null; this.draw(); } },
        h("optgroup", { label: "Forms of engagement" }, forms.map(([name, { label }]) => option(name, name === "none" ? "No form: close it" : label))),
        h("optgroup", { label: "Interventions" }, others.map(([name, { label }]) => option(name, label))),
        h("optgroup", { label: "Settings" }, settings.map(({ path, label }) => option(path, label))))),
      setting ? h("p", {}, h("label", { for: ids[1] }, `set to (${setting.low} to ${setting.high}) `), number(ids[1], this.value, setting.low, setting.high, setting.step, (value) => { this.value = value; })) : null,
      h("p", {}, h("small", {}, setting?.help ?? levers[this.what].help)),
      h("p", {}, h("label", { for: ids[2] }, "from month "), number(ids[2], this.month + 1, 1, this.months, 1, (value) => { this.month = value - 1; })),
      h("p", {}, h("label", { for: ids[4] }, "over months "), number(ids[4], this.months, 12, 480, 1, (value) => { this.months = value; })),
      h("p", {}, h("label", { for: ids[3] }, "on seeds "), h("select", { id: ids[3], onchange: (event) => { this.seeds = Number(event.target.value); } }, SEEDS.map((count) => h("option", { value: String(count), selected: count === this.seeds }, `1 to ${count}`)))),
      h("p", {}, h("button", { class: "main", onclick: () => this.run() }, "Compare"), " ", h("button", { onclick: () => this.lab.pool().stop() }, "Stop")));
  }

  pair() {
    const { lab, request } = this, act = { month: this.month, what: this.what, value: this.what in lab.levers ? 1 : this.value };
    const acts = [...request.acts.filter(({ month }) => month < this.months)];
    const other = { ...request, acts: [...acts, act] };
    const one = { ...request, acts };
    return [[one, other], [one, other].map((each) => describe(lab.societies, each, lab.levers, this.months))];
  }

  async run() {
    const { lab } = this, [requests, [one, other]] = this.pair(), seeds = Array.from({ length: this.seeds }, (_, k) => k + 1);
    const progress = h("progress", { max: this.seeds, value: 0, "aria-label": "pairs of societies simulated" }), line = h("p", { role: "status" }, "Simulating …");
    fill(this.result, line, progress);
    const names = [...new Set(OUTCOMES)].filter((name) => name in lab.model.measures), begun = performance.now();
    try {
      const found = await livePairs(lab.pool(), one, other, seeds, names, (count) => { progress.value = count; });
      const seconds = (performance.now() - begun) / 1000;
      this.show(found, names, requests, `${2 * this.seeds} societies of ${one.values["population.citizens"]} citizens over ${this.months} months, simulated in ${seconds.toFixed(1)} s in this page.`);
    } catch (error) {
      fill(this.result, h("p", { role: "status" }, error instanceof Stopped ? "Stopped; no results are shown." : error.message));
    }
  }

  show(found, names, requests, note) {
    const { words } = this.lab;
    this.found = found;
    const rows = names.map((name) => {
      const pairs = found.map(([one, other]) => [lastYear(one[name]), lastYear(other[name])]);
      const gain = interval(pairs.map(([one, other]) => other - one)), mean = (k) => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length;
      const higher = pairs.filter(([one, other]) => other > one).length, lower = pairs.filter(([one, other]) => other < one).length;
      return { name, gain, one: mean(0), other: mean(1), higher, lower, verdict: direction(gain, higher, lower, this.lab.least_differing) };
    });
    this.rows = rows;
    const id = named("measure"), chart = h("div", {});
    const [{ name: first }] = rows, drawn = (name) => this.chart(found, name, chart);
    fill(this.result,
      h("h2", {}, "B minus A, in the last year"),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of differences" }, h("table", { class: "outcomes" },
        h("caption", {}, `${note} 95 % intervals of the mean difference over ${found.length} pairs (Student's t), each alone. Higher is not always better.`),
        h("thead", {}, h("tr", {}, ["measure", "A", "B", "difference", "95 % interval", "seeds: B higher / lower", "verdict"].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, rows.map(({ name, gain, one, other, higher, lower, verdict }) => h("tr", { class: verdict === "higher" || verdict === "lower" ? "" : "unclear" },
          h("th", { scope: "row" }, termed(words.measures[name].label, words.measures[name].help)),
          h("td", {}, said(one)), h("td", {}, said(other)), h("td", {}, signed(gain.mean)), h("td", {}, `${signed(gain.low)} to ${signed(gain.high)}`),
          h("td", {}, `${higher} / ${lower}`), h("td", {}, verdict)))))),
      h("p", {}, h("label", { for: id }, "Month by month: "), h("select", { id, onchange: (event) => drawn(event.target.value) }, rows.map(({ name }) => h("option", { value: name, selected: name === first }, words.measures[name].label)))),
      chart, this.program(requests));
    drawn(first);
  }

  chart(found, name, place) {
    const months = found[0][0][name].length, at = (month, k) => found.map((pair) => pair[k][name][month]);
    const mean = (values) => values.reduce((one, other) => one + other, 0) / values.length;
    const series = { one: [], other: [] }, gains = [], band = [[], []];
    for (let month = 0; month < months; month++) {
      const [one, other] = [at(month, 0), at(month, 1)], gain = interval(other.map((value, k) => value - one[k]));
      series.one.push(mean(one));
      series.other.push(mean(other));
      gains.push(gain.mean);
      band[0].push(gain.low);
      band[1].push(gain.high);
    }
    const label = this.lab.words.measures[name].label, top = Math.max(...series.one, ...series.other) > 1 ? Math.max(...series.one, ...series.other) : 1;
    const reach = Math.max(0.02, ...band[1].map(Math.abs), ...band[0].map(Math.abs)), marks = [{ month: this.month, text: "B differs from here" }];
    const both = new Panel({ title: label, unit: "mean over seeds", high: top, lines: [{ name: "one", label: "A", ...COLOURS[0] }, { name: "other", label: "B", ...COLOURS[1] }] });
    const gap = new Panel({ title: "B minus A", unit: "mean and 95 % interval", low: -reach, high: reach, lines: [{ name: "gain", label: "difference", ...COLOURS[2], dash: "" }] });
    both.draw({ series, span: months, marks });
    gap.draw({ series: { gain: gains }, band: { gain: band }, span: months, marks });
    fill(place, h("div", { class: "pair" }, both.element, gap.element));
  }

  program(requests) {
    const { societies, levers } = this.lab, [a, b] = requests.map((each) => codeFor(societies, each, levers, this.months));
    if (!a) return h("p", {}, "A society with files, a place or mechanisms can be compared only on the command line: engagesim compare.");
    const text = `from engagesim import scenario, simulate\n\na = ${a}\nb = ${b}\nfound = simulate([a, b], seeds=range(1, ${this.seeds + 1})).measure("quality")\ngain = (found[1] - found[0])[:, -12:].mean(axis=1)  # one per seed\nprint(gain.mean())`;
    return h("details", {}, h("summary", {}, "Open in Python"), h("pre", { id: "pair-program", tabindex: "0" }, text));
  }
}

const signed = (value) => (Number.isFinite(value) ? `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}` : "–");
