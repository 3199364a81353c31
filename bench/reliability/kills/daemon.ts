import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../../src/base/random.js";
import { DaemonClient } from "../../../src/protocol/client.js";
import { addressOf, type Discovery } from "../../../src/protocol/discovery.js";
import { startCommand } from "../../../test/support/command.js";
import { Victim } from "../../../test/support/killing.js";
import { RANDOM_MODEL } from "../../../test/support/oracle.js";
import { SERVE } from "../../../test/support/serve.js";
import type { Faults } from "../measured.js";
import type { Subject, SubjectKind } from "./subject.js";

/** A daemon is killed after less than so many answers, and then at most so long, ms. */
const MOST_ANSWERS = 8;
const LONGEST_MS = 40;
/** Where it is killed while it starts: at most this time since its process began, ms. */
const LONGEST_START_MS = 1_500;
/** Models that are installed at a time, at most. */
const MOST_MODELS = 5;
const SIDE = 32;
const PIXELS = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i * 104_729) % 241);

export const DAEMON: SubjectKind = {
  title:
    "a daemon is killed while it starts, installs and removes models, chooses the default and counts: what was answered is there, files are whole, and the next one starts",
  async prepare(folder) {
    const make = async (lane: number) => {
      const home = join(folder, `home-${lane}`);
      mkdirSync(home);
      return new Serving(home);
    };
    return { make, end: async () => undefined };
  },
};

/** What a request that was not answered would have changed. */
type Change = { install: string } | { remove: string } | { choose: string };

/** A user's folder whose daemon is killed. */
class Serving implements Subject {
  readonly told = { "requests answered": 0 };
  /** The models that the user has installed, as was answered. */
  private readonly models = new Set<string>();
  private chosen: string | undefined;
  private under: Change | undefined;
  private count = Number.NaN;
  private bytes: Buffer | undefined;
  private next = 0;

  constructor(private readonly home: string) {}

  async round(random: Random, faults: Faults): Promise<boolean> {
    const victim = new Victim(startCommand([...SERVE.slice(0, 2)], this.home));
    let wasAlive: boolean;
    if (random.uniform() < 1 / 6) {
      wasAlive = await victim.killAfter(random.uniform(0, LONGEST_START_MS));
    } else {
      await victim.said(1);
      let killed: Promise<boolean> | undefined;
      const kill = () => {
        killed ??= victim.killAfter(random.uniform(0, LONGEST_MS));
      };
      await this.ask(random, faults, kill).catch((error: Error & { code?: string }) => {
        const isLost = ["CONNECTION_LOST", "DAEMON_UNREACHABLE"].includes(error.code ?? "");
        faults.check(isLost, () => `${this.home}: ${error.stack}`);
      });
      kill();
      wasAlive = await killed!;
    }
    this.look(faults);
    return wasAlive;
  }

  /** Asks for one thing after the other until the connection breaks off. @param kill makes it break off */
  private async ask(random: Random, faults: Faults, kill: () => void): Promise<void> {
    const { url, token } = this.place();
    const client = await DaemonClient.connect({ url, token });
    const names = client.models.map(({ name }) => name);
    for (const name of this.models)
      faults.check(names.includes(name), () => `${this.home}: ${name} is not listed, but ${names}`);
    const first = this.chosen && this.models.has(this.chosen) ? this.chosen : "defcon";
    faults.check(names[0] === first, () => `${this.home}: the default is ${names[0]} instead of ${first}`);
    const most = random.below(MOST_ANSWERS);
    for (let answers = 0; ; answers++) {
      if (answers === most) kill();
      const draw = random.uniform();
      const own = [...this.models];
      const any = own[random.below(Math.max(1, own.length))];
      if (draw < 0.4 && own.length < MOST_MODELS) {
        const name = `model-${this.next++}`;
        this.under = { install: name };
        await client.installModel(RANDOM_MODEL, { name });
        this.models.add(name);
      } else if (draw < 0.6 && any) {
        this.under = { remove: any };
        await client.removeModel(any);
        this.models.delete(any);
      } else if (draw < 0.8 && any) {
        this.under = { choose: any };
        await client.setDefaultModel(any);
        this.chosen = any;
      } else {
        await this.countOne(client, faults, any);
      }
      this.under = undefined;
      this.told["requests answered"]++;
    }
  }

  private place(): { url: string; token: string } {
    const discovery = JSON.parse(readFileSync(join(this.home, "daemon.json"), "utf8")) as Discovery;
    return { url: addressOf(discovery), token: discovery.token };
  }

  /** All of the user's models are the same one, whose counts are. */
  private async countOne(client: DaemonClient, faults: Faults, model: string | undefined): Promise<void> {
    if (!model) return void (await client.listModels());
    const stream = await client.openStream({ model, width: SIDE, height: SIDE, pixelType: "uint8" });
    await stream.send(PIXELS);
    await stream.close();
    for await (const answer of stream.results()) {
      const count = answer.kind === "result" ? answer.count : Number.NEGATIVE_INFINITY;
      if (Number.isNaN(this.count)) this.count = count;
      faults.check(count === this.count, () => `${this.home}: ${count} instead of ${this.count}`);
    }
  }

  /** Looks at the user's folder, and notes what became of the request that was not answered. */
  private look(faults: Faults): void {
    const { home, under } = this;
    for (const name of ["settings.json", "daemon.json", "launcher.json"]) {
      const text = textOf(join(home, name));
      try {
        if (text !== undefined) JSON.parse(text);
      } catch {
        faults.add(`${home}: ${name} holds ${text}`);
      }
    }
    const folder = join(home, "models");
    const names = namesIn(folder);
    const models = new Set(
      names.filter((name) => /^[^.].*\.onnx$/.test(name)).map((name) => name.slice(0, -5)),
    );
    for (const name of models) {
      const bytes = readFileSync(join(folder, `${name}.onnx`));
      this.bytes ??= bytes;
      faults.check(bytes.equals(this.bytes), () => `${home}: ${name} is not whole`);
    }
    for (const place of [home, folder]) {
      const left = namesIn(place).filter((name) => name.endsWith(".partial"));
      faults.check(left.length <= 1, () => `${place}: left ${left.join(" ")}`);
    }
    if (under && "install" in under && models.has(under.install)) this.models.add(under.install);
    if (under && "remove" in under && !models.has(under.remove)) this.models.delete(under.remove);
    const [found, expected] = [[...models].sort().join(" "), [...this.models].sort().join(" ")];
    faults.check(found === expected, () => `${home}: models ${found} instead of ${expected}`);
    const settings = JSON.parse(textOf(join(home, "settings.json")) ?? "{}") as { default_model?: string };
    const choices = [this.chosen, ...(under && "choose" in under ? [under.choose] : [])];
    // A removed model is no default any more.
    const isKnown = settings.default_model !== undefined && choices.includes(settings.default_model);
    const isGone = !this.chosen || !models.has(this.chosen);
    faults.check(
      isKnown || (settings.default_model === undefined && isGone),
      () => `${home}: the default is ${settings.default_model} instead of ${choices}`,
    );
    this.chosen = settings.default_model;
    this.under = undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
