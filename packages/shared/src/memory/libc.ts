/**
 * The few calls of Linux that Node does not offer, through koffi, an optional dependency that ships prebuilt.
 *
 * Where koffi is missing, refused (`--no-addons`, the permission model) or of no use (other systems, Bun, Deno),
 * `loadLibc` gives undefined, and processes share no memory: slower, never wrong.
 */
import { constants } from "node:buffer";
import { createRequire } from "node:module";
import { inAddon } from "@concurrent-futures/worker-pool";

/** Flags and numbers of the calls below; the same on all of Linux, but for those of system calls. */
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FIXED = 0x10;
const MAP_DISCARD = 0x02 | 0x10 | 0x20 | 0x4000; // private, at this very place, anonymous, without reserving swap
const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
const F_SEAL_SHRINK = 2;
const O_RDONLY = 0;
const O_WRONLY = 1;
const O_RDWR = 2;
const O_NONBLOCK = 0x800;
const O_CLOEXEC = 0x80000;
const SEEK_END = 2;
const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 0x1 | 0x80000;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const F_DUPFD_CLOEXEC = 1030;
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
/** The least that there is, for one page; Linux makes pipes larger. */
const PIPE_BYTES = 1;
/**
 * Beyond what programs have open when they start, and below 64: for more than that Linux enlarges the table of a process,
 * and one with several threads waits for it, 10 to 70 ms (for an RCU grace period).
 */
const HIGH_DESCRIPTOR = 32;
const HIGH_DESCRIPTORS = 24;
const MS_ASYNC = 1;
const MADV_HUGEPAGE = 14;
const MADV_REMOVE = 9;
/** Bytes of a page. */
export const PAGE = 4096;
const ENOENT = 2;
const ESRCH = 3;
/** Longer than any file in /proc that is read here. */
const FILE_BYTES = 4096;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const EVERYBODY = 0x7fff_ffff;
const SYS_FUTEX: Readonly<Record<string, number>> = {
  x64: 202,
  arm64: 98,
  riscv64: 98,
  loong64: 98,
  ppc64: 221,
  s390x: 238,
};

/** What is used of koffi; its native addon has the same shape as its module. */
interface Koffi {
  load(library: null): { func(signature: string): (...args: readonly unknown[]) => never };
  view(pointer: bigint, length: number): ArrayBuffer;
  address(bytes: Uint8Array): bigint;
  errno(): number;
}

/** Memory that is mapped into this process. */
export interface MappedMemory {
  readonly address: number;
  readonly buffer: ArrayBuffer;
}

/** Linux, as far as this project needs it. Each call throws an Error naming itself when the system refuses. */
export interface Libc {
  /** Where koffi's addon was loaded from: a child that is told need not search for it. Empty if unknown. */
  readonly addon: string;
  /**
   * A descriptor of `bytes` of zeroed memory that has no name and goes with its last user. Untouched pages cost nothing.
   * It is sealed: nobody can make it shorter, so no access to a mapping of it goes beyond its end.
   */
  createMemory(bytes: number): number;
  /** A descriptor of the memory that process `pid` has under its descriptor `fd`; there must be `bytes` of it. */
  openMemory(pid: number, fd: number, bytes: number): number;
  /**
   * Maps the memory behind a descriptor. Views of it must not be used after `discard`, which nothing here checks.
   * @param viewed  how much of it `buffer` shows: what is shown counts as memory that a garbage collection may free
   * @param at  addresses that were discarded, to be used again; nobody may have a view of what was there
   */
  mapMemory(fd: number, bytes: number, viewed?: number, at?: number): MappedMemory;
  /** Another view of memory that this process has mapped. */
  viewMemory(address: number, bytes: number): ArrayBuffer;
  /** Whether this process has memory at all of these addresses, which begin at a page: looking there is no fault. */
  isMapped(address: number, bytes: number): boolean;
  /**
   * Gives up a mapping. Its addresses stay this process's, empty: a view that somebody still has (one that was
   * transferred elsewhere) sees memory of its own instead of ending the process with a segmentation fault.
   */
  discardMemory(address: number, bytes: number): void;
  /** Gives back the pages of a range of shared memory, for all who share it. It is zero afterwards. A hint. */
  releasePages(address: number, bytes: number): void;
  /** Waits while the word at `address` is `expected`, at most `ms`; may return early. Blocks this thread. */
  futexWait(address: number, expected: number, ms: number): void;
  /** Wakes all who wait at `address`. */
  futexWake(address: number): void;
  /** This thread's number, unique among all threads and processes. */
  threadNumber(): number;
  /** A pipe that `ring` knows as such; neither end blocks. */
  pipe(): readonly [read: number, write: number];
  /**
   * Writes a byte to the pipe that process `pid` has under its descriptor `fd`. Does nothing where that is none from
   * `pipe` any more: the number may be that of a user's file by now.
   */
  ring(pid: number, fd: number): void;
  /**
   * The start of a small file of /proc; the permission model does not apply. Undefined where there is no such file, or
   * what it tells of is gone.
   */
  readFile(path: string): string | undefined;
  /** Two connected sockets. They block until Node's `Socket` takes them over. */
  socketPair(): readonly [mine: number, theirs: number];
  /** Closes a descriptor that came from here: in a thread, Node's `closeSync` warns of those that it did not open. */
  close(fd: number): void;
  /** The same file under a number that nobody hits by chance, where there is one; `fd` is closed then. */
  moveUp(fd: number): number;
  /** Asks for large pages under memory that is about to be filled: 64 MiB are filled four times as fast. A hint. */
  adviseLargePages(bytes: Uint8Array): void;
  /** A call that is not bound here, by its C signature. */
  bind(signature: string): (...args: readonly unknown[]) => never;
  /** What went wrong in the last call. */
  errno(): number;
  /** Has this process killed when the thread that started it ends. */
  dieWithParent(): void;
}

