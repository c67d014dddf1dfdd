"""How a policy written out looks: on a phone, on a desk, in the dark, on paper."""

from __future__ import annotations

STYLE = """\
:root{color-scheme:light dark;--page:#fff;--ink:#1b2330;--soft:#55606e;--line:#d4dae2;--box:#f5f7fa;--link:#1d5fa8;--open:#8a5a00}
@media (prefers-color-scheme:dark){:root{--page:#14181f;--ink:#e6eaf0;--soft:#a3adba;--line:#39424e;--box:#1d232c;--link:#8ab8f0;\
--open:#e5b454}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--ink);overflow-wrap:anywhere;font:16px/1.6 system-ui,-apple-system,"PingFang SC",\
"Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header,nav,main,footer{max-width:50rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .5rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.3;margin:3rem 0 .3rem;padding-top:1.2rem;border-top:2px solid var(--line)}
h3{font-size:1.08rem;margin:2rem 0 .5rem}
.id{font-size:.9rem;margin:0;display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:baseline}
.id a.self{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-weight:700;color:var(--soft);text-decoration:none}
a{color:var(--link)}
p{margin:.4rem 0}
.soft{color:var(--soft)}
.meta{list-style:none;margin:.6rem 0;padding:0;color:var(--soft);font-size:.9rem}
.two{display:block;color:var(--soft);font-size:.93em;font-weight:inherit}
nav h2{font-size:1rem;margin:1.6rem 0 .4rem;border:0;padding:0}
nav ol,nav ul{list-style:none;margin:0;padding:0;columns:2;column-gap:1.5rem;font-size:.92rem}
nav li{break-inside:avoid;padding:.14rem 0}
nav a{text-decoration:none}nav .n{color:var(--soft);font-size:.85em}
.rule{margin:.9rem 0;padding:.8rem 1rem .9rem;border:1px solid var(--line);border-radius:8px}
.rule:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
.because{font-weight:600;margin:.25rem 0 .5rem;line-height:1.45}
.lead{color:var(--soft);font-size:.85rem;font-weight:600;margin-right:.35rem}
.when ul,.always ul{margin:.15rem 0 .15rem;padding-left:1.15rem}
.when li::marker,.always li::marker{color:var(--soft)}
.always{margin:.5rem 0 1rem;padding:.6rem 1rem;background:var(--box);border-radius:8px;font-size:.95rem}
dl{margin:.45rem 0 0;display:grid;grid-template-columns:fit-content(38%) 1fr;gap:.15rem 1rem}
dt{color:var(--soft);font-size:.9rem}dd{margin:0;font-weight:600}
.more{margin:.5rem 0 0;font-size:.88rem}
.ref{font-size:.8rem;color:var(--soft);text-decoration-color:var(--line)}
.wide{margin:.6rem 0 1.2rem}
table{border-collapse:collapse;width:100%;font-size:.92rem;overflow-wrap:break-word}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.45rem .9rem .45rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-size:.85rem;font-weight:600;border-top:0}
.glance td.says{font-weight:600}.glance th[scope=row]{white-space:nowrap;font-size:.85rem;overflow-wrap:normal}
tbody+tbody tr:first-child>*{border-top:1px solid var(--line)}
tr.later>td{border-top:0;padding-top:0}
code,td a{overflow-wrap:anywhere}td strong,.nb{white-space:nowrap}.open{color:var(--open)}
code{font-size:.85em;color:var(--soft)}
figure{margin:.8rem 0}
figure svg{display:block;width:100%;max-width:30rem;height:auto}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:2rem;border-top:1px solid var(--line);font-size:.85rem;color:var(--soft)}
@media (max-width:30rem){body{font-size:15.5px}h1{font-size:1.4rem}.rule{padding:.7rem .8rem}\
th,td{padding-right:.6rem;overflow-wrap:anywhere}.glance thead,.glance .free{display:none}.params thead{display:none}\
.params tr{display:block;padding:.3rem 0}.params tbody{display:block;border-top:1px solid var(--line)}.params tr>*,.params tbody+tbody tr:first-child>*{display:block;border:0;padding:.1rem 0}\
.glance tr{display:block;border-top:1px solid var(--line);padding:.35rem 0}\
.glance tr>*{display:block;border:0;padding:.1rem 0}.glance td::before{content:attr(data-of);display:block;color:var(--soft);\
font-size:.85rem;font-weight:400}}
@media (min-width:72rem){body{display:grid;grid-template-columns:17rem minmax(0,50rem);column-gap:3rem;justify-content:center}\
header,main,footer{grid-column:2;width:100%;margin:0}nav{grid-column:1;grid-row:1/span 3;position:sticky;top:0;align-self:start;height:100vh;\
overflow-y:auto;padding:1.6rem 0 1rem;border-right:1px solid var(--line);margin:0}nav ol,nav ul{columns:1}}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--line:#999;--box:#fff;--link:#000}body{font-size:9.5pt;display:block}\
header,nav,main,footer{max-width:none;padding:0}nav{position:static;height:auto;border:0}h2{break-before:auto}h2,h3,.id{break-after:avoid}\
.rule,tr,.always{break-inside:avoid}.rule{padding:.4rem .6rem;margin:.5rem 0}\
a{text-decoration:none}figure svg{max-width:9cm}@page{margin:16mm}}"""
