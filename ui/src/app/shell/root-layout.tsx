import { Outlet } from '@tanstack/react-router';
import { useActionKeys } from '../../shared/actions/actions';
import { ActionPalette } from './action-palette';
import { KeysDialog } from './keys-dialog';

// Around every page: keys, the palette and the list of keys.
export function RootLayout() {
  useActionKeys();
  return (
    <>
      <Outlet />
      <ActionPalette />
      <KeysDialog />
    </>
  );
}
