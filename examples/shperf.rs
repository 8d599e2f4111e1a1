use seaworthy::{source::*,span::*,syntax::shell};
fn main(){ for piece in ["$(", "(", "if a; then ", "{ ", "\"$(", "${a:-", "cat <<A\n", "`", "[[ ", "((", "<(", "' \" ", "a|", "f() ","case a in ", "a=(", "\\\n", "$((", "for x in ", "\"", "<<", "é$", "a <<E ", "()", "( )", "function f ", "a=(b ","@("] {
 let t=piece.repeat(1_000_000/piece.len()); let s=std::time::Instant::now(); let f=Fragment::whole(SourceId(0),&Source::new("x.sh",t)); let (x,p)=shell::parse(&f); println!("{piece:?} {:?} {} {}", s.elapsed(), x.steps.len(), p.len()); } }
