// A lesson: a story in short steps. The reader predicts, then the model answers; a sandbox comes last.

import { COLOURS, Panel } from "./curves.js";
import { fill, h, named, said } from "./dom.js";
import { Explore } from "./explore.js";
import { describe } from "./request.js";
import { interval } from "./statistics.js";

export class Lesson {
  constructor(lab, lesson) {
    Object.assign(this, { lab, lesson, place: 0, guesses: new Map(), answers: new Map() });
    this.stage = h("section", { class: "step" });
    this.element = h("main", { class: "lesson" },
      h("header", {}, h("h1", {}, lesson.title), h("p", {}, `${lesson.question} About ${lesson.minutes} minutes.`)), this.stage);
    const wanted = /^#step=(\d+)$/.exec(location.hash);
    this.open(wanted ? Number(wanted[1]) - 1 : 0);
  }

  get last() {
    return this.lesson.steps.length;
  }

  open(place, moves = false) {
    this.place = Math.max(0, Math.min(this.last, place));
    history.replaceState(null, "", `#step=${this.place + 1}`);
    const head = h("h2", { tabindex: "-1" }, this.place < this.last ? this.lesson.steps[this.place].title : "Notice, try, extend");
    const steps = h("p", { class: "steps" }, `Step ${this.place + 1} of ${this.last + 1}`);
    const move = h("p", { class: "move" },
      h("button", { disabled: this.place === 0, onclick: () => this.open(this.place - 1, true) }, "Back"), " ",
      this.place < this.last ? h("button", { class: "main", onclick: () => this.open(this.place + 1, true) }, "Next") : null);
    fill(this.stage, steps, head, this.place < this.last ? this.step(this.lesson.steps[this.place]) : this.ending(), move);
    if (moves) head.focus();
  }

  step(step) {
    const answer = h("div", { class: "answer", "aria-live": "polite" });
    const parts = [prose(step.text)];
    if (step.look || step.show) {
      const button = h("button", { class: "main", disabled: Boolean(step.predict) && !this.guesses.has(this.place), onclick: () => this.reveal(step, answer, button) }, step.button ?? "Show what happens");
      if (step.predict) parts.push(this.prediction(step, () => { button.disabled = false; }));
      parts.push(h("p", {}, button), answer);
      if (this.answers.has(this.place)) this.tell(step, this.answers.get(this.place), answer);
    }
    return parts;
  }

  prediction(step, made) {
    const { predict } = step, place = this.place, known = this.guesses.get(place);
    const take = (value) => {
      this.guesses.set(place, value);
      made();
    };
    if (predict.kind === "number") {
      const id = named("guess"), output = h("output", { for: id }, known === undefined ? "?" : said(known));
      const input = h("input", { id, type: "range", min: String(predict.low), max: String(predict.high), step: String(predict.step), value: String(known ?? (predict.low + predict.high) / 2), oninput: (event) => {
        output.textContent = said(Number(event.target.value));
        take(Number(event.target.value));
      } });
      return h("div", { class: "predict" }, h("label", { for: id }, h("b", {}, "Predict: "), predict.ask), input, output);
    }
    if (predict.kind === "curve") return this.drawing(step, known, take);
    const name = named("choice");
    return h("fieldset", { class: "predict" }, h("legend", {}, h("b", {}, "Predict: "), predict.ask),
      predict.options.map(({ label }, k) => {
        const id = named("option");
        return h("p", {}, h("input", { id, type: "radio", name, checked: known === k, onchange: () => take(k) }), h("label", { for: id }, label));
      }));
  }

