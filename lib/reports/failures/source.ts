/** Who says something of a failure. */
export type Source =
  /** A test on real programs: its file below `test/engines/`, and its name or the beginning of it. */
  | { readonly by: 'measurement'; readonly file: string; readonly test: string; readonly program: string }
  /** White paper, under a heading or a table of it. */
  | { readonly by: 'paper'; readonly heading: PaperHeading; readonly inferred?: string }
  /** Source code or documentation that was read, and not run. */
  | { readonly by: 'reading'; readonly of: string }
  /** A document or the code of this library, whose tests hold it to it. */
  | { readonly by: 'this library'; readonly file: string };

/** @see White paper, "Failure Scenarios" */
export type PaperHeading =
  | 'Disk Failure'
  | 'Host and VM Failures'
  | 'KubeFATE Component Failures'
  | 'Sizing Guidelines'
  | 'Table 4. Impact of Component Failures'
  | 'Table 5. Single Party Failures and Expected Results';

/** @param program with its version */
export const measured = (program: string, file: string, test: string): Source => ({
  by: 'measurement',
  file,
  test,
  program,
});

/** @param inferred what its extract leaves to be concluded, where it does */
export const paper = (heading: PaperHeading, inferred?: string): Source => ({ by: 'paper', heading, inferred });

/** What the paper says of several components alike. @see White paper, "KubeFATE Component Failures" */
export const podIsBack = { says: 'Less than 30 s for the pod.', source: paper('KubeFATE Component Failures') };

/** @param inferred as of {@link paper} */
export const jobsGoOn = (inferred?: string) => ({
  says: 'Jobs go on and end by themselves.',
  source: paper('Table 4. Impact of Component Failures', inferred),
});

/** Of a row whose label the paper's text has lost. */
export const byTheOrderOfRows = 'its name is lost in the text, and follows from the order of the rows';

export const read = (of: string): Source => ({ by: 'reading', of });

export const here = (file: string): Source => ({ by: 'this library', file });
