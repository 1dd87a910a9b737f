// Pictures to upload: those of the demo town, so that the journeys bring none of their own.

import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const DEMO = fileURLToPath(new URL("../../crates/ministore/demo", import.meta.url));

/** The path of a picture: "licence" or the name of a file among the goods, such as "lantern-teapot-1". */
export function picture(name) {
  const file = path.join(DEMO, name === "licence" ? "" : "goods", `${name}.webp`);
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  return file;
}
