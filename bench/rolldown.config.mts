import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Programs are measured as they run on the published package: a loader of TypeScript takes more memory than they do. */
export default defineConfig({
  input: ['measure', 'party-program', 'bare-program'].map((program) => here(`${program}.ts`)),
  platform: 'node',
  external: /^[^./]/,
  output: {
    dir: here('../node_modules/.cache/kubefate-tanzu-bench'),
    format: 'cjs',
    strict: true,
    paths: { 'kubefate-tanzu': here('../build/index.js'), 'kubefate-tanzu/stacks': here('../build/stacks.js') },
  },
});
