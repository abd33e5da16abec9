/** Makes a key or a directory that is not there yet. */
import { useState } from 'preact/hooks';
import type { KeyBrowser } from '../io/keyBrowser';
import { childOf, cleanKey } from '../model/paths';
import { createRequest, EXISTS, typedTtl } from '../model/saving';
import { wordsOf } from './words';

interface Props {
  readonly browser: KeyBrowser;
  readonly directory: string;
  readonly onDone: () => void;
}

export function CreateForm({ browser, directory, onDone }: Props) {
  const [path, setPath] = useState(() => childOf(directory, ''));
  const [value, setValue] = useState('');
  const [ttl, setTtl] = useState('');
  const [isDirectory, setIsDirectory] = useState(false);
  const [message, setMessage] = useState('');
  const create = async () => {
    const key = cleanKey(path);
    const seconds = typedTtl(ttl);
    if (seconds === 'bad') {
      setMessage('The TTL is a whole number of seconds, from 1 on.');
      return;
    }
    const answer = await browser.ask(createRequest(key, isDirectory, value, seconds));
    if (answer.kind === 'ok') {
      await browser.openPath(key);
      onDone();
      return;
    }
    const exists = answer.kind === 'refused' && answer.refusal.code === EXISTS;
    setMessage(exists ? `Not created: ${key} is there already.` : wordsOf('created', answer));
  };
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h2>New key</h2>
      <label>
        Path
        <input
          required
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          value={path}
          onInput={({ currentTarget }) => setPath(currentTarget.value)}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={isDirectory}
          onChange={({ currentTarget }) => setIsDirectory(currentTarget.checked)}
        />{' '}
        A directory
      </label>
      {!isDirectory && (
        <label>
          Value
          <textarea
            rows={6}
            spellcheck={false}
            value={value}
            onInput={({ currentTarget }) => setValue(currentTarget.value)}
          />
        </label>
      )}
      <label>
        TTL in seconds (empty: never expires)
        <input
          inputMode="numeric"
          autocomplete="off"
          value={ttl}
          onInput={({ currentTarget }) => setTtl(currentTarget.value)}
        />
      </label>
      <div class="actions">
        <button class="primary" type="submit">
          Create
        </button>
        <button type="button" onClick={onDone}>
          Cancel
        </button>
      </div>
      <p class="message" role="status">
        {message}
      </p>
    </form>
  );
}
