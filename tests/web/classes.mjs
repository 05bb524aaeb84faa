// Answers what tests ask about class sessions, one JSON value a question: `node classes.mjs FOLDER QUESTIONS.json`.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, file] = process.argv.slice(2);
const lab = JSON.parse(readFileSync(join(folder, "lab.json"), "utf8"));
const { costOf, read, written } = await import(join(folder, "request.js"));
const { gathered } = await import(join(folder, "debrief.js"));

const ANSWERS = {
  cost: ({ acts, months, districts }) => costOf(acts, lab.levers, months, districts),
  again: ({ text }) => written(read(text, lab)),
  gather: ({ found }) => {
    const { groups, refused } = gathered([], found, lab);
    return { names: groups.map(({ name }) => name), keys: groups.map(({ key }) => key), refused };
  },
};

for (const { ask, ...given } of JSON.parse(readFileSync(file, "utf8"))) console.log(JSON.stringify(ANSWERS[ask](given)));
