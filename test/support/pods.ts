import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Ending } from "./temporary.js";

/** A Job as its creator describes it, as far as it is looked at here. */
export interface Job {
  metadata: { name: string };
  spec: {
    template: {
      spec: {
        containers: {
          image: string;
          command: string[];
          args: string[];
          resources: { requests: Record<string, string> };
          volumeMounts: { name: string; mountPath: string }[];
        }[];
        volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[];
      };
    };
  };
}

/**
 * Stands in for a Kubernetes cluster. It takes Jobs by the API's own paths, and runs the command of
 * each as a process here, where a pod would run it in its container.
 */
export class PodsAsProcesses {
  readonly jobs: Job[] = [];
  private readonly processes = new Map<string, ChildProcess>();
  private constructor(
    private readonly server: Server,
    private readonly folder: string,
    private readonly path: string,
  ) {}

  /** @param path the PATH inside of pods */
  static async start(context: Ending, folder: string, path: string): Promise<PodsAsProcesses> {
    const server = createServer((request, response) => {
      pods.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    const pods = new PodsAsProcesses(server, folder, path);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    context.after(() => pods.stop());
    mkdirSync(folder, { recursive: true });
    writeFileSync(pods.configuration, JSON.stringify(pods.kubeconfig()));
    return pods;
  }

  /** A file that tells programs where the cluster is, for KUBECONFIG. */
  get configuration(): string {
    return join(this.folder, "kubeconfig.json");
  }

  private kubeconfig(): object {
    const { port } = this.server.address() as AddressInfo;
    return {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "here",
      clusters: [{ name: "here", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "user", user: {} }],
      contexts: [{ name: "here", context: { cluster: "here", user: "user" } }],
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    const [, kind, name] = /\/namespaces\/[^/]+\/(\w+)(?:\/([^/]+))?/.exec(pathname) ?? [];
    const body = await text(request);
    const tell = (value: object) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (kind === "jobs" && request.method === "POST") tell(this.begin(JSON.parse(body)));
    else if (kind === "jobs" && request.method === "GET") tell(this.status(name!));
    else if (kind === "pods") tell({ apiVersion: "v1", kind: "PodList", items: [] });
    else tell(body === "" ? { kind: "Status" } : JSON.parse(body));
  }

  private begin(job: Job): Job {
    const { command, args } = job.spec.template.spec.containers[0]!;
    const cwd = join(this.folder, job.metadata.name);
    mkdirSync(cwd);
    const child = spawn(command[0]!, [...command.slice(1), ...args], {
      cwd,
      env: { PATH: this.path, HOME: cwd },
      stdio: "ignore",
    });
    this.jobs.push(job);
    this.processes.set(job.metadata.name, child);
    return job;
  }

  private status(name: string): object {
    const code = this.processes.get(name)?.exitCode;
    const status = code === null ? { active: 1 } : code === 0 ? { succeeded: 1 } : { failed: 1 };
    return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, status };
  }

  private async stop(): Promise<void> {
    for (const child of this.processes.values()) child.kill("SIGKILL");
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
