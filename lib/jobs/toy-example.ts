import { type JobInterface, releases } from '../fate/releases';
import { services, workloads } from '../fate/services';
import type { PartyPlan } from '../federation/party';

/** Label of what runs it, and what the names of its Jobs begin with. */
export const { toyExample } = workloads;

/** What `toy-example.py` has to know to ask the FATE Flow of a party. */
export interface Asked {
  readonly party: number;
  readonly fateflow: string;
  /** nginx of the party, which leads a call to others. */
  readonly proxy: string;
  /** A call that any FATE Flow answers anybody. */
  readonly probe: string;
  readonly jobs: JobInterface;
}

/** What a pod of its own does: the toy example with one host after the other. */
export interface VerifyRequest extends Asked {
  readonly do: 'verify';
  /** Seconds until the FATE Flow of the guest, and then of each host, has to answer. */
  readonly patience: number;
  /** Seconds that each job may take. */
  readonly timeout: number;
  readonly runs: readonly { readonly host: number; readonly submission: object }[];
}

/** What a program asks for, one by one. */
export type StepRequest = Asked &
  (
    | { readonly do: 'reach'; readonly host?: number }
    | { readonly do: 'submit'; readonly submission: object }
    | { readonly do: 'watch'; readonly job: string; readonly known?: string; readonly seconds: number }
    | { readonly do: 'why'; readonly job: string; readonly roles: readonly Role[] }
    | { readonly do: 'stop'; readonly job: string }
  );

/** What a party is in a toy example: both, where it is alone. */
export type Role = 'guest' | 'host';

/** Seconds that the toy example may take: about one of them with cores to spare, and a few where others are at work. */
export const toySeconds = 600;

/** Seconds for which a party and its partners are waited for: as long as images of gigabytes take, and a new route after them. */
export const patienceSeconds = 1800;

export function askedOf({ id, fate, transport }: PartyPlan): Asked {
  const { jobs, coordination } = releases[fate];
  const [probe = ''] = coordination.probes;
  return {
    party: id,
    fateflow: urlOf(services.fateflow),
    proxy: urlOf(transport === 'mutual-tls' ? services.nginxInternal : services.nginx),
    probe,
    jobs,
  };
}

const urlOf = ({ name, ports }: { readonly name: string; readonly ports: { readonly http: number } }): string =>
  `http://${name}:${ports.http}`;

/** The toy example with a host as FATE Flow takes it. */
export const submissionOf = ({ fate, id }: PartyPlan, host: number, seconds = toySeconds): object =>
  releases[fate].toyExample.job(id, host, seconds);

/** All that a pod is told, which runs it with each of the hosts. */
export const verifyRequest = (plan: PartyPlan, hosts: readonly number[]): VerifyRequest => ({
  ...askedOf(plan),
  do: 'verify',
  patience: patienceSeconds,
  timeout: toySeconds,
  runs: hosts.map((host) => ({ host, submission: submissionOf(plan, host) })),
});
