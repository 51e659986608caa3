/** A TCP proxy before Redis: cuts connections, swallows answers, looks at requests and holds them up. */
import { connect, createServer, type Server, type Socket } from "node:net";

export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;
  /** Whether new connections are refused. */
  down = false;
  /** Whether Redis's answers get lost. */
  deaf = false;
  /** Is told of every request, which goes on to Redis when this is over. */
  onRequest: (request: string) => void | Promise<void> = () => {};
  /** Is told of every answer. */
  onAnswer: (answer: string) => void = () => {};

  private constructor(target: number) {
    this.#server = createServer((near) => {
      if (this.down) {
        near.destroy();
        return;
      }
      const far = connect(target, "127.0.0.1");
      let before = Promise.resolve();
      this.#join(near, far, (chunk) => {
        before = before
          .then(() => this.onRequest(chunk.toString("latin1")))
          .then(() => void far.write(chunk))
          .catch(() => void near.destroy()); // the test is over, and its client closed
      });
      this.#join(far, near, (chunk) => {
        if (this.deaf) return;
        this.onAnswer(chunk.toString("latin1"));
        near.write(chunk);
      });
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

  #join(from: Socket, to: Socket, pass: (chunk: Buffer) => void): void {
    this.#sockets.add(from);
    from.on("data", pass);
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
