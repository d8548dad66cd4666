import { Radio, SegmentedControl, Stack, Switch } from '@mantine/core';
import { formatCount, plural } from '../shared/format';
import type { Import, ImportMapping, ImportPlan } from './imports-query';
import { Problems } from './problems';
import styles from './imports.module.css';

interface Props {
  project: string;
  one: Import;
  plan: ImportPlan;
  onMapping: (mapping: ImportMapping) => void;
}

const kShares = { train: 0.7, validation: 0, test: 0.3 };

// The first rows, the classes with their counts, and everything that was found.
export function CheckStep({ project, one, plan, onMapping }: Props) {
  const { mapping } = plan;
  const hasSplits = Object.keys(plan.splits).some((split) => split !== 'pool' && split !== 'none');
  const most = Math.max(1, ...plan.classes.map(({ count }) => count));
  return (
    <div className={styles['check']}>
      <p className={styles['counts']}>
        <b>{plural(plan.samples, plan.content === 'samples' ? 'sample' : 'prediction')}</b>
        {plan.classes.length > 0 ? `, ${plural(plan.classes.length, 'class', 'classes')}` : ', no labels'}
        {Object.entries(plan.splits).map(([split, count]) => (
          <span key={split}>
            {' '}
            · {split} {formatCount(count)}
          </span>
        ))}
      </p>
      <Problems project={project} id={one.id} problems={plan.problems} />
      {plan.difference === undefined || plan.difference.unchanged + plan.difference.changed_content + plan.difference.changed_labels + plan.difference.duplicates === 0 ? null : (
        <Difference plan={plan} onMapping={onMapping} />
      )}
      {plan.content === 'samples' && (!hasSplits || (mapping.split_plan !== undefined && mapping.split_plan !== 'as_given')) ? (
        <Radio.Group
          label="The data names no train and test split"
          value={mapping.split_plan ?? 'as_given'}
          onChange={(value) =>
            onMapping({
              ...mapping,
              split_plan: value as NonNullable<ImportMapping['split_plan']>,
              ...(value === 'stratified' ? { split_shares: [kShares.train, kShares.validation, kShares.test] } : {}),
            })
          }
        >
          <Stack gap={6} mt={6}>
            <Radio value="stratified" label="Split by class: 70 % train, 30 % test" description="Byte-equal photographs stay together, so that the test is fair." />
            <Radio value="all_train" label="All to train" />
            <Radio value="all_pool" label="All to the pool (no split)" />
          </Stack>
        </Radio.Group>
      ) : null}
      {plan.content === 'predictions' ? (
        <Stack gap="xs">
          <Switch label="Divide probabilities that do not sum to one by their sum" checked={mapping.normalise === true} onChange={(event) => onMapping({ ...mapping, normalise: event.currentTarget.checked })} />
          {plan.classes.some(({ known }) => !known) ? (
            <SegmentedControl
              aria-label="Classes that the project does not have"
              value={mapping.unknown_classes ?? 'add'}
              onChange={(value) => onMapping({ ...mapping, unknown_classes: value as 'add' | 'leave_out' })}
              data={[
                { value: 'add', label: 'Add unknown classes' },
                { value: 'leave_out', label: 'Leave their rows out' },
              ]}
            />
          ) : null}
        </Stack>
      ) : null}
      <div className={styles['preview']}>
        <table className={styles['rows']}>
          <caption>First rows</caption>
          <thead>
            <tr>
              <td />
              <th scope="col">Path</th>
              <th scope="col">Class</th>
              <th scope="col">Split</th>
              {Object.keys(plan.rows[0]?.values ?? {}).map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.rows.slice(0, 8).map((row) => (
              <tr key={row.path}>
                <td>{row.thumbnail === undefined ? null : <img src={row.thumbnail} alt="" width={40} height={40} />}</td>
                <th scope="row">{row.path}</th>
                <td>{row.class ?? '–'}</td>
                <td>{row.split ?? '–'}</td>
                {Object.entries(row.values).map(([name, value]) => (
                  <td key={name}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {plan.classes.length === 0 ? null : (
          <table className={styles['classes']}>
            <caption>Classes</caption>
            <tbody>
              {plan.classes.slice(0, 60).map(({ name, count, known }) => (
                <tr key={name}>
                  <th scope="row">
                    {name}
                    {known ? null : (
                      <>
                        {' '}
                        <span className={styles['new']}>new</span>
                      </>
                    )}
                  </th>
                  <td className={styles['barCell']}>
                    <span style={{ width: `${String((count / most) * 100)}%` }} />
                  </td>
                  <td>{formatCount(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}

// A second import never overwrites: what differs is shown, and the person chooses.
function Difference({ plan, onMapping }: { plan: ImportPlan; onMapping: (mapping: ImportMapping) => void }) {
  const { difference, mapping } = plan;
  if (difference === undefined) return null;
  const facts = [
    [difference.new, 'new'],
    [difference.unchanged, 'already here and unchanged'],
    [difference.duplicates, 'byte-equal to another photograph; imported too, and listed as duplicates'],
    [difference.missing, 'here, but not in this source any more; they stay'],
  ] as const;
  return (
    <section className={styles['difference']} aria-label="Difference to what the project has">
      <ul>
        {facts
          .filter(([count]) => count > 0)
          .map(([count, what]) => (
            <li key={what}>
              <b>{formatCount(count)}</b> {what}
            </li>
          ))}
      </ul>
      {difference.changed_content > 0 ? (
        <Choice
          what={`${plural(difference.changed_content, 'photograph')} changed since`}
          value={mapping.changed_content ?? 'keep'}
          keep="Keep the ones here"
          replace="Take the new ones"
          onChange={(value) => onMapping({ ...mapping, changed_content: value })}
        />
      ) : null}
      {difference.changed_labels > 0 ? (
        <Choice
          what={`${plural(difference.changed_labels, 'label differs', 'labels differ')} from the project’s`}
          value={mapping.changed_labels ?? 'keep'}
          keep="Keep the project’s"
          replace="Take the source’s"
          onChange={(value) => onMapping({ ...mapping, changed_labels: value })}
        />
      ) : null}
    </section>
  );
}

interface ChoiceProps {
  what: string;
  value: 'keep' | 'replace';
  keep: string;
  replace: string;
  onChange: (value: 'keep' | 'replace') => void;
}

function Choice({ what, value, keep, replace, onChange }: ChoiceProps) {
  return (
    <div className={styles['choice']}>
      <span>{what}</span>
      <SegmentedControl
        aria-label={what}
        value={value}
        onChange={(next) => onChange(next as 'keep' | 'replace')}
        data={[
          { value: 'keep', label: keep },
          { value: 'replace', label: replace },
        ]}
      />
    </div>
  );
}
