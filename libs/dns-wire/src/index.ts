export {
  decodeResponse,
  encodeQuery,
  type QueryOptions,
  type RecordValue,
  type Response,
  type ResponseRecord,
} from './client.js';
export { judgeCookie, makeCookie, readCookie, type Cookie, type CookieContext } from './cookie.js';
export { MIN_UDP_SIZE, optRecord, type Edns, type EdnsOption } from './edns.js';
export { labelsOfName, nameOfText, readName, textOfName, type ReadName } from './name.js';
export { parseQuery, type Query, type QueryHeader, type Question } from './query.js';
export {
  addressRecord,
  minimalAnyRecord,
  nameServerRecord,
  soaRecord,
  textRecord,
  type ResourceRecord,
  type Soa,
} from './record.js';
export { CLASS_ANY, CLASS_IN, OPCODE_NOTIFY, OPCODE_QUERY, OPTION, RCODE, TYPE } from './registry.js';
export {
  emptyReply,
  encodeResponse,
  failureOf,
  QUESTION_NAME,
  type Reply,
  type ResponseLimits,
} from './response.js';
export { isSerialNewer } from './serial.js';
export { sipHash24 } from './siphash.js';
export { TransferMessage } from './transfer-message.js';
export {
  algorithmName,
  appendTsig,
  chainedMac,
  lowerCase,
  readTsig,
  TSIG_ALGORITHMS,
  TSIG_ERROR,
  TSIG_FUDGE_SECONDS,
  tsigAlgorithmOf,
  tsigBytes,
  tsigTimers,
  tsigVariables,
  withoutTsig,
  type ReceivedTsig,
  type Tsig,
  type TsigAlgorithm,
} from './tsig.js';
