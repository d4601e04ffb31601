// The yardstick for start-up: the least that Ink 8 can paint, built exactly as the product is.
import { enableCompileCache } from "node:module";
enableCompileCache();
const { render, Text } = await import("ink");
render(<Text>bare frame</Text>, { alternateScreen: true, exitOnCtrlC: true });
setInterval(() => undefined, 60_000);
