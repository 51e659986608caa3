/** What the guide "Many machines" says to deploy: that systemd, Docker and Kubernetes would take it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describe, expect, test } from "@jest/globals";
import type { Deployment } from "kubernetes-types/apps/v1.js";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../", import.meta.url));
const guide = readFileSync(join(root, "docs", "guides", "many-machines.md"), "utf8");
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);

/** As the API of Kubernetes takes it: TypeScript checks the names and the types of the fields. */
const deployment: Deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "words-worker" },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: "words-worker" } },
    template: {
      metadata: { labels: { app: "words-worker" } },
      spec: {
        terminationGracePeriodSeconds: 120,
        containers: [
          {
            name: "worker",
            image: "registry.example.com/words-worker:1",
            envFrom: [{ secretRef: { name: "worker-env" } }],
            resources: { requests: { cpu: "2", memory: "1Gi" }, limits: { memory: "1Gi" } },
          },
        ],
      },
    },
  },
};

/** The options of the worker's command line, of which parseArgs refuses others. */
const options = {
  queue: { type: "string" },
  tasks: { type: "string", multiple: true },
} as const;

describe("the guide to many machines", () => {
  test("its YAML is a Deployment of Kubernetes", () => {
    const [yaml = "", ...others] = blocks("yaml");
    expect(others).toEqual([]);
    expect(parse(yaml)).toEqual(deployment);
  });

  test("its unit starts node itself with the worker's command, and SIGTERM goes to that alone", () => {
    const [unit = "", ...others] = blocks("ini");
    expect(others).toEqual([]);
    expect(unit.match(/^\[.*\]$/gm)).toEqual(["[Unit]", "[Service]", "[Install]"]);
    const settings = Object.fromEntries([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
    expect(settings).toMatchObject({ KillMode: "mixed", Restart: "always", TimeoutStopSec: "120" });
    const [node, bin, ...args] = settings["ExecStart"]?.split(" ") ?? [];
    const manifest = JSON.parse(readFileSync(join(root, "packages", "bullmq-executor", "package.json"), "utf8"));
    expect(node).toBe("/usr/bin/node");
    expect(Object.keys(manifest.bin).map((name) => `node_modules/.bin/${name}`)).toEqual([bin]);
    expect(parseArgs({ args, options }).values.queue).toBe("words");
  });

  test("its container starts node itself, in the exec form", () => {
    const [dockerfile = ""] = blocks("dockerfile");
    const [, command = ""] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
    expect(JSON.parse(command)).toEqual(["node", "dist/worker.js"]);
  });

  test("its dashboard is a program without an error of syntax", () => {
    const programs = blocks("js");
    expect(programs.length).toBe(1);
    const node = spawnSync(process.execPath, ["--input-type=module", "--check"], {
      input: programs[0],
      encoding: "utf8",
    });
    expect([node.status, node.stderr]).toEqual([0, ""]);
  });
});
