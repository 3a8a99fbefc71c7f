"""Compiles the pass over a capture ahead of time: the same .py files, as C by way of Cython.

    python tools/kernel.py OUT      write the translated sources below OUT and compile them there

There is one source. This file turns the modules of `KERNEL` into Cython's language from what their annotations say,
and changes nothing else: whole numbers become 64-bit signed integers (everything in the pass fits), columns become
pointers to their bytes, classes and functions of the kernel call each other as C does, and constants are put in as
numbers. Where nothing was compiled, the same files run as they are. See docs/design/speed.md.
"""

from __future__ import annotations

import ast
import importlib
import sys
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
KERNEL = (
    "base.columns", "base.octets", "base.seq", "capture.block", "capture.pcap", "packets.table", "packets.layers",
    "packets.names", "packets.ip4", "packets.ip6", "packets.tcp", "packets.udp", "packets.ethernet", "packets.decode",
    "connections.flows", "connections.index", "connections.facts", "connections.track",
)
"""The modules that every packet goes through. Rare headers stay as they are and are called as Python calls."""

INT, BIT, BYTES, OBJECT, NONE = "long long", "bint", "bytes", "object", "void"
POINTERS = {"B": "unsigned char", "b": "signed char", "H": "unsigned short", "h": "short", "I": "unsigned int",
            "i": "int", "Q": "unsigned long long", "q": "long long"}
DIRECTIVES = "# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, " \
             "initializedcheck=False, nonecheck=False, annotation_typing=False, infer_types=False\n"
RAISES = {INT: " except? -9007", BIT: " except -1", NONE: " except *"}


@dataclass
class Class:
    """What other modules may know of a class: the types of its attributes, the signatures of its methods."""

    name: str
    base: str | None
    attributes: dict[str, str] = field(default_factory=dict)
    methods: dict[str, Signature] = field(default_factory=dict)
    node: ast.ClassDef | None = None


@dataclass
class Signature:
    """A function that C can call. ``parameters``: name, type, has it a default."""

    returns: str
    parameters: list[tuple[str, str, bool]]

    def text(self, name: str, *, declared: bool) -> str:
        """Return it as Cython writes it; ``declared``: in a .pxd, where a default is a star."""
        words = [each if kind == "self" else f"{kind} {each}" + ("=*" if default and declared else "")
                 for each, kind, default in self.parameters]
        door = "cdef" if name.startswith("_") and self.parameters[0][1] == "self" else "cpdef"
        return f"{door} {self.returns} {name}({', '.join(words)}){RAISES.get(self.returns, '')}"


