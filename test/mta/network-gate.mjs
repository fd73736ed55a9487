// The way into a network namespace: takes connections on a UNIX socket, reads whom the client says to be (PROXY protocol, version 1), and
// connects from that very address to port 25 in here.
import { connect, createServer } from 'node:net';

const [, , path] = process.argv;

createServer((client) => {
  client.on('error', () => undefined);
  client.once('data', (first) => {
    const end = first.indexOf('\n') + 1;
    const [, family, localAddress] = first.subarray(0, end).toString('latin1').split(' ');
    const server = connect({ host: family === 'TCP6' ? '::1' : '127.0.0.1', port: 25, localAddress });
    server.on('error', () => client.destroy());
    if (end < first.length) server.write(first.subarray(end));
    client.pipe(server).pipe(client);
  });
}).listen(path, () => process.send('open'));

process.on('disconnect', () => process.exit());
