// The published schemas: XARF 3 (JSON Schema draft-07, abusix/xarf) and XARF 4 (2020-12, xarf/xarf-spec), both MIT.
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import schemas3 from '../schemas/xarf-3.json' with { type: 'json' };
import schemas4 from '../schemas/xarf-4.json' with { type: 'json' };

const MASTER_3 = 'https://raw.githubusercontent.com/xarf/schema-discussion/master/schemas/3/xarf.schema.json';
const MASTER_4 = 'https://xarf.org/schemas/v4/xarf-v4-master.json';

// `x-recommended` and the like are no keywords of JSON Schema.
const OPTIONS = { strict: false, allErrors: false, logger: false, validateFormats: true } as const;

/** XARF 3 as its specification's own examples have it, which the schema of that version does not allow. */
const SOURCE_SPELLING = {
  type: 'object',
  required: ['Version', 'ReporterInfo', 'Report'],
  properties: {
    Version: { type: 'string', pattern: '^3(\\.[0-9]+){0,2}$' },
    ReporterInfo: {
      type: 'object',
      required: ['ReporterOrg', 'ReporterOrgDomain', 'ReporterOrgEmail'],
      properties: {
        ReporterOrgDomain: { type: 'string', format: 'hostname' },
        ReporterOrgEmail: { type: 'string', format: 'email' },
      },
    },
    Report: {
      type: 'object',
      required: ['ReportClass', 'ReportType', 'Date', 'Source'],
      properties: {
        ReportClass: {
          type: 'string',
          enum: ['Messaging', 'System', 'Activity', 'Content', 'Vulnerability'],
        },
        ReportType: { type: 'string' },
        Date: { type: 'string', format: 'date-time' },
        Source: {
          type: 'object',
          required: ['IP'],
          properties: { IP: { anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] } },
        },
      },
    },
  },
} as const;

const VERSIONS = ['3', '3-source', '4'] as const;
export type XarfVersion = (typeof VERSIONS)[number];

const compiled = new Map<XarfVersion, ValidateFunction>();

/** Compiles all schemas, which takes a fraction of a second, once: before messages are read, so that none waits for it. */
export function prepareXarf(): void {
  for (const version of VERSIONS) validatorOf(version);
}

/** What is wrong with it; undefined: nothing. The first call of a version compiles it, unless `prepareXarf` did. */
export function faultOfXarf(value: unknown, version: XarfVersion): string | undefined {
  const validate = validatorOf(version);
  if (validate(value)) return undefined;
  const error = validate.errors?.at(-1);
  return `${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim();
}

function validatorOf(version: XarfVersion): ValidateFunction {
  const validate = compiled.get(version) ?? compile(version);
  compiled.set(version, validate);
  return validate;
}

function compile(version: XarfVersion): ValidateFunction {
  const ajv = version === '4' ? new Ajv2020(OPTIONS) : new Ajv(OPTIONS);
  ajvFormats.default(ajv, { mode: 'fast' });
  if (version === '3-source') return ajv.compile(SOURCE_SPELLING);
  for (const schema of version === '4' ? schemas4 : schemas3) ajv.addSchema(schema);
  const validate = ajv.getSchema(version === '4' ? MASTER_4 : MASTER_3);
  if (!validate) throw new Error(`no master schema of XARF ${version}`);
  return validate;
}
