// The page: the module is unpacked, the link is read, and the tabs are shown.

import { Classroom } from "./classroom.js";
import { Compare } from "./compare.js";
import { Debrief } from "./debrief.js";
import { fill, h } from "./dom.js";
import { Explore } from "./explore.js";
import { inflated } from "./inflate.js";
import { Lesson } from "./lesson.js";
import { MEASURES } from "./measures.js";
import { Pool } from "./pool.js";
import { read, written } from "./request.js";

/** Everything that the parts of the page share. */
class Lab {
  constructor(data, bytes, module) {
    Object.assign(this, data, { bytes, module });
    this.plain = data.model;
    this.model = { ...data.model, measures: MEASURES };
    this.complaint = h("p", { class: "complaint", role: "alert" });
  }

  /** The workers; they start when they are first needed. */
  pool() {
    this.workers ??= new Pool(document.getElementById("worker").textContent, this.bytes, this.plain);
    return this.workers;
  }

  complain(text) {
    this.complaint.textContent = text;
  }

  /** Whether the user's files determine the size of a society. */
  fixedSize(name) {
    return this.societies[name].description.people !== null;
  }

  /** Open a file that a reader has saved. */
  async openFile(file) {
    if (!file) return;
    const text = (await file.text()).trim().slice(0, 16000);
    if (text) location.hash = text;
    else this.complain("This file is empty.");
  }
}

function laboratory(lab, app) {
  let request = read(lab.start, lab), mine = "";
  const asked = (instead) => {
    try {
      request = location.hash.length > 1 ? read(location.hash.slice(1), lab) : request;
      lab.complain("");
      return true;
    } catch (error) {
      lab.complain(`This link cannot be opened: ${error.message}. ${instead}`);
      return false;
    }
  };
  asked("The society of the page is shown instead.");
  let shown = request.tab, ready = false;
  const keep = () => {
    if (!ready) return;
    mine = `#${written({ ...(classroom.request ?? explore.request), tab: shown })}`;
    history.replaceState(null, "", mine);
  };
  const explore = new Explore(lab, { ...request, session: null }, { changed: keep });
  const compare = new Compare(lab, explore.request);
  const classroom = new Classroom(lab, () => explore.request, request, { changed: keep });
  const debrief = new Debrief(lab, () => classroom.request);
  const tabs = { explore: ["Explore", explore], compare: ["Compare", compare], class: ["Class", classroom], debrief: ["Debrief", debrief] };
  const names = Object.keys(tabs);
  const place = h("div", { id: "place", role: "tabpanel" }), list = h("div", { role: "tablist", "aria-label": "What to do" });
  const show = (name) => {
    explore.pause();
    classroom.leave();
    shown = name in tabs ? name : "explore";
    fill(list, names.map((each, k) => h("button", { role: "tab", id: `tab-${each}`, "aria-selected": String(each === shown), "aria-controls": "place", tabindex: each === shown ? "0" : "-1", onclick: () => show(each),
      onkeydown: (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!step) return;
        show(names[(k + step + names.length) % names.length]);
        document.getElementById(`tab-${shown}`).focus();
      } }, tabs[each][0])));
    place.setAttribute("aria-labelledby", `tab-${shown}`);
    if (shown === "compare") compare.open(explore.request);
    fill(place, tabs[shown][1].element);
    if (shown === "explore") explore.draw();
    if (shown === "class") classroom.draw();
    keep();
  };
  addEventListener("hashchange", () => {
    if (location.hash === mine) return;
    if (!asked("Nothing here has changed.")) {
      history.replaceState(null, "", mine);
      return;
    }
    explore.attempt(() => {
      explore.open({ ...request, session: null });
      classroom.open(request);
    });
    show(request.tab);
  });
  const large = h("button", { "aria-pressed": "false", onclick: () => large.setAttribute("aria-pressed", String(document.body.classList.toggle("projector"))) }, "Large type");
  fill(app, h("header", {}, h("h1", {}, "engagesim"), list, large), lab.complaint, h("main", {}, place), footer(lab));
  ready = true;
  show(shown);
}

function footer(lab) {
  return h("footer", {}, h("p", {}, `engagesim, model version ${lab.version}. The whole model runs in this page; nothing is sent anywhere. `,
    "It compares designs and tests arguments, but it does not forecast any place. Its months, districts and agents follow documented rules, whose limits are known: see the documentation."));
}

async function start() {
  const app = document.getElementById("app");
  try {
    const data = JSON.parse(document.getElementById("data").textContent), bytes = await inflated("module");
    const lab = new Lab(data, bytes, await WebAssembly.compile(bytes));
    if (data.lesson) {
      const lesson = new Lesson(lab, data.lesson);
      fill(app, lab.complaint, lesson.element, footer(lab));
    } else laboratory(lab, app);
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    fill(app, h("p", { role: "alert" }, `This browser cannot run the model: ${error.message}. A browser from 2023 or later can.`));
    throw error;
  }
}

start();
