// One society simulated in the page: controls, the social graph, curves, events, and one agent's reasons.

import { Panel } from "./curves.js";
import { download, fill, fitting, h, named, percent, said, several, termed } from "./dom.js";
import { Engine, Society } from "./engine.js";
import { eventsOf, seen } from "./events.js";
import { DistrictMap } from "./map.js";
import { Picture, roleOf } from "./picture.js";
import { codeFor, commandFor, deed, describe, doing, MOST_MONTHS, schedulesOf, underWay } from "./request.js";
import { headline, latest } from "./story.js";

const SPEEDS = [[1, "1 month a second"], [4, "4 months a second"], [12, "12 months a second"], [0, "as fast as possible"]];
const SHOWN = 9;

export class Explore {
  /** `lab` has the module, the model, societies, controls, levers and words; `changed` is called when the link changes. */
  constructor(lab, request, { changed = () => {}, only = null, graph = true, panels = null, compact = false } = {}) {
    Object.assign(this, { lab, request, changed, only, compact });
    this.engine = new Engine(lab.module, lab.model);
    this.other = new Engine(lab.module, lab.model);
    this.speed = 4;
    this.panels = (panels ?? lab.words.panels).map((panel) => new Panel(panel));
    this.names = [...new Set([...this.panels.flatMap((panel) => panel.lines.map(({ name }) => name)), "elections"])];
    this.picture = graph ? new Picture(lab.words, lab.model, (row) => this.choose(row)) : null;
    this.status = h("p", { class: "status", role: "status" });
    this.what = h("p", { class: "headline", "aria-live": "polite" });
    this.place = h("div", {});
    this.happened = h("ol", { class: "happened" });
    this.person = h("section", { class: "person" });
    this.controls = h("div", { class: "controls" });
    this.repeat = h("section", { class: "repeat" });
    this.element = h("div", { class: compact ? "explore compact" : "explore" },
      h("div", { class: "side" }, this.controls),
      h("div", { class: "middle" }, this.transport(), this.status, this.what, this.picture?.element, this.place,
        h("h2", {}, "What happened"), this.happened),
      h("div", { class: "beside" }, this.panels.map((panel) => panel.element), this.ghostSwitch(), this.person, this.repeat));
    this.open(request);
  }

  /** Open a society, and simulate the months of the request. */
  open(request) {
    this.pause();
    const { societies, levers } = this.lab, acts = request.acts.filter(({ month }) => month <= request.month);
    const description = describe(societies, { ...request, acts }, levers); // may refuse, and then nothing changes
    this.request = { ...request, acts };
    this.society = new Society(this.engine, description);
    this.ghost = null;
    this.series = Object.fromEntries(this.names.map((name) => [name, []]));
    this.events = [];
    this.lately = [];
    this.picture?.show(this.society);
    this.map = this.society.description.map ? new DistrictMap(this.society.description.map) : null;
    fill(this.place, this.map?.element);
    while (this.society.month < request.month) this.live();
    this.drawControls();
    this.draw();
  }

  live() {
    const { society } = this, before = seen(society), month = society.month;
    society.step();
    this.lately = eventsOf(before, seen(society), society, month);
    this.events.push(...this.lately);
    if (this.events.length > 4000) this.events.splice(0, 2000);
    for (const name of this.names) this.series[name].push(society.measure(name));
  }

  /** The month in which the society stops. */
  get last() {
    return MOST_MONTHS;
  }

  get invitation() {
    return "Press Play, or Step.";
  }

  step(months = 1) {
    for (let k = 0; k < months && this.society.month < this.last; k++) this.live();
    this.request.month = this.society.month;
    this.draw();
    if (this.society.month >= this.last) this.pause();
  }

