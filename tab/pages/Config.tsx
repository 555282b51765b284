import { Field, Select } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import type { PartnershipSummary } from '../../bot/contract/today.ts';
import type { Host } from '../api/host.ts';
import { useWords } from '../strings/index.ts';
import css from './Overview.module.css';

/** Stands in Teams' own dialog when a channel gets its tab: which partnership it shows. */
export default function Config({ host, partnerships }: { host: Host; partnerships: readonly PartnershipSummary[] }) {
  const words = useWords().config;
  const [id, setId] = useState(partnerships[0]?.id ?? '');
  const chosen = useRef(id);
  chosen.current = id;
  useEffect(() => {
    host.configure(() => ({ entityId: `partnership:${chosen.current}`, contentUrl: tabUrl(chosen.current), name: words.tab }));
  }, [host, words]);
  return (
    <main className={css.page}>
      <h1>{words.title}</h1>
      <p>{words.hint}</p>
      <Field label={words.choose} hint={words.save} style={{ maxWidth: 360, marginTop: 20 }}>
        <Select value={id} onChange={(_event, data) => setId(data.value)}>
          {partnerships.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      </Field>
    </main>
  );
}

/** The tab of one partnership: `?partnership=` stands before the `#`, so that Teams keeps it. */
export const tabUrl = (partnershipId: string): string =>
  `${window.location.origin}${window.location.pathname}?partnership=${encodeURIComponent(partnershipId)}`;
