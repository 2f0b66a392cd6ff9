import { Construct } from 'constructs';

/** A file that is no manifest. */
export interface TextFileProps {
  /** Relative to the app's output directory: `fate-30000.cluster.yaml`. */
  readonly path: string;
  /** The whole file, written as UTF-8. */
  readonly content: string;
}

/**
 * A file that this library's `App` writes beside the manifests. Another app would leave it out without a word, so that
 * there it is an error.
 */
export class TextFile extends Construct {
  readonly path: string;
  readonly content: string;

  constructor(scope: Construct, id: string, { path, content }: TextFileProps) {
    super(scope, id);
    this.path = path;
    this.content = content;
    this.node.addValidation({ validate: () => (writesTextFiles in this.node.root ? [] : [unwritten(path)]) });
  }
}

/** Marks an app that writes these files. */
export const writesTextFiles = Symbol.for('kubefate-tanzu/writes-text-files');

const unwritten = (path: string): string =>
  `${path} is written by the App of kubefate-tanzu only: use it in the place of cdk8s's`;
