import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseError } from "./errors.ts";

/** Who holds a folder. */
export interface Holder {
  pid: number;
  host: string;
  /** ISO 8601: when it took the folder. */
  since: string;
  /** When its process started, in the kernel's own count: tells it from a later process of the same number. Null where unknown. */
  processStart: string | null;
}

export interface FolderLock {
  /** True when a holder died without letting go, and nobody has said since that its folder was looked after (`lookedAfter`). */
  stale: boolean;
  lookedAfter(): void;
  release(): void;
}

/**
 * Takes the folder for this process alone, since neither engine lets two processes share one. The file is made whole
 * beside its place and then linked to it, so that nobody ever reads half of it.
 * Throws `locked`, naming the holder and what can be done; `damaged` if the folder can't be written.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, "lock.json");
  // Outlives this holder too: one that only reads can't do what a later one must.
  const unclean = join(folder, "unclean");
  const own: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString(), processStart: processStart(process.pid) };
  const draft = join(folder, `lock.${process.pid}.${Math.random().toString(36).slice(2)}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, `${JSON.stringify(own)}\n`);
  } catch (error) {
    throw folderError(folder, error);
  }
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        linkSync(draft, path);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw folderError(folder, error);
      }
      const holder = read(path);
      if (holder === null && attempt === 0) continue; // it let go in between
      if (attempt > 4 || (holder !== null && alive(holder))) throw heldBy(folder, path, holder);
      // Moved away first, so that of two processes that both found it stale only one takes it away.
      const grave = `${draft}.stale`;
      try {
        writeFileSync(unclean, "");
        renameSync(path, grave);
        rmSync(grave, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw folderError(folder, error);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  let held = true;
  return {
    stale: existsSync(unclean),
    lookedAfter: () => rmSync(unclean, { force: true }),
    release: () => {
      if (!held) return;
      held = false;
      const holder = read(path);
      if (holder?.pid === own.pid && holder.since === own.since) rmSync(path, { force: true });
    },
  };
}

/** Who holds the folder at the moment, if anybody does. */
export function holderOf(folder: string): Holder | null {
  const holder = read(join(folder, "lock.json"));
  return holder !== null && alive(holder) ? holder : null;
}

function read(path: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    return { pid: Number(holder.pid), host: String(holder.host), since: String(holder.since), processStart: holder.processStart ?? null };
  } catch {
    return null;
  }
}

function alive({ pid, host, processStart: started }: Holder): boolean {
  // Another machine on the same network folder: its processes can't be seen from here, so it is taken to be there.
  if (host !== hostname()) return true;
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const now = processStart(pid);
  return started === null || now === null || now === started;
}

/** Field 22 of /proc/PID/stat: clock ticks from boot to the start of the process. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function heldBy(folder: string, path: string, holder: Holder | null): DatabaseError {
  if (holder === null) return new DatabaseError("locked", "folder", `the data folder ${folder} is being opened by another process`, { hint: "try again in a moment" });
  const elsewhere = holder.host === hostname() ? "" : ` on ${holder.host}`;
  const remove = elsewhere === "" ? "" : `; if that machine no longer runs it, remove ${path}`;
  return new DatabaseError("locked", "folder", `the data folder ${folder} is in use by process ${holder.pid}${elsewhere} since ${holder.since}`, {
    hint: `end that process (a jeseci that is open in another terminal), or use another folder with --data-dir FOLDER${remove}`,
  });
}

function folderError(folder: string, error: unknown): DatabaseError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === "EEXIST" || code === "ENOTDIR" ? "it, or a folder above it, is a file" : code === "EACCES" || code === "EPERM" ? "this user may not write there" : code === "EROFS" ? "the file system is read-only" : code === "ENOSPC" ? "the disk is full" : message;
  return new DatabaseError("damaged", "folder", `can't use the data folder ${folder}: ${reason}`, { cause: error, hint: "name another folder with --data-dir FOLDER" });
}
