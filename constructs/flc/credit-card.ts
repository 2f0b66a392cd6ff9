import { parse } from 'yaml';
import type { PartyPlan } from '../../lib/federation/party';
import { creditCardFlow } from '../../lib/jobs/credit-card';
import { exampleText } from '../example-text';

/** Files of the white paper's credit cards, as the notebook of a party opens them. */
export const creditCardFiles = (plan: PartyPlan): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(shown.map((name) => [name, textOf(name)])),
  'flow.json': `${JSON.stringify(creditCardFlow(plan, { train: jobOf('train'), predict: jobOf('predict') }), undefined, 2)}\n`,
});

/** Notebooks, and what they run. */
const shown = ['guest.ipynb', 'host.ipynb', 'flow.py', 'columns.py', 'generate.py', 'split.py', 'prepare.py'] as const;

const textOf = (name: string): string => exampleText(`credit-card/${name}`);

const jobOf = (name: string) => parse(textOf(`${name}.yaml`));
