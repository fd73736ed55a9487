export { createBatchedLoggers, createLogger, NestLog, type Logger } from './log.js';
export { Counter, createMetrics, Gauge, Histogram, Registry } from './metrics.js';
export { runProcess } from './process.js';
export { startOrExit } from './start.js';
