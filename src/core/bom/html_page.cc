#include "core/bom/html_page.h"

namespace bom {

const std::string_view page_policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const std::string_view page_style = R"css(
:root { color-scheme: light dark; --ground: #fff; --text: #1c2430; --dim: #5b6675; --line: #d8dee6; --soft: #f3f5f8;
  --link: #0a58b5; --base: #b9c4d2; --added: #5a9bd8; --declared: #58a55c; --generated: #d9a441; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181e; --text: #e3e8ee; --dim: #97a3b2; --line: #2e3742;
  --soft: #1c222a; --link: #7db7ff; --base: #4a5666; --added: #2f6fab; --declared: #38793c; --generated: #97701f; } }
* { box-sizing: border-box; } [hidden] { display: none !important; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
a { color: var(--link); }
code, .mono { font-family: ui-monospace, monospace; font-size: .87em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
.cards { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; }
.cards div { background: var(--soft); border-radius: .5rem; padding: .5rem .9rem; }
.cards b { display: block; font-size: 1.3rem; }
.filters { display: flex; flex-wrap: wrap; gap: .5rem; position: sticky; top: 0; background: var(--ground);
  padding: .5rem 0; }
input, select { font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--soft); color: inherit; min-width: 0; }
input { flex: 1 1 14rem; } select { flex: 0 1 13rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-top: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; }
td.number, th.number { text-align: right; white-space: nowrap; }
.tag { display: inline-block; padding: 0 .5em; border-radius: 1em; font-size: .85em; background: var(--soft); }
.tag.added { background: var(--added); color: #fff; } .tag.declared { background: var(--declared); color: #fff; }
.dim { color: var(--dim); }
details summary { cursor: pointer; color: var(--dim); }
details ul { margin: .3rem 0; padding-left: 1.1rem; }
svg { width: 100%; height: auto; display: block; border-radius: .4rem; }
svg rect { stroke: var(--ground); stroke-width: 1; } svg text { font: 11px system-ui, sans-serif; fill: var(--text); }
.base { fill: var(--base); } .added { fill: var(--added); } .declared { fill: var(--declared); }
.generated { fill: var(--generated); }
.key span { white-space: nowrap; margin-left: 1em; }
.key i { display: inline-block; width: .8em; height: .8em; margin-right: .3em; border-radius: .2em; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem; border-radius: .4rem;
  max-height: 24rem; overflow: auto; font-size: .82em; }
@media (max-width: 42rem) { thead { display: none; } tr { display: block; border-top: 1px solid var(--line);
  padding: .4rem 0; } td { display: block; border: 0; padding: .05rem 0; } td.number { text-align: left; }
  dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; } }
)css";

const std::string_view page_script = R"js(
'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const rows = [...document.querySelectorAll('#packages tbody tr')];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const filter = () => {
    const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    const origin = $('origin').value, license = $('license').value;
    let shown = 0;
    rows.forEach((row, i) => {
      const fits = words.every((word) => texts[i].includes(word)) && (!origin || row.dataset.origin === origin) &&
        (!license || row.dataset.licenses.split(' ').includes(license));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    $('shown').textContent = shown + ' of ' + rows.length;
  };
  for (const id of ['search', 'origin', 'license']) $(id).addEventListener('input', filter);
  filter();

  const data = $('paths-data');
  if (!data) return;
  const { names, paths } = JSON.parse(data.textContent);
  const limit = 300;
  const look = () => {
    const word = $('path-search').value, kind = $('kind').value;
    const body = $('paths');
    body.textContent = '';
    let count = 0;
    for (const [path, what, by, bytes] of paths) {
      const who = by.map((i) => names[i]).join(', ');
      if ((kind && names[what] !== kind) || (word && !path.includes(word) && !who.includes(word))) continue;
      if (++count > limit) continue;
      const row = body.insertRow();
      for (const [text, style] of [[path, 'mono'], [names[what], ''], [who, ''], [bytes || '', 'number']]) {
        const cell = row.insertCell();
        cell.className = style;
        cell.textContent = text;
      }
    }
    $('paths-shown').textContent = count > limit ? 'first ' + limit + ' of ' + count : count + ' of ' + paths.length;
  };
  for (const id of ['path-search', 'kind']) $(id).addEventListener('input', look);
  look();
})();
)js";

}  // namespace bom
