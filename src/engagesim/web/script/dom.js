// Elements of the page, made in one line.

/** An element with properties, listeners (`onclick`), attributes (`aria-…`, `class`) and children. */
export function h(tag, properties = {}, ...children) {
  const made = SVG.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !SVG.has(tag) && !name.startsWith("aria") && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const SVG = new Set(["svg", "path", "line", "polyline", "text", "circle", "rect", "g"]);

/** Replace the children of an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A term with its explanation, for mouse and keyboard. */
export function termed(text, help) {
  return help ? h("abbr", { title: help, tabindex: "0" }, text) : text;
}

let lastNumber = 0;

/** A unique name for an element with a label. */
export const named = (word) => `${word}-${++lastNumber}`;

/** Offer a file to the reader as a download. */
export function download(name, text, type) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A number as text with two decimals. */
export const said = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "–");

/** A count with its noun: "1 month", "2 months". */
export const several = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

export const percent = (share) => `${Math.round(100 * share)} %`;

/** A number as text that reads back as the same number. */
export const exact = (value) => (typeof value === "number" ? String(value) : value);

/** The number in a field, moved into its range, and whole if its steps are. */
export function fitting(text, low, high, step) {
  const value = Math.min(high, Math.max(low, Number(text)));
  return step === 1 ? Math.round(value) : value;
}
