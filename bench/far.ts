// A wire to a server that is some way off: what the program sends arrives so many milliseconds later.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** The address of a server by way of such a wire; it ends with the process. */
export async function farAway(url: string, delayMs: number): Promise<string> {
  const { host, hostname, port } = new URL(url);
  const wire = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      one.setNoDelay(true);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    const waiting: Buffer[] = [];
    near.on("data", (bytes) => {
      waiting.push(bytes);
      setTimeout(() => far.write(waiting.shift() ?? ""), delayMs);
    });
    far.pipe(near);
  });
  wire.listen(0, "127.0.0.1").unref();
  await once(wire, "listening");
  const address = wire.address();
  if (address === null || typeof address === "string") throw new Error("the wire has no port");
  return url.replace(host, `127.0.0.1:${address.port}`);
}
