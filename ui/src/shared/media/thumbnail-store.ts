// Thumbnails for whoever shows them. What is asked for within a moment travels in one request; what has scrolled away
// before its turn is not asked for; the least recently shown are let go.
import { api } from '../api/client';
import type { BlobFrame } from '../api/frames';
import type { Ordinal } from '../api/types';

export type ThumbnailSize = 160 | 320;

export interface Thumbnail {
  picture: Blob;
  width: number;
  height: number;
}

// The size that is sharp in a box of so many CSS pixels.
export function thumbnailSize(side: number): ThumbnailSize {
  return side * window.devicePixelRatio > 200 ? 320 : 160;
}

const kBatch = 120;
const kGatherFor = 12;
const kAtOnce = 3;
const kKept = 3000;
const kAskAgainAfter = 2500;
// Milliseconds at a stretch that the page spends on what has come: each picture costs it most of one, and a scroll waits.
const kStretch = 4;

interface Entry {
  ordinal: Ordinal;
  size: ThumbnailSize;
  thumbnail?: Thumbnail;
  // The server had none yet; when to ask again.
  askAgainAt?: number;
  asked: boolean;
  listeners: Set<() => void>;
  shownAt: number;
}

interface Described {
  ordinal: number;
  type: string;
  offset: number;
  bytes: number;
  width: number;
  height: number;
}

function described(frame: BlobFrame): Described[] {
  const list = frame.header['thumbnails'];
  return Array.isArray(list) ? (list as Described[]) : [];
}

export class ThumbnailStore {
  readonly #project: string;
  readonly #entries = new Map<string, Entry>();
  #wanted: Entry[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = 0;
  #clock = 0;

  constructor(project: string) {
    this.#project = project;
  }

  get(ordinal: Ordinal, size: ThumbnailSize): Thumbnail | undefined {
    return this.#entries.get(`${String(size)}:${String(ordinal)}`)?.thumbnail;
  }

  // Calls `listener` when the thumbnail has come, and fetches it if need be.
  want(ordinal: Ordinal, size: ThumbnailSize, listener: () => void): () => void {
    const key = `${String(size)}:${String(ordinal)}`;
    const entry = this.#entries.get(key) ?? { ordinal, size, asked: false, listeners: new Set(), shownAt: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.shownAt = ++this.#clock;
    entry.listeners.add(listener);
    if (entry.thumbnail === undefined && !entry.asked && !this.#wanted.includes(entry)) {
      this.#wanted.push(entry);
      this.#schedule(kGatherFor);
    }
    return () => entry.listeners.delete(listener);
  }

  #schedule(after: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, after);
  }

  #send(): void {
    const now = Date.now();
    this.#wanted = this.#wanted.filter((entry) => entry.listeners.size > 0);
    while (this.#running < kAtOnce) {
      // The newest first: they are on the screen now.
      const ready = this.#wanted.filter((entry) => (entry.askAgainAt ?? 0) <= now);
      const size = ready.at(-1)?.size;
      if (size === undefined) break;
      const batch = ready.filter((entry) => entry.size === size).slice(-kBatch);
      const taken = new Set(batch);
      this.#wanted = this.#wanted.filter((entry) => !taken.has(entry));
      for (const entry of batch) entry.asked = true;
      void this.#fetch(batch, size);
    }
    if (this.#wanted.length > 0 && this.#running < kAtOnce) this.#schedule(kAskAgainAfter);
  }

  async #fetch(batch: Entry[], size: ThumbnailSize): Promise<void> {
    this.#running += 1;
    try {
      const frame = await api.blobFrame('/api/v1/projects/{project}/thumbnails', {
        path: { project: this.#project },
        query: { ordinals: batch.map((entry) => entry.ordinal).join(','), size },
      });
      await this.#take(batch, frame);
    } catch {
      // The grid keeps its grey tiles and asks again; what is wrong is said where the page's own requests fail.
    } finally {
      this.#running -= 1;
      for (const entry of batch) {
        entry.asked = false;
        if (entry.thumbnail !== undefined) continue;
        entry.askAgainAt = Date.now() + kAskAgainAfter;
        this.#wanted.push(entry);
      }
      this.#letGo();
      if (this.#wanted.length > 0) this.#send();
    }
  }

  async #take(batch: Entry[], frame: BlobFrame): Promise<void> {
    const byOrdinal = new Map(batch.map((entry) => [entry.ordinal, entry]));
    let begun = performance.now();
    for (const { ordinal, type, offset, bytes, width, height } of described(frame)) {
      const entry = byOrdinal.get(ordinal);
      if (entry === undefined || bytes === 0) continue;
      if (performance.now() - begun > kStretch) {
        await new Promise((done) => setTimeout(done, 0));
        begun = performance.now();
      }
      entry.thumbnail = { picture: frame.piece('data', offset, bytes, type), width, height };
      for (const listener of entry.listeners) listener();
    }
  }

  #letGo(): void {
    if (this.#entries.size <= kKept) return;
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= kKept) return;
      if (entry.listeners.size > 0 || entry.asked) continue;
      this.#entries.delete(key);
    }
  }
}

const stores = new Map<string, ThumbnailStore>();

export function thumbnailsOf(project: string): ThumbnailStore {
  const store = stores.get(project) ?? new ThumbnailStore(project);
  stores.set(project, store);
  return store;
}
