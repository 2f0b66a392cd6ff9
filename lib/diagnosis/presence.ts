/** What there is of a member in the namespace where it should be. */
export type Presence =
  | { readonly state: 'whole' }
  /** Some of its objects, as `<kind>/<name>`: an update has not ended, or somebody has removed them. */
  | { readonly state: 'partial'; readonly missing: readonly string[] }
  /** Nothing, of nobody. */
  | { readonly state: 'absent' }
  /** Of somebody else, and what: `party 10000`. */
  | { readonly state: 'foreign'; readonly holds: string };

/** NetworkPolicies of a namespace beside those that are drawn; which are missing, {@link Presence} has. */
export interface PoliciesSeen {
  /** Names of those that say something else than is drawn. */
  readonly changed: readonly string[];
  /** Names of those that nobody has drawn. */
  readonly others: readonly string[];
}
