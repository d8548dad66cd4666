import js from '@eslint/js';
import imports from 'eslint-plugin-import';
import a11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

// Every folder of src/ is a feature, apart from these. `app` composes features, a feature uses `shared`,
// and features never import each other.
const common = ['app', 'shared', 'testing'];
const features = readdirSync(new URL('./src', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !common.includes(entry.name))
  .map((entry) => entry.name);

const zones = [
  ...features.map((feature) => ({
    target: `./src/${feature}`,
    from: ['./src/app', ...features.filter((other) => other !== feature).map((other) => `./src/${other}`)],
    message: 'A feature uses shared/ only; what two features need moves to shared/.',
  })),
  {
    target: './src/shared',
    from: ['./src/app', ...features.map((feature) => `./src/${feature}`)],
    message: 'shared/ knows no feature.',
  },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'src/shared/api/schema.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  a11y.flatConfigs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks, import: imports },
    languageOptions: { globals: globals.browser },
    settings: { 'import/resolver': { node: { extensions: ['.ts', '.tsx'] } } },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'import/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['*.{js,ts}', 'public/*.js'], languageOptions: { globals: { ...globals.node, ...globals.browser } }, rules: { 'no-unused-vars': 'off', '@typescript-eslint/no-unused-vars': 'off' } },
);
