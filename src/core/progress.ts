/** How far a long piece of work is; `total` is null while unknown. Sent at most a few times a second. */
export interface Progress {
  step: string;
  done: number;
  total: number | null;
}

export type OnProgress = (progress: Progress) => void;
