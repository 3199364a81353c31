import { Command } from "commander";
import { listFijis } from "../fiji/listing.js";
import { describeListing } from "./fiji-words.js";

/** `defcon-fiji list`: shows what is installed in the Fijis of this machine. */
export function listCommand(): Command {
  return new Command("list")
    .description("show the Fijis that are found and what is installed in them")
    .option("--fiji <dir>", "only this Fiji folder")
    .option("--json", "print as JSON")
    .action(run);
}

async function run({ fiji, json }: { fiji?: string; json?: boolean }): Promise<void> {
  const listings = await listFijis(fiji);
  console.log(json ? JSON.stringify(listings) : listings.map(describeListing).join("\n\n"));
}
