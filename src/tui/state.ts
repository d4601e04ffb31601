import { readStateFile, updateStateFile } from "../core/state-file.ts";

/** What survives a restart, for each profile and data folder. */
export interface PersistedState {
  screen?: string;
  user?: string;
  /** The order of each list that is not in its own, by the list's name. */
  orders?: Record<string, { order: number; reversed: boolean }>;
  /** Newest first. */
  recent: { id: string; parameters: Record<string, string> }[];
}

const keptRecent = 12;

/** Reads the state of a profile and data folder. A damaged file is as good as none. */
export function readState(file: string, key: string): PersistedState {
  const own = readStateFile(file)[key];
  if (typeof own !== "object" || own === null) return { recent: [] };
  const { screen, user, recent, orders } = own as Partial<PersistedState>;
  return {
    ...(typeof screen === "string" ? { screen } : {}),
    ...(typeof user === "string" ? { user } : {}),
    orders: Object.fromEntries(Object.entries(orders ?? {}).filter(([, order]) => Number.isInteger(order?.order) && order.order >= 0 && typeof order.reversed === "boolean")),
    recent: Array.isArray(recent) ? recent.filter((entry) => typeof entry?.id === "string" && typeof entry.parameters === "object" && entry.parameters !== null).slice(0, keptRecent) : [],
  };
}

/** Writes it back. */
export function writeState(file: string, key: string, state: PersistedState): void {
  updateStateFile(file, key, { ...state, recent: state.recent.slice(0, keptRecent) });
}
