import { createServer, connect, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { Transform } from "node:stream";

/** What becomes of a connection at a message of the program's. */
export interface Fault {
  /** Pieces of bytes that the program must have sent on one connection, in this order. The last one is the message. */
  at: readonly (string | Buffer)[];
  /** The message never arrives; or it does, and the server's answer to it is lost. */
  lost: "message" | "answer";
  /** The connection ends, or stays and carries nothing any more. */
  then: "cut" | "silence";
  /** The same for every other connection, from then on. */
  everywhere?: boolean;
}

/** How a program asks for the end of a transaction. */
export const commitOf = { sql: "COMMIT\0", graph: Buffer.from([0x00, 0x02, 0xb0, 0x12, 0x00, 0x00]) } as const;

/** A wire between a program and a server that the tests can cut, leave hanging, and mend. Same port all the time. */
export class TcpProxy {
  readonly port: number;
  readonly #target: { host: string; port: number };
  readonly #pairs = new Set<[Socket, Socket]>();
  #server: Server | undefined;
  #hanging = false;
  /** Pairs that carry nothing, not even the news that one end is gone. */
  readonly #silent = new Set<[Socket, Socket]>();
  #fault: Fault | undefined;

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
    this.#silent.clear();
    for (const pair of this.#pairs) this.#end(pair);
    if (server === undefined) return;
    server.close();
    await once(server, "close");
  }

  /** A black hole from now on: connections are taken, and nothing comes through, either way. */
  hang(): void {
    this.#hanging = true;
    for (const pair of this.#pairs) this.#silence(pair);
  }

  /** Breaks the first connection on which the fault's message passes; later ones are whole, unless it says otherwise. */
  breakAt(fault: Fault): void {
    this.#fault = fault;
  }

  /** Whether the fault that was asked for is still to come. */
  get waiting(): boolean {
    return this.#fault !== undefined;
  }

  /** Lets everything through again. What hung is cut, as the time-outs of a network would. */
  async mend(): Promise<void> {
    const silent = [...this.#silent];
    this.#silent.clear();
    for (const pair of silent) this.#end(pair);
    this.#hanging = false;
    this.#fault = undefined;
    if (this.#server !== undefined) return;
    this.#server = createServer((socket) => this.#join(socket)).listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  #join(near: Socket): void {
    const far = connect(this.#target.port, this.#target.host);
    const pair: [Socket, Socket] = [near, far];
    this.#pairs.add(pair);
    if (this.#hanging) this.#silence(pair);
    else {
      near.pipe(this.#watch(pair)).pipe(far);
      far.pipe(near);
    }
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => (this.#silent.has(pair) ? undefined : this.#end(pair)));
    }
  }

  #end(pair: [Socket, Socket]): void {
    this.#pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }

  #silence(pair: [Socket, Socket]): void {
    this.#silent.add(pair);
    for (const socket of pair) socket.unpipe().pause();
  }

  /** Looks at what the program sends on a connection, for the fault. */
  #watch(pair: [Socket, Socket]): Transform {
    const [near, far] = pair;
    let [fault, passed] = [this.#fault, 0];
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (fault !== this.#fault) [fault, passed] = [this.#fault, 0];
        if (fault === undefined) return done(null, chunk);
        for (let from = 0; passed < fault.at.length; passed += 1) {
          const piece = fault.at[passed] ?? "";
          const found = chunk.indexOf(piece, from);
          if (found < 0) return done(null, chunk);
          from = found + piece.length;
        }
        const chosen = fault;
        this.#fault = undefined;
        const fail = (): void => this.#break(pair, chosen);
        if (chosen.lost === "message") return fail();
        far.unpipe(near);
        far.once("data", fail).resume();
        done(null, chunk);
      },
    });
  }

  #break(pair: [Socket, Socket], { then, everywhere }: Fault): void {
    if (then === "cut") this.#end(pair);
    else this.#silence(pair);
    if (everywhere !== true) return;
    if (then === "cut") void this.cut();
    else this.hang();
  }
}
