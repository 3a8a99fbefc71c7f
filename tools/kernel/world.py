"""The kernel's modules, parsed: which classes and functions C may know, and their types."""

from __future__ import annotations

import ast
import importlib
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
KERNEL = (
    "base.columns", "base.octets", "base.seq", "capture.block", "capture.pcap", "packets.table", "packets.layers",
    "packets.names", "packets.ip4", "packets.ip6", "packets.tcp", "packets.udp", "packets.ethernet", "packets.decode",
    "packets.rows",
    "connections.flows", "connections.index", "connections.facts", "connections.track", "connections.acked",
    "connections.books", "connections.places", "connections.origins", "connections.tally", "connections.firsts",
)
"""The modules that every packet goes through. Rare headers stay as they are and are called as Python calls."""

INT, BIT, BYTES, OBJECT, NONE = "long long", "bint", "bytes", "object", "int"
"""C types. What returns None in Python returns 0 here, so that -1 can say that it raised: asking Python after each call
whether it did would cost more than most calls."""
POINTERS = {"B": "unsigned char", "b": "signed char", "H": "unsigned short", "h": "short", "I": "unsigned int",
            "i": "int", "Q": "unsigned long long", "q": "long long"}
DIRECTIVES = "# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, " \
             "initializedcheck=False, nonecheck=False, annotation_typing=False, infer_types=False\n"
RAISES = {INT: " except? -9007", BIT: " except -1", NONE: " except -1"}


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
        made = columns_of(kind.node, home)
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


def columns_of(node: ast.ClassDef, module: object) -> dict[str, str]:
    """Return the columns of a class, name to type code: what it hands to `Columns.__init__`; none: it has none."""
    for inner in ast.walk(node):
        if (isinstance(inner, ast.Call) and ast.unparse(inner.func) == "super().__init__" and inner.args
                and [ast.unparse(base) for base in node.bases] == ["Columns"]):
            spec = eval(ast.unparse(inner.args[0]), vars(module))
            return {entry[0]: entry[1] for entry in spec}
    return {}


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
