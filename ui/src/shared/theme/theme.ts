import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const copper: MantineColorsTuple = [
  '#fbf1ea',
  '#f4e4d8',
  '#ebc7ac',
  '#e6ad83',
  '#e0935a',
  '#d08146',
  '#c27238',
  '#b0622d',
  '#9a5120',
  '#7c3f17',
];

const dark: MantineColorsTuple = [
  '#e7e7e4',
  '#c6c8c9',
  '#aeb1b3',
  '#8f9396',
  '#45494d',
  '#303336',
  '#232527',
  '#1a1b1d',
  '#141516',
  '#0e0f10',
];

const small = { defaultProps: { size: 'xs' } };

export const theme = createTheme({
  colors: { copper, dark },
  primaryColor: 'copper',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 4,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '20px' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '15px' }, h3: { fontSize: '13px' } } },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // Mantine picks the ink of a filled button for the light scheme only.
    Button: { ...small, vars: (_theme: unknown, { variant = 'filled' }: { variant?: string }) => ({ root: variant === 'filled' ? { '--button-color': 'var(--on-accent)' } : {} }) },
    TextInput: small,
    NumberInput: small,
    Select: small,
    MultiSelect: small,
    TagsInput: small,
    Textarea: small,
    SegmentedControl: small,
    Checkbox: small,
    Switch: small,
    Slider: small,
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, transitionProps: { duration: 80 } } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, centered: true, transitionProps: { duration: 100 }, overlayProps: { backgroundOpacity: 0.4 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
  },
});

// Mantine's own names, pointed at ours, so that both draw with one set of colours. Mantine sets them per scheme, and so
// must we to come last.
const names = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-bright': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-soft)',
  '--mantine-color-default': 'var(--raised)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-anchor': 'var(--accent-ink)',
  '--mantine-color-placeholder': 'var(--ink-faint)',
  '--mantine-color-error': 'var(--wrong)',
  '--mantine-color-copper-light-color': 'var(--accent-ink)',
  '--mantine-color-gray-light-color': 'var(--ink-soft)',
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--mantine-shadow-md': 'var(--shadow)' },
  light: names,
  dark: names,
});
