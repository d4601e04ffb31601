import { InputError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { isUnreachable } from "../databases/errors.ts";
import { ChoiceOverlay, type Choice } from "./overlay.ts";
import type { Backend } from "./screen.ts";

/**
 * Looks whether there is a user of that name. Undefined if there is, or if nobody can be asked: then whoever was
 * shown stays. Else everybody's names, and who was active last.
 */
export async function findUser(session: Session, backend: Backend, username: string | undefined, noticed: (error: Error) => void): Promise<{ known: string[]; username: string | undefined } | undefined> {
  let known: string[];
  try {
    const { rows } = await backend.listUsers(session, { partial: true });
    known = rows.map((row) => row.username);
  } catch (error) {
    if (isUnreachable(error)) noticed(error);
    // Without its table nobody is known; the screens that need it say so.
    else if (!(error instanceof InputError)) throw error;
    return undefined;
  }
  if (username !== undefined && known.includes(username)) return undefined;
  // Who was active last, only PostgreSQL knows.
  const newest = await backend.defaultUser(session).catch((error: unknown) => (isUnreachable(error) ? (known[0] ?? null) : Promise.reject(error as Error)));
  return { known, username: newest ?? undefined };
}

/** All users, to choose one by typing; from the graph where PostgreSQL can't be asked. */
export async function userPicker(session: Session, backend: Backend, choose: (username: string) => void): Promise<ChoiceOverlay> {
  const { rows } = await backend.listUsers(session, { partial: true });
  const choices = rows.map((row): Choice => {
    const name = [row.first_name, row.last_name].filter((part) => part !== null).join(" ");
    return { label: sanitise(row.username), note: sanitise(`${name}   ${row.completed} of ${row.concepts} completed`), choose: () => choose(row.username) };
  });
  return new ChoiceOverlay("User", choices, "there are no users yet: `jeseci seed` makes some");
}
