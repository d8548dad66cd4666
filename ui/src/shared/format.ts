// Numbers and times as people read them: thousands separated, shares with two significant digits, local dates.
// The browser's formatters are slow to make, so each is made when it is first needed: none is for a first screen.
const figure = once(() => new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 }));
const ago = once(() => new Intl.RelativeTimeFormat('en', { numeric: 'auto' }));
const exact = once(() => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function formatNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : figure().format(value);
}

export function formatConfidence(value: number): string {
  return value.toFixed(2);
}

export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? formatCount(value) : figure().format(value)} ${units[unit] ?? ''}`;
}

// Times arrive in microseconds.
export function toDate(microseconds: number): Date {
  return new Date(microseconds / 1000);
}

export function formatExact(microseconds: number): string {
  return exact().format(toDate(microseconds));
}

export function formatAgo(microseconds: number, now = Date.now()): string {
  const seconds = Math.max(0, (now - microseconds / 1000) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return ago().format(-Math.round(seconds / 60), 'minute');
  if (seconds < 86400) return ago().format(-Math.round(seconds / 3600), 'hour');
  if (seconds < 86400 * 30) return ago().format(-Math.round(seconds / 86400), 'day');
  return toDate(microseconds).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${String(Math.max(1, Math.round(seconds)))} s`;
  if (seconds < 3600) return `${String(Math.round(seconds / 60))} min`;
  return `${figure().format(seconds / 3600)} h`;
}