class World:
    """All modules of the kernel, parsed; what they share."""

    def __init__(self) -> None:
        self.trees = {f"whywire.{name}": ast.parse((SOURCE / "whywire" / (name.replace(".", "/") + ".py")).read_text())
                      for name in KERNEL}
        self.modules = {name: importlib.import_module(name) for name in self.trees}
        self.classes: dict[str, Class] = {}
        self.functions: dict[str, Signature] = {}
        self.home: dict[str, str] = {}
        for name, tree in self.trees.items():
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and is_native(node):
                    self.home[node.name] = name
                    base = node.bases[0].id if node.bases and isinstance(node.bases[0], ast.Name) else None
                    self.classes[node.name] = Class(node.name, base, node=node)
        for name, tree in self.trees.items():
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and is_plain(node):
                    self.functions[node.name] = self.signature(node)
                    self.home[node.name] = name
        for kind in self.classes.values():
            self._describe(kind)

    def type_of(self, annotation: ast.expr | None) -> str:
        """Return the C type that an annotation stands for."""
        if annotation is None:
            return OBJECT
        text = ast.unparse(annotation).strip("'\"")
        short = text.rsplit(".", 1)[-1]
        return {"int": INT, "bool": BIT, "bytes": BYTES, "None": NONE}.get(
            text, short if short in self.classes else OBJECT)

    def signature(self, node: ast.FunctionDef, *, method: bool = False) -> Signature:
        """Return a function's signature from its annotations."""
        first_default = len(node.args.args) - len(node.args.defaults)
        found = []
        for at, each in enumerate(node.args.args):
            kind = "self" if method and at == 0 else self.type_of(each.annotation)
            found.append((each.arg, kind, at >= first_default))
        return Signature(self.type_of(node.returns), found)

    def _describe(self, kind: Class) -> None:
        assert kind.node is not None
        home = self.modules[self.home[kind.name]]
        made = columns_of(getattr(home, kind.name))
        for node in kind.node.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                name = node.target.id
                kind.attributes[name] = f"{POINTERS[made[name]]} *" if name in made else self.type_of(node.annotation)
            elif isinstance(node, ast.FunctionDef):
                if is_plain(node) and not node.name.startswith("__"):
                    kind.methods[node.name] = self.signature(node, method=True)
                parameters = {each.arg: self.type_of(each.annotation) for each in node.args.args}
                for inner in ast.walk(node):
                    self._attribute(kind, inner, parameters)

    def _attribute(self, kind: Class, node: ast.AST, parameters: dict[str, str]) -> None:
        """Note an attribute that a method gives to itself."""
        if isinstance(node, ast.AnnAssign):
            targets: list[ast.expr] = [node.target]
        elif isinstance(node, ast.Assign):
            targets = [each for target in node.targets
                       for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
        else:
            return
        for target in targets:
            if (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
                    and target.attr not in kind.attributes and not self.inherited(kind, target.attr)):
                found = OBJECT
                value = node.value
                if isinstance(node, ast.AnnAssign):
                    found = self.type_of(node.annotation)
                elif isinstance(value, ast.Name):
                    found = parameters.get(value.id, OBJECT)
                elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in self.classes:
                    found = value.func.id
                elif isinstance(value, ast.Constant) and type(value.value) in (int, bool):
                    found = INT if type(value.value) is int else BIT
                elif isinstance(value, ast.Compare):
                    found = BIT
                kind.attributes[target.attr] = found

    def inherited(self, kind: Class, name: str) -> bool:
        """Tell whether a base class has the attribute."""
        return kind.base in self.classes and name in self.classes[kind.base].attributes

    def attribute(self, kind: str, name: str) -> str:
        """Return the type of an attribute."""
        while kind in self.classes:
            if name in self.classes[kind].attributes:
                return self.classes[kind].attributes[name]
            kind = self.classes[kind].base or ""
        return OBJECT

    def method(self, kind: str, name: str) -> Signature | None:
        """Return the signature of a method, if C can call it."""
        while kind in self.classes:
            if name in self.classes[kind].methods:
                return self.classes[kind].methods[name]
            kind = self.classes[kind].base or ""
        return None


def columns_of(kind: type) -> dict[str, str]:
    """Return the columns of a class, name to type code, by making one of it; empty when it has none."""
    from whywire.base.columns import Columns

    if kind is Columns or not issubclass(kind, Columns):
        return {}
    for arguments in ((), (1,), (b"", 0), ([],)):
        try:
            return {name: column.typecode for name, column in kind(*arguments).columns.items()}
        except TypeError:
            continue
    raise SystemExit(f"tools/kernel.py can't make a {kind.__name__} to see its columns")


def is_native(node: ast.ClassDef) -> bool:
    """Tell whether a class can be one of C's: not a protocol, a tuple or a data class."""
    bases = [ast.unparse(base) for base in node.bases]
    return not node.decorator_list and (not bases or bases == ["Columns"])


def is_plain(node: ast.FunctionDef) -> bool:
    """Tell whether C can call a function: no generator, no decorator, no inner function, no star."""
    if node.decorator_list or node.args.vararg or node.args.kwarg or node.args.kwonlyargs:
        return False
    return not any(isinstance(inner, ast.Yield | ast.YieldFrom | ast.Lambda | ast.GeneratorExp | ast.FunctionDef)
                   for inner in ast.walk(node) if inner is not node)


class Body(ast.NodeTransformer):
    """Rewrites the statements of one function and finds the types of its local names."""

    def __init__(self, world: World, module: str, names: dict[str, str]) -> None:
        self.world = world
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

    def visit_Constant(self, node: ast.Constant) -> ast.expr:  # noqa: N802
        return number(node.value) if type(node.value) is int else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        widen = isinstance(node.ctx, ast.Load) and self.kind(node) == INT
        self.generic_visit(node)
        return ast.Call(ast.Name("CAST_INT"), [node], []) if widen else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        self.generic_visit(node)
        return None if node.value is None else ast.Assign([node.target], node.value)

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


class AsObjects(ast.NodeTransformer):
    """Outside of functions: a function of the kernel that is put into a table is the object that Python sees."""

    def __init__(self, world: World, module: str) -> None:
        self.world = world
        self.module = module

    def visit_Name(self, node: ast.Name) -> ast.expr:
        home = self.world.home.get(node.id)
        if node.id not in self.world.functions or home == self.module:
            return node
        return ast.Subscript(ast.parse(f"sys.modules[{home!r}].__dict__", mode="eval").body, ast.Constant(node.id))


class Translator:
    """Writes one module of the kernel as .pyx and .pxd."""

    def __init__(self, world: World, module: str) -> None:
        self.world = world
        self.module = module
        self.tree = world.trees[module]

    def function(self, node: ast.FunctionDef, owner: Class | None) -> str:
        """Return a function as Cython text."""
        if owner is not None and node.name == "attach":
            return self.attach(owner)
        plain = is_plain(node)
        signature = self.world.signature(node, method=owner is not None)
        names = {name: (owner.name if owner and kind == "self" else kind) for name, kind, _ in signature.parameters}
        body = Body(self.world, self.module, names)
        body.survey(node)
        statements = [body.visit(each) for each in node.body]
        text = "".join(ast.unparse(ast.fix_missing_locations(each)) + "\n" for each in statements if each is not None)
        text = text.replace("CAST_INT(", "<long long>(")
        if not plain or node.name.startswith("__"):
            bare = ast.unparse(node.args)
            for each in node.args.args:
                if each.annotation is not None:
                    each.annotation = None
            bare = ast.unparse(node.args)
            decorators = "".join(f"@{ast.unparse(each)}\n" for each in node.decorator_list)
            head = f"{decorators}def {node.name}({bare}):\n"
            return head + indented(text)
        defaults = dict(zip([each.arg for each in node.args.args][-len(node.args.defaults):] if node.args.defaults
                            else [], node.args.defaults, strict=True))
        words = [each if kind == "self" else f"{kind} {each}" + (f"={ast.unparse(defaults[each])}" if default else "")
                 for each, kind, default in signature.parameters]
        door = "cdef" if owner is not None and node.name.startswith("_") else "cpdef"
        head = f"{door} {signature.returns} {node.name}({', '.join(words)}){RAISES.get(signature.returns, '')}:\n"
        declared = "".join(f"cdef {kind} {name}\n" for name, kind in body.locals.items() if kind != OBJECT)
        return head + indented(declared + text)

    def attach(self, owner: Class) -> str:
        """Return the method that points the columns at their bytes."""
        lines = [f"self.{name} = <{kind}>(<c_array.array>self.columns[{name!r}]).data.as_voidptr\n"
                 for name, kind in owner.attributes.items() if kind.endswith("*")]
        return "cpdef void attach(self) except *:\n" + indented("".join(lines) or "pass\n")

    def class_(self, node: ast.ClassDef) -> str:
        """Return a class as Cython text."""
        kind = self.world.classes[node.name]
        parts = [self.function(each, kind) for each in node.body if isinstance(each, ast.FunctionDef)]
        pointers = any(each.endswith("*") for each in kind.attributes.values())
        if pointers:
            parts.append(self.attach(kind))
        if node.name == "Columns":
            parts.append("def __getattr__(self, name):\n    try:\n        return self.columns[name]\n"
                         "    except KeyError:\n        raise AttributeError(name) from None\n")
        base = f"({kind.base})" if kind.base else ""
        text = ast.get_docstring(node)
        documented = f'"""{text}"""\n\n' if text else ""
        final = "" if kind.base or node.name == "Columns" else "@cython.final\n"
        return f"{final}cdef class {node.name}{base}:\n" + indented(documented + "\n".join(parts))

    def imports(self) -> tuple[str, str]:
        """Return the imports for C (.pxd) and those for Python."""
        native, other = "", ""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module in self.world.trees:
                names = [each.name for each in node.names
                         if self.world.home.get(each.name) == node.module]
                rest = [each for each in node.names if each.name not in names]
                if names:
                    native += f"from {node.module} cimport {', '.join(names)}\n"
                if rest:
                    other += f"from {node.module} import {', '.join(ast.unparse(each) for each in rest)}\n"
        return native, other

    def pyx(self) -> str:
        """Return the module's code."""
        parts = [DIRECTIVES, "cimport cython\nfrom cpython cimport array as c_array\nfrom array import array\n"]
        _, other = self.imports()
        parts.append("import sys\n" + other)
        objects = AsObjects(self.world, self.module)
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom):
                if node.module not in self.world.trees and node.module not in ("__future__", "array"):
                    parts.append(ast.unparse(node) + "\n")
            elif isinstance(node, ast.If):
                continue  # under TYPE_CHECKING
            elif isinstance(node, ast.ClassDef) and node.name in self.world.classes:
                parts.append(self.class_(node))
            elif isinstance(node, ast.FunctionDef) and node.name in self.world.functions:
                parts.append(self.function(node, None))
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                parts.append(f"{ast.unparse(node.target)} = {ast.unparse(objects.visit(node.value))}\n")
            else:
                parts.append(ast.unparse(objects.visit(node)) + "\n")
        return "\n".join(parts)

    def pxd(self) -> str:
        """Return what other modules of the kernel may know."""
        native, _ = self.imports()
        parts = ["cimport cython\nfrom cpython cimport array as c_array\n", native]
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef) and node.name in self.world.classes:
                kind = self.world.classes[node.name]
                base = f"({kind.base})" if kind.base else ""
                lines = [f"cdef {'' if kind_of.endswith('*') else 'public '}{kind_of} {name}\n"
                         for name, kind_of in kind.attributes.items()]
                methods = dict(kind.methods)
                if any(each.endswith("*") for each in kind.attributes.values()):
                    methods["attach"] = Signature(NONE, [("self", "self", False)])
                lines += [each.text(name, declared=True) + "\n" for name, each in methods.items()]
                final = "" if kind.base or node.name == "Columns" else "@cython.final\n"
                parts.append(f"{final}cdef class {node.name}{base}:\n" + indented("".join(lines) or "pass\n"))
            elif isinstance(node, ast.FunctionDef) and node.name in self.world.functions:
                parts.append(self.world.functions[node.name].text(node.name, declared=True) + "\n")
        return "\n".join(parts)


def translate(out: Path) -> list[Path]:
    """Write all modules below ``out``; return the .pyx files."""
    sys.path.insert(0, str(SOURCE))
    world = World()
    written = []
    for module in world.trees:
        path = out / (module.replace(".", "/") + ".pyx")
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in (path.parent, path.parent.parent):
            (folder / "__init__.py").touch()
        translator = Translator(world, module)
        path.write_text(translator.pyx())
        path.with_suffix(".pxd").write_text(translator.pxd())
        written.append(path)
    return written


def main(words: list[str]) -> int:
    """Translate and compile into the folder that is named."""
    out = Path(words[0]).resolve()
    written = translate(out)
    import os

    from Cython.Build.Cythonize import main as cythonize
    os.chdir(out)
    cythonize(["-3", "-i", "-q", *(str(path.relative_to(out)) for path in written)])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
