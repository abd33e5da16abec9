/** The members, as the one that serves this page sees them. */
import type { MemberRow } from '../model/readings';
import { lagWords } from './words';

interface Props {
  readonly members: readonly MemberRow[];
  readonly isHealthy: boolean | undefined;
  readonly hasLeader: boolean | undefined;
}

export function MemberTable({ members, isHealthy, hasLeader }: Props) {
  return (
    <div class="wide" tabIndex={0} role="region" aria-label="Table of members">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Health</th>
            <th scope="col">Behind the leader</th>
            <th scope="col">Client URL</th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.id}>
              <th scope="row">
                {member.name}
                {member.isHere && ' (this one)'}
              </th>
              <td>{member.isLeader ? 'leader' : 'follower'}</td>
              <td>{healthOf(member, isHealthy)}</td>
              <td>{lagWords(member, hasLeader)}</td>
              <td>
                {member.clientUrl !== undefined && (
                  <a href={`${member.clientUrl}/mod/dashboard/stats`} rel="noreferrer">
                    {member.clientUrl}
                  </a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function healthOf({ isHere, isConnected }: MemberRow, isHealthy: boolean | undefined): string {
  if (isHere) return isHealthy === undefined ? 'unknown' : isHealthy ? 'healthy' : 'unhealthy';
  if (isConnected === undefined) return 'unknown';
  return isConnected ? 'connected' : 'not reachable from here';
}
