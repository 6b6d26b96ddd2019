/** A colour in sRGB, each part 0 to 255. */
export type Rgb = ReadonlyArray<number>

/** WCAG 2's relative luminance: 0 black, 1 white. */
export const luminance = (colour: Rgb): number => {
  const [red = 0, green = 0, blue = 0] = colour.map((each) => {
    const part = each / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** WCAG 2's contrast: 1 none, 21 black on white; text needs 4.5. */
export const contrast = (a: Rgb, b: Rgb): number => {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (lighter + 0.05) / (darker + 0.05)
}
