// Reads manifests from standard input and ends with 1 where one of them is wrong: a value by its JSON schema, a name by the compiler,
// to which a misspelt property is an error.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';

const manifests = loadAll(readFileSync(0, 'utf8')).filter(Boolean);
const source = [];
let failures = 0;
for (const [i, manifest] of manifests.entries()) {
  // "apps/v1" and "v1", the group of the core, which has no name.
  const path = `kubernetes-models/${manifest.apiVersion}/${manifest.kind}`;
  const Model = (await import(path))[manifest.kind];
  try {
    new Model(manifest).validate();
  } catch (error) {
    failures++;
    console.log(`${manifest.kind} ${manifest.metadata?.name}: ${error.message}`);
  }

  source.push(`import type { I${manifest.kind} as T${i} } from '${path}';`, `export const m${i}: T${i} = ${JSON.stringify(manifest, null, 2)};`);
}

writeFileSync('manifests.ts', source.join('\n'));
const compiler = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext', 'manifests.ts'],
  { encoding: 'utf8' });
console.log(compiler.stdout);
console.log(`${manifests.length} manifests`);
process.exit(failures > 0 || compiler.status !== 0 || manifests.length === 0 ? 1 : 0);
