// `node in_node.mjs FOLDER`: a line of JSON for each society in FOLDER/cases.json.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { lived } from "./lived.mjs";

const [folder] = process.argv.slice(2), json = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const answers = await lived(
  json("cases.json"), (name) => import(pathToFileURL(join(folder, `${name}.js`))), json("model.json"),
  readFileSync(join(folder, "engine.wasm")), (...given) => webcrypto.subtle.digest(...given),
);
for (const answer of answers) console.log(JSON.stringify(answer));
