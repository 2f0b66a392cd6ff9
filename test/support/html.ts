import { type DefaultTreeDocument, type DefaultTreeElement, type DefaultTreeNode, parse } from 'parse5';

export type AttributesOf = Readonly<Record<string, string | undefined>>;

export interface Element {
  readonly name: string;
  readonly attributes: AttributesOf;
  readonly node: DefaultTreeElement;
}

/** A document as a browser reads it, and what it would have to mend. */
export function parseHtml(text: string): {
  readonly document: DefaultTreeDocument;
  readonly errors: readonly string[];
} {
  const errors: string[] = [];
  // The types of parse5 5 do not know what it can be told since then.
  const options = { onParseError: ({ code }: { readonly code: string }) => errors.push(code) };
  return { document: parse(text, options as object) as DefaultTreeDocument, errors };
}

const childrenOf = (node: object): readonly DefaultTreeNode[] =>
  'childNodes' in node ? (node.childNodes as DefaultTreeNode[]) : [];

/** All elements below a node, or those of one name. */
export const elementsOf = (node: object, name?: string): readonly Element[] =>
  childrenOf(node).flatMap((child) => {
    const own = 'tagName' in child ? [elementOf(child as DefaultTreeElement)] : [];
    return [...own.filter((each) => name === undefined || each.name === name), ...elementsOf(child, name)];
  });

const elementOf = (node: DefaultTreeElement): Element => ({
  name: node.tagName,
  attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
  node,
});

export const textOf = ({ node }: Element): string => textBelow(node);

const textBelow = (node: object): string =>
  childrenOf(node)
    .map((child) => ('value' in child ? `${child.value}` : textBelow(child)))
    .join('');
