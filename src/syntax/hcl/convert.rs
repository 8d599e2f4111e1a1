//! Converts the tree of `hcl-edit` to ours; no other file names its node types.

use super::{Attribute, Block, Body, Expr, ExprKind, For, Ident, Operator, Part, Step};
use crate::source::{Fragment, Inside};
use crate::span::Span;
use hcl_edit::expr::{self, BinaryOperator, Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure::{BlockLabel, Body as EditBody, Structure};
use hcl_edit::template::{Element, Template};
use std::ops::Range;

/// Converts a body that was parsed from the text of `fragment` starting at `base`. Names stand for the expressions at
/// `beyond`, which are in order.
pub(super) fn body(fragment: &Fragment, base: usize, body: &EditBody, beyond: &[Range<usize>]) -> Body {
    Converter { fragment, base, beyond }.body(body)
}

struct Converter<'a> {
    fragment: &'a Fragment,
    base: usize,
    beyond: &'a [Range<usize>],
}

impl Converter<'_> {
    fn span(&self, node: &impl hcl_edit::Span) -> Span {
        // Only nodes that were not parsed lack a span, and we create no such nodes.
        let range = node.span().unwrap_or_default();
        self.fragment.span(self.base + range.start..self.base + range.end)
    }

    fn is_beyond(&self, node: &impl hcl_edit::Span) -> bool {
        let at = node.span().unwrap_or_default();
        self.beyond.binary_search_by_key(&at.start, |range| range.start).is_ok()
    }

    fn body(&self, body: &EditBody) -> Body {
        let mut converted = Body::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let name = Ident { text: attribute.key.as_str().into(), span: self.span(&attribute.key) };
                    let value = self.expr(&attribute.value);
                    let span = name.span.to(value.span);
                    converted.attributes.push(Attribute { name, value, span });
                }
                Structure::Block(block) => {
                    let kind = Ident { text: block.ident.as_str().into(), span: self.span(&block.ident) };
                    let labels: Vec<Ident> = block
                        .labels
                        .iter()
                        .map(|label| match label {
                            BlockLabel::Ident(ident) => Ident { text: ident.as_str().into(), span: self.span(ident) },
                            BlockLabel::String(string) => {
                                Ident { text: string.as_str().into(), span: self.span(string) }
                            }
                        })
                        .collect();
                    let header = labels.last().map_or(kind.span, |last| kind.span.to(last.span));
                    let span = self.span(block);
                    let range = hcl_edit::Span::span(block).unwrap_or_default();
                    let range = self.base + range.start..self.base + range.end;
                    let inside = Inside::of(self.fragment.text(), range, |range| self.fragment.span(range));
                    converted.blocks.push(Block { kind, labels, body: self.body(&block.body), inside, header, span });
                }
            }
        }
        converted
    }

    fn expr(&self, expression: &Expression) -> Expr {
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(number) => ExprKind::Number(number.value().as_f64().unwrap_or(f64::NAN)),
            Expression::String(string) => ExprKind::String(string.as_str().into()),
            Expression::Array(array) => ExprKind::Tuple(array.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => {
                ExprKind::Object(object.iter().map(|(key, value)| (self.key(key), self.expr(value.expr()))).collect())
            }
            Expression::StringTemplate(template) => {
                ExprKind::Template(template.iter().map(|element| self.element(element)).collect())
            }
            Expression::HeredocTemplate(heredoc) => self.heredoc(&heredoc.template),
            // Parentheses only widen the span.
            Expression::Parenthesis(inner) => self.expr(inner.inner()).kind,
            Expression::Variable(name) if self.is_beyond(name) => ExprKind::Beyond,
            Expression::Variable(name) => ExprKind::Variable(name.as_str().into()),
            Expression::Conditional(conditional) => ExprKind::Conditional(Box::new([
                self.expr(&conditional.cond_expr),
                self.expr(&conditional.true_expr),
                self.expr(&conditional.false_expr),
            ])),
            Expression::FuncCall(call) => {
                let mut name = String::new();
                for part in &call.name.namespace {
                    name.push_str(part.as_str());
                    name.push_str("::");
                }
                name.push_str(call.name.name.as_str());
                ExprKind::Call {
                    name: name.into(),
                    arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
                    expands_last: call.args.expand_final(),
                }
            }
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::UnaryOp(operation) => {
                let inner = Box::new(self.expr(&operation.expr));
                match operation.operator.value() {
                    UnaryOperator::Not => ExprKind::Not(inner),
                    UnaryOperator::Neg => ExprKind::Negate(inner),
                }
            }
            Expression::BinaryOp(operation) => {
                let operands = [self.expr(&operation.lhs_expr), self.expr(&operation.rhs_expr)];
                ExprKind::Binary(operator(*operation.operator.value()), Box::new(operands))
            }
            Expression::ForExpr(expression) => self.for_expr(expression),
        };
        Expr { span: self.span(expression), kind }
    }

    fn key(&self, key: &ObjectKey) -> Expr {
        match key {
            ObjectKey::Ident(ident) => Expr { span: self.span(ident), kind: ExprKind::String(ident.as_str().into()) },
            ObjectKey::Expression(expression) => self.expr(expression),
        }
    }

    fn traversal(&self, traversal: &expr::Traversal) -> ExprKind {
        let steps = traversal.operators.iter().map(|step| match step.value() {
            TraversalOperator::AttrSplat(splat) | TraversalOperator::FullSplat(splat) => Step::Splat(self.span(splat)),
            TraversalOperator::GetAttr(name) => {
                Step::Attribute(Ident { text: name.as_str().into(), span: self.span(name) })
            }
            TraversalOperator::Index(index) => Step::Index(self.expr(index)),
            TraversalOperator::LegacyIndex(index) => {
                Step::Index(Expr { span: self.span(index), kind: ExprKind::Number(*index.value() as f64) })
            }
        });
        ExprKind::Traversal(Box::new(self.expr(&traversal.expr)), steps.collect())
    }

    fn for_expr(&self, expression: &expr::ForExpr) -> ExprKind {
        let intro = &expression.intro;
        ExprKind::For(Box::new(For {
            key_name: intro.key_var.as_ref().map(|name| name.as_str().into()),
            value_name: intro.value_var.as_str().into(),
            collection: self.expr(&intro.collection_expr),
            key: expression.key_expr.as_ref().map(|key| self.expr(key)),
            value: self.expr(&expression.value_expr),
            groups: expression.grouping,
            condition: expression.cond.as_ref().map(|condition| self.expr(&condition.expr)),
            is_object: expression.key_expr.is_some(),
        }))
    }

    fn heredoc(&self, template: &Template) -> ExprKind {
        let mut parts: Vec<Part> = template.iter().map(|element| self.element(element)).collect();
        match parts.as_mut_slice() {
            [] => ExprKind::String("".into()),
            [Part::Literal(text, _)] => ExprKind::String(std::mem::take(text)),
            _ => ExprKind::Template(parts),
        }
    }

    fn element(&self, element: &Element) -> Part {
        match element {
            Element::Literal(text) => Part::Literal(text.as_str().into(), self.span(text)),
            Element::Interpolation(interpolation) => Part::Value(self.expr(&interpolation.expr)),
            Element::Directive(directive) => Part::Directive(self.span(&**directive)),
        }
    }
}

fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Mul => Operator::Multiply,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Remainder,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}
