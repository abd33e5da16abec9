/** Asks for user and password. They stay in the memory of the page. */
import { useState } from 'preact/hooks';
import type { Login } from '../io/session';

interface Props {
  /** Who was refused; undefined: nobody was logged in. */
  readonly refusedUser: string | undefined;
  readonly onLogin: (login: Login | undefined) => void;
}

export function LoginForm({ refusedUser, onLogin }: Props) {
  const [user, setUser] = useState(refusedUser ?? '');
  const [password, setPassword] = useState('');
  return (
    <form
      class="login"
      aria-label="Log in"
      onSubmit={(event) => {
        event.preventDefault();
        onLogin({ user, password });
        setPassword('');
      }}
    >
      <p role="alert">
        {refusedUser === undefined
          ? 'This needs a user: log in. Without one, you see what guests may.'
          : `“${refusedUser}” was refused: a wrong name or password, or no right to what was asked for.`}
      </p>
      <label>
        User
        <input
          required
          pattern="[^:]+"
          title="without a colon"
          autocomplete="username"
          autocapitalize="none"
          value={user}
          onInput={({ currentTarget }) => setUser(currentTarget.value)}
        />
      </label>
      <label>
        Password
        <input
          required
          type="password"
          autocomplete="current-password"
          value={password}
          onInput={({ currentTarget }) => setPassword(currentTarget.value)}
        />
      </label>
      <button class="primary" type="submit">
        Log in
      </button>
    </form>
  );
}
