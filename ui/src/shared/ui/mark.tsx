// Burnish's mark: a polished ring.
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <circle cx="16" cy="16" r="13" fill="none" stroke="var(--accent)" strokeWidth="4" />
      <circle cx="16" cy="16" r="5" fill="var(--accent)" />
    </svg>
  );
}
