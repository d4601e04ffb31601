import { InputError } from "../errors.ts";
import { writeBoth } from "./plan.ts";
import { insertRow, users } from "./records.ts";
import type { Action } from "./types.ts";

/** Adds a user, without a password. */
export const createUser: Action = async (databases, given, options) => {
  const email = given.value("email");
  return writeBoth(databases, options, (plan) => ({
    about: "user",
    rows: async (sql) => {
      if (email !== null && (await sql.query("SELECT 1 FROM users WHERE email = $1", [email])).rows.length > 0) throw new InputError("bad-input", "another user has this e-mail address", "an e-mail address belongs to one user");
      return insertRow(sql, plan, users, given);
    },
  }));
};
