// Districts on a map, with the state of each, month by month.

import { fill, h, named, said, several } from "./dom.js";

const SHADES = [
  ["quality", "Service quality (0 to 1)"],
  ["trust", "Trust of citizens (0 to 1)"],
];

/** The map of a society with boundaries; it states when the numbers of districts and areas differ. */
export class DistrictMap {
  constructor(map) {
    this.map = map;
    this.shade = "quality";
    const id = named("shade");
    this.title = h("b", {});
    this.areas = map.paths.map((path) => h("path", { d: path, class: "district", "fill-rule": "evenodd" }));
    this.numbers = map.middles.map(([x, y]) => h("text", { x, y: y + 20, class: "place", "text-anchor": "middle" }));
    const names = map.middles.map(([x, y], d) => h("text", { x, y: y - 12, class: "place", "text-anchor": "middle" }, map.names[d]));
    this.picture = h("svg", { class: "map", role: "img", viewBox: `-4 -4 ${map.size[0] + 8} ${map.size[1] + 8}` }, this.areas, map.named ? [names, this.numbers] : null);
    this.element = h("figure", {},
      h("p", { class: "legend" }, this.title, " ", h("label", { for: id }, "The map shows "),
        h("select", { id, onchange: (event) => { this.shade = event.target.value; this.draw(this.society); } },
          SHADES.map(([value, text]) => h("option", { value }, text)))),
      this.picture,
      this.key = h("p", { class: "legend" }, "0 ", map.colours.map((colour) => h("i", { class: "shade", style: `background:${colour}` })),
        " 1. Bold outline: a coalition stands."));
  }

  draw(society) {
    this.society = society;
    const { map } = this, { districts } = society.sizes, fits = districts === map.names.length;
    for (const part of [this.picture, this.key]) part.style.display = fits ? "" : "none";
    this.title.textContent = fits
      ? `${map.label}: districts after ${several(society.month, "month")}.`
      : `The map has ${map.names.length} areas, and this society ${districts} districts.`;
    if (!fits) return;
    const numbers = this.shade === "quality" ? society.column("district", "quality") : means(society), { colours } = map;
    const standing = society.column("district", "coalition");
    this.areas.forEach((area, d) => {
      area.setAttribute("fill", colours[Math.min(colours.length - 1, Math.floor(numbers[d] * colours.length))]);
      area.classList.toggle("standing", standing[d] > 0);
    });
    this.numbers.forEach((text, d) => fill(text, said(numbers[d])));
    const order = map.names.map((_, d) => d).sort((one, other) => numbers[one] - numbers[other]);
    const [low, high] = [order[0], order[order.length - 1]], what = SHADES.find(([value]) => value === this.shade)[1];
    this.picture.setAttribute("aria-label", `${map.label}. ${what}: from ${said(numbers[low])} in ${map.names[low]} to ${said(numbers[high])} in ${map.names[high]}.`);
  }
}

/** Mean trust of the citizens of each district. */
function means(society) {
  const trust = society.column("citizen", "trust"), { district } = society.wiring;
  const sums = new Array(society.sizes.districts).fill(0), counts = sums.slice();
  for (let i = 0; i < trust.length; i++) {
    sums[district[i]] += trust[i];
    counts[district[i]] += 1;
  }
  return sums.map((sum, d) => sum / Math.max(1, counts[d]));
}
