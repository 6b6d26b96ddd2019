/** An SVG of ECharts without its hooks for scripts, whose numbers grow with the life of the process. */
export const withoutHooks = (svg: string): string =>
  svg.replaceAll(/ (?:class="zr[^"]*"|ecmeta_[a-z_]+="[^"]*")/g, '').replace(/<style\s*>.*?<\/style>\s*/s, '')
