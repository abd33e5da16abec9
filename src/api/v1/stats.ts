/** `/stats` of etcd 0.1: how often this member was asked for what (spec v0-api section 1). */
import type { Context } from 'koa';
import type { StatusSource } from '../../member/types';
import { writePlainText } from '../http/answers';

export function serveV1Stats(context: Context, member: StatusSource): void {
  const stats = member.storeStats();
  const counts = {
    gets: stats.getsSuccess + stats.getsFail,
    sets: stats.setsSuccess + stats.setsFail + stats.createSuccess + stats.createFail,
    deletes: stats.deleteSuccess + stats.deleteFail,
    testAndSets: stats.compareAndSwapSuccess + stats.compareAndSwapFail,
  };
  writePlainText(context.res, 200, JSON.stringify(counts));
}
