// How large a picture is drawn in a box of CSS pixels.
export interface Fit {
  width: number;
  height: number;
  // Drawn without smoothing, each pixel a whole number of device pixels.
  sharp: boolean;
}

// Up to here pictures are drawn pixel by pixel.
export const kSmallPicture = 64;

export function fitPicture(width: number, height: number, side: number, deviceRatio = 1, boxHeight = side): Fit {
  const scale = Math.min(side / Math.max(width, 1), boxHeight / Math.max(height, 1));
  if (Math.max(width, height) <= kSmallPicture) {
    const factor = Math.max(1, Math.floor(scale * deviceRatio)) / deviceRatio;
    return { width: width * factor, height: height * factor, sharp: true };
  }
  return { width: width * scale, height: height * scale, sharp: false };
}
