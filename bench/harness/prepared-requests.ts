// Requests made in advance and sent by little more than a socket, so that whoever asks is not what is measured.
import { Agent, request } from 'node:http';

export interface PreparedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Keeps its connections. An answer other than 200, or one that `isWanted` refuses, is an error. */
export class RequestSender {
  private readonly agent: Agent;

  constructor(connections: number) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send({ url, headers, body }: PreparedRequest, isWanted: (text: string) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { agent: this.agent, method: 'POST', headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => (text += part));
        answer.on('end', () => {
          if (answer.statusCode === 200 && isWanted(text)) resolve();
          else reject(new Error(`${url} answered ${String(answer.statusCode)}: ${text.slice(0, 200)}`));
        });
        answer.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
