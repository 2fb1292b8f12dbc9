import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#eef0ff",
  "#dde0fd",
  "#b9bff7",
  "#949cf2",
  "#737eee",
  "#5e6bec",
  "#4650dd",
  "#3c45c4",
  "#333bb0",
  "#282f9b",
];

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 6, dark: 6 },
  colors: { indigo },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  headings: { fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  // By name, and not with each component's `extend`, which would load them all with the first page.
  components: {
    // Otherwise an empty element that takes the focus stands among the items, which a menu must not hold.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Notification: {
      defaultProps: { closeButtonProps: { "aria-label": "Close" }, styles: { description: { color: "var(--rl-quiet)" } } },
    },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
  },
});

/** Mantine's own text colours on tinted grounds are too faint in one theme or the other. */
const LIGHT_VARIANT = {
  "--mantine-color-red-light-color": "var(--rl-bad)",
  "--mantine-color-green-light-color": "var(--rl-good)",
  "--mantine-color-teal-light-color": "var(--rl-good)",
  "--mantine-color-yellow-light-color": "var(--rl-wait)",
  "--mantine-color-orange-light-color": "var(--rl-wait)",
  "--mantine-color-blue-light-color": "var(--rl-to)",
  "--mantine-color-indigo-light-color": "var(--rl-busy)",
  "--mantine-color-gray-light-color": "var(--rl-idle)",
};

/** Of charts: unlike those of text, told apart where they lie on each other; at least 3 to 1 on the ground. */
const CHART_LIGHT = {
  "--rl-chart-good": "#1d9a55",
  "--rl-chart-bad": "#d63a2e",
  "--rl-chart-wait": "#c87b00",
  "--rl-chart-busy": "#5560e0",
  "--rl-chart-idle": "#868c9c",
  "--rl-chart-from": "#a2409f",
  "--rl-chart-to": "#1286b8",
};
const CHART_DARK = {
  "--rl-chart-good": "#46b87a",
  "--rl-chart-bad": "#f0675c",
  "--rl-chart-wait": "#e5a73c",
  "--rl-chart-busy": "#8d97ff",
  "--rl-chart-idle": "#8b91a1",
  "--rl-chart-from": "#d07acd",
  "--rl-chart-to": "#4fb6e3",
};

/**
 * Colours by meaning, in both themes: pages name what a colour says (`--rl-good`), never a shade.
 * Each pair of text and ground has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
 */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--rl-ground": "#f4f5f8",
    "--rl-surface": "#ffffff",
    "--rl-raised": "#ffffff",
    "--rl-line": "#dfe2ea",
    "--rl-text": "#1b1e27",
    "--rl-quiet": "#565c6b",
    "--rl-good": "#14713b",
    "--rl-good-ground": "#e3f5ea",
    "--rl-bad": "#b42318",
    "--rl-bad-ground": "#fdeceb",
    "--rl-wait": "#8a4b08",
    "--rl-wait-ground": "#fdf1dd",
    "--rl-busy": "#3a43c2",
    "--rl-busy-ground": "#e9ebff",
    "--rl-idle": "#565c6b",
    "--rl-idle-ground": "#eceef3",
    "--rl-from": "#8a4300",
    "--rl-from-ground": "#ffedd9",
    "--rl-from-line": "#f0b57a",
    "--rl-to": "#0b559e",
    "--rl-to-ground": "#e2f0ff",
    "--rl-to-line": "#93c3ef",
    ...CHART_LIGHT,
    "--mantine-color-dimmed": "#565c6b",
    "--mantine-color-placeholder": "#6a7080",
    "--mantine-color-error": "#b42318",
    "--mantine-color-body": "#f4f5f8",
    ...LIGHT_VARIANT,
  },
  dark: {
    "--rl-ground": "#101116",
    "--rl-surface": "#181a21",
    "--rl-raised": "#1e2029",
    "--rl-line": "#2d303c",
    "--rl-text": "#e9eaf0",
    "--rl-quiet": "#a4a9b8",
    "--rl-good": "#5cd08c",
    "--rl-good-ground": "#12301f",
    "--rl-bad": "#ff8a80",
    "--rl-bad-ground": "#3a1917",
    "--rl-wait": "#f3bd66",
    "--rl-wait-ground": "#362709",
    "--rl-busy": "#a9b1ff",
    "--rl-busy-ground": "#23284f",
    "--rl-idle": "#a4a9b8",
    "--rl-idle-ground": "#272a34",
    "--rl-from": "#ffc078",
    "--rl-from-ground": "#3a2507",
    "--rl-from-line": "#8a5a1c",
    "--rl-to": "#8cc8ff",
    "--rl-to-ground": "#0d2a47",
    "--rl-to-line": "#2a639b",
    ...CHART_DARK,
    "--mantine-color-dimmed": "#a4a9b8",
    "--mantine-color-placeholder": "#9096a6",
    "--mantine-color-error": "#ff8a80",
    "--mantine-color-body": "#101116",
    "--mantine-color-anchor": "#a9b1ff",
    ...LIGHT_VARIANT,
  },
});
