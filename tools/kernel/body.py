"""One function of the kernel: the C types of its local names, and its statements rewritten."""

from __future__ import annotations

import ast
from enum import IntEnum

from tools.kernel.world import BIT, BYTES, INT, OBJECT, World


class Body(ast.NodeTransformer):
    """Rewrites the statements of one function and finds the types of its local names."""

    def __init__(self, world: World, module: str, names: dict[str, str], *, is_plain: bool) -> None:
        """``names``: the types of the parameters; ``is_plain``: see `world.is_plain`."""
        self.world = world
        self.is_plain = is_plain
        self.module = world.modules[module]
        self.known = dict(names)  # parameters and locals -> type
        self.locals: dict[str, str] = {}

    def kind(self, node: ast.expr) -> str:
        """Return the C type of an expression."""
        if isinstance(node, ast.Constant):
            return {int: INT, bool: BIT, bytes: BYTES}.get(type(node.value), OBJECT)
        if isinstance(node, ast.Name):
            return self.known.get(node.id, INT if self.constant(node) is not None else OBJECT)
        if isinstance(node, ast.Attribute):
            if self.constant(node) is not None:
                return INT
            return self.world.attribute(self.kind(node.value), node.attr)
        if isinstance(node, ast.Subscript):
            inner = self.kind(node.value)
            if isinstance(node.slice, ast.Slice):
                return BYTES if inner == BYTES else OBJECT
            return INT if inner == BYTES or inner.endswith("*") else OBJECT
        if isinstance(node, ast.BinOp):
            sides = {self.kind(node.left), self.kind(node.right)}
            return INT if sides <= {INT, BIT} else OBJECT
        if isinstance(node, ast.UnaryOp):
            return BIT if isinstance(node.op, ast.Not) else self.kind(node.operand)
        if isinstance(node, ast.Compare):
            return BIT
        if isinstance(node, ast.BoolOp):
            return BIT if all(self.kind(each) == BIT for each in node.values) else OBJECT
        if isinstance(node, ast.IfExp):
            found = {self.kind(node.body), self.kind(node.orelse)}
            return found.pop() if len(found) == 1 else INT if found == {INT, BIT} else OBJECT
        if isinstance(node, ast.Call):
            return self.returned(node)
        return OBJECT

    def returned(self, node: ast.Call) -> str:
        """Return the type of what a call returns."""
        if isinstance(node.func, ast.Name):
            if node.func.id in ("len", "abs"):
                return INT
            if node.func.id in ("min", "max") and all(self.kind(each) in (INT, BIT) for each in node.args):
                return INT
            if node.func.id in self.world.classes:
                return node.func.id
            found = self.world.functions.get(node.func.id)
            return found.returns if found else OBJECT
        if isinstance(node.func, ast.Attribute):
            method = self.world.method(self.kind(node.func.value), node.func.attr)
            return method.returns if method else OBJECT
        return OBJECT

    def constant(self, node: ast.expr) -> int | None:
        """Return the number that a name of a module stands for (`SYN`, `t.TCP`, `State.RESET`), if it is one."""
        if isinstance(node, ast.Name) and node.id not in self.known and node.id.isupper():
            value = getattr(self.module, node.id, None)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in self.known \
                and node.attr.isupper():
            value = getattr(getattr(self.module, node.value.id, None), node.attr, None)
        else:
            return None
        return int(value) if type(value) is int or isinstance(value, IntEnum) else None

    def learn(self, target: ast.expr, kind: str) -> None:
        """Note the type of a local name."""
        if isinstance(target, ast.Tuple):
            for each in target.elts:
                self.learn(each, OBJECT)
        elif isinstance(target, ast.Name):
            kind = INT if kind == BIT else kind
            if target.id in self.known:
                if target.id in self.locals and self.known[target.id] != kind:
                    self.known[target.id] = self.locals[target.id] = OBJECT
                return
            self.known[target.id] = self.locals[target.id] = kind

    def survey(self, node: ast.FunctionDef) -> None:
        """Find all local names, in the order of the source."""
        for inner in ordered(node):
            if isinstance(inner, ast.AnnAssign) and inner.value is not None:
                self.learn(inner.target, self.world.type_of(inner.annotation))
            elif isinstance(inner, ast.Assign):
                for target in inner.targets:
                    if isinstance(target, ast.Tuple) and isinstance(inner.value, ast.Tuple):
                        for one, value in zip(target.elts, inner.value.elts, strict=True):
                            self.learn(one, self.kind(value))
                    else:
                        self.learn(target, self.kind(inner.value))
            elif isinstance(inner, ast.For):
                over = inner.iter
                is_range = isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "range"
                self.learn(inner.target, INT if is_range else OBJECT)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self.constant(node) if isinstance(node.ctx, ast.Load) else None
        return node if value is None else ast.copy_location(number(value), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        value = self.constant(node) if isinstance(node.ctx, ast.Load) else None
        if value is not None:
            return number(value)
        self.generic_visit(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return number(node.value) if type(node.value) is int else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        widen = isinstance(node.ctx, ast.Load) and self.kind(node) == INT
        self.generic_visit(node)
        return ast.Call(ast.Name("CAST_INT"), [node], []) if widen else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        self.generic_visit(node)
        return None if node.value is None else ast.Assign([node.target], node.value)

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        self.generic_visit(node)
        return ast.Return(number(0)) if node.value is None and self.is_plain else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        return node


def number(value: int) -> ast.expr:
    """Return a literal; a large one needs a suffix, or Cython makes it an object."""
    if value < 0:
        return ast.UnaryOp(ast.USub(), number(-value))
    return ast.Constant(value) if value < 1 << 31 else ast.Name(f"{value}LL")


def ordered(node: ast.AST) -> list[ast.AST]:
    """Return what is inside a node, in the order of the source."""
    found = []
    for child in ast.iter_child_nodes(node):
        found.append(child)
        found += ordered(child)
    return found


def indented(text: str, by: str = "    ") -> str:
    """Return text moved to the right."""
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))
