import { setPriority } from "node:os";
import { ATTACKS } from "../../../test/support/attacks.js";

/** A program that makes one attack again and again until it is killed. It says each turn. Arguments: attack, address, token, folder. */
const [name, url, token, home] = process.argv.slice(2) as [string, string, string, string];

// What it takes of the processors itself is not the daemon's doing.
setPriority(5);
console.log("begun");
while (true) {
  const ends: (() => void | Promise<void>)[] = [];
  try {
    await ATTACKS[name]!.turn({ url, token, home }, { after: (end) => void ends.push(end) });
  } catch {
    // The daemon may end connections of an attacker at any moment.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (const end of ends) await end();
  console.log("turn");
}
