export {
  decodeResponse,
  encodeQuery,
  type QueryOptions,
  type RecordValue,
  type Response,
  type ResponseRecord,
} from './client.js';
export { MIN_UDP_SIZE, type Edns, type EdnsOption } from './edns.js';
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
export { CLASS_IN, OPCODE_QUERY, RCODE, TYPE } from './registry.js';
export {
  emptyReply,
  encodeResponse,
  failureOf,
  QUESTION_NAME,
  type Reply,
  type ResponseLimits,
} from './response.js';
