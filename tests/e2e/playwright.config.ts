import { defineConfig } from '@playwright/test';

// Software WebGL, no network of its own, and no sandbox, because tests in a container run as root.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export default defineConfig({
  testDir: '.',
  outputDir: '../../build/test-reports/e2e/artifacts',
  globalSetup: './support/global-setup.ts',
  // One server holds one story; two cores are busy with it already.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'en-US',
    timezoneId: 'UTC',
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: { executablePath: process.env['BURNISH_CHROMIUM'] || '/usr/bin/chromium', args: flags },
  },
});
