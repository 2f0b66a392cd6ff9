/** Comma-separated values as spreadsheets read them, the first row being their names. @see RFC 4180 */
export const csv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map((each) => quoted(harmless(each))).join(',')}\r\n`).join('');

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A text that a spreadsheet would take for a formula has an apostrophe before it. @see OWASP, "CSV Injection" */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
