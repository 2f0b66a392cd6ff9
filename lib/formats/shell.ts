/** One word for a shell, whatever is in it. */
export const inSingleQuotes = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;
