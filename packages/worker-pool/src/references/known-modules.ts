/**
 * What this thread has learned of ES modules while describing and loading: their namespaces (of those it loaded) and
 * functions written in them (of those it described). Either gives access to a module's values without importing it,
 * which for a module that is still being evaluated would never end.
 */
import { threadState } from "../thread-state.js";
import { findPath, followPath, ownValues } from "./value-path.js";

const { namespaces, members } = threadState("modules", () => ({
  namespaces: new Map<string, object>(),
  members: new Map<string, Set<WeakRef<object>>>(),
}));
const MEMBERS_KEPT = 8;

/** Remembers a module that was imported here. */
export function rememberModule(url: string, namespace: object): void {
  namespaces.set(url, namespace);
}

/** Remembers a function or class whose code is written in a module. */
export function rememberMember(url: string, member: object): void {
  const refs = members.get(url) ?? new Set();
  members.set(url, refs);
  for (const ref of refs) if (ref.deref() === undefined || ref.deref() === member) refs.delete(ref);
  refs.add(new WeakRef(member));
  for (const oldest of refs) {
    if (refs.size <= MEMBERS_KEPT) break;
    refs.delete(oldest);
  }
}

/** The functions and classes that are known to be written in a module. */
export function membersOf(url: string): object[] {
  return [...(members.get(url) ?? [])].flatMap((ref) => ref.deref() ?? []);
}

/** One function or class for each module known, the latest first. */
export function knownMembers(limit: number): object[] {
  return [...members.keys()]
    .reverse()
    .slice(0, limit)
    .flatMap((url) => membersOf(url).slice(-1));
}

/** Where a module that was imported here exports a value. */
export function findInLoadedModules(wanted: unknown): { url: string; name: string } | undefined {
  for (const [url, namespace] of namespaces) {
    const name = findPath(ownValues(namespace), wanted);
    if (name !== undefined) return { url, name };
  }
  return undefined;
}

/** The value that a module exports under a path, if the module was imported here. */
export function valueInLoadedModule(url: string, path: string): unknown {
  const namespace = namespaces.get(url);
  return namespace === undefined ? undefined : followPath(namespace, path)?.value;
}
