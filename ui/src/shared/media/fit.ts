// How large a picture is drawn in a square of `side` CSS pixels.
export interface Fit {
  width: number;
  height: number;
  // Drawn without smoothing, each pixel a whole number of device pixels.
  sharp: boolean;
}

// Up to here pictures are drawn pixel by pixel.
export const kSmallPicture = 64;

export function fitPicture(width: number, height: number, side: number, deviceRatio = 1): Fit {
  const longer = Math.max(width, height, 1);
  if (longer <= kSmallPicture) {
    const factor = Math.max(1, Math.floor((side * deviceRatio) / longer)) / deviceRatio;
    return { width: width * factor, height: height * factor, sharp: true };
  }
  const scale = side / longer;
  return { width: width * scale, height: height * scale, sharp: false };
}
