use seaworthy::{source::*,span::*,syntax::*};
fn main(){ let root=std::env::args().nth(1).unwrap(); let mut n=0; let mut cmds=0; let mut hb=0;
 let mut files=vec![]; for e in ignore::WalkBuilder::new(&root).hidden(false).build().flatten(){ let p=e.path(); if !p.is_file(){continue;} let Ok(b)=std::fs::read(p) else{continue}; let path=p.to_string_lossy().to_string();
  files.push(Source::from_bytes(path.clone(), b)); }
 let t=std::time::Instant::now();
 for s in &files { let f=Fragment::whole(SourceId(0),s); let path=&s.path;
  match s.notation { Notation::Shell=>{ n+=1; let (x,p)=shell::parse(&f); cmds+=x.commands().count(); for q in p {println!("SH {path}:{} {}", s.position(q.span.start).line, q.message);} }
   Notation::Dockerfile=>{ n+=1; let (x,p)=dockerfile::parse(&f); for q in p {println!("DF {path}:{} {} {:?}", s.position(q.span.start).line, q.message, s.slice(q.span));} 
     for i in &x.instructions { if let dockerfile::Kind::Run{form:dockerfile::Form::Shell(b),..}=&i.kind { let (x,p)=shell::parse(b); cmds+=x.commands().count(); for q in p {println!("RUN {path}:{} {}", s.position(q.span.start).line, q.message);} } } }
   Notation::Terraform|Notation::TerraformVars=>{n+=1; let (b,p)=hcl::parse(&f); hb+=b.blocks.len(); for q in p {println!("TF {path}:{} {} {:?}", s.position(q.span.start).line, q.message, q.fault);} }
   _=>{} } }
 println!("{n} files {cmds} commands {hb} blocks {:?}", t.elapsed()); }
