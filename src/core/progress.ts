/** How far a long piece of work is; `total` is null while unknown. Sent at most a few times a second. */
export interface Progress {
  step: string;
  done: number;
  total: number | null;
  /** How old the oldest change is that is not carried over yet. */
  lagSeconds?: number;
  /** Why it goes as it does: what a person should know before he waits or ends it. */
  note?: string;
}

export type OnProgress = (progress: Progress) => void;
