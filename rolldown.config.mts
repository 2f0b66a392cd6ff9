import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

/** The published package: a file for each entry point and one that they share, for loading a hundred takes its time. */
export default defineConfig({
  input: { index: 'index.ts', stacks: 'stacks/index.ts', commands: 'commands/main.ts' },
  platform: 'node',
  external: /^[^./]/,
  plugins: [startScripts('constructs', 'commands')],
  output: {
    dir: 'build',
    cleanDir: true,
    format: 'cjs',
    strict: true,
    codeSplitting: {
      groups: [
        { name: 'shown', test: /[/]lib[/]input[/]shown\.ts$/ }, // by which the tool tells that the rest cannot be loaded
        {
          name: 'lib',
          test: /[/]lib[/](?!.*[/](signing-requests|x509-library)\.ts$)|declared[/]declaration-file|parts[/]script\.ts|toy-example-script/,
          minShareCount: 2,
        },
        { name: 'signing-requests', test: /[/]lib[/].*[/](signing-requests|x509-library)\.ts$/ }, // loads X.509, where one is read
        { name: 'tool', test: /[/]commands[/](arguments|declaration-file|files|mistake|selection|terminal)\.ts$/ },
        { name: 'pki', test: /[/]commands[/]pki[/]/ }, // loads X.509, for the commands that need it
        { name: 'cluster', test: /[/]commands[/]cluster[/](?!options)/ }, // loads the Kubernetes client, for the commands that need it
        { name: 'descriptor-source', test: /[/]descriptor[/]descriptor-source\.ts$/ },
        { name: 'sheets', test: /[/](firewall-text|images-text|image-scripts|csv|columns)\.ts$/ },
        { name: 'findings-text', test: /[/]diagnose[/]findings-text\.ts$/ },
        { name: 'shared', minShareCount: 2 },
      ],
    },
    chunkFileNames: '[name].js',
    comments: false, // those for a reader are with the types
  },
});

/** Scripts are read beside their own file, which is a file of the package now: so are the scripts. */
function startScripts(...directories: readonly string[]): Plugin {
  return {
    name: 'start-scripts',
    buildStart() {
      for (const directory of directories)
        for (const file of readdirSync(directory, { encoding: 'utf8', recursive: true }))
          if (/\.(sh|lua|py)$/.test(file))
            this.emitFile({ type: 'asset', fileName: basename(file), source: readFileSync(join(directory, file)) });
    },
  };
}
