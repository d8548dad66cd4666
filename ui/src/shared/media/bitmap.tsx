import { useLayoutEffect, useRef, type ComponentProps } from 'react';

interface Props extends ComponentProps<'canvas'> {
  picture: Blob;
}

// A picture that is decoded beside the page and let go with its element. Of an <img> with an object URL Chromium keeps the
// bytes, also after the URL was revoked and the element collected: ten minutes of scrolling cost hundreds of megabytes.
export function Bitmap({ picture, ...canvas }: Props) {
  const element = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const paper = element.current?.getContext('bitmaprenderer');
    if (paper === null || paper === undefined) return;
    let isGone = false;
    createImageBitmap(picture).then(
      (bitmap) => {
        if (isGone) bitmap.close();
        else paper.transferFromImageBitmap(bitmap);
      },
      () => undefined, // what cannot be decoded stays an empty place
    );
    return () => {
      isGone = true;
      paper.transferFromImageBitmap(null);
    };
  }, [picture]);
  return <canvas ref={element} {...canvas} />;
}
