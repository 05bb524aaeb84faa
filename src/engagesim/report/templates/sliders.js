// The contexts that were simulated beforehand, one at a time. A model that runs in the page can take the place of `simulated`:
// it gets the value of each factor, and returns what a context holds.
const given = JSON.parse(document.getElementById("contexts").textContent);
const levers = document.getElementById("levers"), answers = document.getElementById("answers");
const make = (tag, text, into, attributes = {}) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  into.append(made);
  return made;
};
const chosen = given.factors.map((factor) => factor.start);
const simulated = (values) =>
  given.contexts.find((context) => context.at.every((value, place) => value === values[place]));
const show = () => {
  const context = simulated(given.factors.map((factor, place) => factor.values[chosen[place]]));
  answers.replaceChildren();
  const table = make("table", "", answers);
  make("caption", given.caption, table);
  const head = make("tr", "", make("thead", "", table));
  for (const column of given.columns) make("th", column, head, { scope: "col" });
  const body = make("tbody", "", table);
  for (const answer of context.answers) {
    const row = make("tr", "", body);
    make("th", answer.package, row, { scope: "row" });
    for (const cell of [answer.difference, answer.interval, answer.verdict]) make("td", cell, row);
    const bar = make("span", "", make("td", "", row), { class: "reach", "aria-hidden": "true" });
    for (const [name, low, high] of [["zero", 0, 0], ["line", answer.low, answer.high], ["dot", answer.at, answer.at]]) {
      const part = make("i", "", bar, { class: name });
      part.style.left = `${100 * (low - given.low) / (given.high - given.low)}%`;
      part.style.width = `${100 * (high - low) / (given.high - given.low)}%`;
      if (name !== "zero") part.style.background = answer.colour;
    }
  }
};
given.factors.forEach((factor, place) => {
  const line = make("p", "", levers), id = `lever-${place}`;
  make("label", `${factor.label}: `, line, { for: id });
  const now = make("output", factor.said[factor.start], line, { for: id });
  const lever = make("input", "", line, { id, type: "range", min: 0, max: factor.values.length - 1, step: 1 });
  lever.value = factor.start;
  lever.setAttribute("aria-valuetext", factor.said[factor.start]);
  lever.addEventListener("input", () => {
    chosen[place] = Number(lever.value);
    now.textContent = factor.said[chosen[place]];
    lever.setAttribute("aria-valuetext", factor.said[chosen[place]]);
    show();
  });
});
levers.hidden = answers.hidden = false;
show();
