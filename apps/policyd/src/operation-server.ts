import { formatListen, type ListenAddress } from '@sekisho/config';
import type { Logger, Registry } from '@sekisho/telemetry';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Metrics and health over HTTP, for the operator's own network: no access control. */
export class OperationServer {
  private server: Server | undefined;

  constructor(
    private readonly registry: Registry,
    /** Why mail flows unjudged; undefined: it does not. */
    private readonly fault: () => string | undefined,
    private readonly logger: Logger,
  ) {}

  /** @throws what the system says when it cannot listen */
  async listen({ host, port }: ListenAddress): Promise<void> {
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
    this.logger.info({ http: formatListen({ host, port: bound }) }, 'metrics');
  }

  close(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url?.split('?')[0]) {
      case '/metrics':
        response.setHeader('content-type', this.registry.contentType);
        response.end(await this.registry.metrics());
        return;
      case '/health/live':
        response.end('ok\n');
        return;
      case '/health/ready': {
        const fault = this.fault();
        response.statusCode = fault === undefined ? 200 : 503;
        response.end(fault === undefined ? 'ok\n' : `the edge cannot be used: ${fault}\n`);
        return;
      }
      default:
        response.writeHead(404).end();
    }
  }
}
