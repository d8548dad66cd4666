// The token of a login link: `#token=…` or the bare fragment.
export function tokenInFragment(hash: string): string | undefined {
  const fragment = hash.replace(/^#/, '');
  if (fragment === '') return undefined;
  const named = new URLSearchParams(fragment).get('token');
  const token = named ?? (fragment.includes('=') ? '' : fragment);
  return token === '' ? undefined : token;
}
