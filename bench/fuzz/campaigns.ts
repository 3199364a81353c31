import type { Campaign } from "./campaign.js";
import { Coverage } from "./coverage.js";
import { FileCampaign } from "./files/file-campaign.js";
import { FILE_KINDS } from "./files/kinds.js";
import { DecodingCampaign } from "./messages/decoding-campaign.js";
import { SessionCampaign } from "./messages/session-campaign.js";
import { SocketCampaign } from "./messages/socket-campaign.js";

/** How many inputs each kind gets where no amount is named; fewer of those that take long. */
export const AMOUNTS: Readonly<Record<string, number>> = {
  ...{ decoding: 800_000, sessions: 200_000, socket: 20_000 },
  ...{ tif: 1_500, h5: 1_000, onnx: 700, "saved-model": 400, csv: 1_500, ini: 1_200, tar: 1_500, zarr: 700 },
  ...{ json: 600, npy: 600, npz: 300, dax: 300, spe: 300, sif: 300, nd2: 300, raw: 300 },
  ...{ "keras-h5": 100, keras: 60, bioimageio: 60 },
};

/** What each kind is, for a table. */
export function inputsOf(kind: string): string {
  return kind in FILE_KINDS ? "files" : "messages";
}

/**
 * Makes what a kind of inputs is given to.
 * @param folder for the files of a case, in `case`
 * @param alive called now and then while it gets ready
 */
export async function openCampaign(
  kind: string,
  seed: number,
  folder: string,
  alive: () => void,
): Promise<Campaign> {
  switch (kind) {
    case "decoding":
      return new DecodingCampaign(seed);
    case "sessions":
      return SessionCampaign.open(seed);
    case "socket":
      return SocketCampaign.open(seed);
    default:
      return FileCampaign.open(kind, seed, folder, await Coverage.start(), alive);
  }
}
