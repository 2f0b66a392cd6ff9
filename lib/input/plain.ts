/**
 * A copy of what somebody wrote that is maps, lists and scalars through and through: to read it can neither fail nor end
 * otherwise the second time. In the place of what is none of these stands a symbol, which fits nowhere and says what it was.
 */
export const plain = (value: unknown): unknown => copied(value, 0, (_, kind) => Symbol(kind));

/** As {@link plain}, of what may hold values that are made by others and known late, such as a Pulumi `Output`: they stay. */
export const plainAround = (value: unknown): unknown => copied(value, 0, (other) => other);

/** What to put in the place of an object that is neither a map nor a list. */
type Other = (value: object, kind: string) => unknown;

function copied(value: unknown, depth: number, other: Other): unknown {
  if (typeof value === 'string' && value.length > longestText) return Symbol(`a text of ${value.length} characters`);
  if (typeof value !== 'object' || value === null) return value;
  try {
    if (depth > deepest) return Symbol('more levels than any declaration has');
    if (Array.isArray(value)) return copiedList(value, depth, other);
    const kind = kindOf(value);
    return kind === undefined ? copiedMap(value, depth, other) : other(value, kind);
  } catch {
    return Symbol('a value that cannot be read');
  }
}

/** Of a declaration's levels; it has less than ten. */
const deepest = 30;

/** Of a bundle of certificates; in an object that Kubernetes keeps it has its place a few times. */
const longestText = 262_144;

/** Entries of a list or a map. The longest list of a declaration is that of the parties; two of them may be compared. */
const mostEntries = 10_000;

/** Holes are `undefined` in the copy, and no longer passed over. */
const copiedList = (list: readonly unknown[], depth: number, other: Other): unknown =>
  list.length > mostEntries
    ? Symbol(`a list of ${list.length}`)
    : Array.from({ length: list.length }, (_, i) => copied(list[i], depth + 1, other));

function copiedMap(map: object, depth: number, other: Other): unknown {
  const entries = Object.entries(map);
  return entries.length > mostEntries
    ? Symbol(`a map of ${entries.length}`)
    : Object.fromEntries(entries.map(([key, value]) => [key, copied(value, depth + 1, other)]));
}

/** What an object is that is no map: a `Map`, a Pulumi `Output`. */
function kindOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isMap = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isMap ? undefined : `a ${value.constructor.name}`;
}
