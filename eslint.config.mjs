import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const PURE = [
  'subject',
  'report',
  'reputation',
  'zone',
  'dns-wire',
  'access',
  'rbldnsd',
  'zone-export',
  'tlog',
  'feedback',
  'oprf',
  'identifier',
  'campaign',
  'evidence',
  'policy',
  'subscriber',
  'workgroup',
].map((name) => `libs/${name}/src/**/*.ts`);

export default defineConfig(
  globalIgnores(['**/dist/**', '**/node_modules/**', 'coverage/**']),
  {
    files: ['**/*.ts'],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      comments.recommended,
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
      // Nest modules are classes that only carry their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 400 }],
    },
  },
  {
    // Injected classes must stay values: an `import type` of one compiles and fails at run time.
    files: ['apps/*/src/**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'off',
      // Classes describe GraphQL types and options to Nest; their values are plain objects, as Nest's own documentation has it.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // A scalar's class is the name by which fields refer to it.
    files: ['apps/*/src/**/*.scalar.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    files: PURE,
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'Buffer'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time is passed in' },
        { object: 'Math', property: 'random', message: 'randomness is passed in' },
        { object: 'performance', property: 'now', message: 'time is passed in' },
      ],
    },
  },
);
