/** Traffic Server's `records.config`: the type column follows from the value. */
export const recordsConfig = (records: Readonly<Record<string, number | string>>): string =>
  Object.entries(records)
    .map(([name, value]) => `CONFIG ${name} ${typeof value === 'number' ? 'INT' : 'STRING'} ${value}\n`)
    .join('');
