// The camera over the scene: a pinhole 4.5 m above flat ground, looking level. Metres in, pixels out.

export interface View {
  readonly width: number;
  readonly height: number;
  readonly horizonY: number;
  readonly centreX: number;
  /** focal length in pixels */
  readonly focal: number;
}

export const CAMERA_HEIGHT = 4.5;

export function createView(width: number, height: number): View {
  return { width, height, horizonY: 0.085 * height, centreX: width / 2, focal: 1.25 * height };
}

/** Pixels per metre at a depth. */
export function scaleAt(view: View, z: number): number {
  return view.focal / z;
}

/** Where a point on the ground, x metres right of the middle and z metres away, is seen. */
export function groundPoint(view: View, x: number, z: number): { x: number; y: number } {
  const scale = scaleAt(view, z);
  return { x: view.centreX + x * scale, y: view.horizonY + CAMERA_HEIGHT * scale };
}

/** Half the width of the ground that is seen at a depth, in metres. */
export function halfWidthAt(view: View, z: number): number {
  return view.width / 2 / scaleAt(view, z);
}

/** Where people walk, in metres: a path across the picture, and one that leads from it to the door of the house. */
export const CROSS_PATH = { near: 8.4, far: 13.6 } as const;
export const DOOR_PATH = { x: 1.2, halfWidth: 1.7 } as const;
export const HOUSE_Z = 42;
