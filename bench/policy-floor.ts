// The least that a policy daemon of Node can cost: it reads each question's end and answers, and looks at nothing.
// Started by policyd.ts with the port to listen on.
import { createServer } from 'node:net';

const ANSWER = 'action=DUNNO\n\n';
const END = Buffer.from('\n\n');

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    // The generator has one question open and sends it whole.
    if (chunk.subarray(-END.length).equals(END)) socket.write(ANSWER);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.({ isReady: true }));
