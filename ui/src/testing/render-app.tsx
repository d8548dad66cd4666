import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider, createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeQueryClient } from '../app/query-client';
import { goToLogin, makeRouter } from '../app/router';
import { Saving } from '../app/saving';
import { cssVariables, theme } from '../shared/theme/theme';

// The whole app at an address, talking to the server of the test.
export function renderApp(url: string) {
  const router = makeRouter(createMemoryHistory({ initialEntries: [url] }));
  const client = makeQueryClient(() => goToLogin(router));
  render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      <QueryClientProvider client={client}>
        <Notifications />
        <Saving>
          <RouterProvider router={router} />
        </Saving>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { user: userEvent.setup(), client, search: () => router.state.location.search as Record<string, unknown>, path: () => router.state.location.pathname };
}
