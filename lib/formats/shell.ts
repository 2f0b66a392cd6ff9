/** One word for a shell, whatever is in it. */
export const inSingleQuotes = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

/** One word for a shell, as people write it: in quotes only where it needs some. */
export const shellWord = (text: string): string => (/^[\w./:=@%+-]+$/.test(text) ? text : inSingleQuotes(text));