/** Where pointers, sizes and offsets have the types that are written below. */
const is64BitLinux = process.platform === "linux" && process.arch in SYS_FUTEX;
/** Bun and Deno load koffi too, but take no sockets over that it has made. */
const isNode = process.versions["bun"] === undefined && process.versions["deno"] === undefined;

let libc: Libc | undefined | null = null; // null: not tried yet

/** @param addon what a parent's `Libc.addon` said: loading it directly takes 1 ms instead of 10 */
export function loadLibc(addon = ""): Libc | undefined {
  if (libc === null) libc = is64BitLinux && isNode ? inAddon(() => tryLoad(addon)) : undefined;
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
  const mmap: (at: number, size: number, protection: number, flags: number, fd: number, offset: number) => bigint =
    library.func("void *mmap(size_t, size_t, int, int, int, long)");
  const futex: (call: number, at: number, operation: number, value: number, time: unknown) => number = library.func(
    "long syscall(long, size_t, int, int, void *)",
  );
  const open: (path: string, flags: number) => number = library.func("int open(const char *, int)");
  const lseek: (fd: number, offset: number, whence: number) => number = library.func("long lseek(int, long, int)");
  const write: (fd: number, bytes: Uint8Array, count: number) => number = library.func(
    "long write(int, void *, size_t)",
  );
  const read: (fd: number, bytes: Uint8Array, count: number) => number = library.func("long read(int, void *, size_t)");
  const pipe2: (ends: Int32Array, flags: number) => number = library.func("int pipe2(_Out_ int *, int)");
  const gettid: () => number = library.func("int gettid()");
  const socketpair: (domain: number, type: number, protocol: number, pair: Int32Array) => number = library.func(
    "int socketpair(int, int, int, _Out_ int *)",
  );
  const close: (fd: number) => number = library.func("int close(int)");
  const prctl: (option: number, argument: number) => number = library.func("int prctl(int, ulong)");
  const fcntl: (fd: number, command: number, type: "int", argument: number) => number =
    library.func("int fcntl(int, int, ...)");
  const msync: (at: number, bytes: number, flags: number) => number = library.func("int msync(size_t, size_t, int)");
  const madvise: (at: number, size: number, advice: number) => number = library.func(
    "int madvise(size_t, size_t, int)",
  );
  const futexCall = SYS_FUTEX[process.arch] as number;
  const byte = new Uint8Array(1);
  const time = new BigInt64Array(2); // seconds, nanoseconds
  const contents = Buffer.alloc(FILE_BYTES);
  let pipeBytes: number | undefined; // by which pipes from here are known

  function check(call: string, result: number): number {
    if (result >= 0) return result;
    throw new Error(`${call} failed with errno ${koffi.errno()}`);
  }
  function view(address: bigint, bytes: number): ArrayBuffer {
    if (bytes <= constants.MAX_LENGTH) return inAddon(() => koffi.view(address, bytes));
    throw new RangeError(`Node ${process.version} cannot look at ${bytes} bytes of memory at a time`); // koffi aborts
  }
  return {
    addon,
    createMemory(bytes) {
      const fd = check("memfd_create", memfdCreate("concurrent-futures", MFD_CLOEXEC | MFD_ALLOW_SEALING));
      try {
        check("ftruncate", ftruncate(fd, bytes));
        check("fcntl", fcntl(fd, F_ADD_SEALS, "int", F_SEAL_SHRINK));
      } catch (error) {
        close(fd);
        throw error;
      }
      return fd;
    },
    openMemory(pid, fd, bytes) {
      const own = check(
        `Opening memory of process ${pid}`,
        open(`/proc/${pid}/fd/${fd}`, O_RDWR | O_CLOEXEC | O_NONBLOCK),
      );
      if (lseek(own, 0, SEEK_END) === bytes) return own;
      close(own);
      throw new Error(`Descriptor ${fd} of process ${pid} is not the memory that it was`);
    },
    mapMemory(fd, bytes, viewed = bytes, at = 0) {
      const pointer = mmap(at, bytes, PROT_READ_WRITE, at === 0 ? MAP_SHARED : MAP_SHARED | MAP_FIXED, fd, 0);
      if (pointer === MAP_FAILED) check("mmap", -1);
      return { address: Number(pointer), buffer: view(pointer, viewed) };
    },
    isMapped(address, bytes) {
      return msync(address, bytes, MS_ASYNC) === 0; // does nothing else on Linux
    },
    viewMemory(address, bytes) {
      return view(BigInt(address), bytes);
    },
    discardMemory(address, bytes) {
      if (mmap(address, bytes, PROT_READ_WRITE, MAP_DISCARD, -1, 0) === MAP_FAILED) check("mmap", -1);
    },
    releasePages(address, bytes) {
      madvise(address, bytes, MADV_REMOVE); // where this is refused, they stay
    },
    futexWait(address, expected, ms) {
      time[0] = BigInt(Math.floor(ms / 1000));
      time[1] = BigInt(Math.floor((ms % 1000) * 1e6));
      futex(futexCall, address, FUTEX_WAIT, expected, time);
    },
    futexWake(address) {
      futex(futexCall, address, FUTEX_WAKE, EVERYBODY, null);
    },
    threadNumber: gettid,
    pipe() {
      const ends = new Int32Array(2);
      check(
        "pipe2",
        inAddon(() => pipe2(ends, O_CLOEXEC | O_NONBLOCK)),
      );
      const [read = -1, write = -1] = ends;
      pipeBytes = fcntl(write, F_SETPIPE_SZ, "int", PIPE_BYTES);
      return [read, write];
    },
    ring(pid, fd) {
      const bell = open(`/proc/${pid}/fd/${fd}`, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
      if (bell < 0) return;
      if (pipeBytes === undefined) for (const end of this.pipe()) close(end);
      if (fcntl(bell, F_GETPIPE_SZ, "int", 0) === pipeBytes) write(bell, byte, 1);
      close(bell);
    },
    readFile(path) {
      const fd = open(path, O_RDONLY | O_CLOEXEC);
      if (fd < 0 && koffi.errno() === ENOENT) return undefined;
      check(`Opening ${path}`, fd);
      const count = read(fd, contents, FILE_BYTES);
      const isGone = count < 0 && koffi.errno() === ESRCH;
      close(fd);
      return isGone ? undefined : contents.toString("latin1", 0, check(`Reading ${path}`, count));
    },
    socketPair() {
      const pair = new Int32Array(2);
      check(
        "socketpair",
        inAddon(() => socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair)),
      );
      return [pair[0] ?? -1, pair[1] ?? -1];
    },
    close(fd) {
      check("close", close(fd));
    },
    moveUp(fd) {
      const moved = fcntl(fd, F_DUPFD_CLOEXEC, "int", HIGH_DESCRIPTOR + Math.floor(Math.random() * HIGH_DESCRIPTORS));
      if (moved < 0) return fd; // this process may not have so many
      close(fd);
      return moved;
    },
    adviseLargePages(bytes) {
      const start = Number(koffi.address(bytes));
      const from = Math.ceil(start / PAGE) * PAGE;
      const size = Math.floor((start + bytes.length - from) / PAGE) * PAGE;
      if (size > 0) madvise(from, size, MADV_HUGEPAGE); // without them, or where this is refused, it goes on as it is
    },
    bind: (signature) => inAddon(() => library.func(signature)),
    errno: () => koffi.errno(),
    dieWithParent() {
      prctl(PR_SET_PDEATHSIG, SIGKILL); // where a sandbox refuses it, the end of the pipes has to do
    },
  };
}
