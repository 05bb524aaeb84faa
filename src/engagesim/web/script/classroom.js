// A class session: groups play the same society with the same luck, and set a policy each year.

import { download, fill, h, named } from "./dom.js";
import { Explore } from "./explore.js";
import { costOf, deed, MOST_YEARS, nameOf, read, written, YEAR } from "./request.js";

const PACES = [[4, "a year in 3 seconds"], [1, "a year in 12 seconds"], [0, "a year at once"]];

/** What a group has done, as one list for each year that it has begun. */
export function yearsOf({ acts, month }, lab) {
  const years = Array.from({ length: Math.ceil(month / YEAR) }, () => []);
  for (const act of acts) if (act.month < month) years[act.month / YEAR].push(deed(act, lab));
  return years;
}

/** A policy in words. */
export const policyOf = (deeds, year) => (deeds.length ? deeds.join(", ") : year ? "As before" : "Nothing");

/** An amount with its thousands separated. */
export const amount = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

/** The laboratory, with the price of each form and intervention in its explanation. */
function priced(lab) {
  const levers = Object.entries(lab.levers).map(([name, lever]) => [name, { ...lever, help: `${lever.help} ${lever.cost ? `${amount(lever.cost)} dollars a month in each district.` : "No price."}` }]);
  return { ...lab, levers: Object.fromEntries(levers), complain: (text) => lab.complain(text), fixedSize: (name) => lab.fixedSize(name) };
}

/** The start of a session, which is the same for all groups. */
const opening = (request) => ({ ...request, tab: "class", acts: [], month: 0, agent: null, session: { ...request.session, group: "" } });

/** The society of one group, which runs for a year and waits for the next policy. */
class Round extends Explore {
  get last() {
    return this.goal;
  }

  get invitation() {
    return "Decide on a policy, and simulate the first year.";
  }

  open(request) {
    this.goal = request.month;
    super.open(request);
  }

  transport() {
    const pace = named("pace");
    this.speed = PACES[0][0];
    this.playButton = h("button", { class: "main", onclick: () => this.year() });
    return h("div", { class: "transport" }, this.playButton, h("label", { for: pace }, "Pace "),
      h("select", { id: pace, onchange: (event) => { this.speed = Number(event.target.value); } },
        PACES.map(([value, text]) => h("option", { value: String(value) }, text))));
  }

  /** Simulate the next year. */
  year() {
    const { years } = this.request.session;
    if (this.playing || this.society.month >= years * YEAR) return;
    this.goal = this.society.month + YEAR;
    for (const each of this.controls.querySelectorAll("input, select")) each.disabled = true;
    if (this.speed) this.play();
    else this.step(YEAR);
  }

  /** Finish the year that has begun. */
  pause() {
    this.playing = false;
    if (!this.society) return;
    while (this.society.month < this.goal) this.live();
    this.request.month = this.society.month;
    this.drawControls();
    this.draw();
  }

  drawControls() {
    super.drawControls();
    if (this.society.month < this.request.session.years * YEAR) return;
    for (const each of this.controls.querySelectorAll("input, select")) each.disabled = true;
  }

  draw() {
    super.draw();
    const { society: { month }, request: { session: { group, years } } } = this, year = Math.floor(month / YEAR) + 1;
    this.playButton.textContent = this.playing ? `Year ${year} …` : year > years ? "The end" : `Simulate year ${year}`;
    this.playButton.disabled = this.playing || year > years || !group;
  }
}

/** The tab in which a session is started, joined and played. */
export class Classroom {
  /** `explored` returns the society of Explore; `changed` is called when the link changes. */
  constructor(lab, explored, request, { changed = () => {} } = {}) {
    Object.assign(this, { lab, explored, changed });
    this.years = 8;
    this.move = "policies";
    this.element = h("div", { class: "classroom" });
    this.open(request);
  }

  /** The society being played; null if no session is under way. */
  get request() {
    return this.round?.request ?? null;
  }

  open(request) {
    if (!request.session) {
      this.round = null;
      this.draw();
      return;
    }
    const only = { forms: true, levers: Object.keys(this.lab.levers), paths: request.session.move === "settings" ? this.lab.controls.flatMap(({ rows }) => rows).filter(({ restarts }) => !restarts).map(({ path }) => path) : [] };
    if (this.round) this.round.playing = false;
    this.round = null;
    this.desk = h("section", { class: "desk" });
    this.past = h("ol", { class: "years" });
    this.round = new Round(priced(this.lab), request, { only, compact: true, changed: () => this.drawPast() });
    this.drawDesk();
    this.draw();
  }

  /** Finish a year that has begun when the reader leaves the tab. */
  leave() {
    this.round?.pause();
  }

  draw() {
    if (this.round) fill(this.element, this.desk, this.round.element);
    else fill(this.element, this.starting());
  }

