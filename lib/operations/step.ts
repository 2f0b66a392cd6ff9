/** Something that somebody does by hand. */
export interface ManualStep {
  /** What, and why: a sentence or two. */
  readonly what: string;
  /** Lines for a shell; none where nothing is typed. */
  readonly commands: readonly string[];
  /** The same where no stack of Pulumi has made the member, and files are applied. */
  readonly withFiles?: readonly string[];
}
