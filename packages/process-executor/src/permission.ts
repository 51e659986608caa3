/**
 * What a pool's workers may do, as flags of Node's permission model.
 */
import { resolve } from "node:path";
import { inspect } from "node:util";
import { ownDirectories } from "./own-directories.js";
import { isPath, type Path, toPath } from "./paths.js";

/** What workers may do. Whatever is left out is denied, except that the network is open on a Node that cannot close it. */
export interface ProcessPermission {
  /** Files and directories (with all below them) that may be read, `true` or `"*"` for all. The modules of tasks must be among them. */
  readonly fsRead?: readonly Path[] | true;
  /** Files and directories (with all below them) that may be written, `true` or `"*"` for all. */
  readonly fsWrite?: readonly Path[] | true;
  /** Whether tasks may start processes. These are not restricted on every version of Node. */
  readonly childProcess?: boolean;
  /** Whether tasks may start threads. */
  readonly worker?: boolean;
  /** Whether tasks may load native addons, which are not restricted. Needed for memory shared with the parent, too. */
  readonly addons?: boolean;
  /** Whether tasks may use WASI. */
  readonly wasi?: boolean;
  /** Whether tasks may use the network. `false` needs a Node that has `--allow-net` (25). */
  readonly net?: boolean;
}

const SWITCHES = {
  childProcess: "child-process",
  worker: "worker",
  addons: "addons",
  wasi: "wasi",
  net: "net",
} as const;
const OPTIONS = ["fsRead", "fsWrite", ...Object.keys(SWITCHES)];
const PERMISSION_FLAG = /^--(?:(?:experimental-)?permission(?:-audit)?|allow-[a-z-]+)(?:=|$)/;

/**
 * The flags that grant `permission` and nothing else.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong
 * @throws {Error} this Node has no permission model
 */
export function permissionFlags(permission: ProcessPermission): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  const enable = ["--permission", "--experimental-permission"].find((flag) => known.has(flag));
  if (enable === undefined)
    throw new Error(`\`permission\` needs Node's permission model; ${process.version} has none`);
  validate(permission);
  const { fsRead = [], fsWrite = [], addons = false } = permission;
  const flags = [enable];
  flags.push(...grant("--allow-fs-read", fsRead === true ? true : [...fsRead, ...ownDirectories({ addons })]));
  flags.push(...grant("--allow-fs-write", fsWrite));
  for (const [option, name] of Object.entries(SWITCHES)) {
    const flag = `--allow-${name}`;
    const allowed = permission[option as keyof typeof SWITCHES];
    if (allowed === true && known.has(flag)) flags.push(flag);
    if (allowed === false && !known.has(flag)) {
      throw new RangeError(`Expected \`permission.${option}\` not to be false: Node ${process.version} cannot deny it`);
    }
  }
  return flags;
}

/** The flags without those of the permission model. */
export function withoutPermissionFlags(flags: readonly string[]): string[] {
  return flags.filter((flag) => !PERMISSION_FLAG.test(flag));
}

/** Whether a process that is started with these flags may load native addons. */
export function mayLoadAddons(flags: readonly string[]): boolean {
  if (flags.includes("--no-addons")) return false;
  const restricted = flags.some((flag) => flag === "--permission" || flag === "--experimental-permission");
  return !restricted || flags.includes("--allow-addons");
}

/** One flag for each path: lists with commas were dropped from Node. A lone `*` means all, as in Node's flags. */
function grant(flag: string, paths: readonly Path[] | true): string[] {
  if (paths === true) return [`${flag}=*`];
  return paths.map((path) => `${flag}=${path === "*" ? path : resolve(toPath(path))}`);
}

function validate(permission: ProcessPermission): void {
  if (typeof permission !== "object" || permission === null) {
    throw new TypeError(`Expected \`permission\` to be an object, got ${inspect(permission)}`);
  }
  for (const [option, value] of Object.entries(permission)) {
    if (!OPTIONS.includes(option)) {
      throw new RangeError(`Expected the options of \`permission\` to be among ${OPTIONS.join(", ")}, got ${option}`);
    }
    if (value === undefined) continue;
    const takesPaths = option === "fsRead" || option === "fsWrite";
    const isPathList = Array.isArray(value) && value.every(isPath);
    if (takesPaths ? value === true || isPathList : typeof value === "boolean") continue;
    const expected = takesPaths ? "an array of paths or true" : "a boolean";
    throw new TypeError(`Expected \`permission.${option}\` to be ${expected}, got ${inspect(value)}`);
  }
}
