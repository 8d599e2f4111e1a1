use seaworthy::{source::*,span::*,syntax::hcl};
fn main(){ for piece in ["{", "[", "(", "a {", "\"${", "a=[", "x?", "!", "a.", "<<E\n", "/*", "\"", "a={","a=1\n", "a={b=1}\n","resource \"a\" \"b\" {\n", "x=\"${\"${", "-", "a+", "a=b?c:"] {
 let t=piece.repeat(1_000_000/piece.len()); let s=std::time::Instant::now(); let f=Fragment::whole(SourceId(0),&Source::new("x.tf",t)); let (x,p)=hcl::parse(&f); println!("{piece:?} {:?} {} {}", s.elapsed(), x.blocks.len()+x.attributes.len(), p.len()); } }
