import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './shared/theme/tokens.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeQueryClient } from './app/query-client';
import { goToLogin, makeRouter } from './app/router';
import { Saving } from './app/saving';
import { cssVariables, theme } from './shared/theme/theme';

const router = makeRouter();
const queryClient = makeQueryClient(() => goToLogin(router));

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} mb={44} />
        <Saving>
          <RouterProvider router={router} />
        </Saving>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
