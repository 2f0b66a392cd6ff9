import type { Page } from '../lib/formats/page';

/** How a list is printed. */
export type ListFormat = 'text' | 'markdown' | 'csv';

export const listFormat = {
  choices: ['text', 'markdown', 'csv'] as const satisfies readonly ListFormat[],
  default: 'text' as const,
  describe: 'Of the list',
};

/** A list in each of its forms. */
export interface Listing {
  readonly text: () => string;
  readonly page: () => Page;
  /** The first one names the fields. */
  readonly rows: () => readonly (readonly string[])[];
}

export async function listText(format: ListFormat, list: Listing): Promise<string> {
  if (format === 'text') return list.text();
  if (format === 'csv') return (await import('../lib/formats/csv.js')).csv(list.rows());
  return (await import('../lib/formats/markdown.js')).markdown(list.page());
}
