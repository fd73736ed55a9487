export {
  ConfigInvalid,
  formatListen,
  readConfig,
  readConfigOrExit,
  type Config,
  type DnsTls,
  type TrusteeConfig,
} from './config.js';
export type { DnsAccess, ListenAddress, ResponseRates } from './values.js';
export { createPrivateFile, readEdgeToken } from './secret-file.js';
