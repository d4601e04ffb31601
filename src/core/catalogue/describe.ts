import { displayValue } from "../output/display.ts";
import type { Parameter } from "./types.ts";

/** A parameter as the catalogue shows it: `min_paths: integer = 2`. */
export function parameterText({ name, type, optional, default: value }: Parameter): string {
  return `${name}: ${type}${optional ? "?" : ""}${value === undefined ? "" : ` = ${displayValue(value)}`}`;
}
