import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectFolder } from '../project-folder.ts';

/**
 * An emulator with one service, whose state is a number. A save of 1 is delayed between its write and its report; meanwhile the last
 * save, of 2, is requested, as at a stop.
 */
const program = `
import asyncio, json, sys, threading, types
import state_snapshots

value, reports, held, go = [1], [], threading.Event(), threading.Event()
state_snapshots.SECONDS_AFTER_A_CHANGE = 0

async def inner(scope, receive, send):
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})

app = types.SimpleNamespace(
    app=inner, _state_map={"count": "count"}, _load_persisted_state=None, save_all=None,
    _build_persistence_save_dict=lambda: {"count": lambda: {"value": value[0]}})

commit = state_snapshots.SavedState.commit
def slow_commit(self, texts, at):
    is_first = '"value": 1' in texts["count"]
    if is_first and sys.argv[2] == "before":
        held.set(); go.wait(5)
    commit(self, texts, at)
    if is_first and sys.argv[2] == "after":
        held.set(); go.wait(5)
state_snapshots.SavedState.commit = slow_commit
state_snapshots.install(app, sys.argv[1], lambda kind, **fields: reports.append([kind, fields["last"]]))

async def nothing(*_):
    pass

async def main():
    await app.app({"type": "lifespan"}, nothing, nothing)
    await app.app({"type": "http", "method": "POST", "headers": []}, nothing, nothing)
    await asyncio.to_thread(held.wait, 5)
    value[0] = 2
    threading.Timer(0.3, go.set).start()
    app.save_all({})
    go.wait(5)
    await asyncio.sleep(0.3)
    print(json.dumps(reports))

asyncio.run(main())
`;

test.each(['before', 'after'])('a save in progress never follows the last one: %s it is on disk', async (moment) => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-snapshots-'));
  try {
    const python = join(projectFolder, '.sesame/venv/bin/python');
    const env = { PATH: process.env['PATH'], PYTHONPATH: import.meta.dirname, STATE_DIR: folder, PERSIST_STATE: '1' };
    const { stdout } = await promisify(execFile)(python, ['-c', program, folder, moment], { env });
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual([
      ['saved', false],
      ['saved', true],
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'count.json'), 'utf8'))).toMatchObject({ payload: { value: 2 } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
