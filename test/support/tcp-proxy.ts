import { createServer, connect, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** A wire between a program and a server that the tests can cut, leave hanging, and mend. Same port all the time. */
export class TcpProxy {
  readonly port: number;
  readonly #target: { host: string; port: number };
  readonly #pairs = new Set<[Socket, Socket]>();
  #server: Server | undefined;
  #hanging = false;

  private constructor(target: { host: string; port: number }, server: Server, port: number) {
    this.#target = target;
    this.#server = server;
    this.port = port;
    server.on("connection", (socket) => this.#join(socket));
  }

  /** In front of the server of an address such as `bolt://127.0.0.1:7687`. */
  static async before(url: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(url.replace(/^bolt/, "http"));
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    return new TcpProxy({ host: hostname, port: Number(port) }, server, address.port);
  }

  /** The address of a server, by way of this wire. */
  through(url: string): string {
    return url.replace(`:${this.#target.port}`, `:${this.port}`);
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Cuts every connection and refuses new ones. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    if (server === undefined) return;
    server.close();
    await once(server, "close");
  }

  /** A black hole from now on: connections are taken, and nothing comes through, either way. */
  hang(): void {
    this.#hanging = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Lets everything through again. What hung is cut, as the time-outs of a network would. */
  async mend(): Promise<void> {
    if (this.#hanging) for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#hanging = false;
    if (this.#server !== undefined) return;
    this.#server = createServer((socket) => this.#join(socket)).listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  #join(near: Socket): void {
    const far = connect(this.#target.port, this.#target.host);
    const pair: [Socket, Socket] = [near, far];
    this.#pairs.add(pair);
    if (this.#hanging) {
      near.pause();
      far.pause();
    } else {
      near.pipe(far);
      far.pipe(near);
    }
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }
}
