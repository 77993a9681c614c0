/** An empty Hono application in workerd: the floor that a start is measured against. */
import { Hono } from 'hono';

const app = new Hono().get('/livez', (c) => c.text('ok'));

// oxlint-disable-next-line import/no-default-export
export default app;
