// A clause in words, for its chip.
import type { Filter } from '../api/types';
import { formatNumber, plural } from '../format';

type Tree = Record<string, unknown>;

function list(values: unknown): string {
  const all = Array.isArray(values) ? values.map(String) : [];
  return all.length > 3 ? `${all.slice(0, 2).join(', ')} and ${String(all.length - 2)} more` : all.join(', ');
}

function range(value: unknown): string {
  const [low, high] = Array.isArray(value) ? (value as (number | null)[]) : [];
  if (low === null || low === undefined) return `up to ${formatNumber(high ?? 0)}`;
  if (high === null || high === undefined) return `from ${formatNumber(low)}`;
  return `${formatNumber(low)} – ${formatNumber(high)}`;
}

function describeLabel(label: Tree): string {
  if (label['missing'] === true) return 'no label';
  if (label['missing'] === false) return 'labeled';
  if ('state' in label) return `label is ${list(label['state'])}`;
  return `truth: ${list(label['class'])}`;
}

function describePrediction(prediction: Tree): string {
  const parts: string[] = [];
  if (prediction['missing'] === true) parts.push('no prediction');
  if (prediction['correct'] === true) parts.push('right');
  if (prediction['correct'] === false) parts.push('wrong');
  if ('class' in prediction) parts.push(`predicted: ${list(prediction['class'])}`);
  if ('confidence' in prediction) parts.push(`confidence ${range(prediction['confidence'])}`);
  if ('margin' in prediction) parts.push(`margin ${range(prediction['margin'])}`);
  return parts.join(', ');
}

function describeRegion(region: Tree): string {
  if (region['missing'] === true) return 'no region';
  const parts = ['class' in region ? `region: ${list(region['class'])}` : 'a region'];
  if ('confidence' in region) parts.push(`confidence ${range(region['confidence'])}`);
  return parts.join(', ');
}

function describeField(node: Tree): string {
  const name = String(node['field']);
  if (node['missing'] === true) return `no ${name}`;
  if ('text' in node) return `${name} has “${String(node['text'])}”`;
  return 'range' in node ? `${name} ${range(node['range'])}` : `${name}: ${list(node['in'])}`;
}

function describeSuspect(suspect: Tree): string {
  if (suspect['suspected'] === false) return 'not suspected';
  const pair = [suspect['given'], suspect['suggested']].filter(Array.isArray).map(list);
  return pair.length === 0 ? 'suspected wrong label' : `suspected: ${pair.join(' → ')}`;
}

export function describeClause(clause: Filter): string {
  const node = clause as Tree;
  if ('not' in node) return `not ${describeClause(node['not'] as Filter)}`;
  if ('any' in node) return (node['any'] as Filter[]).map(describeClause).join(' or ');
  if ('all' in node) return (node['all'] as Filter[]).map(describeClause).join(' and ');
  if ('label' in node) return describeLabel(node['label'] as Tree);
  if ('prediction' in node) return describePrediction(node['prediction'] as Tree);
  if ('region' in node) return describeRegion(node['region'] as Tree);
  if ('field' in node) return describeField(node);
  if ('quality' in node) return `${String(node['quality'])} ${range(node['range'])}`;
  if ('suspect' in node) return describeSuspect(node['suspect'] as Tree);
  if ('split' in node) return `split: ${list(node['split'])}`;
  if ('tag' in node) return `tag: ${list(node['tag'])}`;
  if ('excluded' in node) return node['excluded'] === true ? 'excluded' : 'not excluded';
  if ('duplicate' in node) return node['duplicate'] === true ? 'has duplicates' : 'no duplicates';
  if ('near_duplicate' in node) return node['near_duplicate'] === true ? 'has near duplicates' : 'no near duplicates';
  if ('path' in node) return `path has “${String(node['path'])}”`;
  if ('similar' in node) return `similar to ${plural(((node['similar'] as Tree)['to'] as unknown[]).length, 'sample')}`;
  if ('polygon' in node) return 'inside the lasso';
  if ('stored_set' in node) return 'chosen by hand';
  if ('ordinals' in node) return plural((node['ordinals'] as unknown[]).length, 'chosen sample');
  if ('import' in node) return 'from one import';
  if ('changed' in node) return 'changed';
  return 'filter';
}
