export { createBatchedLoggers, createLogger, NestLog, type FrequentLog, type Logger } from './log.js';
export { Counter, createMetrics, Gauge, Histogram, Registry } from './metrics.js';
export { OperationServer } from './operation-server.js';
export { runProcess } from './process.js';
export { startOrExit } from './start.js';
export { NO_TRACING, startTracing, type OpenSpan, type Tracing } from './tracing.js';
