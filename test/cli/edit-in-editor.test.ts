/** `carillon jobs edit` with an editor that a script plays: each line of it is what one opening of the file does. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CommandResult, runCarillon } from '../support/run-carillon.ts';
import { ADMIN_TOKEN, type ServiceProcess, startService } from '../support/service-process.ts';

vi.setConfig({ testTimeout: 60_000 });

let service: ServiceProcess;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-editor-'));
  service = await startService({ runtime: 'node', env: { DATABASE_URL: 'memory://' } });
});
afterAll(async () => {
  await service.kill();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  const job = { jobName: 'Nightly', cronExpression: '0 2 * * *', timezone: 'UTC', handler: 'maintenance.heartbeat' };
  await service.call('PUT', '/admin/jobs/nightly', { ...job, notes: 'as it was', maxAttempts: 2 }, { 'if-match': '*' });
  await service.call('PUT', '/admin/jobs/nightly', { ...job, notes: 'as it was', maxAttempts: 2 });
});

/** Keeps what it was shown at each opening, and does what the step of that number says, in JavaScript over `text`. */
async function edit(...steps: string[]): Promise<CommandResult & { shown: string[] }> {
  const [script, seen] = [join(folder, 'editor.mjs'), join(folder, 'seen.json')];
  writeFileSync(seen, '[]');
  writeFileSync(
    script,
    `import { readFileSync, writeFileSync } from 'node:fs';
    const file = process.argv[2];
    let text = readFileSync(file, 'utf8');
    const seen = JSON.parse(readFileSync(${JSON.stringify(seen)}, 'utf8'));
    writeFileSync(${JSON.stringify(seen)}, JSON.stringify([...seen, text]));
    const steps = [${steps.map((step) => `async () => { ${step} }`).join(', ')}];
    await steps[seen.length]();
    writeFileSync(file, text);`,
  );
  chmodSync(script, 0o755);
  const result = await runCarillon(['jobs', 'edit', 'nightly'], {
    server: service.address,
    env: { VISUAL: `node ${script}`, EDITOR: 'false' },
  });
  return { ...result, shown: JSON.parse(readFileSync(seen, 'utf8')) };
}

const stored = async () => (await service.call('GET', '/admin/jobs/nightly')).body;
const keptIn = (stderr: string): string => /Your text is kept in (\S+)/.exec(stderr)![1]!;
const REPLACE = "text = text.replace('as it was', 'edited');";

describe('carillon jobs edit', () => {
  test('shows the job as a jobs file, and makes it what was written', async () => {
    const { status, stderr, stdout, shown } = await edit(`${REPLACE} text = text.replace('maxAttempts: 2', '');`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(shown[0]).toMatch(/^# Save and close[^]*\njobs:\n {2}- jobId: nightly\n {4}jobName: Nightly\n/);
    expect(stdout).toContain('edited');
    expect(await stored()).toMatchObject({ notes: 'edited', maxAttempts: 1, jobName: 'Nightly' });
  });

  test.each([
    ['left as it is', ''],
    ['emptied', "text = '# nothing\\n';"],
    ['changed in its comments alone', "text = '# mine\\n' + text;"],
  ])('changes nothing where the file is %s', async (_how, step) => {
    const { revision } = await stored();
    expect(await edit(step)).toMatchObject({ status: 0, stdout: '', stderr: 'Nothing was changed.\n' });
    expect((await stored()).revision).toBe(revision);
  });

  test('opens the file again with what is wrong, until it is mended', async () => {
    const { status, shown } = await edit(
      `${REPLACE} text = text.replace('maxAttempts: 2', 'maxAttemps: 3');`,
      "text = text.replace('maxAttemps: 3', 'maxAttempts: 3').replace('0 2 * * *', '0 25 * * *');",
      "text = text.replace('0 25 * * *', '0 3 * * *');",
    );
    expect(status).toBe(0);
    expect(shown[1]).toMatch(
      /^#! Nothing was changed yet[^\n]*\n#! maxAttemps: Unknown field\. \(Did you mean 'maxAttempts'\?\)\n/,
    );
    expect(shown[2]).toMatch(/^#! Nothing was changed yet[^\n]*\n#! cronExpression: [^\n]*25/);
    expect(shown[2]).not.toContain('Unknown field');
    expect(await stored()).toMatchObject({ notes: 'edited', maxAttempts: 3, cronExpression: '0 3 * * *' });
  });

  test.each([
    ['no YAML', "text = text.replace('jobs:', 'jobs: [');"],
    ['another id', "text = text.replace('jobId: nightly', 'jobId: other');"],
    ['two jobs', "text += '  - jobId: other\\n    cronExpression: 0 1 * * *\\n';"],
  ])('gives up a file that holds %s and is not mended, and keeps it', async (_what, step) => {
    const { status, stderr } = await edit(`${REPLACE} ${step}`, '');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The edit of 'nightly' could not be applied\.\n {2}\S/);
    expect(readFileSync(keptIn(stderr), 'utf8')).toContain('edited');
    expect((await stored()).notes).toBe('as it was');
    rmSync(keptIn(stderr).replace('job.yaml', ''), { recursive: true });
  });

  test('overwrites nothing that was changed meanwhile, tells it, and keeps a file that apply takes', async () => {
    const other = `await fetch('${service.address}/admin/jobs/nightly', { method: 'PATCH', body: '{"maxAttempts": 7}',
      headers: { authorization: 'Bearer ${ADMIN_TOKEN}', 'content-type': 'application/json' } });`;
    const { status, stderr } = await edit(`${REPLACE} ${other}`);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "Somebody changed 'nightly' meanwhile, and your edit was not applied.\n  maxAttempts: 2 → 7\n",
    );
    expect(await stored()).toMatchObject({ maxAttempts: 7, notes: 'as it was' });
    const file = keptIn(stderr);
    expect(await runCarillon(['apply', file], { server: service.address })).toMatchObject({ status: 0 });
    expect(await stored()).toMatchObject({ maxAttempts: 2, notes: 'edited' });
    rmSync(file.replace('job.yaml', ''), { recursive: true });
  });

  test('keeps the text of an editor that fails', async () => {
    const { status, stderr } = await edit("writeFileSync(file, text + '# mine'); process.exit(3);");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The editor 'node [^']*' ended with status 3; nothing was changed\.\nYour text is kept in/);
    expect(readFileSync(keptIn(stderr), 'utf8')).toContain('# mine');
    rmSync(keptIn(stderr).replace('job.yaml', ''), { recursive: true });
  });
});
