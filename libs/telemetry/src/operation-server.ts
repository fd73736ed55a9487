import type { Registry } from 'prom-client';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from './log.js';

/**
 * Metrics and health over HTTP, for the operator's own network: no access control. `/health/ready` is 503 while there
 * are faults, which it tells one a line; the process goes on working as well as it can.
 */
export class OperationServer {
  private server: Server | undefined;

  constructor(
    private readonly registry: Registry,
    private readonly faults: () => readonly string[] | Promise<readonly string[]>,
    private readonly logger: Logger,
  ) {}

  /** @throws what the system says when it cannot listen */
  async listen({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
    const server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        this.logger.error({ err: error }, 'a request could not be answered');
        response.destroy();
      });
    });
    server.listen(port, host);
    await once(server, 'listening');
    this.server = server;
    const address = server.address();
    const bound = typeof address === 'object' && address ? address.port : port;
    this.logger.info({ http: `${host.includes(':') ? `[${host}]` : host}:${bound}` }, 'metrics');
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    switch (request.url?.split('?')[0]) {
      case '/metrics':
        response.setHeader('content-type', this.registry.contentType);
        response.end(await this.registry.metrics());
        return;
      case '/health/live':
        response.end('ok\n');
        return;
      case '/health/ready': {
        const faults = await this.faults();
        response.statusCode = faults.length === 0 ? 200 : 503;
        response.end(faults.length === 0 ? 'ok\n' : `${faults.join('\n')}\n`);
        return;
      }
      default:
        response.writeHead(404).end();
    }
  }
}
