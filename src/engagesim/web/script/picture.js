// The social graph on a canvas: where everybody is, what they do, and which coalitions stand.

import { fill, h, several } from "./dom.js";

const WHOLE = 3000, AREA = 0.4, GOLDEN = Math.PI * (3 - Math.sqrt(5)), ALLEY = 2.5, LANDSCAPE = 1.25;

/** Positions of agents: a district is a disc with its officials in the middle and citizens around their service points. */
export function arrange(wiring) {
  const { citizens, officials, districts, providers, staff, agents } = wiring;
  const drawn = agents <= WHOLE ? districts : Math.max(1, Math.min(districts, Math.floor((1500 * districts) / agents)));
  const shown = Array.from({ length: drawn }, (_, k) => Math.floor((k * districts) / drawn));
  const places = new Float32Array(2 * agents).fill(NaN), residents = new Map(shown.map((d) => [d, []]));
  for (let i = 0; i < citizens; i++) residents.get(wiring.district[i])?.push(i);
  const most = Math.max(...shown.map((d) => residents.get(d).length));
  const every = Math.max(1, Math.ceil((most * drawn) / WHOLE)), ring = Math.max(2.5, (1.7 * providers) / (2 * Math.PI));
  const inner = ring + 1.3, radius = Math.sqrt(inner * inner + AREA * Math.ceil(most / every)) + 0.5, cell = 2 * radius + ALLEY;
  const columns = Math.min(drawn, Math.ceil(Math.sqrt(LANDSCAPE * drawn))), rows = Math.ceil(drawn / columns);
  const centres = shown.map((_, k) => {
    const row = Math.floor(k / columns), inRow = row === rows - 1 ? drawn - row * columns : columns;
    return [((k % columns) - (inRow - 1) / 2) * cell + (columns * cell) / 2, (row + 0.5) * cell];
  });
  const put = (agent, [x, y], r, angle) => {
    places[2 * agent] = x + r * Math.sin(angle);
    places[2 * agent + 1] = y - r * Math.cos(angle);
  };
  shown.forEach((d, k) => {
    const people = residents.get(d).filter((_, place) => place % every === 0);
    people.sort((one, other) => wiring.servicePoint[one] - wiring.servicePoint[other] || one - other);
    put(citizens + officials + d, centres[k], 0.85, 0);
    put(citizens + d * staff, centres[k], 0.85, Math.PI);
    const served = Array.from({ length: providers }, (_, p) => people.filter((i) => wiring.servicePoint[i] === d * staff + 1 + p).length);
    const mean = Math.max(1, people.length / providers), weight = served.map((count) => count + 2 * mean);
    const all = weight.reduce((one, other) => one + other, 0);
    let passed = 0;
    weight.forEach((each, p) => {
      put(citizens + d * staff + 1 + p, centres[k], ring, (2 * Math.PI * (passed + each / 2)) / all);
      passed += each;
    });
    const spots = people.map((_, n) => [((n + 0.5) * GOLDEN) % (2 * Math.PI), Math.sqrt(inner * inner + AREA * (n + 0.5))]);
    spots.sort(([one], [other]) => one - other);
    people.forEach((i, n) => put(i, centres[k], spots[n][1], spots[n][0]));
  });
  return { places, shown, centres, radius, width: columns * cell, height: rows * cell + 0.6, every };
}

export const roleOf = (wiring, row) => {
  if (row < wiring.citizens) return "citizen";
  if (row >= wiring.citizens + wiring.officials) return "politician";
  return (row - wiring.citizens) % wiring.staff ? "provider" : "manager";
};

/** The picture of a society; `choose` is called with the row of an agent that was clicked. */
export class Picture {
  constructor(words, model, choose) {
    this.words = words;
    this.model = model;
    this.canvas = h("canvas", { class: "graph", role: "img", onclick: (event) => this.click(event, choose) });
    this.legend = h("div", { class: "legend" });
    this.element = h("figure", { class: "picture" }, this.canvas, this.legend);
    new ResizeObserver(() => this.society && this.draw(this.society, this.agent)).observe(this.canvas);
  }

  show(society) {
    this.layout = arrange(society.wiring);
    this.explain(society);
  }

  explain(society) {
    const { acts } = this.model, key = (shape, name) =>
      h("span", { class: "key", title: this.words.acts[name].help }, h("i", { class: `shape ${shape}`, style: `background:${this.colour(name)}` }), this.words.acts[name].short);
    const line = (title, ...parts) => h("p", {}, h("b", {}, title), " ", parts);
    const partly = this.layout.every > 1 || this.layout.shown.length < society.sizes.districts;
    fill(this.legend,
      line("Citizens (circles) who", acts.citizen.map((name) => key("round", name))),
      line("Officials (squares; the manager in the middle) who", acts.official.map((name) => key("square", name))),
      line("Politicians (triangles) who", acts.politician.map((name) => key("triangle", name))),
      line("Around a square:", this.words.relations.map(({ label, colour }) =>
        h("span", { class: "key" }, h("i", { class: "shape ring", style: `border-color:${colour}` }), label))),
      line("Dark edge:", "belongs to an organisation of users, or has joined a coalition. ", h("b", {}, "Dot:"), " leads one. ",
        h("b", {}, "Green background:"), " a coalition stands."),
      partly ? h("p", {}, `Of ${society.sizes.citizens} citizens in ${several(society.sizes.districts, "district")}, only some are drawn.`) : null);
  }

