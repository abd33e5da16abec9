/** Where the dashboard is: on the client port of a member, and nowhere else. */
import type { Context } from 'koa';
import { open, type Route, type Rules } from '../routeRules';
import type { Assets } from './assets';
import { DASHBOARD_PATH, redirectToDashboard, serveFile, servePage } from './serveDashboard';

function read(serve: (context: Context) => void): Rules {
  const rule = open(serve);
  return { GET: rule, HEAD: rule };
}

export function dashboardRoutes(assets: () => Assets): readonly Route[] {
  const page = read((context) => {
    servePage(context, assets());
  });
  return [
    { paths: [DASHBOARD_PATH], rules: read(redirectToDashboard) },
    {
      paths: [`${DASHBOARD_PATH}/static/*file`],
      rules: read((context) => {
        serveFile(context, assets(), fileOf(context));
      }),
    },
    { paths: [`${DASHBOARD_PATH}/`, `${DASHBOARD_PATH}/*page`], rules: page },
  ];
}

function fileOf(context: Context): string {
  const { file } = context['params'] as Readonly<Record<string, unknown>>;
  return typeof file === 'string' ? file : '';
}