  play() {
    this.playing = true;
    this.playButton.textContent = "Pause";
    let last = performance.now(), owed = 0;
    const tick = (now) => {
      if (!this.playing) return;
      if (this.speed) {
        owed = Math.min(owed + ((now - last) * this.speed) / 1000, 30);
        const months = Math.floor(owed);
        owed -= months;
        if (months) this.step(months);
      } else {
        for (const end = performance.now() + 12; performance.now() < end && this.society.month < this.last;) this.live();
        this.step(0);
      }
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  pause() {
    this.playing = false;
    if (this.playButton) this.playButton.textContent = "Play";
    if (this.society) this.draw();
  }

  transport() {
    const speed = named("speed");
    this.playButton = h("button", { class: "main", onclick: () => (this.playing ? this.pause() : this.play()) }, "Play");
    return h("div", { class: "transport" },
      this.playButton,
      h("button", { onclick: () => this.step(1) }, "Step"),
      h("button", { onclick: () => this.step(12) }, "A year"),
      h("button", { onclick: () => this.open({ ...this.request, month: 0, acts: [] }) }, "Start again"),
      h("label", { for: speed }, "Speed "),
      h("select", { id: speed, onchange: (event) => { this.speed = Number(event.target.value); } },
        SPEEDS.map(([value, text]) => h("option", { value: String(value), selected: value === this.speed }, text))));
  }

  ghostSwitch() {
    const id = named("ghost");
    this.withGhost = true;
    return h("p", { class: "switch" }, h("input", { id, type: "checkbox", checked: true, onchange: (event) => {
      this.withGhost = event.target.checked;
      this.draw();
    } }), h("label", { for: id }, "Pale lines: the same society and luck without your changes"));
  }

  /** Series of the same society without the changes made on the way. */
  ghosts() {
    if (!this.withGhost || !this.request.acts.length) return null;
    if (!this.ghost) {
      const { societies, levers } = this.lab;
      this.ghost = { society: new Society(this.other, describe(societies, { ...this.request, acts: [] }, levers)), series: {} };
      for (const name of this.names) this.ghost.series[name] = [];
    }
    const { society, series } = this.ghost;
    while (society.month < this.society.month) {
      society.step();
      for (const name of this.names) series[name].push(society.measure(name));
    }
    return series;
  }

  /** Make a change from this month on. */
  act(what, value) {
    const { levers } = this.lab;
    if (what in levers && levers[what].form && value) {
      for (const name of underWay(this.request.acts, levers)) if (levers[name].form && name !== what) this.note(name, 0);
    }
    this.note(what, value);
    this.society.follow(describe(this.lab.societies, this.request, levers).interventions);
    this.drawControls();
    this.draw();
  }

  note(what, value) {
    this.request.acts = doing(this.request.acts, { month: this.society.month, what, value }, this.lab.levers);
  }

  /** Restart with other parameters, or with another society. */
  restart(changes, society = this.request.society) {
    const kept = society === this.request.society ? this.request.changes : {};
    this.attempt(() => this.open({ ...this.request, society, changes: { ...kept, ...changes }, acts: [], month: 0, agent: null }));
  }

  attempt(work) {
    try {
      work();
      this.lab.complain("");
    } catch (error) {
      this.drawControls();
      this.lab.complain(error.message);
    }
  }

  valueNow(path) {
    const row = this.lab.model.settings.findIndex((setting) => setting.path === path);
    if (row < 0) return path === "seed" ? this.society.description.seed : this.society.description.values[path];
    const own = this.request.acts.filter(({ what, month }) => what === path && month <= this.society.month);
    if (own.length) return own[own.length - 1].value;
    const { districts } = this.society.sizes, settings = this.engine.view("settings");
    let sum = 0;
    for (let d = 0; d < districts; d++) sum += settings[row * districts + d];
    return sum / districts;
  }

  drawControls() {
    const { societies, levers, controls } = this.lab, { only } = this;
    const running = underWay(this.request.acts, levers), { form } = this.society.description;
    const scenario = named("society"), forms = Object.entries(levers).filter(([, lever]) => lever.form);
    const open = running.find((name) => levers[name].form) ?? "";
    const planned = form.form === "none" ? "as planned: none" : `as planned: ${levers[form.form]?.label ?? form.form.replaceAll("_", " ")} from month ${form.start + 1}`;
    const formId = named("form");
    const parts = [], wasOpen = new Map(Array.from(this.controls.querySelectorAll("details"), (each) => [each.firstChild.textContent, each.open]));
    const group = (title, isOpen, ...children) => h("details", { class: "group", open: wasOpen.get(title) ?? isOpen }, h("summary", {}, title), children);
    if (!only || only.societies) {
      parts.push(group("Society", true,
        h("label", { for: scenario }, "Choosing another restarts the simulation "),
        h("select", { id: scenario, onchange: (event) => this.restart({}, event.target.value) },
          Object.entries(societies).map(([name, { title }]) => h("option", { value: name, selected: name === this.request.society }, title))),
        h("small", {}, societies[this.request.society].about)));
    }
    if (!only || only.forms) {
      parts.push(group("Form of engagement", true,
        h("label", { for: formId }, "From this month on "),
        h("select", { id: formId, onchange: (event) => {
          if (event.target.value) this.act(event.target.value, 1);
          else if (open) this.act(open, 0);
        } },
        h("option", { value: "", selected: !open }, planned),
        forms.map(([name, { label, help }]) => h("option", { value: name, title: help, selected: name === open }, label))),
        h("small", {}, open ? levers[open].help : "A form determines how citizens can take part.")));
    }
    for (const { title, rows } of controls) {
      const shown = rows.filter(({ path }) => !only || only.paths?.includes(path));
      const fixed = this.lab.fixedSize(this.request.society);
      const usable = shown.filter(({ path }) => !(fixed && path.startsWith("population.")));
      if (usable.length) parts.push(group(title, title === "Incentives" || Boolean(only), usable.map((row) => this.slider(row))));
    }
    const acts = Object.entries(levers).filter(([name, lever]) => !lever.form && (!only || only.levers?.includes(name)));
    if (acts.length) {
      parts.push(group("Interventions", Boolean(only), acts.map(([name, { label, help }]) => {
        const id = named("lever");
        return h("p", { class: "switch" },
          h("input", { id, type: "checkbox", checked: running.includes(name), onchange: (event) => this.act(name, event.target.checked ? 1 : 0) }),
          h("label", { for: id, title: help }, label), h("small", {}, help));
      })));
    }
    fill(this.controls, parts);
  }

  slider({ path, label, help, low, high, step, restarts }) {
    const id = named("setting"), value = this.valueNow(path), output = h("output", { for: id }, tidy(value));
    const input = h("input", { id, type: restarts && path !== "population.reform_minded_share" ? "number" : "range", min: String(low), max: String(high), step: String(step), value: String(value) });
    const read = () => fitting(input.value, low, high, step);
    input.addEventListener("input", () => { output.textContent = tidy(read()); });
    input.addEventListener("change", () => (restarts ? this.restart({ [path]: read() }) : this.act(path, read())));
    return h("div", { class: "setting" }, h("label", { for: id, title: help }, label), input, output, h("small", {}, help, restarts ? " Restarts the simulation." : ""));
  }

  choose(row) {
    this.request.agent = row !== null && row >= 0 && row < this.society.sizes.agents ? row : null;
    this.draw();
  }

  draw() {
    const { society, request, lab } = this;
    const { month } = society;
    this.picture?.draw(society, request.agent);
    this.map?.draw(society);
    const span = Math.max(24, Math.ceil(month / 12) * 12), ghost = this.ghosts();
    const marks = request.acts.map(({ month: at, what, value }) => ({ month: at, text: deed({ what, value }, lab) }));
    const ticks = this.series.elections.flatMap((share, at) => (share > 0 ? [at + 1] : []));
    for (const panel of this.panels) panel.draw({ series: this.series, ghost, span, marks, ticks });
    this.status.textContent = this.sentence();
    const head = headline(this.lately, lab.model.events);
    this.what.textContent = month ? `Month ${month}: ${head || "nothing out of the ordinary."}` : this.invitation;
    fill(this.happened, month ? latest(this.events, lab.model.events, SHOWN).map((text) => h("li", {}, text)) : h("li", {}, "Nothing yet."));
    if (!this.playing) {
      this.drawPerson();
      this.drawRepeat();
      this.changed();
    } else fill(this.person, h("p", {}, "Pause to see one agent's reasons."));
  }

  sentence() {
    const { society } = this, { citizens, districts } = society.sizes;
    if (!society.month) return `${citizens} citizens in ${several(districts, "district")}, seed ${society.description.seed}.`;
    const now = (name) => society.measure(name), standing = Math.round(now("coalition_districts") * districts);
    return `After ${several(society.month, "month")}: service quality ${said(now("quality"))}, trust ${said(now("trust"))}. ` +
      `${percent(now("engaged"))} of citizens take part and ${percent(now("client"))} are clients; ${percent(now("responsive"))} of officials ` +
      `respond in earnest. ${standing ? `${standing} of ${several(districts, "district")} ${standing === 1 ? "has" : "have"} a coalition.` : "No district has a coalition."}`;
  }

  drawPerson() {
    const { society, request, lab } = this, id = named("agent"), most = society.sizes.agents - 1;
    const input = h("input", { id, type: "number", min: "0", max: String(most), value: request.agent ?? "", onchange: (event) => this.choose(event.target.value === "" ? null : Number(event.target.value)) });
    const head = [h("h2", {}, "One agent"), h("p", {}, h("label", { for: id }, `Number, 0 to ${most} (or click in the picture) `), input)];
    const row = request.agent;
    if (row === null || row === undefined) {
      fill(this.person, head);
      return;
    }
    const { wiring } = society, role = roleOf(wiring, row), kind = role === "citizen" || role === "politician" ? role : "official";
    const place = row - { citizen: 0, official: wiring.citizens, politician: wiring.citizens + wiring.officials }[kind];
    const column = { citizen: "strategy", official: "response", politician: "stance" }[kind];
    const act = lab.model.acts[kind][society.column(kind, column)[place]];
    const label = society.description.people?.labels?.[row];
    const parts = [...head, h("h3", {}, `${role[0].toUpperCase()}${role.slice(1)} ${row}${label ? ` (${label})` : ""}, district ${wiring.homes[row] + 1}`)];
    if (!society.month) parts.push(h("p", {}, "Nothing has happened yet."));
    else {
      parts.push(h("p", {}, "Now: ", h("b", {}, termed(lab.words.acts[act].short, lab.words.acts[act].help)), ". If they chose again now, each option would be worth:"));
      const options = { ...(kind === "citizen" ? { abstain: {} } : {}), ...society.reasons(row) };
      parts.push(h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of reasons" }, h("table", { class: "reasons" }, h("caption", {}, "Worth of each option, and its terms"),
        h("tbody", {}, Object.entries(options).map(([option, terms]) => h("tr", { class: option === act ? "chosen" : "" },
          h("th", { scope: "row" }, termed(lab.words.acts[option].short, lab.words.acts[option].help)),
          h("td", {}, said(Object.values(terms).reduce((one, other) => one + other, 0))),
          h("td", {}, Object.entries(terms).sort(([, one], [, other]) => Math.abs(other) - Math.abs(one)).map(([term, value], k) =>
            [k ? ", " : "", termed(term.replaceAll("_", " "), lab.words.terms[term]), ` ${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`])))))))) ;
    }
    fill(this.person, parts);
  }

