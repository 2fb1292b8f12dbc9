/*
 * Stands in for d3-color in the built pages. The canvas moves and zooms by d3, which could also fade one colour into
 * another; nothing here does, and the tables of colours are as much as a panel to load.
 */
const none = () => null;

export { none as color, none as hcl, none as hsl, none as lab, none as rgb, none as cubehelix };
