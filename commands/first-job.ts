import { parseDocument, stringify } from 'yaml';
import { type TopologyProps, topology } from '../lib';

const learners = { guest: 30000, hosts: [40000], table: { name: 'rows' } } as const;

/** Handwritten digits: 28 x 28 pixels become one of ten. */
const network = {
  layers: [
    { layer: 'Linear', in_features: 784, out_features: 128 },
    { layer: 'ReLU' },
    { layer: 'Linear', in_features: 128, out_features: 10 },
  ],
  loss: 'CrossEntropyLoss',
  task: 'multi',
} as const;

interface FirstJob {
  readonly topology: TopologyProps;
  /** Those that the algorithm has none of its own for. */
  readonly parameters?: object;
}

/** A way in which the parties of a first project learn together. */
export type FirstJobName = 'vertical' | 'horizontal' | 'images';

/** What each of them is. */
export const firstJobs: Readonly<Record<FirstJobName, FirstJob>> = {
  vertical: { topology: { kind: 'vertical', ...learners } },
  horizontal: { topology: { kind: 'horizontal', ...learners } },
  images: { topology: { kind: 'horizontal', data: 'images', ...learners }, parameters: network },
};

/** The job, as a file. */
export function jobFile({ topology: declared, parameters }: FirstJob): string {
  const { job } = topology(declared);
  const lines = [
    '# yaml-language-server: $schema=node_modules/kubefate-tanzu/build/job.schema.json',
    '# What the parties train, once each has its table.',
  ];
  return `${lines.join('\n')}\n${stringify({ ...job, parameters }, { aliasDuplicateObjects: false })}`;
}

/** A declaration of the same parties, sized for that job. What one party takes over from the other is written once. */
export function sizedFor({ topology: declared }: FirstJob, federation: string): string {
  const document = parseDocument(federation.replace(/^# The federation of the white paper/m, '# A federation'));
  document.setIn(['parties', 0, 'sizing'], topology(declared).parties[0]?.sizing);
  return document.toString();
}
