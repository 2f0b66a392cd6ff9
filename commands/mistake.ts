/** Wrong use of a command: its message says what and what would work, and is all that is shown. */
export class Mistake extends Error {}
