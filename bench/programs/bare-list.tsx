// The yardstick for key to frame: a list of 40 pre-formatted rows with a selection, and nothing else.
import { Box, render, Text, useInput, useWindowSize } from "ink";
import { useState } from "react";

const total = Number(process.argv[2] ?? 1000);

function BareList() {
  const { columns, rows } = useWindowSize();
  const [selected, select] = useState(0);
  useInput((input, key) => {
    if (key.downArrow || input === "j") select((index) => Math.min(total - 1, index + 1));
    if (key.upArrow || input === "k") select((index) => Math.max(0, index - 1));
    if (input === "q") process.exit(0);
  });
  const height = rows - 1;
  const first = Math.max(0, Math.min(selected - Math.floor(height / 2), total - height));
  const lines = Array.from({ length: Math.min(height, total) }, (_, index) => first + index);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      {lines.map((line) => (
        <Text key={line} inverse={line === selected} wrap="truncate">
          {`  ${String(line + 1).padStart(8)}  row number ${line}  ${"x".repeat(120)}`}
        </Text>
      ))}
      <Text>{`bare list ${selected + 1} of ${total}`}</Text>
    </Box>
  );
}

render(<BareList />, { alternateScreen: true, incrementalRendering: true, maxFps: 120, exitOnCtrlC: true });
