/** What a date field and a time field hold, in this PC's time zone. */
export interface LocalMoment {
  day: string;
  time: string;
}

/** The moment as both fields show it. */
export function localMoment(moment: Date): LocalMoment {
  const pair = (value: number) => String(value).padStart(2, "0");
  return {
    day: `${moment.getFullYear()}-${pair(moment.getMonth() + 1)}-${pair(moment.getDate())}`,
    time: `${pair(moment.getHours())}:${pair(moment.getMinutes())}`,
  };
}

/** The instant in RFC 3339 UTC; null while a field is empty or no moment. */
export function instantOf({ day, time }: LocalMoment): string | null {
  const moment = new Date(`${day}T${time}`);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** The next round half hour at least a quarter of an hour away: a first guess for a new shift. */
export function nextHalfHour(now: Date): Date {
  const half_ms = 30 * 60_000;
  return new Date(Math.ceil((now.getTime() + 15 * 60_000) / half_ms) * half_ms);
}

/** A date such as "2008-03-15" as "15/03/2008", or left as it is. */
export function birthDate(text: string | null, vietnamese: boolean): string {
  const parts = text === null ? null : /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return text ?? "";
  return vietnamese ? `${parts[3]}/${parts[2]}/${parts[1]}` : (text ?? "");
}
