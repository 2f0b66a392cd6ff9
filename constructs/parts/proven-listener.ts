import { join } from 'node:path';
import type { Coordination } from '../../lib/fate/releases/release';
import { routeTables } from '../../lib/fate/route-tables';
import { services } from '../../lib/fate/services';
import { callPattern } from '../../lib/federation/coordination';
import type { PartyDescriptor } from '../../lib/federation/descriptor';
import { callersOf } from '../../lib/federation/routing';
import { block, type Directive, nginxConf } from '../../lib/formats/nginx-conf';
import { accessLog, bodyLimit, type Listeners, scriptDirectory } from './fate-nginx';
import { certifiedName, type MemberCertificate, takingCertificates } from './member-certificate';
import { scriptText } from './script';

/** What `$caller` is before somebody has proven to be one who may call. */
export const nobody = 'nobody';

/**
 * What a listener knows of a call.
 *
 * @param source of `$caller`, the id of the party that calls or {@link nobody}
 * @param callers what is in the source → its id
 */
export const callVariables = (
  { calls, probes }: Coordination,
  source: string,
  ...callers: readonly Directive[]
): readonly Directive[] => [
  ['log_format', 'proven', `caller=$caller certificate="$ssl_client_s_dn" verified="$ssl_client_verify" ${accessLog}`],
  ['map_hash_bucket_size', 128], // a name has up to 64 characters
  certifiedName,
  block(['map', source, '$caller'], ['default', nobody], ...callers),
  block(
    ['map', '$caller $http_dest_party_id $http_service $request_method $request_uri', '$call'],
    ['default', foreign],
    ...calls.map((call): Directive => [`~${callPattern(call)}`, 'call']),
    ...probes.map((probe): Directive => [`~${callPattern(probe)}`, 'probe']),
  ),
];

/** Takes TLS of members only, from them calls of FATE Flow only, and says to all others why not. */
export function provenListener(
  own: MemberCertificate,
  coordination: Coordination,
  location: readonly Directive[],
  ...more: readonly Directive[]
): Directive {
  const refused = refusals(coordination);
  return block(
    'server',
    ['listen', services.nginx.ports.http, 'ssl'],
    ['access_log', '/dev/stdout', 'proven'],
    ['underscores_in_headers', 'off'], // to FATE Flow `src_party_id` and `src-party-id` are one header
    ...takingCertificates(own),
    bodyLimit,
    ['default_type', 'application/json'],
    ['error_page', 497, '=', '@plain'],
    block(
      ['location', '@plain'],
      refused('plain HTTP is not taken here, but TLS with a certificate of the federation'),
    ),
    ['error_page', 495, 496, '=', '@unproven'],
    block(['location', '@unproven'], refused('no certificate of the federation was shown: $ssl_client_verify')),
    block(['location', '/'], ...location, ['proxy_next_upstream', 'off']), // a call starts something: never twice
    ...more,
  );
}

/** Ends what no FATE Flow asks of another. */
export const refusingForeign = (coordination: Coordination): Directive =>
  block(
    ['if', '($call', '=', `${foreign})`],
    refusals(coordination)(
      'party $caller: this is no call of one FATE Flow to another, and nothing else is let through',
    ),
  );

/** Answers with the message, as FATE Flow's own error. Nothing goes into it but variables of digits, letters and dots. */
export const refusals =
  ({ refusal }: Coordination) =>
  (message: string): Directive => {
    const { status, body } = refusal(message);
    return ['return', status, JSON.stringify(body)];
  };

const foreign = 'foreign';

/** Where whoever calls is a party itself: which parties there are, and what keeps each to its own name. They change with the routes. */
export const knownParties = (parties: readonly PartyDescriptor[]): Pick<Listeners, 'routeFiles' | 'scripts'> => ({
  routeFiles: { [callersFile]: nginxConf([...callersOf(parties)]) },
  scripts: { [callerFile]: callerScript },
});

/**
 * A listener that parties call themselves, each by its own certificate.
 *
 * @param by whose listener it is, as it says so to a party that it has no route to
 * @param location what becomes of a call of a party that is known
 */
export const partyListener = (
  own: MemberCertificate,
  coordination: Coordination,
  by: string,
  location: readonly Directive[],
): readonly Directive[] => [
  ...callVariables(coordination, '$certified', ['include', `${routesDirectory}/${callersFile}`]),
  provenListener(
    own,
    coordination,
    [
      block(
        ['if', '($caller', '=', `${nobody})`],
        refusals(coordination)(`the certificate of "$certified" is of no party that ${by} has a route to`),
      ),
      ...location,
    ],
    ...refusedElse(coordination),
  ),
];

/** FATE Flow believes what a call says of its caller: it has to say what the certificate does. */
export const onlyAsItself = ({ caller }: Coordination): readonly Directive[] =>
  caller === undefined
    ? []
    : [
        ['set', '$caller_header', caller.header],
        ['set', '$caller_field', caller.field ?? ''],
        ['set', '$refusal', ''],
        ['rewrite_by_lua_file', `${scriptDirectory}/${callerFile}`],
      ];

/** Where that sends whoever does not. */
const refusedElse = (coordination: Coordination): readonly Directive[] =>
  coordination.caller === undefined
    ? []
    : [block(['location', '@refused'], refusals(coordination)('party $caller: $refusal'))];

const { directory: routesDirectory, callers: callersFile } = routeTables.nginx;
const callerFile = 'caller.lua';
const callerScript = scriptText(join(__dirname, callerFile));

/** What reaches the other side of a caller's headers: those of a call, each once, and what is proven in the place of what is said. */
export const passedHeaders = ({ headers, caller }: Coordination): readonly Directive[] => [
  ['proxy_pass_request_headers', 'off'],
  ['proxy_set_header', 'Content-Type', 'application/json'],
  ...headers.map((name): Directive => {
    const said = `$http_${name.replaceAll('-', '_')}`;
    return ['proxy_set_header', name, name === caller?.header ? '$caller' : said];
  }),
];
