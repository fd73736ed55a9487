export {
  ConfigInvalid,
  formatListen,
  readConfig,
  readConfigOrExit,
  type Config,
  type DnsAccess,
  type ListenAddress,
} from './config.js';
export { createPrivateFile, readEdgeToken } from './secret-file.js';
