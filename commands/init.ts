import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { command } from './arguments';
import { type NewFile, writeNewFiles } from './files';
import type { FirstJobName } from './first-job';
import { Mistake } from './mistake';

/** Writes a first project. */
export const init = command({
  command: 'init [kind] [folder]',
  describe: 'Write a small project that works; no file that is there is touched',
  examples: [
    ['$0 init yaml my-federation', 'federation.yaml, and the program of a few lines that draws it'],
    ['$0 init yaml my-learners --topology vertical', 'the same, sized for a way of learning together, and a job'],
    ['$0 init cdk8s my-program', 'the same as a TypeScript program'],
    ['$0 init pulumi org1', "one organisation's Pulumi project, with its own test"],
  ],
  options: (yargs) =>
    yargs
      .positional('kind', {
        choices: Object.keys(projects) as Kind[],
        default: 'yaml' as Kind,
        describe: 'Of the declaration: a file, a cdk8s program, or a Pulumi project of one organisation',
      })
      .positional('folder', { type: 'string', default: '.', describe: 'Made unless it is there' })
      .option('topology', {
        choices: topologies,
        describe: 'Of kind yaml: how the parties learn together; sizes them for it, and writes a job, train.yaml',
      })
      .option('mesh', {
        type: 'boolean',
        describe: 'Of kind yaml: no exchange, and parties that call one another directly',
      }),
  run: async ({ kind, folder, topology: chosen, mesh }) => {
    if (chosen !== undefined && kind !== 'yaml')
      throw new Mistake(`--topology is for kind yaml; in a program use topology() of kubefate-tanzu`);
    if (mesh && kind !== 'yaml') throw new Mistake('--mesh is for kind yaml; in a program use exchange: false');
    const { files, next } = projects[kind];
    const copies = Object.entries(files).map(([name, example]) => copy(join(folder, name), example));
    const examples = mesh ? copies.map((file) => ({ ...file, content: withoutExchange(`${file.content}`) })) : copies;
    const written = chosen === undefined ? examples : await learning(examples, folder, chosen);
    writeNewFiles([...written, ignored(folder)]);
    const names = written.map(({ path }) => relative(folder, path));
    return { text: `${kind} project in ${folder}: ${names.join(', ')}\nNow: ${next}\n` };
  },
});

type Kind = 'yaml' | 'cdk8s' | 'pulumi';

const topologies: readonly FirstJobName[] = ['vertical', 'horizontal', 'images'];

/** Files and the examples of the package that they are. */
const projects: Readonly<Record<Kind, { readonly files: Readonly<Record<string, string>>; readonly next: string }>> = {
  yaml: {
    files: {
      'federation.yaml': 'declared/federation.yaml',
      'main.js': 'declared/main.js',
      'cdk8s.yaml': 'declared/cdk8s.yaml',
      'package.json': 'declared/package.json',
    },
    next: 'npm install && npm run check && npm run synth',
  },
  cdk8s: {
    files: {
      'main.ts': 'two-party.ts',
      'cdk8s.yaml': 'cdk8s/cdk8s.yaml',
      'package.json': 'cdk8s/package.json',
      'tsconfig.json': 'cdk8s/tsconfig.json',
    },
    next: 'npm install && npm run check && npm run synth',
  },
  pulumi: {
    files: {
      'index.ts': 'organisation/index.ts',
      'index.test.ts': 'organisation/index.test.ts',
      'exchange.json': 'organisation/exchange.json',
      'Pulumi.yaml': 'organisation/Pulumi.yaml',
      'package.json': 'organisation/package.json',
      'tsconfig.json': 'cdk8s/tsconfig.json',
    },
    next: 'npm install && npm test, then pulumi stack init and the secrets that index.ts reads',
  },
};

/** Files of a project whose parties are sized for a job, and that. */
async function learning(files: readonly NewFile[], folder: string, name: FirstJobName): Promise<readonly NewFile[]> {
  const { firstJobs, jobFile, sizedFor } = await import('./first-job.js');
  const job = firstJobs[name];
  const sized = files.map((file) =>
    file.path === join(folder, 'federation.yaml') ? { ...file, content: sizedFor(job, `${file.content}`) } : file,
  );
  return [...sized, { path: join(folder, 'train.yaml'), content: jobFile(job) }];
}

const withoutExchange = (text: string): string =>
  text
    .replace(', and the exchange between them.', ', which call each other directly.')
    .replace(/^exchange:\n( .*\n)+/m, 'exchange: false\n');

const copy = (path: string, example: string): NewFile => ({
  path,
  content: readFileSync(join(__dirname, '../examples', example), 'utf8'),
});

/** A package of npm cannot hold this file. */
const ignored = (folder: string): NewFile => ({
  path: join(folder, '.gitignore'),
  content: ['node_modules/', '# Keys stay with whoever made them.', '*.key.pem', '*.key-pk8.pem', ''].join('\n'),
});
