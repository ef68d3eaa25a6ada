// Rates the subjects of many printed modules: `node driver.mjs FOLDER`, with FOLDER/N.mjs and FOLDER/N.json.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const found = {};
for (const name of readdirSync(folder).filter((one) => one.endsWith(".json"))) {
  const number = name.slice(0, -5);
  const { assess } = await import(pathToFileURL(join(folder, `${number}.mjs`)));
  const { subjects } = JSON.parse(readFileSync(join(folder, name), "utf8"));
  found[number] = subjects.map((subject) => {
    try {
      return assess(subject);
    } catch (error) {
      return { thrown: `${error.stack}` };
    }
  });
}
writeFileSync(join(folder, "found.out"), JSON.stringify(found));
