import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { cssVariables, theme } from '../shared/theme/theme';
import { goToLogin, makeRouter } from './router';
import { Saving } from './saving';
import { placeOf } from './screen-pages';
import { screens } from './screens';

export const router = makeRouter();
export const leave = () => goToLogin(router);

// The script of the screen that will be shown first, ready to be drawn.
export async function loadFirst(): Promise<void> {
  const place = placeOf(window.location.pathname);
  await screens.find(({ path }) => path === place?.screen)?.page.load();
}

// The scripts of all other screens, so that they open at once, and without a network.
export async function loadRest(): Promise<void> {
  for (const { page } of screens) await page.load().catch(() => undefined);
}

function Begun({ onBegin }: { onBegin: () => void }) {
  useEffect(onBegin, [onBegin]);
  return null;
}

export function start(queryClient: QueryClient, onBegin: () => void): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no root element');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={queryClient}>
          <Notifications position="bottom-right" limit={4} mb={44} />
          <Saving>
            <RouterProvider router={router} />
            <Begun onBegin={onBegin} />
          </Saving>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
