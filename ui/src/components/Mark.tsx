/** Ringline's mark. */
export function Mark({ size = 34 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="9" fill="#4650dd" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M9 22.5c0-8 5-13.500 13.500-13.500" />
        <path d="M14.500 22.500c0-5 3-8 8-8" />
      </g>
      <circle cx="21" cy="21" r="2.600" fill="#fff" />
    </svg>
  );
}
