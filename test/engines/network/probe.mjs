// Tries `TCP:<address>:<port>` and `UDP:<address>:<port>`, and writes those that answer.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

const patience = 20_000; // what a policy is against is refused at once

const probes = {
  TCP: (host, port) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, timeout: patience });
      const end = (opened) => {
        socket.destroy();
        resolve(opened);
      };
      socket
        .once('connect', () => end(true))
        .once('error', () => end(false))
        .once('timeout', () => end(false));
    }),
  UDP: (host, port) =>
    new Promise((resolve) => {
      const socket = createSocket('udp4');
      socket.connect(port, host);
      const sending = setInterval(() => socket.send('?'), 250); // one may be lost
      const end = (answered) => {
        clearInterval(sending);
        clearTimeout(waiting);
        socket.close();
        resolve(answered);
      };
      const waiting = setTimeout(end, patience, false);
      socket.once('message', () => end(true)).once('error', () => end(false));
    }),
};

const reached = await Promise.all(
  process.argv.slice(1).map(async (target) => {
    const [protocol, host, port] = target.split(':');
    return (await probes[protocol](host, Number(port))) ? [target] : [];
  }),
);
console.log(JSON.stringify(reached.flat()));
