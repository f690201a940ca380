/** The one spelling of a time in our formats, UTC without fraction. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Unix seconds of `YYYY-MM-DDThh:mm:ssZ`; undefined for any other spelling and for days that do not exist. */
export function parseTime(text: string): number | undefined {
  if (!TIME.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || milliseconds < 0) return undefined;
  return formatTime(milliseconds / 1000) === text ? milliseconds / 1000 : undefined;
}

/** @param seconds Unix seconds, 0 … 253,402,300,799 */
export function formatTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
