// How a picture lies in its frame: scaled about the frame's middle, then moved. 1 is fitted.
export interface Pose {
  scale: number;
  x: number;
  y: number;
}

export const fitted: Pose = { scale: 1, x: 0, y: 0 };

const kLeast = 0.5;
const kMost = 40;

// Zooms so that what lies at (x, y), measured from the middle of the frame, stays there.
export function zoomedAt({ scale, x: dx, y: dy }: Pose, factor: number, x: number, y: number): Pose {
  const next = Math.min(kMost, Math.max(kLeast, scale * factor));
  const ratio = next / scale;
  return { scale: next, x: x - (x - dx) * ratio, y: y - (y - dy) * ratio };
}

export function panned(pose: Pose, dx: number, dy: number): Pose {
  return { ...pose, x: pose.x + dx, y: pose.y + dy };
}
