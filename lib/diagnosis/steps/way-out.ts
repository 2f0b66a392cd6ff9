import type { PartyDescriptor } from '../../federation/descriptor';
import { isFailed, oneLine, printed } from '../answers';
import type { Execution } from '../asks';
import { fails, holds, type Judgement, unseen, warns } from '../finding';
import { byAnswer, type Step } from '../ladder';
import { shownCertificate } from '../shown-certificate';

/**
 * The way from a pod of the exchange to a party: a connection, which every image with bash can try, and the certificate at its end,
 * for which there has to be openssl.
 */
export function routeStep(
  at: Omit<Execution, 'command'>,
  { id: party, fqdn, ...described }: PartyDescriptor,
  service: 'pulsar' | 'nginx',
  need: string,
): Step {
  const { address, port } = described[service];
  const id = `way ${at.pod} ${party} ${service}`;
  const isPlain = service === 'nginx' && described.transport === 'open';
  return {
    id,
    layer: 'connections',
    what: `${at.pod} reaches ${service} of party ${party} at ${address}:${port}`,
    needs: [need],
    asks: [
      {
        id,
        execution: {
          ...at,
          command: ['bash', '-c', isPlain ? connect : connect + handshake, 'way', address, `${port}`, fqdn],
        },
      },
    ],
    judge: byAnswer(id, (output, { now }) => {
      const said = printed(output);
      if (isFailed(said)) return unseen(said.error);
      return judgeWay({ party, service, name: fqdn, isPlain }, said.text, now);
    }),
  };
}

/** Says `open`, or why not, in bash's words where it has some. */
const connect = `said=$(LC_ALL=C timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>&1)
case $?,$said in
  0,*) echo open ;;
  *refused*) echo closed; exit 0 ;;
  *known* | *resol*) echo nameless; exit 0 ;;
  *) echo silent; exit 0 ;;
esac
`;
const handshake = `command -v openssl >/dev/null || { echo no openssl; exit 0; }
timeout 10 openssl s_client -connect "$1:$2" -servername "$3" -showcerts </dev/null 2>/dev/null | sed -n '/-BEGIN CERT/,/-END CERT/p'
`;

interface Way {
  readonly party: number;
  readonly service: 'pulsar' | 'nginx';
  readonly name: string;
  readonly isPlain: boolean;
}

function judgeWay({ party, service, name, isPlain }: Way, said: string, now: Date): Judgement {
  const [state, ...rest] = said.split('\n');
  const failure = service === 'pulsar' ? 'pulsar-lost' : 'nginx-lost';
  if (state === 'silent')
    return fails('no answer', {
      failure: 'port-blocked',
      acts: { between: ['exchange', party] },
      meaning: 'a firewall on the way drops it, or nobody has the address',
    });
  if (state === 'nameless')
    return fails('no such name', {
      failure: 'name-unknown',
      acts: { member: party },
      meaning: 'DNS knows nothing of the name that the party has given for its address',
    });
  if (state === 'closed')
    return fails('refused', {
      failure,
      acts: { member: party },
      meaning: 'nothing listens where the route leads: its address has changed, or its service is away',
    });
  if (state !== 'open') return unseen(oneLine(said) || 'nothing was said');
  if (isPlain) return holds('open');
  if (rest[0] === 'no openssl') return holds('open; who is there cannot be seen, this image has no openssl');
  const { text, fault } = shownCertificate(rest.join('\n'), { name, now });
  if (fault === undefined) return holds(text);
  if (fault.is === 'soon')
    return warns(text, { failure: 'certificate-expired', acts: { member: party }, meaning: 'it ends within a month' });
  if (fault.is === 'ended')
    return fails(text, {
      failure: 'certificate-expired',
      acts: { member: party },
      meaning: 'it has ended, and others refuse it',
    });
  if (fault.is === 'another')
    return fails(text, {
      failure: 'route-missing',
      acts: { member: 'exchange' },
      meaning: 'the route leads to somebody else',
    });
  return fails(text, {
    failure,
    acts: { member: party },
    meaning: 'it takes connections, and speaks no TLS as a member does',
  });
}
