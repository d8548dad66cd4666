import { Select, SegmentedControl, TextInput } from '@mantine/core';
import type { ColumnRole, ImportMapping, ImportPlan } from './imports-query';
import styles from './imports.module.css';

const formatNames = { folder_per_class: 'A folder for each class', csv: 'A table (CSV, TSV)', idx: 'IDX files', parquet: 'A Parquet table' } as const;

const roles: readonly { value: string; label: string }[] = [
  { value: 'path', label: 'Path of the photograph' },
  { value: 'class', label: 'Class' },
  { value: 'split', label: 'Split' },
  { value: 'field:text', label: 'Field: text' },
  { value: 'field:number', label: 'Field: number' },
  { value: 'field:boolean', label: 'Field: yes or no' },
  { value: 'field:time', label: 'Field: time' },
  { value: 'confidence', label: 'Confidence' },
  { value: 'probability', label: 'Probability of a class' },
  { value: 'image', label: 'The photograph itself' },
  { value: 'ignore', label: 'Leave out' },
];

function written(role: ColumnRole): string {
  return role.role === 'field' ? `field:${role.type ?? 'text'}` : role.role;
}

function read(value: string, column: string): ColumnRole {
  const [role, type] = value.split(':');
  if (role === 'field') return { role, type: (type ?? 'text') as NonNullable<ColumnRole['type']> };
  if (role === 'probability') return { role, class: column };
  return { role: role as ColumnRole['role'] };
}

interface Props {
  plan: ImportPlan;
  onMapping: (mapping: ImportMapping) => void;
}

// What the source is, and what each of its columns means. Every choice is checked again at once.
export function WhatStep({ plan, onMapping }: Props) {
  const { mapping } = plan;
  const hasColumns = plan.format === 'csv' || plan.format === 'parquet';
  return (
    <div className={styles['what']}>
      <div className={styles['choices']}>
        <Select
          label="It is"
          w={240}
          allowDeselect={false}
          value={plan.format}
          onChange={(value) => onMapping({ format: value as ImportPlan['format'] })}
          data={plan.formats.map((format) => ({ value: format, label: formatNames[format] }))}
        />
        {hasColumns ? (
          <div>
            <p className={styles['label']}>It brings</p>
            <SegmentedControl
              aria-label="It brings"
              value={plan.content}
              onChange={(value) => onMapping({ ...mapping, content: value as ImportPlan['content'] })}
              data={[
                { value: 'samples', label: 'Samples' },
                { value: 'predictions', label: 'A model’s predictions' },
              ]}
            />
          </div>
        ) : null}
        {plan.content === 'predictions' ? (
          <TextInput
            label="Name of the model run"
            w={240}
            defaultValue={mapping.run_name ?? ''}
            onBlur={(event) => {
              const name = event.currentTarget.value.trim();
              if (name !== '' && name !== mapping.run_name) onMapping({ ...mapping, run_name: name });
            }}
          />
        ) : null}
      </div>
      {hasColumns ? (
        <table className={styles['columns']}>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Means</th>
              <th scope="col">For example</th>
            </tr>
          </thead>
          <tbody>
            {plan.columns.map((column) => (
              <tr key={column.name}>
                <th scope="row">{column.name}</th>
                <td>
                  <Select
                    aria-label={`Meaning of ${column.name}`}
                    w={200}
                    allowDeselect={false}
                    value={written(column.role)}
                    onChange={(value) => {
                      const columns = Object.fromEntries(plan.columns.map((one) => [one.name, one.role]));
                      onMapping({ ...mapping, columns: { ...columns, [column.name]: read(value ?? 'ignore', column.name) } });
                    }}
                    data={roles}
                  />
                </td>
                <td className={styles['examples']}>{column.examples.slice(0, 4).join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}
