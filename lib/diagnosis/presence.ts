/** What there is of a member in the namespace where it should be. */
export type Presence =
  | { readonly state: 'whole' }
  /** Some of its objects, as `<kind>/<name>`: an update has not ended, or somebody has removed them. */
  | { readonly state: 'partial'; readonly missing: readonly string[] }
  /** Nothing, of nobody. */
  | { readonly state: 'absent' }
  /** Of somebody else, and what: `party 10000`. */
  | { readonly state: 'foreign'; readonly holds: string };
