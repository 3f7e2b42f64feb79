// Where the frames of recently viewed clips lie in their archives: the index of a clip is read once while somebody
// looks at it, not once a frame. A clip's archive never changes.

export interface Archive {
  readonly organizationId: string;
  readonly hash: string;
  readonly mediaType: string;
  /** pairs [frameCount, 2]: offset, length */
  readonly index: Uint32Array;
}

const CLIPS_KEPT = 64;

export class ArchiveCache {
  readonly #load: (clipId: string) => Promise<Archive | null>;
  readonly #kept = new Map<string, Promise<Archive | null>>();

  constructor(load: (clipId: string) => Promise<Archive | null>) {
    this.#load = load;
  }

  async find(clipId: string): Promise<Archive | null> {
    const found = this.#kept.get(clipId) ?? this.#load(clipId);
    this.#kept.delete(clipId);
    this.#kept.set(clipId, found);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= CLIPS_KEPT) break;
      this.#kept.delete(oldest);
    }
    // What is not there yet may come, and a failure may pass: neither is kept.
    const archive = await found.catch((err: unknown) => {
      this.#kept.delete(clipId);
      throw err;
    });
    if (archive === null) this.#kept.delete(clipId);
    return archive;
  }
}
