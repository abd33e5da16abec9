import type { Job, JobResult, Order, Report } from './jobs';
import { load } from './load';
import { paced } from './paced';
import { steady } from './steady';
import { fanOut, idleWatches } from './watches';

let finish: () => void = () => undefined;
const finished = new Promise<void>((resolve) => {
  finish = resolve;
});

process.on('disconnect', () => process.exit(1));
process.on('message', (order: Order) => {
  switch (order.type) {
    case 'job':
      void perform(order.job);
      break;
    case 'finish':
      finish();
      break;
  }
});

async function perform(job: Job): Promise<void> {
  const result = await run(job);
  send({ type: 'result', result });
}

async function run(job: Job): Promise<JobResult> {
  switch (job.type) {
    case 'steady':
      return steady(job);
    case 'load':
      return load(job);
    case 'paced':
      return paced(job, finished);
    case 'fanOut':
      return fanOut(job);
    case 'idleWatches':
      return idleWatches(job, () => send({ type: 'ready' }), finished);
  }
}

function send(report: Report): void {
  process.send?.(report);
}
