// Takes connections on the TCP ports that it is told, and answers datagrams on port 53.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

for (const port of process.argv.slice(1)) createServer((socket) => socket.end()).listen(Number(port));
const resolver = createSocket('udp4');
resolver.on('message', (message, { port, address }) => resolver.send(message, port, address)).bind(53);
