import { test } from 'vitest';
import { buildGraph } from '/work/main/src/graph/graph.ts';
import { select } from '/work/main/src/graph/select.ts';
import { parseSelection } from '/work/main/src/graph/selector-grammar.ts';
import { workItems } from '/work/main/src/intervals/work-item.ts';
import { dependenciesOf } from '/work/main/src/run/dependencies.ts';
import { createSchedule } from '/work/main/src/run/schedule.ts';
import { dataTest, manifestOf, model } from '/work/main/test/graph/manifest-of.ts';
test('perf', () => {
  for (const size of [500, 1000, 2000]) {
  const id = (n:number)=>`model.shop.m${n}`;
  const nodes=[]; let r=1; const rnd=(n:number)=>{r=(r*1103515245+12345)%2147483648; return r%n;};
  for (let n=0;n<size;n++) { const ps=new Set<number>(); if(n>200) for(let k=0;k<2;k++) ps.add(Math.max(0,n-200-rnd(Math.min(n-200,800)+1))); nodes.push(model('m'+n,[...ps].map(id))); }
  const tests=[]; for (let n=0;n<size;n++) { for (let k=0;k<14;k++) tests.push(dataTest(`t${n}_${k}`,[id(n)])); tests.push(dataTest(`r${n}`,[id(n),id(rnd(size))])); }
  const m=manifestOf([...nodes,...tests]);
  const t0=performance.now(); const g=buildGraph(m);
  const t1=performance.now(); const s=select(g,m,parseSelection({select:null,exclude:null,indirect:'eager'}),{resourceTypes:new Set(['model','test'])});
  const t2=performance.now(); const items=workItems(s,g,m);
  const t3=performance.now(); const d=dependenciesOf(items,g,m,{testsFirst:true});
  const t4=performance.now(); const sch=createSchedule(d);
  const t5=performance.now(); let c=0; for(let n=sch.next();n!==null;n=sch.next()){sch.start(n.id); sch.finish(n.id,'success'); c++;}
  const t6=performance.now();
  console.log(size,c,{graph:t1-t0|0,select:t2-t1|0,items:t3-t2|0,deps:t4-t3|0,schedule:t5-t4|0,drive:t6-t5|0, edges:d.parents.reduce((a,b)=>a+b.length,0), n:d.parents.length});
  }
}, 600000);
