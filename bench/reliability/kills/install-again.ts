import { installFiji } from "../../../src/api/install.js";

/** A program that installs archives into a Fiji, one after the other. It says each that is installed. Arguments: Fiji, number of the first, archives. */
const [fiji, first, ...archives] = process.argv.slice(2) as [string, string, ...string[]];

console.log("begun");
for (let number = Number(first); ; number++) {
  await installFiji({ models: [archives[number % archives.length]!], fiji, plugin: true });
  console.log(`installed ${number}`);
}
