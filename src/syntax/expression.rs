//! Expressions of GitHub Actions: `${{ env.REGION || 'europe-west1' }}`.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>

use github_actions_expressions::context::Context;
use github_actions_expressions::op::BinOp;
use github_actions_expressions::{Expr, SpannedExpr};
use std::ops::Range;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A literal, as the text that it becomes.
    Literal(String),
    /// A context with its parts: `github.event.number`; `*` stands for a part that is computed.
    Path(Vec<String>),
    /// A call: the function in lower case, and the arguments.
    Call(String, Vec<Self>),
    /// `a && b`.
    And(Box<Self>, Box<Self>),
    /// `a || b`.
    Or(Box<Self>, Box<Self>),
    /// A comparison or a negation, whose value is `true` or `false`.
    Test(Vec<Self>),
    /// Not an expression.
    Invalid,
}

/// An expression in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// From `${{` to `}}`.
    pub range: Range<usize>,
    /// The expression.
    pub expression: Expression,
}

/// The longest expression that GitHub reads, in characters
/// (<https://github.com/actions/runner/blob/main/src/Sdk/DTExpressions2/Expressions2/ExpressionConstants.cs>).
const LONGEST: usize = 21_000;
/// The deepest tree that is followed. GitHub reads expressions of 50 levels; operators in a chain nest here, not there.
const DEEPEST: usize = 1_000;

/// The expressions in a text, in order.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("${{").map(|offset| at + offset) {
        let Some(length) = end(&text[start + 3..]) else { break };
        let inner = start + 3..start + 3 + length;
        found.push(Found { range: start..inner.end + 2, expression: parse(&text[inner.clone()]) });
        at = inner.end + 2;
    }
    found
}

/// Parses the text between `${{` and `}}`, or that of an `if`.
pub fn parse(text: &str) -> Expression {
    let chained = text.matches(['&', '|', '=', '<', '>', '!', '[', '(', '.']).count();
    if text.len() > LONGEST || chained > DEEPEST {
        return Expression::Invalid;
    }
    Expr::parse(text).map_or(Expression::Invalid, |expression| convert(&expression))
}

/// Where the closing `}}` is; a text in quotes may hold one.
fn end(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => is_quoted = !is_quoted,
            b'}' if !is_quoted && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    None
}

fn convert(expression: &SpannedExpr<'_>) -> Expression {
    match &expression.inner {
        Expr::Literal(literal) => Expression::Literal(literal.as_str().into_owned()),
        Expr::Context(context) => Expression::Path(parts(context)),
        Expr::Call(call) => {
            Expression::Call(format!("{:?}", call.func).to_ascii_lowercase(), call.args.iter().map(convert).collect())
        }
        Expr::BinExpr(binary) => {
            let (left, right) = (convert(&binary.lhs), convert(&binary.rhs));
            match binary.op {
                BinOp::And => Expression::And(Box::new(left), Box::new(right)),
                BinOp::Or => Expression::Or(Box::new(left), Box::new(right)),
                _ => Expression::Test(vec![left, right]),
            }
        }
        Expr::UnExpr { expr, .. } => Expression::Test(vec![convert(expr)]),
        Expr::Identifier(name) => Expression::Path(vec![name.as_str().to_owned()]),
        Expr::Star | Expr::Index(_) => Expression::Invalid,
    }
}

fn parts(context: &Context<'_>) -> Vec<String> {
    let part = |part: &SpannedExpr<'_>| match &part.inner {
        Expr::Identifier(name) => name.as_str().to_owned(),
        Expr::Index(index) => match &index.inner {
            Expr::Literal(literal) => literal.as_str().into_owned(),
            _ => "*".to_owned(),
        },
        Expr::Call(_) => "*()".to_owned(),
        _ => "*".to_owned(),
    };
    context.parts.iter().map(part).collect()
}

impl Expression {
    /// The contexts whose values may become the value of the expression.
    pub fn sources(&self) -> Vec<String> {
        let mut sources = Vec::new();
        self.add_sources(&mut sources);
        sources
    }

    fn add_sources(&self, sources: &mut Vec<String>) {
        match self {
            Self::Path(parts) => sources.push(parts.join(".")),
            // The functions whose result holds the text of their arguments.
            Self::Call(name, arguments) if matches!(name.as_str(), "tojson" | "fromjson" | "format" | "join") => {
                arguments.iter().for_each(|argument| argument.add_sources(sources));
            }
            Self::And(_, right) => right.add_sources(sources),
            Self::Or(left, right) => {
                left.add_sources(sources);
                right.add_sources(sources);
            }
            Self::Call(..) | Self::Literal(_) | Self::Test(_) | Self::Invalid => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_found_and_parsed() {
        let path = |path: &str| Expression::Path(path.split('.').map(str::to_owned).collect());
        let text = "a ${{ env.A }} b ${{ format('}}{0}', github.event['x'].y) }}";
        let found = find(text);
        assert_eq!(&text[found[0].range.clone()], "${{ env.A }}");
        assert_eq!(found[0].expression, path("env.A"));
        assert_eq!(found[1].expression.sources(), ["github.event.x.y"]);
        assert_eq!(parse("a.b == 'x' && c.d || 'e'").sources(), ["c.d"]);
        assert_eq!(parse("inputs.tag || github.ref_name").sources(), ["inputs.tag", "github.ref_name"]);
        assert_eq!(parse("github.event.commits[0].message").sources(), ["github.event.commits.0.message"]);
        assert_eq!(parse("env[matrix.x]"), path("env.*"));
        assert_eq!(parse("1 +"), Expression::Invalid);
        assert_eq!(find("${{ open").len(), 0);
    }

    #[test]
    fn deep_and_long_expressions_end() {
        for text in [
            "!".repeat(100_000),
            "(".repeat(100_000),
            "a||".repeat(6_900) + "a",
            "a.".repeat(10_000) + "a",
            "a[".repeat(10_000),
            "x(".repeat(5_000),
        ] {
            assert_eq!(parse(&text), Expression::Invalid, "{}", &text[..9]);
        }
        assert_ne!(parse(&("a||".repeat(300) + "a")), Expression::Invalid);
        assert_eq!(find(&"${{ a }}".repeat(10_000)).len(), 10_000);
        // What is not closed is looked for once.
        assert_eq!(find(&"${{ 'a".repeat(100_000)).len(), 0);
    }
}
