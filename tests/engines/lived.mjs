// Live the societies of a file in node, and say by hashes what came of each.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}.js`));
const { Engine, Society } = await load("engine");
const { eventsOf, seen } = await load("events");
const { told } = await load("story");
const { MEASURES } = await load("measures");
const model = { ...JSON.parse(fs.readFileSync(`${folder}/model.json`)), measures: MEASURES };
const module = new WebAssembly.Module(fs.readFileSync(`${folder}/engine.wasm`));
const hash = (...arrays) => {
  const sum = createHash("sha256");
  for (const each of arrays) sum.update(new Uint8Array(each.buffer, each.byteOffset, each.byteLength));
  return sum.digest("hex").slice(0, 16);
};
const engine = new Engine(module, model);
for (const { society: description, changes } of JSON.parse(fs.readFileSync(file))) {
  const society = new Society(engine, description), { wiring } = society, events = [];
  for (let month = 0; month < description.months; month++) {
    const change = changes.find((each) => each.month === month);
    if (change) society.follow(change.interventions);
    const before = seen(society);
    society.step();
    events.push(...eventsOf(before, seen(society), society, month));
  }
  const rows = events.map((each) => ["month", "kind", "district", "actor", "service_point", "row", "before", "after", "cause",
    "count"].map((name) => each[name]).join());
  const state = Object.fromEntries(Object.entries(model.columns).map(([entity]) => [entity,
    ["numbers", "counts"].map((kind) => hash(engine.view(`${entity}_${kind}`)))]));
  console.log(JSON.stringify({
    graph: hash(wiring.edges, wiring.ties, wiring.first, wiring.kin, wiring.neighbours, wiring.servicePoint),
    tallies: hash(...society.tallies), state,
    measures: hash(...Object.keys(MEASURES).map((name) => society.series(name))),
    events: createHash("sha256").update(rows.join("\n")).digest("hex").slice(0, 16),
    words: events.slice(-40).map((event) => told(event, model.events)),
    some: rows.slice(0, 400),
    reasons: [0, wiring.citizens, wiring.citizens + 1, wiring.agents - 1].map((row) => society.reasons(row)),
  }));
}
