"""A module of the kernel as Cython's .pyx and .pxd."""

from __future__ import annotations

import ast
import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path

from tools.kernel.body import Body, indented
from tools.kernel.world import DIRECTIVES, OBJECT, RAISES, SOURCE, Class, World, is_plain

ADDRESS = """
cdef void* address(object column) except? NULL:
    cdef unsigned char[::1] view
    if isinstance(column, c_array.array):
        return (<c_array.array>column).data.as_voidptr
    view = column.cast("B")  # of a mapped index; whoever holds the columns keeps it mapped
    return &view[0] if view.shape[0] else NULL
"""


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
        body = Body(self.world, self.module, names, is_plain=plain and not node.name.startswith("__"))
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
        lines = [f"self.{name} = <{kind}>address(self.columns[{name!r}])\n"
                 for name, kind in owner.attributes.items() if kind.endswith("*")]
        return "cpdef int attach(self) except -1:\n" + indented("".join(lines) or "pass\n")

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
        final = "" if node.name == "Columns" else "@cython.final\n"
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
        parts.append(ADDRESS)
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
                lines += [each.text(name, declared=True) + "\n" for name, each in kind.methods.items()]
                final = "" if node.name == "Columns" else "@cython.final\n"
                parts.append(f"{final}cdef class {node.name}{base}:\n" + indented("".join(lines) or "pass\n"))
            elif isinstance(node, ast.FunctionDef) and node.name in self.world.functions:
                parts.append(self.world.functions[node.name].text(node.name, declared=True) + "\n")
        return "\n".join(parts)


def sources_only(folder: str) -> FileFinder:
    """Return what finds modules below SOURCE by their text: one that was compiled before knows older constants."""
    if not Path(folder).is_relative_to(SOURCE):
        raise ImportError(folder)
    return FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))


def translate(out: Path) -> list[Path]:
    """Write all modules below ``out``; return the .pyx files."""
    if str(SOURCE) not in sys.path:
        sys.path.insert(0, str(SOURCE))
    sys.path_hooks.insert(0, sources_only)
    sys.path_importer_cache.clear()
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
