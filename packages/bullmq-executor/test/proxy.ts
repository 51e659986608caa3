/** A TCP proxy before Redis, to cut connections, and to swallow what Redis answers. */
import { connect, createServer, type Server, type Socket } from "node:net";

export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;
  /** Whether new connections are refused. */
  down = false;
  /** Whether Redis's answers get lost. */
  deaf = false;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      if (this.down) {
        near.destroy();
        return;
      }
      const far = connect(target, "127.0.0.1");
      this.#join(near, far, () => false);
      this.#join(far, near, () => this.deaf);
    });
  }

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    const address = proxy.#server.address();
    proxy.port = typeof address === "object" && address !== null ? address.port : 0;
    return proxy;
  }

  /** Ends all connections; new ones are refused until `down` is false again. */
  cut(): void {
    this.down = true;
    this.deaf = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.cut();
    this.#server.close();
  }

  #join(from: Socket, to: Socket, dropped: () => boolean): void {
    this.#sockets.add(from);
    from.on("data", (chunk) => {
      if (!dropped()) to.write(chunk);
    });
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
