import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';

/**
 * Serves a plugin as the engine starts it: on a port that is the first line printed. It ends when the engine is gone, however
 * that ended.
 */
export function serve(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
  const server = new Server({ 'grpc.max_receive_message_length': 400 * 1024 * 1024 });
  server.addService(service, implementation);
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    console.log(`${port}`);
  });
  const engine = process.ppid;
  setInterval(() => process.ppid === engine || process.exit(), 200).unref();
}
