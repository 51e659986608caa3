/** What is used of `threads`, whose own types its package.json hides from ES modules. */
declare module "threads" {
  export class Worker {
    constructor(file: string);
  }
  export function spawn<Exposed>(worker: Worker): Promise<Exposed>;
  export function Pool<Thread>(
    spawnThread: () => Promise<Thread>,
    options: { size: number; concurrency?: number },
  ): {
    queue<Result>(task: (thread: Thread) => Promise<Result>): PromiseLike<Result>;
    terminate(): Promise<void>;
  };
  export function Transfer<Payload>(payload: Payload, transferables: readonly ArrayBuffer[]): Payload;
}

declare module "threads/worker" {
  export function expose(functions: Readonly<Record<string, (argument: unknown) => unknown>>): void;
}
