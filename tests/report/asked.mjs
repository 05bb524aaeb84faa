// Live the pairs of a report in node as its page does, or judge intervals, and print what comes of each.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}.js`));
const { Engine, Society } = await load("engine");
const { MEASURES } = await load("measures");
const { commandOf, memberOf } = await load("member");
const { valueOf } = await load("outcome");
const { changed, judged, spanned, verdictOn } = await load("verdict");
const { direction } = await load("compare");
const { commandFor } = await load("request");
const { data, pairs = [], intervals = [], differences = [], views = [], counted = [], societies = {}, requests = [] } = JSON.parse(fs.readFileSync(file));

const values = () => {
  const engine = new Engine(new WebAssembly.Module(fs.readFileSync(`${folder}/engine.wasm`)), { ...data.model, measures: MEASURES });
  const live = (asked, seed) => {
    const society = new Society(engine, memberOf(data, asked, seed));
    while (society.month < society.description.months) society.step();
    return valueOf(data.outcome, Object.fromEntries(data.watched.map((name) => [name, society.series(name)])));
  };
  return pairs.map(({ seeds, ...asked }) => seeds.map((seed) => live(asked, seed) - live({ ...asked, chosen: null }, seed)));
};
console.log(JSON.stringify({
  values: pairs.length ? values() : [],
  verdicts: intervals.map(({ ends, outcome, seeds, varying, rule }) => verdictOn(ends, outcome, seeds, varying, rule)),
  commands: views.map((view) => commandOf(data, view)),
  directions: counted.map(([ends, higher, lower, least]) => direction(ends, higher, lower, least)),
  runs: requests.map((request) => commandFor(societies, request, {}, 12)),
  judged: differences.map(({ values: some, outcome, rule }) => {
    const found = judged(some, outcome, rule);
    return { ...found, words: [changed(found.mean, outcome), spanned(found.low, found.high, outcome)] };
  }),
}));
