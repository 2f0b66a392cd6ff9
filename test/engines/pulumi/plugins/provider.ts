import { Metadata, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import {
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  ErrorResourceInitFailed,
  PropertyDiff,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { serve } from './serve';

// biome-ignore lint/suspicious/noExplicitAny: properties of resources of every type
export type Properties = any;

/** A resource as the engine asks for it. */
export interface Asked {
  /** `random:index/randomPassword:RandomPassword` */
  readonly type: string;
  readonly inputs: Properties;
  /** Nothing may change, the answer is what would come of it. */
  readonly preview: boolean;
  /** How long it may take; 0 leaves it to the provider. */
  readonly seconds: number;
}

export interface Resource {
  readonly id: string;
  readonly state: Properties;
}

/** What a resource provider does, without the words of gRPC. */
export interface Provider {
  /** A resource in the place of another is made before that goes. @default names are not the provider's to choose: it goes first */
  readonly createsFirst?: true;
  configure(variables: Readonly<Record<string, string>>): void;
  /** Paths at which what was asked for, or what came of it, is not what is asked for now. */
  changes(before: Properties, after: Properties, state: Properties): string[];
  /** Whether a change at this path makes another resource in the place of this one. */
  replaces(inputs: Properties, path: string): boolean;
  create(asked: Asked): Promise<Resource>;
  /** @param before its state */
  update(id: string, asked: Asked, before: Properties): Promise<Resource>;
  /**
   * `undefined` when it is gone.
   *
   * @param before neither inputs nor state, of a resource that others have made
   */
  read(
    id: string,
    type: string,
    before: { readonly inputs: Properties; readonly state: Properties },
  ): Promise<(Resource & { readonly inputs: Properties }) | undefined>;
  delete(id: string, asked: Asked): Promise<void>;
}

/** The resource is there, and not what it should be: it is kept in the state. */
export class NotReady extends Error {
  constructor(
    message: string,
    readonly resource: Resource,
  ) {
    super(message);
  }
}

export function serveProvider(provider: Provider): void {
  serve(ResourceProviderService, {
    getPluginInfo: handler(async () => new PluginInfo()),
    configure: handler(async (request: ConfigureRequest) => {
      provider.configure(Object.fromEntries(request.getVariablesMap().toArray()));
      const response = new ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    checkConfig: handler(check),
    check: handler(check),
    diffConfig: handler(async () => new DiffResponse()), // never another cluster: `clusterIdentifier` sees to it
    diff: handler(async (request: DiffRequest) => diff(provider, request)),
    create: handler(async (request: CreateRequest) => {
      const { id, state } = await provider.create(askedBy(request, request.getProperties()));
      const response = new CreateResponse();
      response.setId(request.getPreview() ? '' : id);
      response.setProperties(Struct.fromJavaScript(state));
      return response;
    }),
    update: handler(async (request: UpdateRequest) => {
      const { state } = await provider.update(
        request.getId(),
        askedBy(request, request.getNews()),
        plain(request.getOlds()),
      );
      const response = new UpdateResponse();
      response.setProperties(Struct.fromJavaScript(state));
      return response;
    }),
    read: handler(async (request: ReadRequest) => {
      const before = { inputs: plain(request.getInputs()), state: plain(request.getProperties()) };
      const found = await provider.read(request.getId(), request.getType(), before);
      const response = new ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(Struct.fromJavaScript(found.state));
      response.setInputs(Struct.fromJavaScript(found.inputs));
      return response;
    }),
    delete: handler(async (request: DeleteRequest) => {
      const asked = {
        type: typeIn(request.getUrn()),
        inputs: plain(request.getProperties()),
        preview: false,
        seconds: request.getTimeout(),
      };
      await provider.delete(request.getId(), asked);
      return new Empty();
    }),
    cancel: handler(async () => new Empty()),
  });
}

const plain = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};

const askedBy = (request: CreateRequest | UpdateRequest, inputs: Struct | undefined): Asked => ({
  type: typeIn(request.getUrn()),
  inputs: plain(inputs),
  preview: request.getPreview(),
  seconds: request.getTimeout(),
});

/** A URN has the types of a resource's parents before its own. */
const typeIn = (urn: string): string => urn.split('::')[2]?.split('$').at(-1) ?? '';

async function check(request: CheckRequest): Promise<CheckResponse> {
  const response = new CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function diff(provider: Provider, request: DiffRequest): DiffResponse {
  const [before, after] = [plain(request.getOldInputs()), plain(request.getNews())];
  const changes = provider.changes(before, after, plain(request.getOlds()));
  const replacing = changes.filter((path) => provider.replaces(after, path));
  const response = new DiffResponse();
  response.setChanges(changes.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
  response.setDiffsList(changes);
  response.setReplacesList(replacing);
  response.setDeletebeforereplace(provider.createsFirst !== true);
  response.setHasdetaileddiff(true);
  for (const path of changes) {
    const difference = new PropertyDiff();
    difference.setInputdiff(true);
    difference.setKind(replacing.includes(path) ? PropertyDiff.Kind.UPDATE_REPLACE : PropertyDiff.Kind.UPDATE);
    response.getDetaileddiffMap().set(path, difference);
  }
  return response;
}

const handler =
  <Request, Response>(answer: (request: Request) => Promise<Response>) =>
  ({ request }: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    answer(request).then(
      (response) => callback(null, response),
      (error) => callback(failure(error)),
    );
  };

/** The engine keeps a resource that is not ready when it is in the error's details. */
function failure(error: Error) {
  const metadata = new Metadata();
  if (error instanceof NotReady) {
    const failed = new ErrorResourceInitFailed();
    failed.setId(error.resource.id);
    failed.setProperties(Struct.fromJavaScript(error.resource.state));
    failed.setReasonsList([error.message]);
    const detail = new Any();
    detail.pack(failed.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
    const details = new Status();
    details.setCode(status.UNKNOWN);
    details.setMessage(error.message);
    details.addDetails(detail);
    metadata.set('grpc-status-details-bin', Buffer.from(details.serializeBinary()));
  }
  return { code: status.UNKNOWN, details: error.message, metadata };
}
