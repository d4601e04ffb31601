import { Box, Text, useInput, useWindowSize } from "ink";
import { memo, useSyncExternalStore } from "react";
import type { Explorer } from "./explorer.ts";
import { renderFrame } from "./frame.ts";
import { keyPresses } from "./keys.ts";

/** One line, already painted and exactly as wide as the window: drawn again only when its text changed. */
const Line = memo(function Line({ text }: { text: string }) {
  return <Text wrap="truncate">{text}</Text>;
});

/** The window: the one place where keys come in and lines go out. */
export function App({ explorer }: { explorer: Explorer }) {
  useSyncExternalStore(explorer.subscribe, () => explorer.revision);
  const { columns, rows } = useWindowSize();
  useInput((input, key) => {
    for (const press of keyPresses(input, key)) explorer.press(press);
  });
  const lines = renderFrame(explorer, columns, rows);
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {lines.map((line, index) => (
        <Line key={index} text={line} />
      ))}
    </Box>
  );
}