  colour(name) {
    return this.words.acts[name][matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"];
  }

  draw(society, agent = null) {
    Object.assign(this, { society, agent });
    const { canvas, layout } = this, { wiring } = society, ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth || 600, scale = width / layout.width;
    canvas.style.height = `${Math.round(layout.height * scale)}px`;
    const size = [Math.round(width * ratio), Math.round(layout.height * scale * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const pen = canvas.getContext("2d"), style = getComputedStyle(document.body);
    const ink = style.getPropertyValue("--ink"), tint = style.getPropertyValue("--tint"), faint = style.getPropertyValue("--faint");
    pen.setTransform(scale * ratio, 0, 0, scale * ratio, 0, 0);
    pen.clearRect(0, 0, layout.width, layout.height);
    const column = (entity, name) => society.column(entity, name);
    const standing = column("district", "coalition"), quality = column("district", "quality");
    layout.shown.forEach((d, k) => {
      pen.fillStyle = standing[d] ? tint : "transparent";
      pen.beginPath();
      pen.arc(...layout.centres[k], layout.radius + 0.2, 0, 2 * Math.PI);
      pen.fill();
    });
    this.ties(pen, wiring, faint);
    const doing = { citizen: column("citizen", "strategy"), official: column("official", "response"), politician: column("politician", "stance") };
    const member = { citizen: column("citizen", "member"), official: column("official", "member"), politician: column("politician", "member") };
    const begins = { citizen: 0, official: wiring.citizens, politician: wiring.citizens + wiring.officials };
    const around = this.relations(society), leads = column("citizen", "leader");
    for (const [kind, acts] of Object.entries(doing)) {
      for (let k = 0; k < acts.length; k++) {
        const row = begins[kind] + k, x = layout.places[2 * row], y = layout.places[2 * row + 1];
        if (Number.isNaN(x)) continue;
        if (kind === "official" && around[k]) {
          pen.strokeStyle = this.words.relations[around[k] - 1].colour;
          pen.lineWidth = 0.22;
          pen.setLineDash(around[k] === 2 ? [0.35, 0.25] : []);
          pen.beginPath();
          pen.arc(x, y, 0.78, 0, 2 * Math.PI);
          pen.stroke();
          pen.setLineDash([]);
        }
        pen.fillStyle = society.month ? this.colour(this.model.acts[kind][acts[k]]) : faint;
        outline(pen, kind === "citizen" ? "round" : kind === "official" ? "square" : "triangle", x, y);
        pen.fill();
        if (member[kind][k]) {
          pen.strokeStyle = ink;
          pen.lineWidth = 0.11;
          pen.stroke();
        }
        if (kind === "citizen" && leads[k]) {
          pen.fillStyle = ink;
          pen.beginPath();
          pen.arc(x, y, 0.1, 0, 2 * Math.PI);
          pen.fill();
        }
        if (row === agent) {
          pen.strokeStyle = ink;
          pen.lineWidth = 0.14;
          pen.beginPath();
          pen.arc(x, y, 0.95, 0, 2 * Math.PI);
          pen.stroke();
        }
      }
    }
    pen.fillStyle = ink;
    pen.textAlign = "center";
    const type = Math.max(11, Math.min(1.3 * scale, 15)) / scale;
    pen.font = `${type}px system-ui, sans-serif`;
    if (layout.centres.length <= 60) {
      layout.shown.forEach((d, k) => {
        const [x, y] = layout.centres[k];
        pen.fillText(scale * layout.radius > 60 ? `district ${d + 1}, quality ${quality[d].toFixed(2)}` : `${d + 1}`, x, y + layout.radius + type);
      });
    }
    const coalitions = standing.reduce((one, other) => one + other, 0);
    canvas.setAttribute("aria-label", `The social graph of ${wiring.citizens} citizens, ${wiring.officials} officials and ` +
      `${several(wiring.districts, "politician")} in ${several(wiring.districts, "district")} after ${several(society.month, "month")}. ` +
      `${several(coalitions, "district")} ${coalitions === 1 ? "has" : "have"} a coalition.`);
  }

  ties(pen, wiring, faint) {
    const { places } = this.layout;
    pen.strokeStyle = faint;
    pen.lineWidth = 0.035;
    pen.globalAlpha = 0.5;
    pen.beginPath();
    for (let k = 0; k < wiring.ties.length; k++) {
      const one = 2 * wiring.edges[2 * k], other = 2 * wiring.edges[2 * k + 1];
      if (Number.isNaN(places[one]) || Number.isNaN(places[other])) continue;
      pen.moveTo(places[one], places[one + 1]);
      pen.lineTo(places[other], places[other + 1]);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /** The relation between users and each official: 0 nothing, 1 a dispute, 2 an open promise, 3 an agreement. */
  relations(society) {
    const [dispute, promise, agreement] = ["dispute", "promise_due", "agreement"].map((name) => society.column("official", name));
    return Array.from(dispute, (months, o) => (promise[o] > 0 ? 2 : months > 0 ? 1 : agreement[o] > 0 ? 3 : 0));
  }

  click(event, choose) {
    const box = this.canvas.getBoundingClientRect(), scale = this.layout.width / box.width, { places } = this.layout;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    let nearest = null, least = 1.5;
    for (let row = 0; row < places.length / 2; row++) {
      const away = Math.hypot(places[2 * row] - x, places[2 * row + 1] - y);
      if (away < least) [nearest, least] = [row, away];
    }
    if (nearest !== null) choose(nearest);
  }
}

function outline(pen, shape, x, y) {
  pen.beginPath();
  if (shape === "round") pen.arc(x, y, 0.34, 0, 2 * Math.PI);
  else if (shape === "square") pen.rect(x - 0.42, y - 0.42, 0.84, 0.84);
  else {
    pen.moveTo(x, y - 0.6);
    pen.lineTo(x + 0.56, y + 0.42);
    pen.lineTo(x - 0.56, y + 0.42);
    pen.closePath();
  }
}
