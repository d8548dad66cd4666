import type { Edit, Split } from '../../shared/api/types';
import { plural } from '../../shared/format';

// What is asked before it is done: anything that touches many samples at once.
export const kAskFrom = 100;

export interface BulkAct {
  // "Set class Shirt".
  title: string;
  set: Edit['set'];
}

export function describeAct({ title }: BulkAct, count: number): string {
  return `${title} on ${plural(count, 'sample')}`;
}

export function setClassAct(name: string | null, moveTo?: Split): BulkAct {
  const title = name === null ? 'Take the label away' : `Set class ${name}`;
  return moveTo === undefined
    ? { title, set: { class: name } }
    : { title: `${title} and move to ${moveTo}`, set: { class: name, split: moveTo } };
}

export const splitAct = (split: Split): BulkAct => ({ title: `Move to ${split}`, set: { split } });
export const excludeAct = (excluded: boolean): BulkAct => ({ title: excluded ? 'Exclude' : 'Bring back', set: { excluded } });
export const confirmAct: BulkAct = { title: 'Confirm the label', set: { confirm: true } };
export const tagAct = (tag: string): BulkAct => ({ title: `Add tag ${tag}`, set: { add_tags: [tag] } });
export const untagAct = (tag: string): BulkAct => ({ title: `Remove tag ${tag}`, set: { remove_tags: [tag] } });