  starting() {
    const { society, changes } = this.explored(), ids = ["years", "move", "join", "link"].map(named);
    const different = Object.entries(changes).map(([path, value]) => `${path} = ${value}`);
    const link = h("input", { id: ids[3], type: "text", autocomplete: "off", onkeydown: (event) => event.key === "Enter" && this.join(link.value) });
    return h("div", { class: "prose" },
      h("h2", {}, "A class session"),
      h("p", {}, "Groups play the same society with the same luck. Each group decides on a policy, simulates a year, sees what happened, and decides again. ",
        "At the end, each hands in a file or a link, and the tab Debrief shows all histories side by side."),
      h("h3", {}, "Instructor: start one"),
      h("p", {}, h("b", {}, this.lab.societies[society].title), different.length ? `, with ${different.join(", ")}` : "", ", from month 0, as set in Explore."),
      h("p", {}, h("label", { for: ids[0] }, "Years "), h("input", { id: ids[0], type: "number", min: "1", max: String(MOST_YEARS), value: String(this.years), onchange: (event) => { this.years = Math.min(MOST_YEARS, Math.max(1, Math.floor(Number(event.target.value)) || 1)); event.target.value = String(this.years); } })),
      h("p", {}, h("input", { id: ids[1], type: "checkbox", checked: this.move === "settings", onchange: (event) => { this.move = event.target.checked ? "settings" : "policies"; } }),
        h("label", { for: ids[1] }, "Groups may also change incentives, which have no price")),
      h("p", {}, h("button", { class: "main", onclick: () => this.start() }, "Start the class")),
      h("h3", {}, "Group: join one"),
      h("p", {}, h("label", { for: ids[2] }, "File of the class, or one that your group has saved "), h("input", { id: ids[2], type: "file", accept: ".txt", onchange: (event) => this.lab.openFile(event.target.files[0]) })),
      h("p", {}, h("label", { for: ids[3] }, "or its link "), link, " ", h("button", { onclick: () => this.join(link.value) }, "Join")));
  }

  start() {
    const { society, changes } = this.explored();
    const session = { years: this.years, group: "", move: this.move, version: this.lab.version, mark: this.lab.societies[society].mark };
    this.open({ tab: "class", society, changes: { ...changes }, acts: [], month: 0, agent: null, session });
    this.changed();
    this.desk.querySelector("input")?.focus();
  }

  /** Open the session in a link. */
  join(text) {
    try {
      const request = read(bare(text), this.lab);
      if (!request.session) throw Error("must be a link to a class session");
      this.lab.complain("");
      this.open(request);
      this.changed();
    } catch (error) {
      this.lab.complain(`This link cannot be opened: ${error.message}.`);
    }
  }

  /** The group that plays, and the history that it hands in. */
  drawDesk() {
    const { lab, request } = this, { session } = request, id = named("group"), text = () => `#${written(request)}\n`;
    const fileName = (name) => `${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "group"}.txt`;
    const said = h("span", { role: "status" });
    const copy = async (link, what) => {
      try {
        await navigator.clipboard.writeText(link);
        said.textContent = `${what} is copied.`;
      } catch {
        said.textContent = link;
      }
    };
    const page = location.protocol === "file:" ? "" : location.href.split("#")[0]; // a path on somebody's disk is of no use to others
    this.ask = h("p", { class: "status" });
    fill(this.desk,
      h("h2", {}, `${lab.societies[request.society].title}, seed ${request.changes.seed ?? lab.societies[request.society].description.seed}, ${session.years} years`),
      h("p", {}, h("label", { for: id }, "Name of the group "), h("input", { id, type: "text", maxlength: "40", value: session.group, autocomplete: "off", oninput: (event) => {
        request.session.group = nameOf(event.target.value);
        this.round.draw();
      } })),
      this.ask,
      h("details", { class: "group" }, h("summary", {}, "Your policy so far, year by year"), this.past),
      this.handing = h("details", { class: "group" }, h("summary", {}, "Hand in, save, hand out"),
        h("p", {}, h("button", { onclick: () => download(fileName(request.session.group), text(), "text/plain") }, "Hand in as a file"), " ",
          h("button", { onclick: () => copy(`${page}${text().trim()}`, "The group's link") }, "Copy the link to hand in")),
        h("p", {}, "For the other groups: ",
          h("button", { onclick: () => download("class.txt", `#${written(opening(request))}\n`, "text/plain") }, "File of the class"), " ",
          h("button", { onclick: () => copy(`${page}#${written(opening(request))}`, "The link of the class") }, "Copy the link of the class"), " ",
          h("button", { onclick: () => this.end() }, "Leave this class")),
        said));
    this.drawPast();
  }

  drawPast() {
    if (!this.round?.society || !this.desk.firstChild) return;
    const { lab, request } = this, { years, group } = request.session, { month } = request, year = month / YEAR;
    const { districts } = this.round.society.sizes, now = request.acts.filter((act) => act.month === month).map((act) => deed(act, lab));
    const cost = amount(costOf(request.acts, lab.levers, month, districts));
    const next = year >= years ? "The session is over: hand in your history." :
      `Decide on year ${year + 1} of ${years}, and simulate it. ${now.length ? `New: ${now.join(", ")}.` : "No changes so far."}`;
    this.ask.textContent = `${group ? "" : "Give your group a name. "}${next} Spent so far: ${cost} dollars.`;
    if (year >= years) this.handing.open = true;
    fill(this.past, yearsOf(request, lab).map((deeds, k) => h("li", {}, policyOf(deeds, k))));
    this.changed();
  }

  end() {
    this.open({ session: null });
    this.changed();
  }
}

/** The text of a link without its address. */
export const bare = (text) => text.slice(text.indexOf("#") + 1).trim();
