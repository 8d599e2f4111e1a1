use seaworthy::{source::*,span::*,syntax::*};
fn main(){ let root=std::env::args().nth(1).unwrap(); let t=std::time::Instant::now(); let mut n=0; let mut cmds=0;
 for e in ignore::WalkBuilder::new(&root).hidden(false).build().flatten(){ let p=e.path(); if !p.is_file(){continue;} let Ok(b)=std::fs::read(p) else{continue}; let path=p.to_string_lossy().to_string();
  let s=Source::from_bytes(path.clone(), b); let f=Fragment::whole(SourceId(0),&s);
  match s.notation { Notation::Shell=>{ n+=1; let (x,p)=shell::parse(&f); cmds+=x.commands().count(); for q in p {println!("SH {path}:{} {}", s.position(q.span.start).line, q.message);} if std::env::args().nth(2).is_some(){ for c in x.commands(){ println!("{}", c.words.iter().map(|w|w.fragment.text().replace(shell::HOLE,"□")).collect::<Vec<_>>().join(" | "));} } }
   Notation::Dockerfile=>{ n+=1; let (x,p)=dockerfile::parse(&f); for q in p {println!("DF {path}:{} {} {:?}", s.position(q.span.start).line, q.message, s.slice(q.span));} 
     for i in &x.instructions { if let dockerfile::Kind::Run{form:dockerfile::Form::Shell(b),..}=&i.kind { let (x,p)=shell::parse(b); cmds+=x.commands().count(); for q in p {println!("RUN {path}:{} {}", s.position(q.span.start).line, q.message);} if std::env::args().nth(2).is_some(){ for c in x.commands(){ println!("{}", c.words.iter().map(|w|w.fragment.text().replace(shell::HOLE,"□")).collect::<Vec<_>>().join(" | "));} } } } }
   _=>{} } }
 println!("{n} files {cmds} commands {:?}", t.elapsed()); }
