/** A day of the week over the weeks, oldest first; null after today. Levels from 0 (nothing) to 4. */
export interface CalendarLine {
  label: string;
  days: (number | null)[];
}

const dayMs = 86_400_000;
const labels = ["Mon", "   ", "Wed", "   ", "Fri", "   ", "Sun"];

/** `2026-01-31` of an instant, in a zone. */
export function dayIn(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(instant);
}

/**
 * Activity as a calendar, Monday first. Days are counted as dates, not as spans of 24 hours, so that a day of 23 or 25
 * hours is a day. Levels are quarters of the busiest day.
 */
export function calendar(activity: readonly { day: string; minutes: number }[], weeks: number, now: Date, timeZone: string): CalendarLine[] {
  const minutes = new Map(activity.map(({ day, minutes: spent }) => [day, spent]));
  const busiest = Math.max(1, ...minutes.values());
  // Dates as UTC midnights: plain arithmetic, free of daylight saving.
  const today = Date.parse(`${dayIn(now, timeZone)}T00:00:00Z`);
  const weekday = (new Date(today).getUTCDay() + 6) % 7;
  const firstMonday = today - (weekday + 7 * (weeks - 1)) * dayMs;
  return labels.map((label, row) => ({
    label,
    days: Array.from({ length: weeks }, (_, week) => {
      const day = firstMonday + (7 * week + row) * dayMs;
      if (day > today) return null;
      const spent = minutes.get(new Date(day).toISOString().slice(0, 10));
      return spent === undefined ? 0 : Math.max(1, Math.ceil((spent / busiest) * 4));
    }),
  }));
}
