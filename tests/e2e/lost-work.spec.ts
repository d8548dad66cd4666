// Random edits while tabs close and crash, servers die, the network goes, answers are lost and sessions end: nothing is lost
// or doubled, and "saved" is never said of what is not.
//   BURNISH_SEED=N repeats the rounds from seed N; BURNISH_LONG=1 plays two hundred.
import { kKinds, shapes, text } from './support/files';
import { kBugs, kFaults, kSamples, LostWork, type Bug, type Fault } from './support/lost-work';
import { expect, test, type OwnServer } from './support/own-server';
import type { Api } from './support/test';

const kRounds = process.env['BURNISH_LONG'] === undefined ? kFaults.length : 200;
const kSeed = Number(process.env['BURNISH_SEED'] ?? Date.now() % 1_000_000);
const kSavedWithin = 45_000;

async function makeProject(api: Api, server: OwnServer, name: string): Promise<string> {
  const files = shapes(kSamples / kKinds.length);
  const rows = Object.keys(files).map((path, at) => `${path},${kKinds[at % kKinds.length] ?? ''}`);
  server.offer(name, { ...files, 'list.csv': text('path,label', ...rows) });
  const project = await api.createProject(name);
  await api.importFrom(project, `${name}/list.csv`);
  // What follows an import by itself is no edit: the log must stand still.
  await api.whenReady(project, 60_000);
  return project;
}

const faultOf = (round: number): Fault => kFaults[round % kFaults.length] ?? 'close';

test('nothing is lost in the middle of edits', async ({ context, api, server }) => {
  test.setTimeout(60_000 + kRounds * 60_000);
  const work = await LostWork.begin(context, server, api, await makeProject(api, server, 'rounds'), kSavedWithin);
  const begun = Date.now();
  console.log(`lost-work: ${String(kRounds)} rounds, seed ${String(kSeed)}`);
  for (let round = 0; round < kRounds; round += 1) {
    const seed = kSeed + round;
    await test.step(`round ${String(round)}: ${faultOf(seed)}, BURNISH_SEED=${String(seed)}`, () => work.round(seed, faultOf(seed)));
  }
  console.log(`lost-work: ${String(kRounds)} rounds held in ${String(Math.round((Date.now() - begun) / 1000))} s`);
});

test('the network is off for ten minutes', async ({ context, api, server }) => {
  test.setTimeout(150_000);
  const work = await LostWork.begin(context, server, api, await makeProject(api, server, 'ten minutes'), kSavedWithin);
  await work.longOffline();
});

// What the harness says of a page that loses work, and not of a test that broke.
const kVerdicts = /saved in the end|said of edits that waited|exactly once|last word/;
const found: Record<Bug, Fault> = { 'keeps nothing': 'offline and close', 'says saved early': 'kill', 'forgets what it has sent': 'offline for a while' };

for (const bug of Object.keys(kBugs) as Bug[]) {
  test(`a page that ${bug} is found out`, async ({ context, api, server }) => {
    test.setTimeout(90_000);
    const work = await LostWork.begin(context, server, api, await makeProject(api, server, bug), 8000, bug);
    await expect(work.round(kSeed, found[bug])).rejects.toThrow(kVerdicts);
  });
}
