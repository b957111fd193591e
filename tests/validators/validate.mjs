// What others think of a bill's standard formats: node validate.mjs bom.spdx.json bom.cdx.json
// Needs the packages of package.json; nothing is fetched. SPDX_SCHEMA may name the standard's schemas/spdx-schema.json.
// References inside SPDX are references.jq's to check.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(process.env.VALIDATORS + '/package.json'));
const { Validation } = require('@cyclonedx/cyclonedx-library');
const { PackageURL } = require('packageurl-js');
const parseExpression = require('spdx-expression-parse');
let purls = 0;

const problems = [];
const wrong = (text) => problems.push(text);

function checkPurl(text, name, version) {
  try {
    const purl = PackageURL.fromString(text);
    purls++;
    if (purl.type !== 'deb' || purl.name !== name || (purl.version ?? '') !== (version ?? ''))
      wrong(`${text} says ${purl.type} ${purl.name} ${purl.version}, not deb ${name} ${version}`);
  } catch (error) {
    wrong(`${text}: ${error.message}`);
  }
}

function checkLicense(expression, known) {
  try {
    parseExpression(expression);
  } catch (error) {
    wrong(`licence ${expression}: ${error.message}`);
  }
  if (known)
    for (const [ref] of expression.matchAll(/LicenseRef-[A-Za-z0-9.-]+/g))
      if (!known.has(ref)) wrong(`${ref} has no text`);
}

function checkSpdx(document) {
  const texts = new Set((document.hasExtractedLicensingInfos ?? []).map((info) => info.licenseId));
  for (const one of document.packages) {
    if (one.licenseDeclared !== 'NOASSERTION') checkLicense(one.licenseDeclared, texts);
    for (const ref of one.externalRefs ?? [])
      if (ref.referenceType === 'purl') checkPurl(ref.referenceLocator, one.name, one.versionInfo);
  }
  if (process.env.SPDX_SCHEMA) {
    const Ajv = require('ajv');
    const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(process.env.SPDX_SCHEMA, 'utf8')));
    if (!validate(document)) for (const error of validate.errors) wrong(`${error.instancePath} ${error.message}`);
  }
}

async function checkCycloneDx(text) {
  const errors = await new Validation.JsonStrictValidator('1.6').validate(text);
  if (errors) wrong(`CycloneDX: ${JSON.stringify(errors).slice(0, 2000)}`);
  for (const component of JSON.parse(text).components) {
    if (component.purl) checkPurl(component.purl, component.name, component.version);
    for (const license of component.licenses ?? []) if (license.expression) checkLicense(license.expression);
  }
}

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  if (JSON.parse(text).bomFormat) await checkCycloneDx(text);
  else checkSpdx(JSON.parse(text));
}
for (const problem of problems.slice(0, 50)) console.error(problem);
console.log(`${process.argv.length - 2} documents, ${purls} package URLs, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
