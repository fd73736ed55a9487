export {
  ConfigInvalid,
  formatListen,
  readConfig,
  readConfigOrExit,
  type Config,
  type DnsAccess,
  type DnsTls,
  type ListenAddress,
  type ResponseRates,
  type TrusteeConfig,
} from './config.js';
export { createPrivateFile, readEdgeToken } from './secret-file.js';
