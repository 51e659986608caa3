/**
 * The few calls of Linux that Node does not offer, through koffi, an optional dependency that ships prebuilt.
 *
 * Where koffi is missing, refused (`--no-addons`, the permission model) or of no use (other systems), `loadLibc` gives
 * undefined, and processes share no memory: slower, never wrong.
 */
import { createRequire } from "node:module";

/** Protection and flags of mmap(2), of memfd_create(2), socketpair(2) and prctl(2); the same on all of Linux. */
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MFD_CLOEXEC = 1;
const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 0x1 | 0x80000;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** What is used of koffi; its native addon has the same shape as its module. */
interface Koffi {
  load(library: null): { func(signature: string): (...args: readonly unknown[]) => never };
  view(pointer: bigint, length: number): ArrayBuffer;
  errno(): number;
}

/** Linux, as far as this package needs it. Each call throws an Error naming itself when the system refuses. */
export interface Libc {
  /** Where koffi's addon was loaded from: a child that is told need not search for it. Empty if unknown. */
  readonly addon: string;
  /** A descriptor of `bytes` of zeroed memory that has no name and goes with its last user. */
  createMemory(bytes: number): number;
  /** The memory behind a descriptor. It stays mapped for good: nothing tells when the last view of it is gone. */
  mapMemory(fd: number, bytes: number): ArrayBuffer;
  /** Two connected sockets. They block until Node's `Socket` takes them over. */
  socketPair(): readonly [mine: number, theirs: number];
  /** Closes a descriptor that came from here: in a thread, Node's `closeSync` warns of those that it did not open. */
  close(fd: number): void;
  /** Has this process killed when the thread that started it ends. */
  dieWithParent(): void;
}

/** Where pointers, sizes and offsets have the types that are written below. */
const is64BitLinux = process.platform === "linux" && !["arm", "ia32", "mips", "mipsel"].includes(process.arch);

let libc: Libc | undefined | null = null; // null: not tried yet

/** @param addon what a parent's `Libc.addon` said: loading it directly takes 1 ms instead of 10 */
export function loadLibc(addon = ""): Libc | undefined {
  if (libc === null) libc = is64BitLinux ? tryLoad(addon) : undefined;
  return libc;
}

function tryLoad(addon: string): Libc | undefined {
  const require = createRequire(import.meta.url);
  for (const name of [addon, "koffi"]) {
    try {
      if (name !== "") return bind(require(name), addon === "" ? findAddon(require) : addon);
    } catch {
      // not installed, not built for this machine, or not allowed here: do without
    }
  }
  return undefined;
}

function findAddon(require: NodeJS.Require): string {
  return Object.keys(require.cache).find((file) => file.endsWith("koffi.node")) ?? "";
}

function bind(koffi: Koffi, addon: string): Libc {
  const library = koffi.load(null);
  const memfdCreate: (name: string, flags: number) => number = library.func("int memfd_create(const char *, uint)");
  const ftruncate: (fd: number, size: number) => number = library.func("int ftruncate(int, long)");
  const mmap: (at: null, size: number, protection: number, flags: number, fd: number, offset: number) => bigint =
    library.func("void *mmap(void *, size_t, int, int, int, long)");
  const socketpair: (domain: number, type: number, protocol: number, pair: Int32Array) => number = library.func(
    "int socketpair(int, int, int, _Out_ int *)",
  );
  const close: (fd: number) => number = library.func("int close(int)");
  const prctl: (option: number, argument: number) => number = library.func("int prctl(int, ulong)");

  function check(call: string, result: number): number {
    if (result >= 0) return result;
    throw new Error(`${call} failed with errno ${koffi.errno()}`);
  }
  return {
    addon,
    createMemory(bytes) {
      const fd = check("memfd_create", memfdCreate("concurrent-futures", MFD_CLOEXEC));
      check("ftruncate", ftruncate(fd, bytes));
      return fd;
    },
    mapMemory(fd, bytes) {
      const address = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0);
      if (address === MAP_FAILED) check("mmap", -1);
      return koffi.view(address, bytes);
    },
    socketPair() {
      const pair = new Int32Array(2);
      check("socketpair", socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair));
      return [pair[0] ?? -1, pair[1] ?? -1];
    },
    close(fd) {
      check("close", close(fd));
    },
    dieWithParent() {
      prctl(PR_SET_PDEATHSIG, SIGKILL); // where a sandbox refuses it, the end of the pipes has to do
    },
  };
}