  /** A curve that the reader draws with the pointer, or with a slider for each year. */
  drawing({ predict, show }, known, take) {
    const { points, high = 1 } = predict, values = known ?? points.map(() => high / 2);
    const panel = new Panel({ title: "Your curve", unit: "draw it here, or use the sliders", high, lines: [GUESS] });
    const inputs = points.map((month, k) => {
      const id = named("point");
      const input = h("input", { id, type: "range", min: "0", max: String(high), step: String(high / 100), value: String(values[k]), oninput: () => set(k, Number(input.value)) });
      return { input, part: h("div", {}, h("label", { for: id }, `month ${month}`), input) };
    });
    const draw = () => panel.draw({ series: { guess: between(points, values, show.months) }, span: show.months });
    const set = (k, value) => {
      values[k] = value;
      inputs[k].input.value = String(value);
      take(values);
      draw();
    };
    const follow = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const { month, value } = panel.at(event, show.months);
      const away = points.map((point) => Math.abs(point - month));
      set(away.indexOf(Math.min(...away)), value);
    };
    for (const kind of ["pointerdown", "pointermove"]) panel.svg.addEventListener(kind, follow);
    panel.svg.classList.add("drawn");
    draw();
    return h("fieldset", { class: "predict" }, h("legend", {}, h("b", {}, "Predict: "), predict.ask), panel.element,
      h("div", { class: "points" }, inputs.map(({ part }) => part)));
  }

  async reveal(step, answer, button) {
    button.disabled = true;
    const progress = h("progress", { value: 0, max: 1, "aria-label": "societies simulated" });
    fill(answer, h("p", { role: "status" }, "Simulating …"), progress);
    try {
      const found = await (step.show ? this.many(step.show, (share) => { progress.value = share; }) : this.one(step.look));
      this.answers.set(this.place, found);
      this.tell(step, found, answer);
    } catch (error) {
      fill(answer, h("p", { role: "alert" }, error.message));
    }
    button.disabled = false;
  }

  described({ society, changes = {}, acts = [] }, months, seed) {
    const known = society ?? Object.keys(this.lesson.societies)[0];
    const done = acts.map(([month, what, value]) => ({ month, what, value }));
    return { ...describe(this.lab.societies, { society: known, changes, acts: done }, this.lab.levers, months), seed };
  }

  /** Simulate every arm with every seed. */
  async many({ arms, measures, months, seeds }, told) {
    const pool = this.lab.pool();
    let count = 0;
    const live = async (arm, seed) => {
      const series = await pool.live(this.described(arm, months, seed), measures);
      told(++count / (arms.length * seeds));
      return series;
    };
    return Promise.all(arms.map((arm) => Promise.all(Array.from({ length: seeds }, (_, k) => live(arm, k + 1)))));
  }

  /** Simulate one society, and watch some agents in it. */
  one({ months, seed, panels, rows, ...arm }) {
    return this.lab.pool().live(this.described(arm, months, seed), panels.flatMap(({ lines }) => lines.map(({ name }) => name)), rows);
  }

  tell(step, found, answer) {
    const parts = step.show ? this.tellMany(step, found) : this.tellOne(step, found);
    fill(answer, parts, step.reveal ? prose(step.reveal) : null);
  }

  tellOne({ look, predict }, found) {
    const panels = look.panels.map((panel) => {
      const drawn = new Panel({ unit: "", ...panel, lines: panel.lines.map((line, k) => ({ ...COLOURS[k], help: "", ...line })) });
      drawn.draw({ series: found, span: look.months, marks: found.story.filter(({ kind }) => look.marks?.includes(kind)).map(({ month, text }) => ({ month: month + 1, text })) });
      return drawn.element;
    });
    const shown = found.story.filter(({ kind }) => !look.tells || look.tells.includes(kind)).slice(0, look.most ?? 14);
    const verdict = predict ? h("p", { class: "verdict", role: "status" }, this.verdict(predict, [])) : null;
    return [verdict, h("div", { class: "pair" }, panels),
      h("ol", { class: "happened" }, shown.map(({ month, text }) => h("li", {}, `Month ${month + 1}: ${text}.`)))];
  }

  tellMany({ show, predict }, found) {
    const { arms, measures, months, at = "last_year" } = show, { words } = this.lab, [first] = measures;
    const over = (series) => summary(series, at);
    const values = (name) => found.map((runs) => runs.map((series) => over(series[name])));
    const parts = [];
    if (predict && predict.kind !== "curve") parts.push(h("p", { class: "verdict", role: "status" }, this.verdict(predict, values(show.of ?? first))));
    const byMonth = (runs, name) => Array.from({ length: months }, (_, month) => interval(runs.map((series) => series[name][month])));
    const lines = arms.length > 1 ? arms.map(({ label }, k) => ({ name: String(k), label, ...COLOURS[k % COLOURS.length] }))
      : measures.map((name, k) => ({ name, label: words.measures[name].label, help: words.measures[name].help, ...COLOURS[k % COLOURS.length] }));
    const courses = lines.map(({ name }, k) => byMonth(arms.length > 1 ? found[k] : found[0], arms.length > 1 ? first : name));
    const series = Object.fromEntries(lines.map(({ name }, k) => [name, courses[k].map(({ mean }) => mean)]));
    const band = Object.fromEntries(lines.map(({ name }, k) => [name, [courses[k].map(({ low }) => low), courses[k].map(({ high }) => high)]]));
    if (predict?.kind === "curve") {
      lines.push(GUESS);
      series.guess = Array.from(between(predict.points, this.guesses.get(this.place), months));
      const off = series.guess.reduce((sum, value, month) => sum + Math.abs(value - series[lines[0].name][month]), 0) / months;
      parts.splice(0, parts.length, h("p", { class: "verdict", role: "status" }, `On average, your curve is ${said(off)} away from the model's.`));
    }
    const panel = new Panel({ title: arms.length > 1 ? words.measures[first].label : "Month by month", unit: `mean of ${show.seeds} societies, and its 95 % interval`, high: show.high ?? 1, lines });
    const marks = [...new Map(arms.flatMap(({ acts = [] }) => acts.map(([month, what]) => [month, what])))].map(([month, what]) => ({ month, text: String(what) }));
    panel.draw({ series, band, span: months, marks });
    parts.push(panel.element);
    if (arms.length > 1) {
      const when = at === "last_year" ? "in the last year" : at === "end" ? "at the end" : `in months ${at[0] + 1} to ${at[1]}`;
      parts.push(h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of means" }, h("table", {}, h("caption", {}, `Means ${when}, and the difference from “${arms[0].label}” with the same luck, with its 95 % interval`),
        h("thead", {}, h("tr", {}, h("td", {}), arms.map(({ label }) => h("th", { scope: "col" }, label)))),
        h("tbody", {}, measures.map((name) => {
          const all = values(name);
          return h("tr", {}, h("th", { scope: "row" }, words.measures[name].label), all.map((each, k) => {
            const gain = interval(each.map((value, seed) => value - all[0][seed]));
            return h("td", {}, said(interval(each).mean), k ? h("small", {}, `${signs(gain.mean)} (${signs(gain.low)} to ${signs(gain.high)})`) : null);
          }));
        })))));
    }
    return parts;
  }

  verdict(predict, values) {
    const means = values.map((each) => interval(each).mean), guess = this.guesses.get(this.place);
    if (predict.kind === "number") {
      const true_ = means[predict.arm ?? 0];
      return `You said ${said(guess)}; in the model it is ${said(true_)}.`;
    }
    const { label } = predict.options[guess];
    const right = predict.right ?? predict.options.findIndex(({ arm }) => arm === best(means, predict.best));
    return guess === right ? `You said “${label}”, and so does the model.` : `You said “${label}”; in the model it is “${predict.options[right].label}”.`;
  }

  ending() {
    const { lesson, lab } = this;
    const list = (title, texts) => [h("h3", {}, title), h("ul", {}, texts.map((text) => h("li", {}, prose(text))))];
    const { sandbox } = lesson, known = sandbox.society ?? Object.keys(lesson.societies)[0];
    this.sandbox ??= new Explore(lab, { society: known, changes: sandbox.changes ?? {}, acts: [], month: 0, agent: null }, {
      only: { paths: sandbox.settings ?? [], levers: sandbox.levers ?? [], forms: sandbox.forms ?? false, societies: Object.keys(lesson.societies).length > 1 },
      panels: lab.words.panels.filter(({ title }) => !sandbox.panels || sandbox.panels.includes(title)), compact: true,
    });
    return [list("Notice", lesson.notice), list("Try", lesson.try), list("Extend", lesson.extend),
      h("h3", {}, "Sandbox"), h("p", {}, "The society of this lesson, yours to change. Pale lines show it without your changes."), this.sandbox.element];
  }
}