  drawRepeat() {
    if (this.compact) return;
    const { societies, levers } = this.lab, months = Math.max(1, this.society.month);
    const command = commandFor(societies, this.request, levers, months), code = codeFor(societies, this.request, levers, months);
    const program = code ? `from engagesim import scenario, simulate\n\nsociety = ${code}\nfound = simulate([society], seeds=[society.seed])\nprint(found.measure("quality")[0, 0])` : "";
    fill(this.repeat, h("details", { ontoggle: (event) => { this.showsCode = event.target.open; }, open: Boolean(this.showsCode) },
      h("summary", {}, "Open in Python, save, download"),
      h("p", {}, "This command repeats what you see, bit for bit:"), h("pre", { id: "command", tabindex: "0" }, command),
      program ? [h("p", {}, "Or in Python:"), h("pre", { id: "program", tabindex: "0" }, program)] : h("p", {}, "Only the command repeats a society with files, a place or mechanisms."),
      h("p", {},
        h("button", { onclick: () => download("society.csv", this.table(), "text/csv") }, "Data as CSV"), " ",
        h("button", { onclick: () => download("society.txt", `${location.hash}\n`, "text/plain") }, "Save to a file"), " ",
        h("label", { class: "button" }, "Open a saved file", h("input", { type: "file", accept: ".txt", onchange: (event) => this.lab.openFile(event.target.files[0]) })))));
  }

  /** Every measure of every month, as a table. */
  table() {
    const names = Object.keys(this.lab.model.measures), series = names.map((name) => this.society.series(name));
    const rows = Array.from({ length: this.society.month }, (_, month) => [month, ...series.map((values) => values[month])].join(","));
    return `${["month", ...names].join(",")}\n${rows.join("\n")}\n`;
  }

  /** The changes on the way, as interventions. */
  interventions() {
    return schedulesOf(this.request.acts, this.lab.levers);
  }
}

const tidy = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
