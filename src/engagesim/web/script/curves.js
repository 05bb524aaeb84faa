// Curves over the months: lines or stacked areas, with marks for changes and a pale ghost of the unchanged run.

import { fill, h, said, several, termed } from "./dom.js";

const WIDTH = 360, HEIGHT = 104, LEFT = 26, RIGHT = 6, TOP = 6, BELOW = 16;

const MARGIN = 96, APART = 9.5, LETTERS = 15;

/** A panel of curves. `lines` are `{name, label, help, light, dark, dash, pale}`; `ends` writes each label at its line's end. */
export class Panel {
  constructor({ title, unit, lines, stacked = false, high = 1, low = 0, ends = false }) {
    Object.assign(this, { title, lines, stacked, high, low, ends });
    this.height = ends ? Math.max(1.6 * HEIGHT, TOP + BELOW + APART * lines.length) : HEIGHT;
    this.right = ends ? MARGIN : RIGHT;
    this.svg = h("svg", { viewBox: `0 0 ${WIDTH} ${this.height}`, role: "img", preserveAspectRatio: "none" });
    this.values = lines.map(() => h("b", {}));
    const keys = lines.map((line, k) =>
      h("span", { class: "key" }, h("i", { class: stacked ? "shape square" : "shape line", style: style(line) }), termed(line.label, line.help), " ", this.values[k]));
    this.element = h("figure", { class: "panel" }, h("figcaption", {}, h("b", {}, title), " ", h("small", {}, unit)), this.svg, h("p", { class: "legend" }, keys));
  }

  /** The month and the value under the pointer. */
  at(event, span) {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH, y = ((event.clientY - box.top) / box.height) * this.height;
    const share = 1 - (y - TOP) / (this.height - TOP - BELOW);
    const value = this.low + Math.min(1, Math.max(0, share)) * (this.high - this.low);
    return { month: ((x - LEFT) / (WIDTH - LEFT - this.right)) * span, value };
  }

  /** Draw series by name over a span of months; `ghost` has series of the unchanged run, `band` a low and a high end by name. */
  draw({ series, ghost = null, band = null, span = 12, marks = [], ticks = [] }) {
    const x = (month) => LEFT + ((WIDTH - LEFT - this.right) * month) / span;
    const y = (value) => TOP + (this.height - TOP - BELOW) * (1 - (value - this.low) / (this.high - this.low));
    const parts = [];
    for (const value of [this.low, (this.low + this.high) / 2, this.high]) {
      parts.push(h("line", { x1: LEFT, x2: WIDTH - this.right, y1: y(value), y2: y(value), class: "grid" }));
      parts.push(h("text", { x: LEFT - 4, y: y(value) + 3, "text-anchor": "end" }, tick(value)));
    }
    for (const month of ticks) parts.push(h("line", { x1: x(month), x2: x(month), y1: this.height - BELOW, y2: this.height - BELOW + 3, class: "tick" }));
    for (const { month, text } of marks) {
      parts.push(h("line", { x1: x(month), x2: x(month), y1: TOP, y2: this.height - BELOW, class: "mark" }, title(text)));
    }
    const path = (values, under = null) => {
      const above = Array.from(values, (value, month) => `${x(month + 1).toFixed(1)},${y(value).toFixed(1)}`);
      if (!under) return above.length ? `M${above.join("L")}` : "";
      const below = Array.from(under, (value, month) => `${x(month + 1).toFixed(1)},${y(value).toFixed(1)}`).reverse();
      return above.length ? `M${above.join("L")}L${below.join("L")}Z` : "";
    };
    if (this.stacked) {
      let under = new Float64Array(series[this.lines[0].name].length);
      for (const line of this.lines) {
        const above = under.map((value, month) => value + series[line.name][month]);
        parts.push(h("path", { d: path(above, under), class: "area", style: style(line) }));
        under = above;
      }
    } else {
      for (const line of this.lines) {
        if (band?.[line.name]) parts.push(h("path", { d: path(band[line.name][1], band[line.name][0]), class: "band", style: style(line) }));
      }
      for (const line of this.lines) {
        const values = series[line.name];
        if (ghost?.[line.name]) parts.push(h("path", { d: path(ghost[line.name]), class: "curve ghost", style: style(line) }));
        if (values) parts.push(h("path", { d: path(values), class: line.pale ? "curve ghost" : "curve", style: style(line), "stroke-dasharray": line.dash }));
      }
    }
    if (this.ends) parts.push(...this.labels(series, x, y));
    parts.push(h("text", { x: LEFT, y: this.height - 3 }, "0"));
    parts.push(h("text", { x: WIDTH - this.right, y: this.height - 3, "text-anchor": "end" }, `month ${span}`));
    fill(this.svg, parts);
    const told = this.lines.map((line, k) => {
      const values = series[line.name], last = values?.length ? said(values[values.length - 1]) : "–";
      this.values[k].textContent = last;
      return `${line.label} ${last}`;
    });
    this.svg.setAttribute("aria-label", `${this.title}, after ${several(series[this.lines[0].name]?.length ?? 0, "month")}: ${told.join(", ")}.`);
  }

  /** The label of each line at its end, moved apart where lines end close together. */
  labels(series, x, y) {
    const found = this.lines.filter(({ name }) => series[name]?.length).map((line) => {
      const values = series[line.name];
      return { line, from: [x(values.length), y(values[values.length - 1])] };
    }).sort((one, other) => one.from[1] - other.from[1]);
    found.forEach((each, k) => { each.at = Math.max(each.from[1], k ? found[k - 1].at + APART : TOP + 3); });
    for (let k = found.length - 1, most = this.height - BELOW; k >= 0; k--, most = found[k + 1].at - APART) found[k].at = Math.min(found[k].at, most);
    const margin = WIDTH - this.right;
    return found.flatMap(({ line, from, at }) => [
      h("path", { d: `M${from}L${margin + 8},${at}`, class: "leader", style: style(line) }),
      h("text", { x: margin + 10, y: at + 3 }, line.label.length > LETTERS ? `${line.label.slice(0, LETTERS - 1)}…` : line.label, title(line.label)),
    ]);
  }
}

const style = (line) => `--light:${line.light};--dark:${line.dark}`;

const tick = (value) => (Math.abs(value) >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(Math.abs(value) < 0.1 && value ? 2 : 1));

function title(text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "title");
  made.textContent = text;
  return made;
}

export const COLOURS = [
  { light: "#0072B2", dark: "#56B4E9" }, { light: "#D55E00", dark: "#E69F00", dash: "6 3" },
  { light: "#009E73", dark: "#009E73", dash: "2 3" }, { light: "#555", dark: "#ccc", dash: "8 2 2 2" },
];
