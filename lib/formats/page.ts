/** Text in which `…` stands for what is typed or read by a program. */
export type Text = string;

/** A field of a table, which may lead to a heading of the same page. */
export type Cell = Text | { readonly text: Text; readonly to: string };

/** A part of a page. */
export type Block =
  | { readonly heading: Text; readonly level: 2 | 3 /** By which others lead to it. */; readonly id: string }
  | { readonly text: Text }
  | { readonly items: readonly Text[] }
  /** Lines for a shell. */
  | { readonly shell: readonly string[] }
  | { readonly head: readonly Text[]; readonly rows: readonly (readonly Cell[])[] };

/** A page for people, to be written as Markdown or as HTML. */
export interface Page {
  readonly title: Text;
  readonly blocks: readonly Block[];
}

/** A text in the pieces that are code, and those that are not. */
export const pieces = (text: Text): readonly { readonly isCode: boolean; readonly piece: string }[] =>
  text.split('`').flatMap((piece, i) => (piece === '' ? [] : [{ isCode: i % 2 === 1, piece }]));
