/** Stands in for the Pulsar that is replicated to: takes what comes by TLS, and says when all of it is there. */
import { createServer } from 'node:tls';
import type { Listening } from './traffic';

process.on('message', ({ address, port, key, cert }: Listening) => {
  const server = createServer({ key, cert }, (socket) => {
    let missing: number | undefined;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      // The first bytes of a tunnel tell how many follow. They come in one record, and so in one piece.
      missing = missing === undefined ? Number(data.readBigUInt64BE()) - (data.length - 8) : missing - data.length;
      if (missing === 0) socket.write('.');
    });
  });
  server.listen(port, address, () => process.send?.('listening'));
});
