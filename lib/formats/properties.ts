type Settings = Readonly<Record<string, string | number | boolean>>;

/**
 * Java properties, as Pulsar and Spring read them: `key=value` lines. Values keep their inner blanks; a backslash and
 * a line break would mean something else there and are escaped.
 */
export const properties = (settings: Settings): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${escaped(String(value))}\n`)
    .join('');

const escaped = (value: string): string =>
  value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/^ /, '\\ ');

/** Spark's `spark-defaults.conf`: a property, blanks, and the rest of the line as its value. */
export const sparkDefaults = (settings: Settings): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key} ${escaped(String(value))}\n`)
    .join('');
