/** What `probe.py` is asked inside a pod. */
export type Question =
  | { readonly ask: 'dns'; readonly name: string }
  | { readonly ask: 'tcp'; readonly host: string; readonly port: number; readonly greeting?: boolean }
  | { readonly ask: 'tls'; readonly host: string; readonly port: number; readonly name: string }
  | {
      readonly ask: 'http';
      readonly url: string;
      readonly method?: 'GET' | 'POST';
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | (HttpsQuestion & { readonly ask: 'https' })
  | { readonly ask: 'file'; readonly path: string }
  | { readonly ask: 'replication'; readonly admin: string; readonly tenant: string; readonly most: number }
  | { readonly ask: 'clock' };

/** A call by TLS, which is made from outside of clusters alone. */
export interface HttpsQuestion {
  readonly host: string;
  readonly port: number;
  /** That a server is asked for. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the asker shows a certificate. */
  readonly isProven: boolean;
}

/** A container that commands can be run in. */
export interface Place {
  readonly pod: string;
  readonly container: string;
}

/** What is run in a container, and changes nothing there. */
export interface Execution extends Place {
  readonly command: readonly string[];
}

/** What has to be asked before a step of the ladder can be judged; two steps may share one. */
export type Ask = { readonly id: string } & ({ readonly question: Question } | { readonly execution: Execution });

/** What an execution came to. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What was seen, or why it was not. */
export type Seen<T> = { readonly value: T } | Unseen;

/** Why something was not seen. */
export interface Unseen {
  /** A sentence without its full stop. */
  readonly unseen: string;
  /** Whether somebody has to grant a right, or nothing answers. */
  readonly kind: 'right' | 'outage';
}

export const isSeen = <T>(seen: Seen<T>): seen is { readonly value: T } => 'value' in seen;