const GUESS = { name: "guess", label: "your curve", light: "#555", dark: "#ccc", dash: "1 4", help: "" };

/** A value for each month, interpolated linearly from values at some months. */
function between(points, values, months) {
  return Float64Array.from({ length: months }, (_, place) => {
    const month = place + 1, next = points.findIndex((point) => point >= month);
    if (next === 0) return values[0];
    if (next < 0) return values[points.length - 1];
    const share = (month - points[next - 1]) / (points[next] - points[next - 1]);
    return values[next - 1] + share * (values[next] - values[next - 1]);
  });
}

/** The arm whose mean is the highest, or the lowest. */
function best(means, which) {
  const sign = which === "lowest" ? -1 : 1, places = means.map((_, k) => k);
  return places.reduce((one, other) => (sign * means[other] > sign * means[one] ? other : one));
}

/** The mean of a series over its last year, at its end, or over a range of months. */
export function summary(series, at) {
  const [from, to] = at === "end" ? [series.length - 1, series.length] : at === "last_year" ? [Math.max(0, series.length - 12), series.length] : at;
  let sum = 0;
  for (let month = from; month < to; month++) sum += series[month];
  return sum / (to - from);
}

const signs = (value) => (Number.isFinite(value) ? `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}` : "–");

/** Prose of the lesson's file, which was converted to HTML when the page was written. */
function prose(html) {
  const made = h("div", { class: "prose" });
  made.innerHTML = html;
  return made;
}
