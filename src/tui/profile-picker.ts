import { sanitise } from "../core/text/sanitise.ts";
import type { ExplorerOptions } from "./options.ts";
import { ChoiceOverlay, type Choice } from "./overlay.ts";
import type { Theme } from "./theme.ts";

/** The profiles of the configuration; `open` is called with the name of the chosen one. */
export function profilePicker(options: ExplorerOptions, { symbols }: Theme, open: (name: string) => void): ChoiceOverlay {
  const choices = options.profiles().map(({ name, kind, production, place, disabled }): Choice => ({
    label: sanitise(production ? `${name} ${symbols.warning} PRODUCTION` : name),
    note: sanitise([name === options.profile ? "open now" : "", name === kind ? "" : kind, place].filter((part) => part !== "").join("   ")),
    ...(disabled === undefined ? {} : { disabled: sanitise(disabled) }),
    choose: () => open(name),
  }));
  return new ChoiceOverlay("Profile", choices, "");
}
