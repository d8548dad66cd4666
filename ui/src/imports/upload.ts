// Sends chosen files into the staging of an import, a few at a time.
import { api } from '../shared/api/client';

export interface ChosenFile {
  // The path within the chosen folder, or the file's name.
  path: string;
  file: File;
}

const kAtATime = 4;

export async function uploadAll(
  project: string,
  id: string,
  files: readonly ChosenFile[],
  onProgress: (done: number, bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  let done = 0;
  let bytes = 0;
  const worker = async () => {
    for (let index = next++; index < files.length; index = next++) {
      const chosen = files[index];
      if (chosen === undefined) return;
      await api.post('/api/v1/projects/{project}/imports/{import}/files', {
        path: { project, import: id },
        query: { path: chosen.path },
        body: chosen.file as never,
        signal,
      });
      done += 1;
      bytes += chosen.file.size;
      onProgress(done, bytes);
    }
  };
  await Promise.all(Array.from({ length: Math.min(kAtATime, files.length) }, worker));
}

export function chosenFiles(list: FileList | readonly File[]): ChosenFile[] {
  return Array.from(list, (file) => ({ file, path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath }));
}

interface Entry {
  isFile: boolean;
  isDirectory: boolean;
  fullPath: string;
  file?: (found: (file: File) => void, failed: (error: DOMException) => void) => void;
  createReader?: () => { readEntries: (found: (entries: Entry[]) => void, failed: (error: DOMException) => void) => void };
}

async function filesBelow(entry: Entry): Promise<ChosenFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((found, failed) => entry.file?.(found, failed));
    return [{ file, path: entry.fullPath.replace(/^\//, '') }];
  }
  const reader = entry.createReader?.();
  const all: ChosenFile[] = [];
  // A reader hands out a folder in pieces, the last one empty.
  for (;;) {
    const entries = await new Promise<Entry[]>((found, failed) => (reader === undefined ? found([]) : reader.readEntries(found, failed)));
    if (entries.length === 0) return all;
    for (const inner of entries) all.push(...(await filesBelow(inner)));
  }
}

// What was dropped: files, or whole folders with what is in them.
export async function droppedFiles(transfer: DataTransfer): Promise<ChosenFile[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry() as Entry | null).filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFiles(transfer.files);
  return (await Promise.all(entries.map(filesBelow))).flat();
}
